import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { isPartOfJson } from "../../../components/keycloak/realm-secrets";
import { realmProblems } from "../../../components/keycloak/realms";

describe("Realm files", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "realms-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const write = (name: string, content: unknown) =>
        writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
    /** `file: what → fix` for each problem. */
    const problems = (...variables: string[]) =>
        realmProblems([folder], { known: variables, generated: [], unfit: [] }).map(
            ({ file, what, fix }) => `${path.relative(folder, file)}: ${what} → ${fix}`,
        );

    it("may be missing, with their folder", () => {
        expect(realmProblems([path.join(folder, "none")])).to.deep.equal([]);
        expect(problems()).to.deep.equal([]);
    });

    it("are right where each is one realm without secrets in the clear", () => {
        write("shop.json", {
            realm: "shop",
            clients: [{ clientId: "web", publicClient: true }, { clientId: "api", secret: "${API_SECRET}" }, {}],
            users: [{ username: "ada", credentials: [{ type: "password", secretData: "{}" }] }, { username: "bob" }],
            smtpServer: { user: "mail", password: "${SMTP_PASSWORD}" },
            identityProviders: [{ alias: "google", config: { clientSecret: "${GOOGLE}" } }],
            components: { "org.keycloak.storage.UserStorageProvider": [{ name: "ldap", config: {} }] },
        });
        write("wiki.json", { realm: "wiki" });
        write("README.md", "What is not JSON by its name is not imported.");
        mkdirSync(path.join(folder, "old"));
        expect(problems("API_SECRET", "SMTP_PASSWORD", "GOOGLE")).to.deep.equal([]);
    });

    it("are refused where they hold no realm, all at once, and nothing of them is repeated", () => {
        write("a.json", '{\n  "realm": "a",\n  "secret": hunter2\n}');
        write("b.json", "[]");
        write("c.json", "null");
        write("d.json", { enabled: true });
        write("e.json", { realm: 7 });
        write("f.json", { realm: "master" });
        write("g.json", '{ "realm": ');
        const one = "one realm as an object, as `kc.sh export` or the admin console writes it";
        const named = '"realm": "<name>" at the top';
        expect(problems()).to.deep.equal([
            `a.json: is no JSON → ${one}; npx prettier ${path.join(folder, "a.json")} shows the place`,
            `b.json: is no object → ${one}`,
            `c.json: is no object → ${one}`,
            `d.json: does not say which realm it is → ${named}`,
            `e.json: does not say which realm it is → ${named}`,
            "f.json: is the realm master, which Keycloak makes itself, and an import does not change → " +
                "a realm of another name; master is for administrators",
            `g.json: is no JSON → ${one}; npx prettier ${path.join(folder, "g.json")} shows the place`,
        ]);
    });

    it("are refused where two are the same realm", () => {
        write("a.json", { realm: "shop" });
        write("b.json", { realm: "shop" });
        expect(problems()).to.deep.equal([
            `b.json: is the realm shop, and so is ${path.join(folder, "a.json")}: Keycloak takes one of them → ` +
                "one file to a realm, with all that is in it",
        ]);
    });

    it("are refused where their name is none, or they are not UTF-8", () => {
        for (const [file, name] of [
            ["a", "my realm"],
            ["b", "a/b"],
            ["c", "a?b"],
            ["d", "a\\b"],
            ["e", "a\tb"],
        ] as const)
            write(`${file}.json`, { realm: name });
        writeFileSync(path.join(folder, "f.json"), `\ufeff{"realm": "f"}`);
        writeFileSync(path.join(folder, "g.json"), Buffer.from(`\ufeff{"realm": "g"}`, "utf16le"));
        writeFileSync(path.join(folder, "h.json"), Buffer.from('{"realm": "caf\u00e9"}', "latin1"));
        mkdirSync(path.join(folder, "i.json"));
        expect(problems().map((text) => text.split(" → ")[0])).to.deep.equal([
            'a.json: is the realm "my realm", and Keycloak takes no space in a realm\'s name',
            'b.json: is the realm "a/b", and Keycloak takes no "/" in a realm\'s name',
            'c.json: is the realm "a?b", and Keycloak takes no "?" in a realm\'s name',
            'd.json: is the realm "a\\b", and Keycloak takes no "\\\\" in a realm\'s name',
            'e.json: is the realm "a\tb", and Keycloak takes no "\\t" in a realm\'s name',
            "f.json: begins with a byte order mark, which is no JSON",
            "g.json: is UTF-16",
            "h.json: is not UTF-8",
            "i.json: is a folder",
        ]);
        expect(realmProblems([path.join(folder, "a.json")])).to.have.length(1);
    });

    it("are told by what there is of names", () => {
        write("shop.json", {
            realm: "shop",
            clients: [{ id: "1234", secret: "x" }, { secret: "x" }],
            users: [{ email: "a@example.com", credentials: [{ value: "x" }] }],
            identityProviders: [{ providerId: "oidc", config: { clientSecret: "x" } }],
            components: {
                "org.keycloak.keys.KeyProvider": [{ providerId: "rsa", config: { privateKey: ["x"] } }],
                t: [{ config: { secret: "x" } }],
            },
        });
        expect(problems().map((text) => text.split(" → ")[0])).to.deep.equal([
            "shop.json: the secret of client 1234 is in the clear",
            "shop.json: the secret of client (without a name) is in the clear",
            "shop.json: the password of user a@example.com is in the clear",
            "shop.json: the secret of identity provider oidc is in the clear",
            "shop.json: privateKey of component rsa is in the clear",
            "shop.json: secret of component t is in the clear",
        ]);
    });

    it("are refused where a secret is in the clear, and the secret is not repeated", () => {
        write("shop.json", {
            realm: "shop",
            clients: [{ clientId: "api", secret: "hunter2" }],
            users: [{ username: "ada", credentials: [{ type: "password", value: "hunter2" }] }],
            smtpServer: { password: "hunter2" },
            identityProviders: [{ alias: "google", config: { clientSecret: "${GOOGLE:hunter2}" } }],
            components: { any: [{ name: "ldap", config: { bindCredential: ["hunter2"] } }] },
        });
        const found = problems();
        expect(found.map((text) => text.split(" → ")[0])).to.deep.equal([
            "shop.json: the secret of client api is in the clear",
            "shop.json: the password of user ada is in the clear",
            "shop.json: the password of smtpServer is in the clear",
            "shop.json: the secret of identity provider google is in the clear",
            "shop.json: bindCredential of component ldap is in the clear",
        ]);
        expect(found.join()).not.to.include("hunter2");
        expect(found[0]).to.match(
            /→ "\$\{REALM_SECRET\}" in the file, and REALM_SECRET .* among the secrets of keycloak$/,
        );
    });

    it("are refused with the stars of an export, which Keycloak would take for the secret", () => {
        write("shop.json", { realm: "shop", clients: [{ clientId: "api", secret: "**********" }] });
        expect(problems()).to.have.length(1);
        expect(problems()[0]).to.include("the secret of client api is the stars that an export shows in its place");
    });

    it("are refused where nobody gives what they name: the placeholder would become the secret", () => {
        write("shop.json", { realm: "shop", clients: [{ clientId: "api", secret: "${API_SECRET}" }] });
        expect(problems("OTHER")).to.deep.equal([
            "shop.json: the secret of client api is ${API_SECRET}, and nobody gives the nodes API_SECRET: the text itself " +
                "would be the secret → API_SECRET among the secrets of keycloak, with generate, value, parameter or set",
        ]);
    });

    const variables = (known: string[], generated: string[] = [], unfit: string[] = []) =>
        realmProblems([folder], { known, generated, unfit }).map(
            ({ file, what, fix }) => `${path.basename(file)}: ${what} → ${fix}`,
        );

    it("are refused where any value names what nobody gives, once for each variable", () => {
        write("shop.json", {
            realm: "shop",
            displayName: "${SHOP_NAME}",
            clients: [
                { clientId: "portal", redirectUris: ["https://a", "${PORTAL_URL}/*"], webOrigins: ["${PORTAL_URL}"] },
                { clientId: "small", rootUrl: "${portal_url}" },
            ],
            identityProviders: [{ alias: "azure", config: { authorizationUrl: "${AZURE_URL}/authorize" } }],
        });
        const stays = "the text itself would stay in the realm";
        expect(variables(["AZURE_URL"])).to.deep.equal([
            ...[
                ["displayName", "SHOP_NAME"],
                ["clients[0].redirectUris[1]", "PORTAL_URL"],
                ["clients[1].rootUrl", "portal_url"],
            ].map(
                ([where, name]) =>
                    `shop.json: ${where} has \${${name}}, and nobody gives the nodes ${name}: ${stays} → ` +
                    `${name} in the environment of keycloak; or the value itself in the file`,
            ),
        ]);
        expect(variables(["AZURE_URL", "SHOP_NAME", "PORTAL_URL", "portal_url"])).to.deep.equal([]);
    });

    it("may name Keycloak's own messages and addresses, as exports do, and a value for where there is no variable", () => {
        write("shop.json", {
            realm: "shop",
            displayName: "${SHOP_NAME:Shop}",
            roles: { realm: [{ name: "offline_access", description: "${role_offline-access}" }] },
            clientScopes: [{ attributes: { "consent.screen.text": "${profileScopeConsentText}" } }],
            clients: [{ clientId: "account", name: "${client_account}", rootUrl: "${authBaseUrl}" }],
        });
        expect(variables([])).to.deep.equal([]);
    });

    it("are refused with keys that Keycloak makes itself, and whose place no password can take", () => {
        const key = (providerId: string, config: object) => ({ name: providerId, providerId, config });
        write("shop.json", {
            realm: "shop",
            components: {
                "org.keycloak.keys.KeyProvider": [
                    key("rsa-generated", { privateKey: ["MIIE"], certificate: ["MIIC"], priority: ["100"] }),
                    key("hmac-generated", { kid: ["1"], secret: ["abc"] }),
                    key("aes-generated", { priority: ["100"] }),
                ],
            },
        });
        const fix = "leave privateKey, secret, certificate and kid out of its config: Keycloak makes new ones";
        expect(variables([])).to.deep.equal([
            `shop.json: privateKey of key provider rsa-generated is in the file → ${fix}`,
            `shop.json: secret of key provider hmac-generated is in the file → ${fix}`,
        ]);
    });

    it("are refused with a generated password where a key belongs", () => {
        write("shop.json", {
            realm: "shop",
            clients: [{ clientId: "saml", attributes: { "saml.signing.private.key": "${SAML_KEY}" } }],
            components: { k: [{ name: "own", providerId: "rsa", config: { privateKey: ["${RSA_KEY}"] } }] },
        });
        expect(variables(["SAML_KEY", "RSA_KEY"], ["SAML_KEY"])).to.deep.equal([
            "shop.json: saml.signing.private.key of client saml is ${SAML_KEY}, which is a generated password and no key: " +
                "no node would start → the key itself as SAML_KEY, on one line and without its BEGIN and END, with value, parameter, " +
                "secret or set",
        ]);
        expect(variables(["RSA_KEY"])[0]).to.match(
            /nobody gives the nodes SAML_KEY.*with value, parameter, secret or set/,
        );
    });

    it("are refused with secrets wherever Keycloak keeps one, and none of them is repeated", () => {
        write("shop.json", {
            realm: "shop",
            smtpServer: { host: "smtp", auth: "true", authTokenClientSecret: "hunter2" },
            clients: [
                {
                    clientId: "c",
                    registrationAccessToken: "hunter2",
                    attributes: {
                        "saml.signing.private.key": "hunter2",
                        "saml.signing.certificate": "public",
                        "client.secret.rotated": "hunter2",
                        "client.secret.creation.time": "1700000000",
                    },
                },
            ],
            users: [{ username: "ada", credentials: [{ type: "otp", secretData: '{"value":"hunter2"}' }] }],
            identityProviders: [
                { alias: "apple", config: { p8Content: "hunter2", clientAuthMethod: "client_secret_post" } },
            ],
            authenticatorConfig: [{ alias: "captcha", config: { "site.key": "public", "secret.key": "hunter2" } }],
        });
        const found = variables([]);
        expect(
            found.map((text) => text.replace(/^shop.json: /, "").replace(/ → (leave it out)?.*/, " → $1")),
        ).to.deep.equal([
            "the registration access token of client c is in the file → leave it out",
            "the rotated secret of client c is in the file → leave it out",
            "saml.signing.private.key of client c is in the clear → ",
            "the otp of user ada is in the file → leave it out",
            "the authTokenClientSecret of smtpServer is in the clear → ",
            "p8Content of identity provider apple is in the clear → ",
            "secret.key of authenticator config captcha is in the clear → ",
        ]);
        expect(found.join()).not.to.include("hunter2");
    });

    it("are an export's folder: the realm and its users apart, whose passwords are hashed", () => {
        const hashed = { type: "password", secretData: '{"value":"hash","salt":"s"}', credentialData: "{}" };
        write("shop-realm.json", { realm: "shop" });
        write("shop-users-0.json", { realm: "shop", users: [{ username: "ada", credentials: [hashed] }] });
        write("shop-users-1.json", { realm: "shop", users: [] });
        write("shop-federated-users-0.json", { realm: "shop", federatedUsers: [] });
        expect(variables([])).to.deep.equal([]);
    });

    it("are refused where users are without their realm", () => {
        write("wiki.json", { realm: "wiki" });
        write("wiki-users-0.json", { realm: "wiki", users: [] });
        write("blog-realm.json", { realm: "blog" });
        write("blog-users-0.json", { realm: "bog", users: [] });
        expect(variables([]).map((text) => text.replaceAll(`${folder}/`, ""))).to.deep.equal([
            "blog-users-0.json: holds users of the realm bog, and its name says blog → bog-users-0.json, beside bog-realm.json",
            "wiki-users-0.json: holds users of an export, and there is no wiki-realm.json: Keycloak would take it for a realm of " +
                "its own → the export's wiki-realm.json beside it; or the users in the realm's own file",
        ]);
    });

    it("are refused with a variable whose value is no part of a JSON text: Keycloak puts it in before it reads that", () => {
        write("shop.json", {
            realm: "shop",
            displayName: "${SHOP_NAME}",
            clients: [{ clientId: "saml", attributes: { "saml.signing.private.key": "${SAML_KEY}" } }],
        });
        const why = "whose value has a line break, a quote or a backslash in it: no node would start";
        expect(
            variables(["SHOP_NAME", "SAML_KEY"], [], ["SHOP_NAME", "SAML_KEY"]).map((text) => text.split(" → ")[0]),
        ).to.deep.equal([
            `shop.json: displayName has \${SHOP_NAME}, ${why}`,
            `shop.json: clients[0].attributes.saml.signing.private.key has \${SAML_KEY}, ${why}`,
        ]);
        expect(['say "hi"', "a\nb", "C:\\x", "https://portal.example.com/ä"].map(isPartOfJson)).to.deep.equal([
            false,
            false,
            false,
            true,
        ]);
    });
});
