import { expect } from "chai";
import { claims } from "../../../automation/verify/browser";
import { tokens } from "../../../automation/verify/checks/tokens";
import type { Target } from "../../../automation/verify/target";
import { FakeKeycloak } from "./fake-keycloak";
import { absent, answer, failed, OUT_OF_REACH, passed, Servers, skipped, target } from "./support";

type Asked = NonNullable<Target["logins"][string]["tokens"]>;

describe("verify: tokens of programs", () => {
    let servers: Servers;
    let fake: FakeKeycloak;
    beforeEach(() => {
        servers = new Servers();
        fake = new FakeKeycloak(1);
    });
    afterEach(() => servers.close());

    /** A load balancer that asks for such tokens of the realm shop, and lets in those that this says. */
    async function at(asked: Asked, lets: (right: boolean, own: Record<string, string>) => boolean, client?: string) {
        const own = await fake.target(servers);
        const port = await servers.http((request, response) => {
            const [, token] = /^Bearer h\.(.*)\.s$/.exec(request.headers.authorization ?? "") ?? [];
            const got = (token ? claims(`h.${token}.s`) : {}) as Record<string, string>;
            const has = asked.scope === undefined || (got.scope ?? "").split(" ").includes(asked.scope);
            const right =
                got.iss === `${fake.origin}/realms/shop` && has && [undefined, got.azp].includes(asked.client);
            answer(response, lets(right, got) ? 200 : 401);
        });
        const services = { "blog-api": `http://127.0.0.1:${port}` };
        return { ...own, services, logins: { "blog-api": { realm: "shop", client, tokens: asked } } } as Target;
    }

    it("passes where the realm's own get in and all others do not, and leaves no client behind", async () => {
        expect(await passed(tokens, await at({ scope: "read" }, (right) => right))).to.match(
            /401 for tokens of others, and 200 for one of the realm shop\nthe realm verify-\w+ is deleted again/,
        );
        expect(await passed(tokens, await at({ client: "reports" }, (right) => right))).to.match(
            /401 for tokens of others\n/,
        );
        expect([fake.programs.size, fake.realms.size]).to.deep.equal([0, 0]);
    });

    it("fails where somebody gets in who must not, or nobody does", async () => {
        const scope = { scope: "read" };
        expect(await failed(tokens, await at(scope, () => true))).to.match(/401 for .* without a token; seen: 200/);
        expect(await failed(tokens, await at(scope, (right, { iss }) => right || iss === undefined, "blog"))).to.match(
            /with no token of anybody's/,
        );
        expect(await failed(tokens, await at(scope, (_, { iss }) => iss !== undefined))).to.match(
            /with a token of the realm verify-/,
        );
        const anyOfShop = (_: boolean, { iss = "" }: Record<string, string>) => iss.endsWith("/realms/shop");
        expect(await failed(tokens, await at(scope, anyOfShop))).to.match(/for another client or scope/);
        expect(await failed(tokens, await at({ client: "reports" }, anyOfShop))).to.match(
            /for another client or scope/,
        );
        expect(await failed(tokens, await at(scope, () => false))).to.match(
            /to take a token of the realm shop; seen: 401 .*does not reach the realm's keys/,
        );
        expect([fake.programs.size, fake.realms.size]).to.deep.equal([0, 0]);
    });

    it("is about nothing where no load balancer asks, and is skipped where it can make no client", async () => {
        const logins = { blog: { realm: "shop", tokens: { scope: "read" } } };
        expect(await absent(tokens, target({ logins: { blog: { realm: "shop", client: "blog" } } }))).to.equal(
            "no load balancer asks for tokens of programs",
        );
        expect(await skipped(tokens, { ...OUT_OF_REACH, services: { blog: "http://127.0.0.1:1" }, logins })).to.match(
            /take the VPN/,
        );
    });
});
