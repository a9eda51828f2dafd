import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { ConfigError } from "../../config/problems";

const PROJECT = path.join(__dirname, "../..");
const IMAGE = `example.com/ctl@sha256:${"a".repeat(64)}`;
/** A service of plain HTTP for webhooks, and one behind TLS. */
const REACHABLE = `image: ${IMAGE}
services:
    hooks: { reachable: true, port: 5000 }
    api: { reachable: true, listeners: [{ paths: [/ctl] }], health_check_path: /up }
`;
const STACK = `config:
    aws:region: ap-northeast-1
    identity:environment: dev
    identity:publicEndpoint: { plainHttp: true }
    identity:services: { hello: { build: images/hello, healthCheckPath: /service, paths: [/service] } }
    identity:keycloak: { version: "26.7.3" }
    identity:heritages: [ctl]
`;
const AGENTS = `    identity:agents:
        issuer: { environment: { ACAPY_WEBHOOK_URL: "http://ctl-hooks.dev.internal:5000/webhooks" } }
`;

const made: string[] = [];
after(() => made.forEach((root) => rmSync(root, { recursive: true, force: true })));

function plan(heritage: string, stack: string): Promise<PlannedStack> {
    const root = mkdtempSync(path.join(tmpdir(), "calls-"));
    made.push(root);
    for (const name of ["Pulumi.yaml", "images", "heritages"]) {
        cpSync(path.join(PROJECT, name), path.join(root, name), { recursive: true });
    }
    writeFileSync(path.join(root, "heritages/ctl.yml"), heritage);
    writeFileSync(path.join(root, "Pulumi.dev.yaml"), stack);
    return planStack({ root, stack: "dev", files: root });
}

const callersOf = ({ model }: PlannedStack, service: string, port: string) =>
    model.connections
        .filter(({ to, ports }) => to.name === service && ports.includes(port))
        .map(({ from }) => from.name)
        .sort();
const container = ({ taskDefinitions }: PlannedStack, task: string) =>
    taskDefinitions.get(task)!.containerDefinitions.find(({ name }) => name !== "envoy") as unknown as {
        entryPoint?: string[];
        environment: { name: string; value: string }[];
    };
const variable = (planned: PlannedStack, task: string, name: string) =>
    container(planned, task).environment.find((one) => one.name === name)?.value;

describe("a service that is reachable by name", () => {
    let planned: PlannedStack;
    before(async () => {
        planned = await plan(REACHABLE, STACK + AGENTS);
    });

    it("is reached by every task of the district: agents, services and Keycloak, too", () => {
        const all = ["ctl-api", "ctl-hooks", "ctl-oneoff", "hello", "issuer", "keycloak"];
        expect(callersOf(planned, "ctl-hooks", "5000")).to.eql(all);
        expect(callersOf(planned, "ctl-api", "8443")).to.eql([...all, "public"].sort());
    });

    it("is trusted by all of them, in the way that each reads authorities", () => {
        const tasks = [...planned.taskDefinitions.keys()];
        expect(tasks).to.include.members(["ctl-api", "ctl-hooks", "hello", "issuer", "keycloak"]);
        for (const task of tasks) expect(variable(planned, task, "DISTRICT_CA_PEM"), task).to.be.a("string");
        expect(variable(planned, "issuer", "SSL_CERT_FILE")).to.equal("/tmp/district-ca.pem");
        expect(container(planned, "issuer").entryPoint).to.eql([
            "sh",
            "-c",
            `{ cat /etc/ssl/certs/ca-certificates.crt; printf '%s\\n' "$DISTRICT_CA_PEM"; } > /tmp/district-ca.pem && exec "$0" "$@"`,
            "aca-py",
        ]);
        expect(variable(planned, "keycloak", "KC_TRUSTSTORE_PATHS")).to.equal("/tmp/district-ca.pem");
        expect(container(planned, "keycloak").entryPoint).to.eql([
            "sh",
            "-c",
            `printf '%s\\n' "$DISTRICT_CA_PEM" > /tmp/district-ca.pem && exec "$(command -v /opt/keycloak/start.sh || echo "$0")" "$@"`,
            "/opt/keycloak/bin/kc.sh",
        ]);
    });

    it("is reached by agents on the stack's own ledger as well, whose tasks stay within five groups", async () => {
        const own = await plan(REACHABLE, `${STACK}${AGENTS}    identity:devLedger: {}\n`);
        expect(callersOf(own, "ctl-hooks", "5000")).to.include.members(["issuer", "keycloak"]);
        for (const { type, name, inputs } of own.resources) {
            if (type !== "aws:ecs/service:Service") continue;
            const { securityGroups } = inputs.networkConfiguration as { securityGroups: string[] };
            expect(securityGroups.length, name).to.be.at.most(5);
        }
    });

    it("changes nothing of agents, services and Keycloak where there is none", async () => {
        const none = await plan(`image: ${IMAGE}\nservices: { hooks: {} }\n`, STACK + AGENTS);
        for (const task of none.taskDefinitions.keys()) {
            expect(variable(none, task, "DISTRICT_CA_PEM"), task).to.equal(undefined);
            expect(container(none, task).entryPoint, task).to.equal(undefined);
        }
        expect(callersOf(none, "ctl-hooks", "5000")).to.eql([]);
    });

    it("has its authority set by nobody else", async () => {
        const taken = (heritage: string, stack: string) =>
            plan(heritage, stack).then(
                () => "",
                (error: Error) => (error instanceof ConfigError ? error.message : String(error)),
            );
        const agents = `    identity:agents: { issuer: { environment: { SSL_CERT_FILE: /ca.pem } } }\n`;
        expect(await taken(REACHABLE, STACK + agents)).to.match(/SSL_CERT_FILE[^]*is set by the program/);
        expect(await taken(`image: ${IMAGE}\nservices: { hooks: {} }\n`, STACK + agents)).to.equal("");
        const realm = STACK.replace('"26.7.3"', '"26.7.3", secrets: { DISTRICT_CA_PEM: { generate: {} } }');
        expect(await taken(REACHABLE, realm)).to.match(/keycloak\.secrets\.DISTRICT_CA_PEM[^]*is set by the program/);
    });
});
