import { expect } from "chai";
import { readConfig } from "../../config/load";
import { TestAuthority } from "../certificates";
import { type Broken, DEV, handedOver, problemsOf, PROD, refusals } from "./support";

const DIGEST = `example.com/app@sha256:${"a".repeat(64)}`;
/** A service with this in it, beside what it cannot be without. */
const one = (yaml: string, stack = DEV) =>
    `${stack}services: { app: { build: images/hello, healthCheckPath: /up, paths: [/app]${yaml && ", "}${yaml} } }`;
/** Two services that want something of each other's. */
const two = (first: string, second: string, stack = DEV) =>
    `${stack}services:\n${["one", "two"].map((name, i) => `    ${name}: { build: images/hello, healthCheckPath: /up${[first, second][i] && ", "}${[first, second][i]} }\n`).join("")}`;

const BROKEN: Broken = {
    "a health path without a slash": [
        `${DEV}services: { app: { build: images/hello, healthCheckPath: up } }`,
        "identity:services.app.healthCheckPath",
        /up has no slash in front/,
        /^\/up$/,
    ],
    "a health path with a query": [
        `${DEV}services: { app: { build: images/hello, healthCheckPath: "/up?deep=1" } }`,
        "identity:services.app.healthCheckPath",
        /is not a path: a query/,
        /^\/up$/,
    ],
    "no health path": [
        `${DEV}services: { app: { build: images/hello } }`,
        "identity:services.app.healthCheckPath",
        /is missing/,
        /answers 200/,
    ],
    "Envoy's own port": [one("port: 8443"), "identity:services.app.port", /8443 is taken by Envoy/, /such as 8080/],
    "the port of Envoy's admin": [
        one("port: 9901"),
        "identity:services.app.port",
        /9901 is taken by Envoy/,
        /such as 8080/,
    ],
    "a port below all ports": [one("port: 0"), "identity:services.app.port", /0 is too small: 1/, /HOST and PORT/],
    "a port that is none": [one("port: 65536"), "identity:services.app.port", /65536 is too large: 65535/, /8080/],
    "a single task": [one("count: 1"), "identity:services.app.count", /one task is not enough/, /2 or more/],
    "fewer tasks than zones in prod": [
        one("count: 2", PROD),
        "identity:services.app.count",
        /2 in 3 zones/,
        /3 or more/,
    ],
    "both a folder and an image": [
        one(`image: "${DIGEST}"`),
        "identity:services.app",
        /both build and image/,
        /exactly one/,
    ],
    "neither a folder nor an image": [
        `${DEV}services: { app: { healthCheckPath: /up } }`,
        "identity:services.app",
        /neither build nor image/,
        /exactly one/,
    ],
    "a folder without a Dockerfile": [
        `${DEV}services: { app: { build: images/nothing, healthCheckPath: /up } }`,
        "identity:services.app.build",
        /there is no images\/nothing\/Dockerfile/,
        /from the project's root/,
    ],
    "a folder of this machine alone": [
        `${DEV}services: { app: { build: /srv/app, healthCheckPath: /up } }`,
        "identity:services.app.build",
        /"\/srv\/app" is no folder of the project/,
        /images\/hello/,
    ],
    "an image by tag": [
        `${DEV}services: { app: { image: "example.com/app:1.2", healthCheckPath: /up } }`,
        "identity:services.app.image",
        /has no digest/,
        /@sha256:/,
    ],
    "a size that Fargate has not": [
        one("cpu: 256, memory: 4096"),
        "identity:services.app.memory",
        /256 CPU units with 4096 MiB/,
        /512, 1024, 2048/,
    ],
    "a root user": [one('user: "0"'), "identity:services.app.user", /user number other than root's/, /"1000"/],
    "a directory that is none": [
        one("writable: [tmp]"),
        "identity:services.app.writable[0]",
        /"tmp" has no slash in front/,
        /^\/tmp$/,
    ],
    "a path without a slash": [
        `${DEV}services: { app: { build: images/hello, healthCheckPath: /up, paths: [/app, app/*] } }`,
        "identity:services.app.paths[1]",
        /app\/\* has no slash in front/,
        /^\/app\/\*$/,
    ],
    "a path that a load balancer would not take": [
        `${DEV}services: { app: { build: images/hello, healthCheckPath: /up, paths: ["/a(b|c)"] } }`,
        "identity:services.app.paths[0]",
        /a character that a load balancer's pattern does not take/,
        /wildcards/,
    ],
    "more paths than anybody needs": [
        `${DEV}services: { app: { build: images/hello, healthCheckPath: /up, paths: [${Array.from({ length: 41 }, (_, i) => `/p${i}`).join(", ")}] } }`,
        "identity:services.app.paths",
        /has 41, and 40 is the most/,
        /any characters/,
    ],
    "the same path twice": [
        two("paths: [/a, /b]", "paths: [/c, /b]"),
        "identity:services.two.paths[1]",
        /one has the same rule: \/b/,
        /other paths/,
    ],
    "the same path twice in one service": [
        `${DEV}services: { app: { build: images/hello, healthCheckPath: /up, paths: [/a, /a] } }`,
        "identity:services.app.paths[1]",
        /\/a is there twice/,
        /once/,
    ],
    "the same host twice": [
        two("host: www", "host: www", PROD),
        "identity:services.two",
        /one has the same rule: www\.id\.example\.com/,
        /another host/,
    ],
    "the host of an agent": [
        `${two("", "host: issuer", PROD)}agents: { issuer: {} }`,
        "identity:services.two",
        /issuer has the same rule: issuer\.id\.example\.com/,
        /another host/,
    ],
    "a host with a dot in it": [
        one("host: www.example.com", PROD),
        "identity:services.app.host",
        /DNS label|single label/,
        /domain\.name/,
    ],
    "the zone of the internal names": [
        one("host: internal", PROD),
        "identity:services.app.host",
        /zone of the admin API/,
        /another host/,
    ],
    "no paths to tell two apart by": [
        two("paths: [/a]", ""),
        "identity:services.two.paths",
        /told apart by their paths/,
        /\[\/two, \/two\/\*\]/,
    ],
    "one priority twice": [
        two("paths: [/a], priority: 7", "paths: [/b], priority: 7"),
        "identity:services.two.priority",
        /7 is taken by one/,
        /another one, or none/,
    ],
    "a priority that is none": [
        one("priority: 50001"),
        "identity:services.app.priority",
        /50001 is too large: 50000/,
        /longer path/,
    ],
    "the name of an agent": [
        `${one("")}\nagents: { app: {} }`,
        "identity:services.app",
        /app is taken by agents\.app/,
        /another name/,
    ],
    "a name that another's database has": [
        `${DEV}services:\n    a: { build: images/hello, healthCheckPath: /up, paths: [/a], database: {} }\n    a-db: { build: images/hello, healthCheckPath: /up, paths: [/b] }`,
        "identity:services.a-db",
        /a-db is taken by services\.a/,
        /another name/,
    ],
    "a name of the platform's": [
        `${DEV}services: { images: { build: images/hello, healthCheckPath: /up } }`,
        "identity:services.images",
        /uses this name itself/,
        /another name/,
    ],
    "a variable that the program sets": [
        one('environment: { PORT: "9000" }'),
        "identity:services.app.environment.PORT",
        /set by the program/,
        /the key port of the service/,
    ],
    "the address to listen on": [
        one("environment: { HOST: 0.0.0.0 }"),
        "identity:services.app.environment.HOST",
        /set by the program/,
        /leave it out/,
    ],
    "the database's password, which the program sets": [
        one("database: {}, secrets: { DB_PASSWORD: { generate: {} } }"),
        "identity:services.app.secrets.DB_PASSWORD",
        /set by the program/,
        /the key database of the service/,
    ],
    "a secret among what is in the clear": [
        one("environment: { API_TOKEN: hush }"),
        "identity:services.app.environment.API_TOKEN",
        /looks like a secret/,
        /secrets\.API_TOKEN/,
    ],
    "a password in a URL": [
        one('environment: { UPSTREAM: "amqp://me:hush@mq.example.com" }'),
        "identity:services.app.environment.UPSTREAM",
        /looks like a secret/,
        /secrets\.UPSTREAM/,
    ],
    "a variable that is both": [
        one("environment: { PLAIN: x }, secrets: { PLAIN: { generate: {} } }"),
        "identity:services.app.secrets.PLAIN",
        /is in environment, too/,
        /one of the two/,
    ],
    "a variable that begins with a digit": [
        one("environment: { 1X: x }"),
        "identity:services.app.environment.1X",
        /not a name of an environment variable: it begins with a digit/,
        /^_1X, say$/,
    ],
    "a secret with two sources": [
        one("secrets: { MAIL: { generate: {}, parameter: /mail } }"),
        "identity:services.app.secrets.MAIL",
        /more than one/,
        /exactly one/,
    ],
    "a secret's value in the clear": [
        one("secrets: { MAIL: { value: hush } }"),
        "identity:services.app.secrets.MAIL.value",
        /in the clear/,
        /pulumi config set --secret/,
    ],
    "a parameter of one part": [
        one("parameters: { password: { generate: {} } }"),
        "identity:services.app.parameters.password",
        /not a name below PARAMETER_STORE_PREFIX/,
        /mail\/password/,
    ],
    "a parameter where the database's are": [
        one("database: { credentials: path }, parameters: { database/app/user: { generate: {} } }"),
        'identity:services.app.parameters["database/app/user"]',
        /the database's own parameters/,
        /another first part/,
    ],
    "a parameter that exists elsewhere": [
        one("parameters: { mail/password: { parameter: /mail/password } }"),
        'identity:services.app.parameters["mail/password"]',
        /which the task role may not read/,
        /under secrets/,
    ],
    "a database that is too small": [
        one("database: { connections: 50 }"),
        "identity:services.app.database.instanceClass",
        /takes about 78 connections, and its tasks may open 200/,
        /smaller connections/,
    ],
    "a database's name that RDS keeps": [
        one("database: { name: postgres }"),
        "identity:services.app.database.name",
        /keeps for itself/,
        /such as app/,
    ],
    "an unknown key": [one("healthPath: /up"), "identity:services.app.healthPath", /no such key/, /healthCheckPath/],
    "Envoy's image by tag": [
        `${one("")}\nenvoyImage: "envoyproxy/envoy:v1.40.0"`,
        "identity:envoyImage",
        /has no digest/,
        /@sha256:/,
    ],
};

describe("a service in a stack file", () => {
    refusals(BROKEN);

    it("is told all of its mistakes at once", () => {
        const problems = problemsOf(
            `${DEV}services: { app: { healthCheckPath: up, port: 9901, count: 1, paths: [x], environment: { PORT: "1", A_KEY: x } } }`,
        );
        expect(problems.map((p) => p.split(": ")[0]).sort()).to.deep.equal([
            "identity:services.app",
            "identity:services.app.count",
            "identity:services.app.environment.A_KEY",
            "identity:services.app.environment.PORT",
            "identity:services.app.healthCheckPath",
            "identity:services.app.paths[0]",
            "identity:services.app.port",
        ]);
    });

    it("works from very little, without a domain and without an agent", () => {
        const stack = "aws:region: ap-northeast-1\nenvironment: dev\n";
        const { config, problems } = readConfig(
            handedOver(`${stack}services: { app: { build: images/hello, healthCheckPath: /up } }`),
            "identity",
            () => false,
        );
        expect(problems).to.deep.equal([]);
        expect(config!.services.app).to.deep.include({
            port: 8080,
            protocol: "http1",
            count: 2,
            cpu: 256,
            memory: 512,
        });
    });

    it("may share a host with another, and have a host for itself", () => {
        expect(problemsOf(two("host: www, paths: [/a]", "host: www", PROD))).to.deep.equal([]);
        expect(problemsOf(two("", "", PROD))).to.deep.equal([]);
        expect(problemsOf(two("paths: [/a]", "paths: [/a]", PROD))).to.deep.equal([]); // on two hosts
    });
});

describe("the endpoint's own certificate in a stack file", () => {
    const authority = new TestAuthority();
    const right = authority.server(["*.id.example.com"]);
    const chain = right.certificate + authority.intermediatePem + authority.rootPem;
    /** What is said of it, with its key encrypted in the file. */
    const said = (certificate: object, encrypted = true) =>
        problemsOf(
            JSON.stringify({
                "aws:region": "ap-northeast-1",
                environment: "prod",
                domain: { name: "id.example.com", certificate },
                agents: { issuer: {} },
            }),
            encrypted,
        );
    const { privateKey } = right;

    it("may be one from elsewhere, with its authorities behind it or without", () => {
        expect(said({ pem: chain, privateKey })).to.deep.equal([]);
        expect(said({ pem: right.certificate, privateKey })).to.deep.equal([]);
        expect(said({ arn: `arn:aws:acm:ap-northeast-1:123456789012:certificate/${"a".repeat(8)}` })).to.deep.equal([]);
    });

    const refused: Record<string, [certificate: object, problem: RegExp]> = {
        "a key of another certificate": [
            { pem: chain, privateKey: authority.server(["x.example.com"]).privateKey },
            /certificate\.privateKey: does not belong to the certificate → .*openssl/,
        ],
        "a key that is none": [
            { pem: chain, privateKey: "-----BEGIN PRIVATE KEY-----\nhush\n" },
            /certificate\.privateKey: is no private key that can be read → PEM without a passphrase/,
        ],
        "a certificate that is none": [
            { pem: "MIIB", privateKey },
            /certificate\.pem: holds no certificate → PEM: the server's certificate first/,
        ],
        "a certificate that has ended": [
            (({ certificate, privateKey: key }) => ({ pem: certificate, privateKey: key }))(
                authority.server(["*.id.example.com"], { ends: -1 }),
            ),
            /certificate\.pem: ended on .* → a certificate that is still valid/,
        ],
        "authorities in the wrong order": [
            { pem: right.certificate + authority.rootPem + authority.intermediatePem, privateKey },
            /certificate\.pem: CN=Test Root did not issue CN=\*\.id\.example\.com, which stands before it/,
        ],
        "the authority in front": [
            { pem: authority.intermediatePem + right.certificate, privateKey },
            /certificate\.pem: CN=Test Intermediate is an authority's own certificate/,
        ],
        "a certificate for another name": [
            (({ certificate, privateKey: key }) => ({ pem: certificate, privateKey: key }))(
                authority.server(["id.example.com", "*.example.com"]),
            ),
            /certificate\.pem: is not for \*\.id\.example\.com.* → .*subjectAltName/,
        ],
        "an ARN of another region": [
            { arn: `arn:aws:acm:us-east-1:123456789012:certificate/${"a".repeat(8)}` },
            /certificate\.arn: is in us-east-1.* → one in ap-northeast-1/,
        ],
        "an ARN that is none": [{ arn: "mine" }, /certificate\.arn: "mine" .*certificate ARN/],
        "both an ARN and a certificate": [
            { arn: `arn:aws:acm:ap-northeast-1:123456789012:certificate/${"a".repeat(8)}`, pem: chain, privateKey },
            /certificate: has both an arn and a certificate of its own → arn, or pem with privateKey/,
        ],
        "a certificate without its key": [{ pem: chain }, /certificate\.privateKey: is missing → .*both/],
        "a key without its certificate": [{ privateKey }, /certificate\.pem: is missing → .*both/],
    };
    for (const [name, [certificate, problem]] of Object.entries(refused)) {
        it(`is refused for ${name}`, () => {
            const problems = said(certificate);
            expect(problems, problems.join("\n")).to.have.length(1);
            expect(problems[0]).to.match(problem);
            expect(problems[0]).not.to.contain("hush");
        });
    }

    it("is refused for a key in the clear", () => {
        const problems = said({ pem: chain, privateKey }, false);
        expect(problems).to.have.length(1);
        expect(problems[0]).to.match(/certificate\.privateKey: .*in the clear.* → .*pulumi config set --secret/);
        expect(problems[0]).not.to.contain(privateKey.split("\n")[1]);
    });

    it("is looked at in the same way where it is a service's", () => {
        const stack = (pair: object) => `${DEV}services:
    app: { build: images/hello, healthCheckPath: /up, certificate: ${JSON.stringify(pair)} }`;
        expect(problemsOf(stack({ pem: chain, privateKey }), true)).to.deep.equal([]);
        const [problem] = problemsOf(
            stack({ pem: chain, privateKey: authority.server(["x.example.com"]).privateKey }),
            true,
        );
        expect(problem).to.match(/^identity:services\.app\.certificate\.privateKey: does not belong to/);
    });
});
