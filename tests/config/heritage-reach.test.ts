import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { namedPorts } from "../../config/checks/connections";
import { readConfig } from "../../config/load";
import { placeOf } from "../../config/problems";
import { references } from "../../config/references";
import { saidOf } from "./blog-support";
import { DEV, handedOver } from "./support";

/** A file, and the one thing that is wrong in it: where, what, what would be right. */
const BROKEN: Record<string, [yaml: string, at: string, what: RegExp, fix: RegExp]> = {
    "a port that is none": ["egress: [{ port: 0, to: 10.0.0.0/8 }]", "egress[0].port", /too small|port/, /range/],
    "a range of ports the wrong way round": [
        'egress: [{ port: "9000-8000", to: 10.0.0.0/8 }]',
        "egress[0].port",
        /not a range of ports/,
        /lower one first/,
    ],
    "a network that is none": [
        "egress: [{ port: 25, to: 10.0.0.1/8 }]",
        "egress[0].to",
        /boundary of its mask/,
        /10\.0\.0\.0\/8/,
    ],
    "a host as a way out": [
        "egress: [{ port: 25, to: mail.example.com }]",
        "egress[0].to",
        /mail\.example\.com/,
        /sg-…/,
    ],
    "a way out without a port": ["egress: [{ to: 10.0.0.0/8 }]", "egress[0].port", /is missing/, /587/],
    "a port in words": [
        "egress: [{ port: smtp, to: 10.0.0.0/8 }]",
        "egress[0].port",
        /"smtp" is no range of ports/,
        /587/,
    ],
    "a way out twice": [
        "egress: [{ port: 25, to: 10.0.0.0/8 }, { port: 25, to: 10.0.0.0/8, protocol: tcp }]",
        "egress[1]",
        /already, egress\[0\]/,
        /leave one/,
    ],
    "a way out that every task has": [
        "egress: [{ port: 443, to: 0.0.0.0/0 }]",
        "egress[0]",
        /open for every task/,
        /leave it out/,
    ],
    "every resource without a reason": [
        'permissions: [{ actions: ["s3:GetObject"], resources: ["*"] }]',
        "permissions[0].resources[0]",
        /every resource/,
        /say why/,
    ],
    "all of a service without a reason": [
        'permissions: [{ actions: ["s3:*"], resources: ["arn:aws:s3:::x/*"] }]',
        "permissions[0].actions[0]",
        /all actions of a service/,
        /say why/,
    ],
    "everything in AWS, whatever the reason": [
        'permissions: [{ actions: ["*"], resources: ["*"], why: so }]',
        "permissions[0].actions[0]",
        /everything in AWS/,
        /s3:GetObject/,
    ],
    "an action of IAM": [
        'permissions: [{ actions: ["iam:CreateUser"], resources: ["arn:aws:iam::123456789012:user/x"] }]',
        "permissions[0].actions[0]",
        /hands out rights/,
        /outside of the stack/,
    ],
    "a resource that is no ARN": [
        'permissions: [{ actions: ["s3:GetObject"], resources: [reports] }]',
        "permissions[0].resources[0]",
        /reports is not an ARN/,
        /arn:aws:s3/,
    ],
    "an action that is none": [
        'permissions: [{ actions: [GetObject], resources: ["arn:aws:s3:::x/*"] }]',
        "permissions[0].actions[0]",
        /not an action of AWS/,
        /s3:GetObject/,
    ],
    "a binding of no kind": ["uses: { warehouse: {} }", "uses.warehouse", /has no kind/, /exactly one of host/],
    "a binding's name in capitals": [
        "uses: { Files: { host: { name: a.b, port: 1 } } }",
        "uses.Files",
        /Files/,
        /lower-case/,
    ],
    "an attribute that a host has not": [
        "uses: { w: { host: { name: a.example.com, port: 1 }, variables: { W: url } } }",
        "uses.w.variables.W",
        /url/,
        /host/,
    ],
    "a variable that a binding sets": [
        "uses: { w: { host: { name: a.example.com, port: 25 } } }\nenvironment: { W_HOST: other }",
        "environment.W_HOST",
        /set by the program/,
        /uses\.w/,
    ],
    "a variable that two bindings set": [
        "uses: { w: { host: { name: a.b, port: 1 }, variables: { X: host } }, v: { host: { name: a.b, port: 1 }, variables: { X: host } } }",
        "uses.v.variables.X",
        /set by uses\.w/,
        /another name/,
    ],
    "a variable of the program's for a binding": [
        "uses: { w: { host: { name: a.b, port: 1 }, variables: { PORT: port } } }",
        "uses.w.variables.PORT",
        /set by the program/,
        /another name/,
    ],
    "a binding of two kinds": [
        "uses: { w: { redis: {}, bucket: {} } }",
        "uses.w",
        /redis and bucket at once/,
        /exactly one/,
    ],
    "a node type that is none": [
        "uses: { w: { redis: { node_type: t4g.micro } } }",
        "uses.w.redis.node_type",
        /t4g\.micro/,
        /cache\.t4g\.micro/,
    ],
    "a version that there is not": [
        'uses: { w: { redis: { version: "6" } } }',
        "uses.w.redis.version",
        /"6"/,
        /Valkey/,
    ],
    "a queue of another region": [
        "uses: { w: { queue: { existing: 'arn:aws:sqs:eu-west-1:123456789012:x' } } }",
        "uses.w.queue.existing",
        /in eu-west-1/,
        /ap-northeast-1/,
    ],
    "a service that there is not": [
        "uses: { w: { service: blog/wroker } }",
        "uses.w.service",
        /no service blog\/wroker/,
        /did you mean blog\/worker/,
    ],
    "a service that nobody reaches": [
        "uses: { w: { service: blog/worker } }",
        "uses.w.service",
        /not reachable by name/,
        /reachable: true, under services\.worker of heritages\/blog\.yml/,
    ],
    "agents that there are not": [
        "uses: { w: { agents: issuer } }",
        "uses.w.agents",
        /no agents issuer/,
        /identity:agents\.issuer/,
    ],
    "Keycloak where there is none": [
        "uses: { w: { keycloak: { realm: x } } }",
        "uses.w.keycloak",
        /no Keycloak/,
        /identity:keycloak/,
    ],
    "the authority of a service without TLS": [
        "uses: { w: { service: blog/worker, variables: { A: ca } } }\nservices: { worker: { reachable: true } }",
        "uses.w.variables.A",
        /plain HTTP/,
        /leave it out/,
    ],
    "a binding that is called like a service": [
        "uses: { worker: { bucket: {} } }",
        "services.worker",
        /blog-worker is taken by heritages\.blog\.uses\.worker/,
        /another name/,
    ],
    "variables of a database that is read from SSM": [
        "database: { credentials: path, variables: { A: url } }",
        "database.variables",
        /told by variables/,
        /one of the two/,
    ],
    "an attribute that a database has not": [
        "database: { variables: { A: uri } }",
        "database.variables.A",
        /uri/,
        /url/,
    ],
    "a variable that the database sets": [
        "database: { variables: { DATABASE_URL: url } }\nsecrets: { DATABASE_URL: { set: {} } }",
        "secrets.DATABASE_URL",
        /set by the program/,
        /database\.variables/,
    ],
    "a secret of one service that is in the clear, too": [
        "environment: { A: b }\nservices: { worker: { secrets: { A: { set: {} } } } }",
        "services.worker.secrets.A",
        /is in environment, too/,
        /one of the two/,
    ],
    "a key without a secret": [
        "secrets: { A: { set: {}, key: b } }",
        "secrets.A",
        /key belongs to a secret/,
        /prod\/stripe/,
    ],
    "a secret of another region": [
        "secrets: { A: { secret: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf' } }",
        "secrets.A.secret",
        /in eu-west-1, and the stack is in ap-northeast-1/,
        /ap-northeast-1/,
    ],
    "a file of variables that is not there": [
        "environment_files: [config/x.env]",
        "environment_files[0]",
        /no config\/x\.env/,
        /project's root/,
    ],
    "a file outside of the project": [
        "environment_files: [../x.env]",
        "environment_files[0]",
        /\.\.\/x\.env/,
        /project's root/,
    ],
    "a URL whose port nothing opens": [
        'environment: { REDIS_URL: "redis://cache.example.com" }',
        "environment.REDIS_URL",
        /REDIS_URL says port 6379 of cache\.example\.com/,
        /egress: \[\{ port: 6379, to: 0\.0\.0\.0\/0 \}\].*uses/,
    ],
    "a host and a port that nothing opens": [
        'environment: { SMTP_HOST: smtp.example.com, SMTP_PORT: "587" }',
        "environment.SMTP_PORT",
        /port 587 of smtp\.example\.com/,
        /port: 587/,
    ],
    "a URL that the egress of another port does not open": [
        "egress: [{ port: 9201, to: 0.0.0.0/0 }]\nenvironment: { S: 'http://search.example.com:9200' }",
        "environment.S",
        /port 9200/,
        /port: 9200/,
    ],
};

describe("where a heritage connects to and what it may do", () => {
    const root = process.cwd();
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "reach-"));
        process.chdir(folder);
        for (const name of ["heritages", "images/app", "config"]) mkdirSync(name, { recursive: true });
        writeFileSync("images/app/Dockerfile", "FROM scratch");
    });
    afterEach(() => {
        process.chdir(root);
        rmSync(folder, { recursive: true });
    });
    const read = (yaml: string, more = "") => {
        const services = yaml.includes("services:") ? "" : "\nservices: { worker: {} }";
        writeFileSync("heritages/blog.yml", `build: images/app\n${yaml}${services}\n`);
        return readConfig(handedOver(`${more ? more : DEV}heritages: [blog]`), "identity", () => false, "dev");
    };
    const said = (yaml: string, more?: string) =>
        read(yaml, more).problems.map((one) => `${placeOf(one, "identity")} (${one.line}): ${one.what} → ${one.fix}`);

    for (const [name, [yaml, at, what, fix]] of Object.entries(BROKEN)) {
        it(`is refused for ${name}`, () => {
            const problems = said(yaml);
            expect(problems, problems.join("\n")).to.have.length(1);
            expect(problems[0]!.slice(0, problems[0]!.indexOf(" ("))).to.equal(`heritages/blog.yml: ${at}`);
            expect(problems[0]!.split(" → ")[0]).to.match(what);
            expect(problems[0]!.split(" → ")[1]).to.match(fix);
        });
    }

    it("is told of a file of variables what is wrong, by its own lines", () => {
        writeFileSync(
            "config/blog.env",
            "# a comment\nGREETING='good day' # hello\n\nno line\n1ST=a\nAPI_TOKEN=abcdefgh\nREDIS_URL=redis://c.example.com\nGREETING=b\nPORT=1\n",
        );
        expect(
            said("environment_files: [config/blog.env]").map((text) => text.split(",")[0]!.split(" → ")[0]),
        ).to.deep.equal([
            "config/blog.env (4): is not a line KEY=value",
            "config/blog.env: 1ST (5): is not a name of an environment variable: it begins with a digit",
            "config/blog.env: API_TOKEN (6): looks like a secret",
            "config/blog.env: GREETING (8): is there already",
            "config/blog.env: PORT (9): is set by the program",
            "config/blog.env: REDIS_URL (7): REDIS_URL says port 6379 of c.example.com",
        ]);
    });

    it("takes a variable's reason for those of a file of variables, too", () => {
        writeFileSync("config/blog.env", "PARTNER_TOKEN=printed\n");
        expect(
            said("environment_files: [config/blog.env]\nnot_secret: { PARTNER_TOKEN: printed in its docs }"),
        ).to.deep.equal([]);
    });

    it("may open the first and the last port, and 443 where that is not open for every task", () => {
        const open = [
            "'1-65535', to: 10.0.0.0/8",
            "443, to: 10.0.0.0/8",
            "'443-444', to: 0.0.0.0/0",
            "'442-443', to: 0.0.0.0/0",
        ];
        const rules = [...open, "443, protocol: udp, to: 0.0.0.0/0"].map((rule) => `{ port: ${rule} }`);
        expect(saidOf(`build: images/app\nservices: { worker: {} }\negress: [${rules.join(", ")}]`)).to.deep.equal([]);
        const wrong = ["'0-5', to: 10.0.0.0/8", "'1-65536', to: 10.0.0.0/8"].map((rule) => `{ port: ${rule} }`);
        expect(saidOf(`build: images/app\nservices: { worker: {} }\negress: [${wrong.join(", ")}]`)).to.have.length(2);
    });

    it("is right with what is open: by egress, by a binding, by its own domain, within the district", () => {
        const domain =
            "aws:region: ap-northeast-1\nenvironment: dev\ndomain: { name: dev.example.com, createZone: true }\n";
        for (const yaml of [
            "egress: [{ port: '6000-7000', to: 0.0.0.0/0 }]\nenvironment: { R: 'redis://c.example.com' }",
            "uses: { c: { host: { name: c.example.com, port: 6379 } } }\nenvironment: { R: 'rediss://c.example.com:6379/0' }",
            "environment: { R: 'https://c.example.com/path', NAME: 'http://www.w3.org/2000/svg' }",
            "environment: { R: 'http://localhost:3000', OTHER: 'http://shop-api.dev.internal:8080' }",
            "environment: { R: 'https://blog.dev.example.com:8443' }",
            "environment: { R: 'redis://${HOST}:6379' }",
            "environment: { SMTP_HOST: smtp.example.com, SMTP_PORT: '443' }",
        ]) {
            expect(said(yaml, domain), yaml).to.deep.equal([]);
        }
    });

    it("looks for the secrets that one service or task has for itself under a name of its own", () => {
        const { config } = read(
            "services: { web: { secrets: { A: { set: {} } } } }\n" +
                "scheduled_tasks: { n: { command: [x], schedule: rate(1 hour), secrets: { B: { parameter: /team/b } } } }",
        );
        expect(references("/identity/dev", config!).map(({ owner, parameter }) => [owner, parameter])).to.deep.equal([
            ["blog-n", "/team/b"],
            ["blog-web", "/identity/dev/blog-web/A"],
        ]);
    });
});

describe("the ports that variables name", () => {
    const ports = (environment: Record<string, string>) =>
        namedPorts(environment).map(([variable, { host, port }]) => `${variable} ${host} ${port}`);
    const cases: Record<string, [Record<string, string>, string[]]> = {
        "a URL's own": [{ A: "http://a.example.com:9200/x" }, ["A a.example.com 9200"]],
        "those of its scheme": [{ A: "amqps://user@mq.example.com/vhost" }, ["A mq.example.com 5671"]],
        "a driver's scheme": [{ A: "postgresql+psycopg://db.example.com/x" }, ["A db.example.com 5432"]],
        "JDBC's": [{ A: "jdbc:mysql://db.example.com/x" }, ["A db.example.com 3306"]],
        "several nodes": [
            { A: "mongodb://a.example.com,b.example.com:27018/x" },
            ["A a.example.com 27017", "A b.example.com 27018"],
        ],
        brokers: [
            { A: "b-1.example.com:9094,b-2.example.com:9094" },
            ["A b-1.example.com 9094", "A b-2.example.com 9094"],
        ],
        "PGHOST and PGPORT": [{ PGHOST: "db.example.com", PGPORT: "6543" }, ["PGPORT db.example.com 6543"]],
        "none of a list of words": [{ A: "a,b,c", B: "12:30", C: "urn:x:1" }, []],
        "none of a port without a host": [{ METRICS_PORT: "9100" }, []],
        "none of a socket": [{ DB_HOST: "/var/run/x", DB_PORT: "5432" }, []],
    };
    for (const [name, [environment, expected]] of Object.entries(cases)) {
        it(`are ${name}`, () => {
            expect(ports(environment)).to.deep.equal(expected);
        });
    }
});
