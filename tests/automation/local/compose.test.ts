import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { type Prepared, prepare, write } from "../../../automation/local/prepare";
import { readJson } from "../../../automation/local/state";
import type { TaskDefinition } from "../../../automation/local/container";
import { planStack } from "../../../automation/plan/plan-stack";
import { network, PROJECT, prepared, projectWith, service, stackFile } from "./support";

describe("the stack dev on this machine", () => {
    let dev: Prepared;
    let definitions: ReadonlyMap<string, TaskDefinition>;
    before(async () => {
        // In a folder of its own, so that it neither reads nor depends on what was started here.
        dev = await prepare({ root: devRoot(), stack: "dev" });
        definitions = (await planStack({ root: PROJECT, stack: "dev" })).taskDefinitions;
    });

    it("runs as many tasks as the services have, each once", () => {
        const tasks = Object.values(dev.state.services).flatMap((one) => one.tasks.map(({ name }) => name));
        expect(tasks.sort()).to.deep.equal([
            "hello-1",
            "hello-2",
            "holder-1",
            "issuer-1",
            "issuer-2",
            "keycloak-1",
            "keycloak-2",
            "sample-api-web-1",
            "sample-api-web-2",
            "sample-api-worker-1",
        ]);
    });

    it("has every variable and setting of Fargate's task definitions, and no other but the credentials", () => {
        for (const [name, { tasks }] of Object.entries(dev.state.services)) {
            for (const { containers } of tasks) {
                for (const [container, composed] of Object.entries(containers)) {
                    const definition = definitions
                        .get(name)!
                        .containerDefinitions.find((one) => one.name === container)!;
                    const own = service(dev, composed);
                    const variables = [...(definition.environment ?? []), ...(definition.secrets ?? [])].map(
                        (one) => one.name,
                    );
                    const given = Object.keys(own.environment!).filter((one) => !one.startsWith("AWS_"));
                    expect(given.sort(), composed).to.deep.equal(variables.sort());
                    expect(own.command, composed).to.deep.equal(definition.command);
                    expect(own.user, composed).to.equal(definition.user);
                    expect(own.read_only, composed).to.equal(true);
                    expect(own.cap_drop, composed).to.deep.equal(["ALL"]);
                    expect(own.stop_grace_period, composed).to.equal(`${definition.stopTimeout}s`);
                    expect((own.healthcheck as { test?: string[] })?.test, composed).to.deep.equal(
                        definition.healthCheck?.command,
                    );
                }
            }
        }
    });

    it("puts the containers of a task into one network namespace, which neither of them owns", () => {
        const { holder, containers } = dev.state.services.hello!.tasks[0]!;
        expect([holder, containers]).to.deep.equal(["hello-1-network", { app: "hello-1-app", envoy: "hello-1-envoy" }]);
        for (const name of Object.values(containers)) {
            expect(service(dev, name)).to.include({ network_mode: "service:hello-1-network" });
            expect(service(dev, name)).not.to.have.any.keys("ports", "networks");
        }
        expect(network(dev, "hello-1").ports).to.deep.equal(["127.0.0.1::8443"]);
        expect(service(dev, "hello-1-envoy").depends_on).to.deep.include({
            "hello-1-app": { condition: "service_started" },
        });
    });

    it("has rules for each, by the plan's security groups", () => {
        const allowedBy = (name: string, line: RegExp) =>
            [...dev.rules[`${name}.nft`]!.matchAll(line)].map(([, port]) => port);
        const hardware = (member: string) => network(dev, member).environment!.HARDWARE as string;
        const from = (member: string) =>
            new RegExp(`ether saddr & \\S+ == ${hardware(member)}:00:00 tcp dport (\\S+)`, "g");
        expect(allowedBy("service-issuer", from("public"))).to.deep.equal(["8444"]);
        expect(allowedBy("service-issuer", from("admin"))).to.deep.equal(["8443"]);
        expect(allowedBy("service-issuer", from("holder-1"))).to.deep.equal([]);
        expect(allowedBy("service-keycloak", from("keycloak-2"))).to.have.members(["7800", "57800"]);
        expect(allowedBy("database-shared-db", from("issuer-2"))).to.deep.equal(["5432"]);
        expect(allowedBy("database-shared-db", from("sample-api-nightly"))).to.deep.equal(["5432"]);
        expect(allowedBy("database-shared-db", from("hello-1"))).to.deep.equal([]);
        expect(allowedBy("load-balancer-admin", from("issuer-1"))).to.deep.equal([]);
        expect(allowedBy("load-balancer-public", from("issuer-1"))).to.have.members(["8080", "8443", "8020", "8030"]);
        expect(allowedBy("API-ssm", from("hello-1"))).to.deep.equal(["8080"]);
        const outward = /^ +tcp dport (\S+) accept/gm;
        expect(allowedBy("service-hello", outward)).to.deep.equal(["443"]);
        expect(allowedBy("service-issuer", outward)).to.deep.equal(["1-65535"]);
        expect(allowedBy("database-shared-db", outward)).to.deep.equal([]);
    });

    it("gives no container but those that hold a network a right over it", () => {
        for (const [name, one] of Object.entries(dev.file.services)) {
            if (one.network_mode === "none") continue;
            const holds = name.endsWith("-network");
            expect(((one.cap_add as string[]) ?? []).includes("NET_ADMIN"), name).to.equal(holds);
            expect(one.network_mode?.startsWith("service:") ?? false, name).to.equal(!holds);
        }
    });

    it("knows which load balancers have to find a service's tasks healthy", () => {
        const behind = Object.entries(dev.state.services).map(([name, one]) => [name, one.behind]);
        expect(Object.fromEntries(behind)).to.deep.equal({
            hello: ["public"],
            "sample-api-web": ["public"],
            "sample-api-worker": [],
            issuer: ["public", "admin"],
            holder: ["public", "admin"],
            keycloak: ["public", "admin"],
        });
    });

    it("publishes on 127.0.0.1 and nowhere else", () => {
        const ports = Object.values(dev.file.services).flatMap((one) => one.ports ?? []);
        expect(ports).not.to.be.empty;
        for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:\d*:\d+$/);
    });

    it("keeps no more than 30 MB of what a container writes", () => {
        for (const [name, { logging }] of Object.entries(dev.file.services)) {
            expect(logging, name).to.deep.equal({
                driver: "json-file",
                options: { "max-size": "10m", "max-file": "3" },
            });
        }
    });

    it("names secrets in the file, and holds none", () => {
        const text = JSON.stringify(dev.file);
        const values = Object.entries(dev.kept.secrets.parameters).filter(
            ([name]) => !/database\/app\/(?!password)|CERTIFICATE/.test(name),
        );
        expect(values.length).to.be.greaterThan(8);
        for (const [, value] of values)
            expect(text.includes(JSON.stringify(value).slice(1, -1)), "a secret is shown").to.equal(false);
        expect(text).not.to.contain("PRIVATE KEY");
        expect(JSON.stringify(dev.state)).not.to.contain("PRIVATE KEY");
        const issuer = service(dev, "issuer-1-agent").environment!;
        expect(issuer.ACAPY_ADMIN_API_KEY).to.equal(
            dev.kept.secrets.parameters["/identity/dev/issuer/ACAPY_ADMIN_API_KEY"],
        );
        expect(issuer.ACAPY_ADMIN_API_KEY).to.match(/^[A-Za-z0-9]{48}$/);
    });

    it("gives both agents one wallet, and the credentials that their role is made with", () => {
        const [one, two] = ["issuer-1-agent", "issuer-2-agent"].map((name) => service(dev, name).environment!);
        expect(one).to.deep.equal(two);
        const credentials = JSON.parse(String(one!.ACAPY_WALLET_STORAGE_CREDS));
        expect(credentials.account).to.equal("wallet_issuer");
        const roles = service(dev, "shared-db-roles").environment!;
        expect(JSON.parse(String(roles.PASSWORD_WALLET_ISSUER)).password === credentials.password).to.equal(true);
        expect(service(dev, "shared-db").environment).to.include({ MASTER_DATABASE: "", FORCE_SSL: "1" });
        const { url } = JSON.parse(String(one!.ACAPY_WALLET_STORAGE_CONFIG));
        expect(network(dev, "shared-db").networks!.default.aliases).to.include(url.replace(/:5432$/, ""));
    });

    it("has a database's certificate for RDS's name, by the authority that the images are built with", () => {
        const { TLS_CERTIFICATE } = service(dev, "shared-db").environment!;
        const [name] = network(dev, "shared-db").networks!.default.aliases;
        const certificate = new X509Certificate(String(TLS_CERTIFICATE));
        expect(certificate.checkHost(name!)).to.equal(name);
        expect(service(dev, "keycloak-1-keycloak").environment!.KC_DB_URL_HOST).to.equal(name);
        for (const image of ["acapy-agent", "keycloak", "sample-api"]) {
            const { args } = dev.images.find(({ context }) => context === `images/${image}`)!;
            expect(certificate.verify(new X509Certificate(args.RDS_CA_PEM!).publicKey), image).to.equal(true);
        }
        const { DB_CA_PEM } = service(dev, "sample-api-worker-1").environment!;
        expect(certificate.verify(new X509Certificate(String(DB_CA_PEM)).publicKey)).to.equal(true);
    });

    it("tells everybody the URLs that answer here", () => {
        expect(service(dev, "issuer-1-agent").environment).to.include({
            ACAPY_ENDPOINT: "http://public.localhost:8020",
        });
        expect(service(dev, "keycloak-1-keycloak").environment).to.include({
            KC_HOSTNAME: "https://public.localhost:8443",
            KC_HOSTNAME_ADMIN: "https://admin.localhost:9443",
        });
        expect(dev.state.outputs).to.deep.include({
            keycloakUrl: "https://public.localhost:8443",
            serviceUrls: {
                hello: "https://public.localhost:8443/service",
                "sample-api-web": "https://public.localhost:8443/posts",
            },
        });
        expect(network(dev, "public").networks!.default.aliases).to.deep.equal(["public.localhost", "public"]);
    });

    it("has load balancers whose certificates are the stack's, for their names", () => {
        const { TLS_CERTIFICATE_443 } = service(dev, "admin").environment!;
        const certificate = new X509Certificate(String(TLS_CERTIFICATE_443));
        expect(certificate.checkHost("admin.localhost")).to.equal("admin.localhost");
        expect(certificate.verify(new X509Certificate(dev.ca).publicKey)).to.equal(true);
    });

    it("starts a heritage's services when its release has ended well, and no scheduled task by itself", () => {
        for (const name of ["sample-api-worker-1", "sample-api-web-1-app"]) {
            expect(service(dev, name).depends_on).to.deep.include({
                "sample-api-oneoff": { condition: "service_completed_successfully" },
            });
        }
        expect(service(dev, "issuer-1-agent").depends_on).not.to.have.property("sample-api-oneoff");
        expect(service(dev, "sample-api-oneoff")).not.to.have.property("profiles");
        expect(service(dev, "sample-api-nightly").profiles).to.deep.equal(["tasks"]);
        expect(dev.state.tasks["sample-api-nightly"]).to.deep.include({
            schedule: "cron(0 3 * * ? *), Asia/Tokyo",
            command: ["python3", "/app/nightly.py"],
        });
    });

    it("lets a task read its role's parameters, and nobody else's", () => {
        const { ROLES, PARAMETERS } = service(dev, "ssm").environment!;
        const { AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL_SSM } = service(dev, "sample-api-web-1-app").environment!;
        const path = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/identity/dev/sample-api";
        expect(JSON.parse(String(ROLES))[String(AWS_ACCESS_KEY_ID)]).to.deep.equal([
            { Effect: "Allow", Action: "ssm:GetParametersByPath", Resource: [path, `${path}/*`] },
        ]);
        expect(AWS_ENDPOINT_URL_SSM).to.equal("http://ssm:8080");
        const names = Object.keys(JSON.parse(String(PARAMETERS)));
        expect(names).to.include("/identity/dev/sample-api/database/app/password");
        for (const name of names) expect(name).to.match(/^\/identity\/dev\/sample-api\//);
        expect(service(dev, "hello-1-app").environment).not.to.have.property("AWS_ACCESS_KEY_ID");
    });
});

const devRoot = () => projectWith(readFileSync(path.join(PROJECT, "Pulumi.dev.yaml"), "utf8"), "dev");

const AGENT = ["identity:publicEndpoint: { plainHttp: true }", "identity:agents:"];

describe("a stack on this machine", () => {
    it("changes with its stack file, as Fargate's tasks do", async () => {
        const before = await prepared(stackFile(...AGENT, "    issuer: {}"));
        const after = await prepared(
            stackFile(...AGENT, "    issuer: { count: 3, cpu: 1024, memory: 2048, logLevel: warning, label: Another }"),
        );
        expect(service(before, "issuer-1-agent")).to.deep.include({ cpus: 0.25, mem_limit: "512m" });
        expect(service(after, "issuer-3-agent")).to.deep.include({ cpus: 1, mem_limit: "2048m" });
        expect(service(after, "issuer-3-agent").environment).to.include({
            ACAPY_LOG_LEVEL: "warning",
            ACAPY_LABEL: "Another",
        });
    });

    it("has its domains below .localhost, each with a certificate of this machine's", async () => {
        const other = "name: other.example, certificate: 'arn:aws:acm:eu-central-1:123456789012:certificate/1'";
        const made = await prepared(
            stackFile(
                "identity:domain: { name: id.example.com }",
                `identity:domains: [{ ${other} }]`,
                "identity:agents: { issuer: {} }",
            ),
        );
        const environment = service(made, "public").environment as Record<string, string>;
        const [own, further] = ["443", "443_2"].map(
            (suffix) => new X509Certificate(environment[`TLS_CERTIFICATE_${suffix}`]!),
        );
        expect(own!.checkHost("issuer.id.example.com.localhost")).not.to.equal(undefined);
        for (const name of ["other.example.localhost", "www.other.example.localhost"]) {
            expect(further!.checkHost(name), name).not.to.equal(undefined);
        }
        expect(new Set([environment.TLS_PRIVATE_KEY_443, environment.TLS_PRIVATE_KEY_443_2]).size).to.equal(2);
    });

    it("keeps its secrets, keys and certificates from one time to the next", async () => {
        const root = projectWith(
            stackFile(
                ...AGENT,
                "    issuer: {}",
                "identity:services:",
                "    hello: { build: images/hello, paths: [/hello] , healthCheckPath: /service }",
            ),
        );
        const first = await prepare({ root, stack: "trial" });
        write(root, "trial", first);
        const second = await prepare({ root, stack: "trial" });
        expect(second.variables).to.deep.equal(first.variables);
        expect(second.file).to.deep.equal(first.file);
        const other = await prepared(stackFile(...AGENT, "    issuer: {}"));
        expect(other.kept.secrets.parameters["/identity/trial/issuer/ACAPY_WALLET_KEY"]).not.to.equal(
            first.kept.secrets.parameters["/identity/trial/issuer/ACAPY_WALLET_KEY"],
        );
    });

    it("writes its secrets for the user alone", async () => {
        const root = projectWith(stackFile(...AGENT, "    issuer: {}"));
        write(root, "trial", await prepare({ root, stack: "trial" }));
        const mode = (file: string) => statSync(path.join(root, "build/local/trial", file)).mode & 0o777;
        expect(mode("secrets.json")).to.equal(0o600);
        expect(readJson(path.join(root, "build/local/trial/state.json"))).to.include({ stack: "trial", portOffset: 0 });
    });

    it("moves every published port by the offset, and the URLs with them", async () => {
        const { file, state, variables } = await prepared(stackFile(...AGENT, "    issuer: {}"), 1000);
        expect(file.services["public-network"]!.ports).to.include("127.0.0.1:9020:9020");
        expect(file.services["issuer-1-agent"]!.environment).to.include({
            ACAPY_ENDPOINT: "http://public.localhost:9020",
        });
        expect(state.services.issuer!.urls).to.deep.equal({
            public: ["http://public.localhost:9020"],
            internal: ["https://admin.localhost:9021"],
        });
        expect(Object.keys(variables)).not.to.be.empty;
        const error = await prepared(stackFile(...AGENT, "    issuer: {}"), 60_000).catch((e: Error) => e);
        expect(String(error)).to.contain("a smaller --port-offset");
    });

    it("has a domain below .localhost, with certificates for it", async () => {
        const made = await prepared(
            stackFile(
                "identity:domain: { name: id.example.com, zone: example.com }",
                "identity:agents: { issuer: {} }",
            ),
        );
        expect(made.state.outputs).to.deep.include({
            didcommUrls: { issuer: "https://issuer.id.example.com.localhost:8443" },
        });
        expect(network(made, "public").networks!.default.aliases).to.include("issuer.id.example.com.localhost");
        const certificate = new X509Certificate(String(service(made, "public").environment!.TLS_CERTIFICATE_443));
        expect(certificate.checkHost("issuer.id.example.com.localhost")).not.to.equal(undefined);
        expect(certificate.verify(new X509Certificate(made.ca).publicKey)).to.equal(true);
    });

    it("keeps the ledger that an agent names", async () => {
        const made = await prepared(
            stackFile(...AGENT, "    issuer: { genesisUrl: https://ledger.example.com/genesis }"),
        );
        const { environment } = service(made, "issuer-1-agent");
        expect(environment).to.include({ ACAPY_GENESIS_URL: "https://ledger.example.com/genesis" });
        expect(environment).not.to.have.property("ACAPY_NO_LEDGER");
    });

    it("says which parameters others have to give a value, all at once, and takes those that are given", async () => {
        const text = stackFile(
            ...AGENT,
            "    issuer:",
            "        secrets:",
            "            ACAPY_WEBHOOK_URL: { parameter: /shared/webhook }",
            "            ACAPY_WALLET_SEED: { parameter: /shared/seed }",
        );
        const root = projectWith(text);
        const error = await prepare({ root, stack: "trial" }).catch((e: Error) => e);
        expect(String(error)).to.contain("/shared/webhook, which others keep on AWS (issuer: ACAPY_WEBHOOK_URL)");
        expect(String(error)).to.contain("/shared/seed");
        expect(String(error)).to.contain("build/local/trial/given.json");
        mkdirSync(path.join(root, "build/local/trial"), { recursive: true });
        const given = { "/shared/webhook": "http://127.0.0.1/$hook", "/shared/seed": "s" };
        writeFileSync(path.join(root, "build/local/trial/given.json"), JSON.stringify(given));
        const made = await prepare({ root, stack: "trial" });
        expect(service(made, "issuer-1-agent").environment).to.include({ ACAPY_WEBHOOK_URL: "http://127.0.0.1/$hook" });
    });

    it("has databases without pgaudit, which their image has not, and with all other settings", async () => {
        const made = await prepared(stackFile(...AGENT, "    issuer: {}", "identity:walletDb: { audit: [ddl] }"));
        expect(service(made, "wallet-db").command).to.deep.equal([
            "postgres",
            ...["log_connections=1", "log_disconnections=1", "log_min_duration_statement=1000"].flatMap((one) => [
                "-c",
                one,
            ]),
        ]);
    });

    it("hands on a dollar as it is", async () => {
        const made = await prepared(stackFile(...AGENT, "    issuer: { environment: { GREETING: 'a$b${c}' } }"));
        expect(made.file.services["issuer-1-agent"]!.environment!.GREETING).to.equal("a$$b$${c}");
        expect(service(made, "issuer-1-agent").environment!.GREETING).to.equal("a$b${c}");
    });
});
