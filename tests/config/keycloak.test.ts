import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, problemsOf, PROD, refusals } from "./support";

/** A stack with a Keycloak of which this is said. */
const stack = (yaml: string, base = DEV) => `${base}keycloak: { ${yaml} }`;
const version = 'version: "26.7.3"';

const BROKEN: Broken = {
    "no version": [stack("count: 2"), "identity:keycloak.version", /is missing/, /26\.\d+\.\d+/],
    "a version that is a number": [
        stack("version: 26.7"),
        "identity:keycloak.version",
        /is a fraction, and should be a text/,
        /written out/,
    ],
    "a version that is none": [
        stack('version: "26.7.99"'),
        "identity:keycloak.version",
        /there is no Keycloak 26\.7\.99/,
        /^26\.7\.\d+$/,
    ],
    "a tag that moves": [
        stack("version: latest"),
        "identity:keycloak.version",
        /"latest" is no release/,
        /one release written out/,
    ],
    "a version that is not known yet": [
        stack('version: "26.99.0"'),
        "identity:keycloak.version",
        /a minor version that is not known here/,
        /upgrading guide/,
    ],
    "a version of long ago": [
        stack('version: "18.0.2"'),
        "identity:keycloak.version",
        /not what this cluster was built for/,
        /e\.g\. "26\./,
    ],
    "a version with a known hole, in prod": [
        stack('version: "26.7.1"', PROD),
        "identity:keycloak.version",
        /Keycloak 26\.7\.1 has a known hole: CVE-2026-18963, anybody sets a new password/,
        /^26\.7\.2 or later, which rolls; or, with a reason, an exception to keycloak-safe-version for keycloak/,
    ],
    "a minor version that was never mended, in prod": [
        stack('version: "26.6.0"', PROD),
        "identity:keycloak.version",
        /Keycloak 26\.6\.0 has a known hole/,
        /^26\.\d+\.\d+; 26\.6 has no image without it/,
    ],
    "one node in prod": [
        stack(`${version}, count: 1`, PROD),
        "identity:keycloak.count",
        /1 in 3 zones: in prod every zone has a task/,
        /3 or more/,
    ],
    "a size that Fargate has not": [
        stack(`${version}, cpu: 1000`),
        "identity:keycloak.cpu",
        /no task of 1000 CPU units/,
        /one of 256/,
    ],
    "a memory target, which a JVM's heap never leaves": [
        stack(`${version}, autoscaling: { max: 3, memoryPercent: 75 }`),
        "identity:keycloak.autoscaling.memoryPercent",
        /there is no such key here/,
        /cpuPercent/,
    ],
    "autoscaling without room": [
        stack(`${version}, autoscaling: { max: 2 }`),
        "identity:keycloak.autoscaling.max",
        /2 leaves no room above count, 2/,
        /more than 2/,
    ],
    "memory that is never enough": [
        stack(`${version}, cpu: 256, memory: 512`),
        "identity:keycloak.memory",
        /512 MiB is too little for a node in dev: .* 460 to 630/,
        /1024 or more/,
    ],
    "memory that is not enough in prod": [
        stack(`${version}, cpu: 512, memory: 1024`, PROD),
        "identity:keycloak.memory",
        /1024 MiB is too little for a node in prod/,
        /2048 or more/,
    ],
    "more connections than the database takes": [
        stack(`${version}, poolSize: 30`),
        "identity:keycloak.database.instanceClass",
        /db\.t4g\.micro takes about 78 connections, and Keycloak's nodes may open 120/,
        /smaller poolSize/,
    ],
    "more connections than the database takes once it has scaled out": [
        stack(`${version}, autoscaling: { max: 10 }`),
        "identity:keycloak.database.instanceClass",
        /may open 200/,
        /larger class/,
    ],
    "a database class that is none": [
        stack(`${version}, database: { instanceClass: db.t9.huge }`),
        "identity:keycloak.database.instanceClass",
        /not a known instance class/,
        /db\.t4g\.medium/,
    ],
    "an image by tag": [
        stack(`${version}, image: "quay.io/keycloak/keycloak:26.7.3"`),
        "identity:keycloak.image",
        /has no digest/,
        /@sha256:/,
    ],
    "a host outside the zone": [
        stack(`${version}, host: login.example.org`, PROD),
        "identity:keycloak.host",
        /"login\.example\.org" is no DNS label/,
        /domain\.name/,
    ],
    "the host of an agent": [
        `${stack(`${version}, host: issuer`, PROD)}\nagents: { issuer: {} }`,
        "identity:agents.issuer",
        /keycloak has the same rule: issuer\.internal\.id\.example\.com/,
        /another host/,
    ],
    "the name of Keycloak for an agent": [
        `${stack(version)}\nagents: { keycloak: {} }`,
        "identity:agents.keycloak",
        /taken by keycloak/,
        /another name/,
    ],
    "a service that is not told apart from it": [
        `${stack(version)}\nservices: { app: { build: images/hello, healthCheckPath: /up } }`,
        "identity:services.app.paths",
        /told apart by their paths/,
        /\/app\/\*/,
    ],
    "a service on one of its paths": [
        `${stack(version)}\nservices: { app: { build: images/hello, healthCheckPath: /up, paths: [/realms/*] } }`,
        "identity:services.app.paths[0]",
        /keycloak has the same rule/,
        /other paths/,
    ],
    "more networks than its tasks' security group takes": [
        `${stack(version, PROD)}\nadminEndpoint: { allowedCidrs: [${Array.from({ length: 55 }, (_, i) => `10.${i + 1}.0.0/16`).join(", ")}] }`,
        "identity:adminEndpoint.allowedCidrs",
        /55 networks and groups, .* are more than 60/,
        /fewer, larger/,
    ],
    "a secret without a source": [
        stack(`${version}, secrets: { SMTP_PASSWORD: {} }`),
        "identity:keycloak.secrets.SMTP_PASSWORD",
        /has none of/,
        /exactly one/,
    ],
    "a secret whose name is none": [
        stack(`${version}, secrets: { smtp-password: { generate: {} } }`),
        "identity:keycloak.secrets.smtp-password",
        /no name that a realm file can have/,
        /letters, digits and _/,
    ],
};

describe("Keycloak in a stack file", () => {
    refusals(BROKEN);

    it("needs a version, and nothing else: a node in each zone, a pool that fits the environment's database", () => {
        const config = (base: string, yaml = version) => {
            const read = readConfig(handedOver(stack(yaml, base)), "identity", () => false);
            expect(read.problems).to.deep.equal([]);
            return read.config!.keycloak!;
        };
        const [dev, prod] = [config("aws:region: ap-northeast-1\nenvironment: dev\n"), config(PROD)];
        expect(dev).to.include({ host: "auth", count: 2, cpu: 1024, memory: 2048, poolSize: 10 });
        expect(prod).to.include({ host: "auth", count: 3, cpu: 1024, memory: 2048, poolSize: 30 });
        const scaled = (autoscaling: string) => config(DEV, `${version}, ${autoscaling}, poolSize: 5`);
        expect(scaled("autoscaling: { max: 6 }")).to.deep.include({
            count: 2,
            autoscaling: { min: undefined, max: 6, cpuPercent: 40 },
        });
        expect(scaled("autoscaling: { min: 3, max: 6 }")).to.deep.include({
            count: 3,
            autoscaling: { min: 3, max: 6, cpuPercent: 40 },
        });
        expect([dev.database.multiAz, prod.database.multiAz]).to.deep.equal([false, true]);
    });

    it("takes all that there is to say", () => {
        const all = `${version}, host: login, count: 4, autoscaling: { max: 8 }, cpu: 2048, memory: 4096, poolSize: 20,
            database: { instanceClass: db.m7g.large }, secrets: { SMTP_PASSWORD: { parameter: /mail/password } }`;
        expect(problemsOf(stack(all, PROD))).to.deep.equal([]);
    });

    it("may have a version with a hole in dev, where a policy tells it, and in prod with a reason", () => {
        const old = 'version: "26.7.1"';
        expect(problemsOf(stack(old))).to.deep.equal([]);
        const excepted = (resource: string) => `
policyExceptions: [{ policy: keycloak-safe-version, resource: ${resource}, reason: no realm has Forgot password }]`;
        expect(problemsOf(stack(old, PROD) + excepted("keycloak"))).to.deep.equal([]);
        expect(problemsOf(stack(old, PROD) + excepted("hello"))).to.have.length(1);
    });

    describe("with realm files", () => {
        const root = process.cwd();
        let folder: string;
        beforeEach(() => {
            folder = mkdtempSync(path.join(os.tmpdir(), "realms-"));
            mkdirSync(path.join(folder, "images/keycloak/realms"), { recursive: true });
            process.chdir(folder); // where Pulumi runs a program
            write("shop", JSON.stringify({ realm: "shop", smtpServer: { password: "${SMTP_PASSWORD}" } }));
        });
        afterEach(() => {
            process.chdir(root);
            rmSync(folder, { recursive: true });
        });
        const write = (name: string, text: string) => writeFileSync(`images/keycloak/realms/${name}.json`, text);

        it("is refused with every mistake in them, each with its file", () => {
            write("wiki", '{ "realm": "wiki", "hush": ');
            const problems = problemsOf(stack(version));
            expect(problems).to.have.length(2);
            expect(problems[0]).to.match(
                /^identity:keycloak: images\/keycloak\/realms\/shop\.json the password of smtpServer is \$\{SMTP_PASSWORD\}.* → SMTP_PASSWORD among the secrets/,
            );
            expect(problems[1]).to.match(
                /^identity:keycloak: images\/keycloak\/realms\/wiki\.json is no JSON → .*prettier/,
            );
            expect(problems.join()).not.to.contain("hush");
        });

        it("gives them its secrets", () => {
            expect(problemsOf(stack(`${version}, secrets: { SMTP_PASSWORD: { generate: {} } }`))).to.deep.equal([]);
        });

        it("refuses realms that count no failed log-ins in prod, but for a reason; in dev a policy tells it", () => {
            const own = `${version}, secrets: { SMTP_PASSWORD: { generate: {} } }`;
            write("wiki", JSON.stringify({ realm: "wiki", bruteForceProtected: true }));
            expect(problemsOf(stack(own))).to.deep.equal([]);
            const [problem, ...more] = problemsOf(stack(own, PROD));
            expect(more).to.deep.equal([]);
            expect(problem).to.match(
                /^identity:keycloak: the realm shop in images\/keycloak\/realms: it counts no failed log-ins.* → "bruteForceProtected": true in its file; or, with a reason, an exception to keycloak-brute-force for keycloak\/shop/,
            );
            const excepted = `
policyExceptions: [{ policy: keycloak-brute-force, resource: keycloak/shop, reason: its users come from a directory that counts }]`;
            expect(problemsOf(stack(own, PROD) + excepted)).to.deep.equal([]);
        });

        it("does not look at them where the image exists already", () => {
            const image = `example.com/keycloak@sha256:${"0".repeat(64)}`;
            expect(problemsOf(stack(`${version}, image: "${image}"`))).to.deep.equal([]);
        });
    });
});
