import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import pc from "picocolors";
import type { PlanInput } from "../../automation/commands/plan";
import { showPlan } from "../../automation/commands/plan/show";
import { identityWith, identity } from "../../automation/commands";
import { plan as planCommand } from "../../automation/commands/plan";
import type { Plan } from "../../automation/plan/model";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { render } from "../../automation/plan/render";
import { SECTION_NAMES } from "../../automation/plan/section-names";
import type { CommandContext } from "../../automation/shared/context";
import type { Connection } from "../../automation/plan/sections/connections";
import { columns } from "../../automation/plan/text";

const PROJECT = path.join(__dirname, "../..");
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

/** A project of its own, with one stack file more than the real one. */
function projectWith(stackFile: string, stack = "dev"): string {
    const root = mkdtempSync(path.join(tmpdir(), "plan-"));
    made.push(root);
    cpSync(path.join(PROJECT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
    writeFileSync(path.join(root, `Pulumi.${stack}.yaml`), stackFile);
    return root;
}
const made: string[] = [];

const DEV = `config:
    aws:region: ap-northeast-1
    identity:environment: dev
    identity:publicEndpoint: { plainHttp: true }
`;

async function run(root: string, ...args: string[]) {
    const said = { out: "", err: "" };
    const context = {
        root,
        out: (text: string) => void (said.out += text),
        err: (text: string) => void (said.err += text),
        signal: new AbortController().signal,
    } as CommandContext;
    // The stack file is in a folder of its own; images and heritages are the project's.
    const plan = { ...planCommand, run: (input: PlanInput) => showPlan(input, { ...context, files: PROJECT }) };
    const code = await identity(["plan", ...args], context, identityWith({ plan }));
    return { code, ...said };
}

const party = ({ kind, name }: Connection["from"]) => `${kind} ${name}`;
/** `load balancer public → service issuer 8020` */
const arrows = (model: Plan, keep: (connection: Connection) => boolean = () => true) =>
    model.connections
        .filter(keep)
        .flatMap(({ from, to, ports }) => ports.map((port) => `${party(from)} → ${party(to)} ${port}`))
        .sort();
const counts = ({ resources }: PlannedStack, ...types: string[]) =>
    types.map((type) => resources.filter((r) => r.type.split(":").slice(-1)[0] === type && !r.component).length);

after(() => {
    for (const root of made) rmSync(root, { recursive: true, force: true });
});

/** As plan.json has it: without what is undefined. */
const asWritten = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown[];

describe("the plan of the stack dev", () => {
    let planned: PlannedStack;
    let model: Plan;
    before(async () => {
        planned = await planStack({ root: PROJECT, stack: "dev" });
        model = planned.model;
    });

    it("counts every resource, in the tree, too", () => {
        expect(model.total.resources).to.equal(planned.resources.length).and.to.equal(model.tree.count);
        expect(counts(planned, "Service", "TaskDefinition", "Instance", "LoadBalancer", "NatGateway", "Subnet")).to.eql(
            [6, 9, 2, 2, 0, 6], // a database and a NAT instance
        );
        expect(counts(planned, "Role", "Parameter", "Key", "SecurityGroup", "FlowLog")).to.eql([20, 35, 1, 16, 0]);
        const [issuer] = model.tree.components.filter(({ name }) => name === "issuer");
        expect(issuer).to.include({ type: "AgentCluster" });
        expect(issuer!.components[0]!.resources).to.deep.include({ type: "aws:ecs TaskDefinition", count: 1 });
    });

    it("nests what awsx makes as awsx does, with the engine's URNs", () => {
        const prefix = "urn:pulumi:dev::identity::identity:index:Vpc$awsx:ec2:Vpc$aws:ec2/vpc:Vpc";
        const subnet = `${prefix}$aws:ec2/subnet:Subnet`;
        const urns = planned.resources.map(({ urn }) => urn);
        expect(urns).to.include(`${subnet}::vpc-public-1`);
        expect(urns).to.include(`${subnet}$aws:ec2/routeTable:RouteTable$aws:ec2/route:Route::vpc-public-2`);
        expect(urns).to.include(
            "urn:pulumi:dev::identity::identity:index:AgentCluster$identity:index:FargateService$aws:ecs/service:Service::issuer",
        );
        expect(new Set(urns).size).to.equal(urns.length);
    });

    it("gives each cluster its own URL on each endpoint, and says who reaches them", () => {
        const [pub, admin] = model.endpoints;
        expect(pub).to.include({ name: "public", internal: false });
        expect(pub!.listeners.map(({ port, allowed }) => [port, ...allowed])).to.have.deep.members([
            [8020, "0.0.0.0/0"],
            [8030, "0.0.0.0/0"],
            [80, "0.0.0.0/0"],
            [443, "0.0.0.0/0"],
        ]);
        const at = (path: string) => `https://${pub!.address}${path}`;
        expect(asWritten(pub!.routes)).to.have.deep.members([
            { service: "issuer", port: 8444, tls: true, url: `http://${pub!.address}:8020` },
            { service: "holder", port: 8444, tls: true, url: `http://${pub!.address}:8030` },
            { service: "hello", port: 8443, tls: true, url: at("/service") },
            { service: "sample-api-web", port: 8443, tls: true, url: at("/posts") },
            { service: "sample-api-web", port: 8443, tls: true, url: at("/posts/*") },
            ...["/realms/*", "/resources/*", "/js/*", "/.well-known/*"].map((path) => ({
                service: "keycloak",
                port: 8443,
                tls: true,
                url: at(path),
            })),
        ]);
        expect(admin).to.include({ name: "admin", internal: true });
        expect(admin!.listeners.map(({ port, allowed }) => [port, ...allowed])).to.have.deep.members([
            [8021],
            [8031],
            [443],
        ]);
        expect(admin!.listeners.every(({ protocol }) => protocol === "HTTPS")).to.equal(true);
    });

    it("lets nobody but the load balancers reach the tasks, each on its ports alone", () => {
        expect(arrows(model, ({ to }) => to.kind === "service")).to.eql([
            "load balancer admin → service holder 8443",
            "load balancer admin → service issuer 8443",
            "load balancer admin → service keycloak 8443",
            "load balancer public → service hello 8443",
            "load balancer public → service holder 8444",
            "load balancer public → service issuer 8444",
            "load balancer public → service keycloak 8443",
            "load balancer public → service sample-api-web 8443",
            "service keycloak → service keycloak 57800",
            "service keycloak → service keycloak 7800",
        ]);
    });

    it("lets nobody but those of whom it is reach a database, which reaches nobody", () => {
        expect(arrows(model, ({ to }) => to.kind === "database")).to.eql([
            "service holder → database shared-db 5432",
            "service issuer → database shared-db 5432",
            "service keycloak → database shared-db 5432",
            "service sample-api-web → database shared-db 5432",
            "service sample-api-worker → database shared-db 5432",
            "task sample-api-nightly → database shared-db 5432",
            "task sample-api-oneoff → database shared-db 5432",
            "task shared-db-roles → database shared-db 5432",
        ]);
        expect(arrows(model, ({ from }) => from.kind === "database")).to.eql([]);
    });

    it("lets nobody reach the admin endpoint whom the stack file does not name", () => {
        expect(arrows(model, ({ to }) => to.name === "admin")).to.eql([]);
    });

    it("says where each secret comes from and who reads it, and nobody's value", () => {
        const parts = ["worker", "web", "oneoff", "nightly"].map((part) => `sample-api-${part}`);
        expect(
            model.secrets.map(({ parameter, from, readers }) => [parameter, from, ...readers.map((r) => r.service)]),
        ).to.eql([
            ["/identity/dev/hello-tls/TLS_CERTIFICATE", "generated", "hello"],
            ["/identity/dev/hello-tls/TLS_PRIVATE_KEY", "generated", "hello"],
            ["/identity/dev/holder-tls/TLS_CERTIFICATE", "generated", "holder"],
            ["/identity/dev/holder-tls/TLS_PRIVATE_KEY", "generated", "holder"],
            ["/identity/dev/holder/ACAPY_ADMIN_API_KEY", "generated", "holder"],
            ["/identity/dev/holder/ACAPY_WALLET_KEY", "generated", "holder"],
            ["/identity/dev/issuer-tls/TLS_CERTIFICATE", "generated", "issuer"],
            ["/identity/dev/issuer-tls/TLS_PRIVATE_KEY", "generated", "issuer"],
            ["/identity/dev/issuer/ACAPY_ADMIN_API_KEY", "generated", "issuer"],
            ["/identity/dev/issuer/ACAPY_WALLET_KEY", "generated", "issuer"],
            ["/identity/dev/keycloak-tls/TLS_CERTIFICATE", "generated", "keycloak"],
            ["/identity/dev/keycloak-tls/TLS_PRIVATE_KEY", "generated", "keycloak"],
            ["/identity/dev/keycloak/KC_BOOTSTRAP_ADMIN_PASSWORD", "generated", "keycloak"],
            ["/identity/dev/sample-api-web-tls/TLS_CERTIFICATE", "generated", "sample-api-web"],
            ["/identity/dev/sample-api-web-tls/TLS_PRIVATE_KEY", "generated", "sample-api-web"],
            ["/identity/dev/sample-api/database/app/host", "derived", ...parts],
            ["/identity/dev/sample-api/database/app/name", "configuration", ...parts],
            ["/identity/dev/sample-api/database/app/password", "generated", ...parts],
            ["/identity/dev/sample-api/database/app/port", "configuration", ...parts],
            ["/identity/dev/sample-api/database/app/user", "derived", ...parts],
            ["/identity/dev/shared-db/MASTER_PASSWORD", "generated", "shared-db-roles"],
            ["/identity/dev/shared-db/keycloak/PASSWORD", "generated", "keycloak", "shared-db-roles"],
            ["/identity/dev/shared-db/sample_api/PASSWORD", "generated", "shared-db-roles"],
            ...["holder", "issuer"].map((name) => [
                `/identity/dev/shared-db/wallet_${name}/ACAPY_WALLET_STORAGE_CREDS`,
                "generated",
                name,
                "shared-db-roles",
            ]),
        ]);
    });

    it("describes services, databases and roles", () => {
        expect(model.services.find(({ name }) => name === "holder")).to.deep.include({
            name: "holder",
            tasks: { min: 1, max: 1 },
            cpu: 256,
            memory: 512,
            zones: ["ap-northeast-1a", "ap-northeast-1b"],
            subnets: ["private"],
            publicAddress: false,
            deployment: { minimumPercent: 100, maximumPercent: 200, circuitBreaker: "rolls back" },
            exec: true,
        });
        expect(model.databases.map(({ name }) => name)).to.eql(["shared-db"]);
        expect(model.databases[0]).to.deep.include({
            engine: "postgres 17",
            instanceClass: "db.t4g.small",
            storage: { type: "gp3", gib: 20, growsToGib: 100 },
            multiAz: false,
            tlsForced: true,
            encrypted: true,
            subnets: ["isolated"],
            protected: false,
        });
        const execution = model.roles.find(({ name }) => name === "issuer-execution")!;
        expect(execution).to.deep.include({ service: "issuer", purpose: "execution", guarded: true });
        const reads = execution.may.find(({ actions }) => actions.includes("ssm:GetParameters"))!;
        expect(reads.on).to.have.members([
            "/identity/dev/issuer/ACAPY_WALLET_KEY",
            "/identity/dev/issuer/ACAPY_ADMIN_API_KEY",
            "/identity/dev/issuer-tls/TLS_CERTIFICATE",
            "/identity/dev/issuer-tls/TLS_PRIVATE_KEY",
            "/identity/dev/shared-db/wallet_issuer/ACAPY_WALLET_STORAGE_CREDS",
        ]);
        for (const { may } of model.roles) {
            for (const { on, star } of may) expect(star === undefined).to.equal(!on.includes("*"), on.join());
            expect(may.map(({ star }) => star)).not.to.include("nobody says why");
        }
        expect(model.protected).to.eql([]);
    });
});

describe("the plan of the stack prod", () => {
    let planned: PlannedStack;
    before(async () => {
        planned = await planStack({ root: PROJECT, stack: "prod" });
    });

    it("counts what survives the loss of a zone", () => {
        expect(counts(planned, "Subnet", "NatGateway", "FlowLog", "Bucket", "CertificateValidation")).to.eql([
            9, 3, 1, 1, 2,
        ]);
        expect(planned.model.services.find(({ name }) => name === "issuer")).to.deep.include({
            tasks: { min: 3, max: 6 },
            scalesBy: ["CPU 70 %", "memory 75 %"],
            exec: false,
        });
        expect(planned.model.services.find(({ name }) => name === "keycloak")).to.deep.include({
            scalesBy: ["CPU 40 %"],
            logIns: { cpuPercent: 40, min: 18, max: 24 },
        });
        expect(planned.model.databases[0]).to.include({ multiAz: true, finalSnapshot: true, protected: true });
    });

    it("answers over HTTPS, and sends what comes without there", () => {
        const [pub, admin] = planned.model.endpoints;
        expect(asWritten(pub!.routes)).to.eql([
            { service: "issuer", port: 8444, tls: true, url: "https://issuer.id.example.com" },
            ...["/realms/*", "/resources/*", "/js/*", "/.well-known/*"].map((path) => ({
                service: "keycloak",
                port: 8443,
                tls: true,
                url: `https://auth.id.example.com${path}`,
            })),
        ]);
        expect(pub!.refused).to.eql(
            ["/realms/master", "/realms/master/*", "/.well-known/*/realms/master"].map(
                (path) => `https://auth.id.example.com${path}`,
            ),
        );
        expect(admin!.refused).to.eql([]);
        expect(pub!.listeners.map(({ protocol, port, otherwise }) => [protocol, port, otherwise])).to.have.deep.members(
            [
                ["HTTP", 80, "redirects to HTTPS on 443"],
                ["HTTPS", 443, "404 for anything else"],
            ],
        );
        expect(asWritten(admin!.routes)).to.eql([
            { service: "issuer", port: 8443, tls: true, url: "https://issuer.internal.id.example.com" },
            { service: "keycloak", port: 8443, tls: true, url: "https://auth.internal.id.example.com" },
        ]);
    });

    it("has nothing reach the issuer's tasks but its two load balancers", () => {
        expect(arrows(planned.model, ({ to }) => to.name === "issuer")).to.eql([
            "load balancer admin → service issuer 8443",
            "load balancer public → service issuer 8444",
        ]);
    });

    it("protects the database, the key, the wallet's key and the load balancers", () => {
        const names = planned.model.protected.map(({ type, name, by }) => `${type} ${name}: ${by.join(", ")}`);
        expect(names).to.include.members([
            "aws:rds Instance wallet-db: Pulumi, AWS",
            "aws:kms Key secrets-key: Pulumi",
            "aws:ssm Parameter secrets-issuer-ACAPY_WALLET_KEY: Pulumi",
            "aws:lb LoadBalancer public: Pulumi, AWS",
        ]);
    });
});

describe("the plan of other stacks", () => {
    it("takes an encrypted value without a passphrase, an existing parameter and an existing image", async () => {
        const root = projectWith(`encryptionsalt: v1:abc
${DEV}    identity:agentImage: example.com/agent@${DIGEST}
    identity:envoyImage: example.com/envoy@${DIGEST}
    identity:agents:
        issuer:
            secrets:
                ACAPY_WALLET_SEED: { value: { secure: "v1:ciphertext" } }
                ACAPY_MULTITENANT_SEED: { parameter: /team/seed }
`);
        const { code, out, err } = await run(root, "--json");
        expect([code, err]).to.eql([0, ""]);
        const plan = JSON.parse(out) as Plan;
        const sources = Object.fromEntries(plan.secrets.map(({ parameter, from }) => [parameter, from]));
        expect(sources["/identity/dev/issuer/ACAPY_WALLET_SEED"]).to.equal("configuration");
        expect(sources["/team/seed"]).to.equal("existing");
        expect(plan.services[0]!.containers[0]!.image).to.equal(`example.com/agent@${DIGEST}`);
        const execution = plan.roles.find(({ name }) => name === "issuer-execution")!;
        expect(execution.may.flatMap(({ actions }) => actions)).not.to.include("ecr:BatchGetImage");
        expect(out).not.to.include("ciphertext");
    });

    it("writes no secret into any file", async () => {
        const root = projectWith(`${DEV}    identity:agents:
        issuer: { secrets: { ACAPY_WALLET_SEED: { value: { secure: "v1:ciphertext" } } } }
`);
        expect((await run(root)).code).to.equal(0);
        const files = readdirSync(path.join(root, "build"), { recursive: true, withFileTypes: true }).filter((f) =>
            f.isFile(),
        );
        const text = files.map((file) => readFileSync(path.join(file.parentPath, file.name), "utf8")).join();
        expect(text)
            .to.include("ACAPY_WALLET_SEED")
            .and.not.to.match(/ciphertext|simulated-/);
    });

    it("has in prod a role for each cluster of agents on one instance, which has all that an instance of their own has", async () => {
        const prod = (database: string) => `config:
    aws:region: ap-northeast-1
    identity:environment: prod
    identity:domain: { name: id.example.com }
    identity:alarmTopicArn: arn:aws:sns:ap-northeast-1:123456789012:on-call
${database}    identity:agents:
        issuer: { genesisUrl: "https://ledger.example.com/genesis" }
        holder: { genesisUrl: "https://ledger.example.com/genesis" }
`;
        const planOf = async (database: string) => {
            const root = projectWith(prod(database), "p");
            return planStack({ root, stack: "p" });
        };
        const shared = "    identity:sharedDatabase: {}\n    identity:walletDb: { shared: true }\n";
        const [own, roles] = [await planOf(""), await planOf(shared)];
        const about = ({ name: _, address: __, ...instance }: (typeof own.model.databases)[number]) => instance;
        expect(roles.model.databases.map(({ name }) => name)).to.deep.equal(["shared-db"]);
        expect(roles.model.databases.map(about)).to.deep.equal(own.model.databases.map(about));
        expect(roles.model.databases[0]).to.include({
            multiAz: true,
            protected: true,
            finalSnapshot: true,
            backupDays: 14,
        });
        const of = ({ resources }: typeof own, type: string, name: string) =>
            resources
                .filter((one) => one.type === type && one.name.startsWith(name))
                .map((one) => one.name.slice(name.length));
        const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
        expect(of(roles, alarm, "shared-db")).to.deep.equal(of(own, alarm, "wallet-db")).and.not.to.be.empty;
        expect(roles.model.policies.flatMap(({ violations }) => violations)).to.deep.equal([]);
        const readers = roles.model.secrets.filter(({ parameter }) => parameter.includes("/shared-db/"));
        const read = readers.map(({ parameter, readers: who }) => [parameter, ...who.map(({ service }) => service)]);
        const creds = (role: string) => `/identity/p/shared-db/${role}/ACAPY_WALLET_STORAGE_CREDS`;
        expect(read).to.deep.equal([
            ["/identity/p/shared-db/MASTER_PASSWORD", "shared-db-roles"],
            [creds("wallet_holder"), "holder", "shared-db-roles"],
            [creds("wallet_issuer"), "issuer", "shared-db-roles"],
        ]);
    });

    it("says who reaches an endpoint that nobody is let into, and a network with no way out", async () => {
        const root = projectWith(`${DEV}    identity:network: { nat: none, interfaceEndpoints: true }
    identity:agents: { issuer: {} }
`);
        const { model } = await planStack({ root, stack: "dev" });
        expect(model.endpoints[1]!.listeners.map(({ allowed }) => allowed)).to.eql([[]]);
        expect(arrows(model, ({ to }) => to.name === "admin")).to.eql([]);
        expect(render(model, "", pc.createColors(false), undefined, ["endpoints"])).to.match(/HTTPS 8021 +nobody/);
        expect(arrows(model, ({ to }) => to.name === "ecr.api")).to.eql([
            "network 10.0.0.0/16 → AWS endpoint ecr.api 443",
        ]);
        const out = model.connections.find(({ from, to }) => from.name === "issuer" && to.kind === "network")!;
        expect(out.why).to.include("no way out");
        const inside = model.connections.find(({ to }) => to.name === "public")!;
        expect(inside.among).to.eql([]);
    });

    it("takes keys without a namespace as the project's, and numbers as they are written", async () => {
        const root = projectWith(
            "config:\n  aws:region: eu-west-1\n  environment: dev\n  publicEndpoint: { plainHttp: true }\n  logRetentionDays: 30\n  agents: { a: {} }\n",
        );
        const { model } = await planStack({ root, stack: "dev" });
        expect(model).to.include({ project: "identity", environment: "dev", region: "eu-west-1" });
        expect(model.services[0]!.logs).to.eql({ group: "/identity/dev/a", days: 30 });
    });

    it("says nothing of a zone that it only pretends to make", async () => {
        const root = projectWith(`config:
    aws:region: ap-northeast-1
    identity:environment: dev
    identity:domain: { name: id.example.com, createZone: true }
    identity:agents: { issuer: {} }
`);
        const { log } = console;
        const said: unknown[] = [];
        console.log = (...texts: unknown[]) => void said.push(...texts);
        const { code } = await run(root, "--json").finally(() => {
            console.log = log;
        });
        expect([code, ...said]).to.eql([0]);
    });
});

describe("npm start", () => {
    it("prints a summary of one screen first: what, endpoints, cost, policies, and where the rest is", async () => {
        for (const [stack, cost, reached] of [
            ["dev", "153 USD", "anybody (0.0.0.0/0)"],
            ["prod", "USD a month", "nobody"],
        ] as const) {
            const { code, out } = await run(PROJECT, "--stack", stack);
            const text = stripVTControlCharacters(out);
            expect(code).to.equal(0);
            // However many lines it takes what changed since somebody's last plan.
            const lines = text
                .replace(/\nAgainst the last plan[^]*?\n\n/, "\n")
                .trimEnd()
                .split("\n");
            expect(lines.length).to.be.lessThan(36);
            expect(lines.filter((line) => line.length > 100)).to.eql([]);
            expect(text)
                .to.match(/services +issuer ×[23]/)
                .and.to.match(/→ keycloak/)
                .and.to.include(cost)
                .and.to.include(reached)
                .and.to.match(/policies: \d+ of \d+ pass/)
                .and.to.include(`build/plan/${stack}/index.html`)
                .and.to.include(`npx identity plan${stack === "dev" ? "" : " --stack prod"} --all`)
                .and.not.to.include("Roles, and what");
        }
    });

    it("prints the sections that are named in full, in that order, and all of them with --all", async () => {
        const { out } = await run(PROJECT, "policies", "databases");
        const text = stripVTControlCharacters(out);
        expect(text.match(/^[A-Z][^\n]+$/gm)!.slice(0, 2)).to.eql(["Policies", "Databases"]);
        expect(text).to.include("backups of 7 days").and.not.to.include("npx identity plan --all");
        expect(stripVTControlCharacters((await run(PROJECT, "machines")).out)).to.match(
            /Machines\n.*\n *vpc-nat +t4g\.nano/,
        );
        const all = stripVTControlCharacters((await run(PROJECT, "--all")).out);
        for (const title of ["Components and resources", "Who may talk to whom", "Roles, and", "The first `up`"]) {
            expect(all).to.include(`\n${title}`);
        }
        const wrong = await run(PROJECT, "costs");
        expect([wrong.code, wrong.out]).to.eql([2, ""]);
        expect(wrong.err).to.match(/^argument sections: costs is not one of .*cost, .*\(Did you mean cost\?\)/);
    });

    it("is as wide as the terminal, from 60 columns on, or as COLUMNS says; 100 where nobody knows", async () => {
        expect([
            columns({}, undefined),
            columns({}, 173),
            columns({ CI: "true" }, 173),
            columns({ COLUMNS: "80" }, 173),
            columns({ COLUMNS: "80", CI: "true" }, undefined),
            columns({ COLUMNS: "wide" }, undefined),
            columns({}, 20),
        ]).to.eql([100, 173, 100, 80, 80, 100, 60]);
        const { model } = await planStack({ root: PROJECT, stack: "dev" });
        const widest = (width: number) => {
            const lines = render(model, "build/plan/dev", { ...pc.createColors(false), width }, undefined, "all");
            return Math.max(...lines.split("\n").map((line) => line.length));
        };
        expect(widest(80)).to.be.at.most(80);
        expect(widest(150)).to.be.greaterThan(110).and.at.most(150);
    });

    it("prints all sections in order, without colour where none is wanted, in a hundred columns", async () => {
        for (const stack of ["dev", "prod"]) {
            const { model } = await planStack({ root: PROJECT, stack });
            const text = render(model, `build/plan/${stack}`, pc.createColors(false), undefined, "all");
            const titles = [
                "simulated: nothing was made",
                "Components and",
                "Endpoints",
                "Services",
                "Secrets",
                "Who may",
            ];
            const at = [...titles, "Roles", "Databases", "Protected", "Outputs", "resources`", "build/plan"].map(
                (title) => text.indexOf(title === "resources`" ? "as `pulumi up` counts" : `${title}`),
            );
            expect(at)
                .to.eql([...at].sort((a, b) => a - b))
                .and.not.to.include(-1);
            expect(text).not.to.include("\u001b");
            expect(text.split("\n").filter((line) => line.length > 100)).to.eql([]);
            const tree = text.slice(text.indexOf("Components"), text.indexOf("Endpoints")).split("\n");
            expect(tree.length).to.be.lessThan(80);
            expect(render(model, "", pc.createColors(true))).to.include("\u001b[1m");
        }
    });

    it("keeps to a hundred columns with long names, and collapses many clusters", async () => {
        const domain = `${"d".repeat(40)}.example.com`;
        const agents = Array.from(
            { length: 12 },
            (_, i) => `        agent-number-${String(i).padStart(4, "0")}: { host: ${"h".repeat(50)}${i} }`,
        );
        const root = projectWith(`config:
    aws:region: ap-northeast-1
    identity:environment: dev
    identity:domain: { name: ${domain} }
    identity:walletDb: { instanceClass: db.r8g.4xlarge }
    identity:agents:
${agents.join("\n")}
`);
        const { model } = await planStack({ root, stack: "dev" });
        const text = render(model, "build/plan/dev", pc.createColors(false), undefined, "all");
        expect(text.split("\n").filter((line) => line.length > 100)).to.eql([]);
        expect(text).to.include("agent-number-0000 … agent-number-0011  AgentCluster ×12  13 each");
        expect(text.match(/execution role of/g)).to.have.length(1);
    });

    it("writes the files, in place of what was there", async () => {
        const root = projectWith(`${DEV}    identity:agents: { issuer: {} }\n`);
        expect((await run(root)).code).to.equal(0);
        const folder = path.join(root, "build/plan/dev");
        writeFileSync(path.join(folder, "policies/left-over.json"), "");
        const { out } = await run(root);
        expect(out).to.include("build/plan/dev");
        const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8"));
        expect(readdirSync(path.join(folder, "policies"))).to.eql([
            "issuer-execution.json",
            "issuer-task.json",
            "vpc-nat.json",
        ]);
        const definition = read("task-definitions/issuer.json");
        expect(definition).to.have.all.keys(
            "family",
            "cpu",
            "memory",
            "networkMode",
            "requiresCompatibilities",
            "runtimePlatform",
            "executionRoleArn",
            "taskRoleArn",
            "volumes",
            "containerDefinitions",
        );
        expect(definition).to.deep.include({
            family: "identity-dev-issuer",
            cpu: "256",
            memory: "512",
            networkMode: "awsvpc",
        });
        expect(definition.executionRoleArn).to.match(/^arn:aws:iam::\d{12}:role\/issuer-execution-/);
        expect(definition.volumes).to.deep.include({ name: "agent-tmp" });
        expect(definition.containerDefinitions[0]).to.include({ name: "agent", user: "1001" });
        const policy = read("policies/issuer-execution.json");
        expect(policy.trust.Statement[0].Principal).to.eql({ Service: "ecs-tasks.amazonaws.com" });
        expect(policy.statements.map(({ Effect }: { Effect: string }) => Effect)).to.include("Allow");
        expect(read("resources.json")[0]).to.have.keys("urn", "type", "inputs"); // the stack has no parent
        expect(read("plan.json").services[0].name).to.equal("issuer");
    });

    it("writes a report that needs nothing else, and says in it and in the terminal what is new since the last plan", async () => {
        const root = projectWith(`${DEV}    identity:agents: { issuer: {} }\n`);
        const first = await run(root);
        expect(first.out).to.include("build/plan/dev/index.html").and.not.to.include("Against");
        const read = (file: string) => readFileSync(path.join(root, "build/plan/dev", file), "utf8");
        expect(read("index.html")).not.to.match(/(src|href)="(?!#|data:)/);
        expect(read("platform.svg")).to.match(/^<svg[^>]+>/);
        writeFileSync(path.join(root, "Pulumi.dev.yaml"), `${DEV}    identity:agents: { issuer: { count: 3 } }\n`);
        const out = stripVTControlCharacters((await run(root)).out); // with CI=true it is coloured
        expect(out).to.match(
            /Against the last plan, of \d{4}-\d\d-\d\d \d\d:\d\d\n {2}changed {2}1 {2}aws:ecs Service issuer\n/,
        );
        expect(read("index.html")).to.match(/<code>desiredCount<\/code>[^]*<code>2<\/code>[^]*<code>3<\/code>/);
        writeFileSync(path.join(root, "build/plan/dev/resources.json"), "{");
        const broken = await run(root);
        expect(broken.code).to.equal(first.code);
        expect(broken.out).not.to.include("Against");
    });

    it("compares with another stack, also as JSON, and refuses one that there is not, or itself", async () => {
        const root = projectWith(`${DEV}    identity:agents: { issuer: {} }\n`);
        writeFileSync(
            path.join(root, "Pulumi.other.yaml"),
            `${DEV}    identity:agents: { issuer: {}, holder: { count: 1, didcommPort: 8030, adminPort: 8031 } }\n`,
        );
        const { out } = await run(root, "--against", "other", "--json");
        const { against } = JSON.parse(out);
        expect(against.stack).to.equal("other");
        expect(against.gone.map(({ name }: { name: string }) => name)).to.include("holder");
        expect(against.added).to.eql([]);
        const unknown = await run(root, "--against", "none");
        expect([unknown.code, unknown.err]).to.satisfy(
            ([code, text]: [number, string]) => code === 2 && text.includes("no Pulumi.none.yaml"),
        );
        expect((await run(root, "--against", "dev")).code).to.equal(2);
    });

    it("prints the same JSON that it writes, from any folder", async () => {
        const root = projectWith(`${DEV}    identity:agents: { issuer: {} }\n`);
        const { out: here } = await run(root, "--json");
        const cwd = process.cwd();
        process.chdir(tmpdir());
        const { out: there } = await run(root, "--json").finally(() => process.chdir(cwd));
        expect(there)
            .to.equal(here)
            .and.to.equal(readFileSync(path.join(root, "build/plan/dev/plan.json"), "utf8"));
    });

    it("has the district's plugins beside every service, with one key for all", async () => {
        const image = `example.com/nri-ecs@sha256:${"a".repeat(64)}`;
        const root = projectWith(`${DEV}    identity:agents: { issuer: {} }
    identity:keycloak: { version: "26.7.3" }
    identity:services: { hello: { build: images/hello, healthCheckPath: /service, paths: [/service] } }
    identity:sharedDatabase: {}
    identity:heritages: [sample-api]
    identity:plugins: { newrelic: { image: "${image}", licenseKey: { set: {} } } }
`);
        const { model } = await planStack({ root, stack: "dev" });
        const services = ["hello", "issuer", "keycloak", "sample-api-web", "sample-api-worker"];
        const { readers } = model.secrets.find(
            ({ parameter }) => parameter === "/identity/dev/plugins/NRIA_LICENSE_KEY",
        )!;
        expect(readers.map(({ service }) => service)).to.have.members(services);
        expect(model.services.map(({ name }) => name)).to.have.members(services);
    });

    it("shows how the stack's Keycloak would take over from the one that is said to run", async () => {
        const root = projectWith(`${DEV}    identity:keycloak: { version: "26.7.3" }\n`);
        expect((await run(root, "services")).out).to.contain("keycloak 26.7.3, a first deployment; --running VERSION");
        expect((await run(root, "services")).out).to.contain(
            "keycloak 12 by password a second on 2 nodes, at 40 % CPU",
        );
        expect((await run(root, "--running", "26.7.1")).out).to.contain("keycloak 26.7.1 → 26.7.3 rolls");
        const patch = (await run(root, "services", "--running", "26.7.1")).out;
        expect(patch).to.contain("keycloak 26.7.1 → 26.7.3 rolls").and.not.to.contain("stops every task");
        const minor = (await run(root, "services", "--running", "26.6.4")).out;
        expect(minor)
            .to.contain("keycloak 26.6.4 → 26.7.3 is replaced")
            .and.to.contain("stops every task before the new");
        const back = await run(root, "--running", "26.8.0");
        expect([back.code, back.err]).to.deep.equal([
            1,
            "keycloak: 26.7.3 cannot follow 26.8.0, which has changed the database for good; 26.8.0 or a later version; or a " +
                "database restored to before it, and then no parameters below /identity/dev/versions/keycloak\n",
        ]);
    });

    it("says what is wrong with a version that is said to run", async () => {
        const root = projectWith(`${DEV}    identity:agents: { issuer: {} }\n`);
        const none = await run(root, "--running", "26.7.1");
        expect([none.code, none.err]).to.deep.equal([2, "--running 26.7.1: there is no Keycloak in Pulumi.dev.yaml\n"]);
        const wrong = await run(root, "--running", "latest");
        expect(wrong.code).to.equal(2);
        expect(wrong.err).to.match(/^--running latest: a release of Keycloak written out, e\.g\. \d+\.\d+\.\d+\n$/);
    });

    it("runs as a command: JSON on stdout and nothing else, no colour, an exit code", async function () {
        this.timeout(60_000); // three processes
        const command = (...args: string[]) =>
            spawnSync(process.execPath, ["bin/identity.js", "plan", ...args], {
                cwd: PROJECT,
                encoding: "utf8",
                env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
            });
        const json = command("--json", "--stack", "prod");
        expect([json.status, json.stderr]).to.eql([0, ""]);
        expect(JSON.parse(json.stdout)).to.include({ stack: "prod" });
        const text = command();
        expect(text.status).to.equal(0);
        expect(text.stdout)
            .to.match(/^identity, stack dev {2}simulated: nothing was made\n/)
            .and.not.to.include("\u001b");
        const wrong = command("--stack", "none");
        expect([wrong.status, wrong.stdout]).to.eql([2, ""]);
    });

    it("helps", async () => {
        const { code, out } = await run(PROJECT, "--help");
        expect(code).to.equal(0);
        expect(out).to.include("--stack <name>").and.to.include("--json").and.to.include("--all");
        for (const name of SECTION_NAMES) expect(out).to.include(name);
    });

    describe("refuses", () => {
        const refused = async (root: string, ...args: string[]) => {
            const { code, out, err } = await run(root, ...args);
            expect(out).to.equal("");
            expect(err).not.to.match(/\n\s+at /);
            if (root !== PROJECT) expect(existsSync(path.join(root, "build", "plan", "dev"))).to.equal(false);
            return { code, err };
        };

        it("an argument that there is not", async () => {
            const { code, err } = await refused(PROJECT, "--stock", "dev");
            expect(code).to.equal(2);
            expect(err).to.include("--stock").and.to.include("--help");
            expect((await refused(PROJECT, "prod")).code).to.equal(2);
        });

        it("a stack without a file, and says which there are", async () => {
            const { code, err } = await refused(PROJECT, "--stack", "staging");
            expect(code).to.equal(2);
            expect(err).to.match(/no Pulumi\.staging\.yaml .*dev.*prod/);
            expect((await refused(PROJECT, "--stack", "../dev")).code).to.equal(2);
        });

        it("a file that is no YAML, and says in which line", async () => {
            const { code, err } = await refused(projectWith("config:\n    a: [1\n    b: 2\n"));
            expect(code).to.equal(2);
            expect(err).to.match(/^Pulumi\.dev\.yaml, line \d: is no YAML: .+\n$/);
            expect((await refused(projectWith("config: [a, b]\n"))).err).to.include("mapping");
            expect((await refused(projectWith("- a\n"))).code).to.equal(2);
        });

        it("a wrong configuration, each mistake with its line", async () => {
            const { code, err } = await refused(
                projectWith(`# a comment
config:
    aws:region: ap-northeast-1
    identity:environment: dev
    identity:publicEndpoint: { plainHttp: true }
    identity:agents:
        issuer:
            cuont: 3
        holder:
            didcommPort: 8030
            adminPort: 8031
            secrets:
                A_SEED:
                    generate: {}
                    bogus: 1
    identity:network:
        zones: many
`),
            );
            expect(code).to.equal(2);
            expect(err).to.match(/^Pulumi\.dev\.yaml: 3 mistakes; nothing was made/);
            expect(err).to.match(/agents\.issuer\.cuont {2}\(line 8\)\n.*no such key.*\n.*did you mean count\?/);
            expect(err).to.match(/agents\.holder\.secrets\.A_SEED\.bogus {2}\(line 15\)/);
            expect(err).to.match(/network\.zones {2}\(line 17\)/);
        });

        it("an empty file, and one with keys missing, with the line of what they are missing in", async () => {
            expect((await refused(projectWith(""))).err).to.match(/identity:agents\n +is missing/);
            const { code, err } = await refused(projectWith("# none\nconfig:\n    aws:region: ap-northeast-1\n"));
            expect(code).to.equal(2);
            expect(err).to.match(/identity:environment {2}\(line 2\)/);
        });

        it("a mistake that only the keys together make", async () => {
            const { code, err } = await refused(
                projectWith(`${DEV}    identity:agents:
        one: {}
        two:
            adminPort: 8031
`),
            );
            expect(code).to.equal(2);
            expect(err).to.match(/agents\.two\.didcommPort {2}\(line 7\)/);
        });

        it("a secret in the clear, beside one that is encrypted, once and together with other mistakes", async () => {
            const secrets = `        issuer:
            secrets:
                A_SEED: { value: { secure: "v1:x" } }
                B_SEED:
                    value: hunter2
`;
            const one = await refused(projectWith(`${DEV}    identity:agents:\n${secrets}`));
            expect(one.code).to.equal(2);
            expect(one.err).to.match(/one mistake/);
            expect(one.err)
                .to.match(/B_SEED\.value {2}\(line 10\)\n +is in the clear\n/)
                .and.not.to.match(/hunter2|A_SEED/);
            const alone = await refused(
                projectWith(`${DEV}    identity:agents: { issuer: { secrets: { B_SEED: { value: hunter2 } } } }\n`),
            );
            expect(alone.err).to.match(/one mistake/);
            const two = await refused(projectWith(`${DEV}    identity:exec: maybe\n    identity:agents:\n${secrets}`));
            expect(two.err)
                .to.match(/2 mistakes/)
                .and.to.match(/identity:exec {2}\(line 5\)/);
        });

        it("a key twice, once with and once without the project's name", async () => {
            const { code, err } = await refused(projectWith(`${DEV}    environment: prod\n`));
            expect(code).to.equal(2);
            expect(err).to.equal("Pulumi.dev.yaml says identity:environment twice\n");
        });

        it("an encrypted value where the program would show it", async () => {
            const { code, err } = await refused(
                projectWith(`${DEV}    identity:agents: { issuer: { label: { secure: "v1:abc" } } }\n`),
            );
            expect(code).to.equal(2);
            expect(err).to.include("identity:agents.issuer.label");
            expect(err).to.include("is encrypted, and what it is for is in the clear");
        });

        it("a file where its own folder should be, before it says anything else", async () => {
            for (const file of ["build", "build/plan"]) {
                const root = projectWith(`${DEV}    identity:agents: { issuer: {} }\n`);
                mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
                writeFileSync(path.join(root, file), "");
                const { code, out, err } = await run(root);
                expect(out).to.equal("");
                expect(code).to.equal(2);
                expect(err).to.equal(
                    `the plan cannot be written to build/plan/dev: ${file} is a file, and should be a folder: move it away\n`,
                );
            }
        });

        it("an alias of nothing, without a stack trace", async () => {
            const { code, err } = await refused(projectWith(`${DEV}    identity:agents: *nope\n`));
            expect(code).to.equal(2);
            expect(err.trim().split("\n")).to.have.length(1);
        });

        it("and goes on with the next stack as if nothing had been", async () => {
            await refused(projectWith("config:\n    identity:exec: maybe\n"));
            expect((await planStack({ root: PROJECT, stack: "dev" })).model.endpoints).to.have.length(2);
        });
    });
});
