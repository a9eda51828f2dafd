import { expect } from "chai";
import { Endpoint, type RouteArgs } from "../../../components/endpoint";
import { make, VPC } from "../support";

const HTTPS = { certificateArn: "arn:certificate", domain: "id.example.com", zoneId: "Z1" };
const ISSUER = "https://auth.id.example.com/realms/shop";
const ROUTE: RouteArgs = { host: "blog", port: 8080, healthCheck: { path: "/up" } };
const CLIENT = { issuer: ISSUER, client: { id: "blog", secret: "s" } };

const routes = (all: Record<string, Partial<RouteArgs>>, https: object | undefined = HTTPS) =>
    make(() => {
        const made = new Endpoint("public", { vpc: VPC, allowedCidrs: ["0.0.0.0/0"], https: https as typeof HTTPS });
        const urls = Object.entries(all).map(([name, route]) => [
            name,
            made.route(name, { ...ROUTE, host: name, ...route }).url,
        ]);
        return Object.fromEntries(urls);
    });

describe("a route with a log-in", () => {
    it("has browsers log in at the realm before their requests are sent on", async () => {
        const made = await routes({ blog: { login: CLIENT } });
        const { actions } = made.inputs("aws.lb.ListenerRule", "public-blog") as { actions: object[] };
        expect(actions).to.have.length(2);
        expect(actions[0]).to.deep.include({ type: "authenticate-oidc" });
        expect((actions[0] as { authenticateOidc: object }).authenticateOidc).to.deep.include({
            issuer: ISSUER,
            authorizationEndpoint: `${ISSUER}/protocol/openid-connect/auth`,
            tokenEndpoint: `${ISSUER}/protocol/openid-connect/token`,
            userInfoEndpoint: `${ISSUER}/protocol/openid-connect/userinfo`,
            clientId: "blog",
            scope: "openid",
            sessionTimeout: 43200,
            onUnauthenticatedRequest: "authenticate",
        });
        expect(actions[1]).to.deep.include({ type: "forward" });
    });

    it("lets the load balancer out to realms, once, and only where there is one", async () => {
        const way = "public: out tcp 443-443 0.0.0.0/0";
        expect((await routes({ a: {}, b: {} })).rules()).not.to.include(way);
        const made = await routes({ a: { login: CLIENT }, b: { login: CLIENT }, c: {} });
        expect(made.rules().filter((rule) => rule === way)).to.have.length(1);
        const { actions } = made.inputs("aws.lb.ListenerRule", "public-c") as { actions: object[] };
        expect(actions).to.have.length(1);
    });

    const ruleOf = (made: Awaited<ReturnType<typeof routes>>, name: string) =>
        made.inputs("aws.lb.ListenerRule", name) as {
            priority: number;
            actions: Record<string, unknown>[];
            conditions: object[];
        };
    const JWT = {
        type: "jwt-validation",
        jwtValidation: {
            issuer: ISSUER,
            jwksEndpoint: `${ISSUER}/protocol/openid-connect/certs`,
            additionalClaims: [
                { name: "azp", format: "single-string", values: ["reports"] },
                { name: "scope", format: "space-separated-values", values: ["orders:read"] },
            ],
        },
    };
    const TOKENS = { client: "reports", scope: "orders:read" };

    it("has tokens of programs verified, by rules of their own before those of browsers", async () => {
        const paths = ["/a", "/b", "/c", "/d/*", "/e"];
        const both = { ...CLIENT, tokens: TOKENS };
        const made = await routes({ blog: { login: both }, shop: { login: both, paths, priority: 20 } });
        const [browsers, programs] = [ruleOf(made, "public-blog"), ruleOf(made, "public-blog+tokens")];
        expect(programs.priority).to.equal(browsers.priority - 1);
        expect(programs.conditions).to.deep.equal([
            { hostHeader: { values: ["blog.id.example.com"] } },
            { httpHeader: { httpHeaderName: "Authorization", values: ["Bearer *"] } },
        ]);
        expect(programs.actions[0]).to.deep.equal(JWT);
        expect(programs.actions[1]).to.deep.equal(browsers.actions[1]);
        expect(browsers.actions.map(({ type }) => type)).to.deep.equal(["authenticate-oidc", "forward"]);
        // Those of browsers keep the numbers, and the names, that they have without tokens.
        const kind = (number: number) => ruleOf(made, `public-${number}`).actions[0]!.type;
        expect([17, 18, 19].map(kind)).to.deep.equal(Array(3).fill("jwt-validation"));
        expect([20, 21].map(kind)).to.deep.equal(Array(2).fill("authenticate-oidc"));
    });

    it("asks every request for a token where there is no client for browsers", async () => {
        const made = await routes({ blog: { login: { issuer: ISSUER, tokens: TOKENS } } });
        const { actions, conditions } = ruleOf(made, "public-blog");
        expect(actions.map(({ type }) => type)).to.deep.equal(["jwt-validation", "forward"]);
        expect(conditions).to.deep.equal([{ hostHeader: { values: ["blog.id.example.com"] } }]);
        expect(made.rules()).to.include("public: out tcp 443-443 0.0.0.0/0");
    });

    it("is refused where it cannot work", async () => {
        const failure = (route: Partial<RouteArgs>, https?: object) =>
            routes({ blog: route }, https).then(
                () => expect.fail("it was made"),
                (error: Error) => error.message,
            );
        expect(await failure({ login: CLIENT, webSockets: true })).to.match(
            /needs HTTPS with a domain, and no webSockets/,
        );
        expect(await failure({ login: { issuer: ISSUER } })).to.match(/a log-in of nobody: client, tokens, or both/);
        expect(await failure({ login: { issuer: ISSUER, tokens: {} } })).to.match(/takes any token of the realm/);
    });
});
