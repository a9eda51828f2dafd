/** `login` of a heritage's listener. */
import { expect } from "chai";
import { callbackVariables } from "../../config/logins";
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

    it("gives the nodes the address of each host, by the client's name", () => {
        const { config } = readBlog(
            blog("realm: shop, client: my-blog, secret: BLOG_SECRET", "", ', hosts: ["@", blog]'),
            STACK,
        );
        expect(callbackVariables(config!)).to.deep.equal({
            LOGIN_MY_BLOG: "https://id.example.com/oauth2/idpresponse",
            LOGIN_MY_BLOG_2: "https://blog.id.example.com/oauth2/idpresponse",
        });
        const internal = readBlog(blog(CLIENT, "", ", endpoint: internal"), STACK).config!;
        expect(callbackVariables(internal)).to.deep.equal({
            LOGIN_BLOG: "https://blog.internal.id.example.com/oauth2/idpresponse",
        });
    });
});
