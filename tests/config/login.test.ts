/** `login` of a heritage's listener. */
import { expect } from "chai";
import { asksBoth, callbackVariables, loginsOf } from "../../config/logins";
import { problemsOfBlog, readBlog, refusesBlog } from "./blog-support";
import { DEV, PROD } from "./support";

const KEYCLOAK = `keycloak: { version: "26.7.3", secrets: { BLOG_SECRET: { generate: {} }, KEPT: { set: {} } } }\n`;
const STACK = `${PROD}${KEYCLOAK}`;
const blog = (login: string, more = "", listener = "") =>
    `build: images/app\nservices:\n    web:\n        health_check_path: /up\n        listeners: [{ login: { ${login} }${listener} }]\n${more}`;
const CLIENT = "realm: shop, client: blog, secret: BLOG_SECRET";
const AT = "heritages/blog.yml: services.web.listeners[0].login";

describe("a log-in at a listener", () => {
    refusesBlog({
        "no Keycloak in the stack": [
            blog(CLIENT),
            AT,
            /at the stack's Keycloak, and there is none/,
            /identity:keycloak/,
            PROD,
        ],
        "no domain": [
            blog(CLIENT, "", ", paths: [/blog]"),
            AT,
            /needs a domain: .* a public authority signed/,
            /identity:domain/,
            `${DEV}${KEYCLOAK}`,
        ],
        "a public endpoint for some": [
            blog(CLIENT),
            AT,
            /comes to the realm from addresses that AWS gives it/,
            /allowedCidrs with 0\.0\.0\.0\/0/,
            `${STACK}publicEndpoint: { allowedCidrs: [203.0.113.0/24] }\n`,
        ],
        "requests that are sent on": [
            blog(CLIENT, "", ", redirect: https://www.example.com, host: old").replace("[{ login", "[{}, { login"),
            AT.replace("[0]", "[1]"),
            /sent on to another address/,
            /one of the two/,
            STACK,
        ],
        "the internal endpoint without NAT": [
            blog(CLIENT, "", ", endpoint: internal"),
            AT,
            /needs NAT on the internal endpoint/,
            /network\.nat, or the public endpoint/,
            `${STACK}network: { nat: none, interfaceEndpoints: true }\nadminEndpoint: { allowedCidrs: [10.9.0.0/16] }\n`,
        ],
        "a client without its secret": [
            blog("realm: shop, client: blog"),
            `${AT}.secret`,
            /is missing/,
            /keycloak\.secrets/,
            STACK,
        ],
        "no client": [blog("realm: shop, secret: BLOG_SECRET"), `${AT}.client`, /is missing/, /confidential/, STACK],
        "a secret that there is not": [
            blog("realm: shop, client: blog, secret: BLOG_SECRT"),
            `${AT}.secret`,
            /is no secret of identity:keycloak/,
            /did you mean BLOG_SECRET\?/,
            STACK,
        ],
        "a secret that somebody else keeps": [
            blog("realm: shop, client: blog, secret: KEPT"),
            `${AT}.secret`,
            /kept by somebody else/,
            /generate.*value.*KEPT/,
            STACK,
        ],
        "no realm": [blog("client: blog, secret: BLOG_SECRET"), `${AT}.realm`, /is missing/, /realm/, STACK],
        "tokens of whomever": [
            blog("realm: shop, tokens: {}"),
            `${AT}.tokens`,
            /lets in every token of the realm/,
            /client, scope, or both/,
            STACK,
        ],
        "a secret of no client": [
            blog("realm: shop, secret: BLOG_SECRET, tokens: { client: reports }"),
            `${AT}.client`,
            /is missing/,
            /tokens, for programs alone/,
            STACK,
        ],
        "a scope of two words": [
            blog('realm: shop, tokens: { scope: "a b" }'),
            `${AT}.tokens.scope`,
            /a b/,
            /scope that a token has/,
            STACK,
        ],
        "a pattern that leaves the token no room": [
            blog(`${CLIENT}, tokens: { client: reports }`, "", ', paths: ["/*/*/*/*/*/*"]'),
            AT.replace("login", "paths[0]"),
            /more wildcards than a rule takes, 5 by AWS's quota/,
            /fewer/,
            STACK,
        ],
        "no number before the listener's own": [
            blog(`${CLIENT}, tokens: { client: reports }`, "", ", priority: 1"),
            AT.replace("login", "priority"),
            /the rules for tokens have the number before 1, and there is none/,
            /a higher one, or none/,
            STACK,
        ],
        "a number before it that is another's": [
            blog(`${CLIENT}, tokens: { client: reports }`, "", ", priority: 8").replace(
                /$/,
                "    api:\n        health_check_path: /up\n        listeners: [{ host: api, priority: 7 }]\n",
            ),
            AT.replace("login", "priority"),
            /the number before 8, and 7 is blog-api's/,
            /a higher one, or none/,
            STACK,
        ],
    });

    /** Problems with a realm of this client in the repository. */
    const withRealm = (client: object, login = CLIENT, listener = "") =>
        problemsOfBlog(blog(login, "", listener), STACK, {
            "images/app/Dockerfile": "FROM scratch",
            "images/keycloak/realms/shop.json": JSON.stringify({
                realm: "shop",
                bruteForceProtected: true,
                clients: [client],
            }),
        });
    const sends = (...redirectUris: string[]) => ({ clientId: "blog", redirectUris });

    it("is right where the realm's client sends browsers back to the load balancer", () => {
        const right = [
            sends("https://blog.id.example.com/oauth2/idpresponse"),
            sends("https://other", "https://blog.id.example.com/*"),
            sends("${LOGIN_BLOG}"),
            { ...sends("/oauth2/idpresponse"), rootUrl: "https://blog.id.example.com" },
        ];
        for (const client of right) expect(withRealm(client), JSON.stringify(client)).to.deep.equal([]);
    });

    it("says what the realm's client lacks, and which variable has it", () => {
        for (const client of [sends(), sends("https://blog.id.example.com/oauth2"), sends("https://evil/*")]) {
            const [problem, ...more] = withRealm(client);
            expect(more).to.deep.equal([]);
            expect(problem!.at).to.equal(`${AT}.client`);
            expect(problem!.what).to.match(/the client blog of .*shop\.json sends nobody back/);
            expect(problem!.fix).to.contain('"${LOGIN_BLOG}"]');
        }
        expect(withRealm({ clientId: "blgo" })[0]).to.deep.include({
            at: `${AT}.client`,
            what: "the realm shop (images/keycloak/realms/shop.json) has no client blog",
        });
    });

    it("takes tokens of programs alone, without a secret and without a way back for browsers", () => {
        const { config, problems } = readBlog(blog("realm: shop, tokens: { scope: read }"), STACK);
        expect(problems).to.deep.equal([]);
        expect(callbackVariables(config!)).to.deep.equal({});
        expect(loginsOf(config!)).to.deep.equal({
            "blog-web": { realm: "shop", tokens: { client: undefined, scope: "read" } },
        });
    });

    it("is told of the service's address: neither of a listener that redirects, nor where there is none", () => {
        const web = (listeners: string) =>
            readBlog(
                `build: images/app\nservices:\n    web:\n        health_check_path: /up\n        listeners: [${listeners}]\n`,
                STACK,
            );
        const old = "{ host: old, redirect: https://www.example.com }";
        const { config, problems } = web(`${old}, { login: { ${CLIENT} } }`);
        expect(problems).to.deep.equal([]);
        expect(loginsOf(config!)).to.deep.equal({ "blog-web": { realm: "shop", client: "blog" } });
        expect(loginsOf(web(`${old}, {}`).config!)).to.deep.equal({});
        const { blog: heritage } = config!.heritages;
        const services = { worker: { ...heritage!.services.web!, listeners: [] } };
        expect(loginsOf({ heritages: { blog: { ...heritage!, services } } })).to.deep.equal({});
    });

    it("asks programs and browsers by two rules only where both come", () => {
        const { config } = readBlog(blog(`${CLIENT}, tokens: { scope: read }`), STACK);
        const [listener] = config!.heritages.blog!.services.web!.listeners;
        expect(asksBoth(listener!.login)).to.equal(true);
        expect(asksBoth({ ...listener!.login!, tokens: undefined })).to.equal(false);
        expect(asksBoth({ ...listener!.login!, client: undefined })).to.equal(false);
        expect(asksBoth(undefined)).to.equal(false);
    });

    it("says what the realm lacks for tokens", () => {
        const found = (realm: object, tokens: string) =>
            problemsOfBlog(blog(`realm: shop, tokens: ${tokens}`), STACK, {
                "images/app/Dockerfile": "FROM scratch",
                "images/keycloak/realms/shop.json": JSON.stringify({
                    realm: "shop",
                    bruteForceProtected: true,
                    ...realm,
                }),
            });
        const reports = { clientId: "reports" };
        const signed = (alg: string) => ({ ...reports, attributes: { "access.token.signed.response.alg": alg } });
        const right = { clients: [reports], clientScopes: [{ name: "read" }] };
        expect(found(right, "{ client: reports, scope: read }")).to.deep.equal([]);
        expect(
            found({ clients: [signed("RS256")], defaultSignatureAlgorithm: "ES256" }, "{ client: reports }"),
        ).to.deep.equal([]);
        const file = "images/keycloak/realms/shop.json";
        expect(
            found(right, "{ client: report, scope: write }").map(({ at, what, fix }) => [at, what, fix]),
        ).to.deep.equal([
            [
                `${AT}.tokens.client`,
                `the realm shop (${file}) has no client report`,
                "did you mean reports? The keys here are reports",
            ],
            [`${AT}.tokens.scope`, `the realm shop (${file}) has no client scope write`, "the keys here are read"],
        ]);
        for (const realm of [
            { defaultSignatureAlgorithm: "PS256", clients: [reports] },
            { clients: [signed("PS256")] },
        ]) {
            const [problem, ...more] = found(realm, "{ client: reports }");
            expect(more).to.deep.equal([]);
            expect(problem!.what).to.match(/signed by PS256 .*verifies RS256 alone/);
            expect(problem!.fix).to.contain('"access.token.signed.response.alg": "RS256"');
        }
    });

    it("gives the nodes the address of each host, by the client's name", () => {
        const { config } = readBlog(
            blog("realm: shop, client: my-blog, secret: BLOG_SECRET", "", ', hosts: ["@", blog]'),
            STACK,
        );
        expect(callbackVariables(config!)).to.deep.equal({
            LOGIN_MY_BLOG: "https://id.example.com/oauth2/idpresponse",
            LOGIN_MY_BLOG_2: "https://blog.id.example.com/oauth2/idpresponse",
        });
        expect(callbackVariables({ ...config!, domain: undefined })).to.deep.equal({});
        const internal = readBlog(blog(CLIENT, "", ", endpoint: internal"), STACK).config!;
        expect(callbackVariables(internal)).to.deep.equal({
            LOGIN_BLOG: "https://blog.internal.id.example.com/oauth2/idpresponse",
        });
    });
});
