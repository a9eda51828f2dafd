import { expect } from "chai";
import { compareRealms } from "../../../automation/realms/compare";
import { objectsOf } from "../../../automation/realms/objects";
import CHANGED from "../../realms/shop-changed.json";
import SHOP from "../../realms/shop.json";

/** `object: path before → after`, or `object: missing`. */
const said = (file: object, server: object, hidden?: string[]) =>
    compareRealms(file as never, server as never, hidden).flatMap(({ object, missing, properties }) =>
        missing
            ? `${object}: missing`
            : properties.map(({ path, before, after }) => `${object}: ${path} ${before} → ${after}`),
    );
const realm = (settings: object) => ({ realm: "shop", ...settings });

describe("a realm beside its file", () => {
    it("is as a file that is an export of it, with stars in the place of secrets", () => {
        expect(said(SHOP, SHOP)).to.deep.equal([]);
        const masked = JSON.parse(
            JSON.stringify(SHOP).replaceAll(/"(mail|directory)-password"|"provider-secret"/g, '"**********"'),
        ) as object;
        expect(said(SHOP, masked)).to.deep.equal([]);
    });

    it("tells each difference once, by the name of what it is in", () => {
        const all = said(CHANGED, SHOP);
        expect(all).to.include.members([
            ": accessTokenLifespan 600 → 900",
            ': smtpServer.host "smtp.example.com" → "smtp2.example.com"',
            'client scope tenant, mapper tenant: config.claim.name "tenant" → "ten"',
            "client scope extra: missing",
            "role auditor: missing",
            'role seller: composites.realm ["buyer"] → ["auditor"]',
            'client portal, mapper aud: config.id.token.claim undefined → "true"',
            "client portal, mapper hc: missing",
            'client api: authorizationSettings.resources ["orders","bills"] → ["orders","bills","returns"]',
            'client api: authorizationSettings.policies.sellers.config.roles "[{\\"id\\":\\"seller\\",\\"required\\":false}]" → "[{\\"id\\":\\"buyer\\",\\"required\\":false}]"',
            'client portal, role viewer: description "sees" → "looks"',
            "group /staff/hr/x: missing",
            'identity provider google, mapper m: config.role "buyer" → "seller"',
            'UserStorageProvider ldap: config.connectionUrl ["ldap://d.example.com"] → ["ldap://e.example.com"]',
            "UserStorageProvider ldap, LDAPStorageMapper dept: missing",
            "required action CONFIGURE_TOTP: defaultAction true → false",
        ]);
        expect(new Set(all).size).to.equal(all.length);
    });

    it("is not asked for what the file is silent about", () => {
        expect(said(realm({ displayName: "Shop" }), { ...SHOP, displayName: "Shop" })).to.deep.equal([]);
        expect(said({ realm: "shop", clients: [{ clientId: "portal" }] }, SHOP)).to.deep.equal([]);
    });

    it("has what Keycloak makes and writes itself", () => {
        const own = { id: "1", notBefore: 0, users: [{ username: "ada" }], organizations: [{ name: "acme" }] };
        const there = { id: "2", notBefore: 1700000000 };
        expect(said(realm(own), realm(there))).to.deep.equal([]);
        const time = (value: string) => ({
            clients: [{ clientId: "a", attributes: { "client.secret.creation.time": value } }],
        });
        expect(said(realm(time("1")), realm(time("2")))).to.deep.equal([]);
    });

    it("is compared as Keycloak means it: names without an order, true as a text, JSON in a text, nothing as off", () => {
        const pairs: [unknown, unknown, boolean][] = [
            [["a", "b"], ["b", "a"], true],
            [["a"], ["a", "b"], false],
            [["a", "b"], ["a"], false],
            [true, "true", true],
            [true, "false", false],
            [false, undefined, true],
            [false, true, false],
            [0, undefined, false],
            ["", undefined, true],
            [['{"b":1,"a":[2]}'], ['{ "a": [2], "b": 1 }'], true],
            ['{"a":1}', '{"a":2}', false],
            ["{not json", "{not json", true],
            ['["a","b"]', '["b","a"]', true],
            ['[{"id":"a"},{"id":"b"}]', '[{"id":"b"},{"id":"a"}]', true],
            ['["a","b"]', '["a"]', false],
            ['{"options":["a","b"]}', '{"options":["b","a"]}', false],
            [
                [{ a: 1 }, { b: 2 }],
                [
                    { a: 1, id: "x" },
                    { b: 2, id: "y" },
                ],
                true,
            ],
            [[{ a: 1 }, { b: 2 }], [{ b: 2 }, { a: 1 }], false],
            [{ a: "" }, undefined, true],
            [{ a: "1" }, undefined, false],
        ];
        for (const [file, server, same] of pairs) {
            const found = said(realm({ it: file }), realm({ it: server }));
            expect(found.length === 0, `${JSON.stringify(file)} beside ${JSON.stringify(server)}: ${found}`).to.equal(
                same,
            );
        }
    });

    it("tells what differs within a list: of what has names by these, of anything else by its place", () => {
        const file = { policies: [{ name: "a", on: "1" }, { name: "b" }], steps: [{ at: "x" }, { at: "y" }] };
        const here = { policies: [{ name: "b" }, { name: "a", on: "2" }], steps: [{ at: "x" }, { at: "z" }] };
        expect(said(realm(file), realm(here))).to.deep.equal([': policies.a.on "2" → "1"', ': steps.2.at "z" → "y"']);
        const less = { policies: [{ name: "a", on: "1" }], steps: [{ at: "x" }] };
        expect(said(realm(file), realm(less))).to.deep.equal([
            ': policies ["a"] → ["a","b"]',
            ': steps [{"at":"x"}] → [{"at":"x"},{"at":"y"}]',
        ]);
    });

    it("never shows a secret, by its name or by its value", () => {
        const found = said(
            realm({
                smtpServer: { password: "hunter2" },
                clients: [{ clientId: "a", secret: "file-secret", rootUrl: "https://x/?k=file-secret" }],
            }),
            realm({ smtpServer: {}, clients: [{ clientId: "a", secret: "other-secret", rootUrl: "https://x" }] }),
            ["file-secret"],
        );
        expect(found).to.deep.equal([
            ": smtpServer.password [secret] → another one",
            "client a: secret [secret] → another one",
            "client a: rootUrl [secret] → another one",
        ]);
    });

    it("knows two components of one name by what they are for", () => {
        const type = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";
        const of = (subType: string, max: string) => ({
            name: "Max Clients",
            subType,
            config: { "max-clients": [max] },
        });
        const file = realm({ components: { [type]: [of("anonymous", "200"), of("authenticated", "10")] } });
        expect(objectsOf(file).size).to.equal(3);
        const server = realm({ components: { [type]: [of("authenticated", "20"), of("anonymous", "200")] } });
        expect(said(file, server)).to.deep.equal([
            'ClientRegistrationPolicy Max Clients (authenticated): config.max-clients ["20"] → ["10"]',
        ]);
    });
});
