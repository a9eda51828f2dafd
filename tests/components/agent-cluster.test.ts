import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AgentCluster, type AgentClusterArgs } from "../../components/agent-cluster";
import { MANAGED_VARIABLES } from "../../components/agent-variables";
import { DevLedger } from "../../components/dev-ledger";
import { CertificateAuthority } from "../../components/certificate-authority";
import { Endpoint } from "../../components/endpoint";
import type { TlsArgs } from "../../components/envoy/tls";
import { SecretStore } from "../../components/secret-store";
import { WalletDb } from "../../components/wallet-db";
import { ACCOUNT, CLUSTER, DATABASE, make, PROJECT, REGION, secretAt, STACK, type Made, VPC } from "./support";

const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/agent@sha256:${"0".repeat(64)}`;
const ARGS = {
    cluster: CLUSTER,
    vpc: VPC,
    image: IMAGE,
    cpu: 512,
    memory: 1024,
    count: 2,
    label: "The issuer",
    host: "issuer",
    didcommPort: 8020,
    adminPort: 8021,
    walletName: "issuer-wallet",
    walletType: "askar-anoncreds",
    walletConnections: 10,
    logLevel: "info",
    tls: false,
} as const;

const cluster = (args: Partial<AgentClusterArgs> = {}) =>
    make(() => {
        const secrets = new SecretStore("secrets");
        const walletDb = new WalletDb("wallets", { ...DATABASE, secrets });
        const didcomm = new Endpoint("public", { vpc: VPC, allowedCidrs: ["0.0.0.0/0"] });
        const admin = new Endpoint("admin", { vpc: VPC, allowedCidrs: ["10.0.0.0/16"], internal: true });
        const made = new AgentCluster("issuer", { ...ARGS, secrets, walletDb, didcomm, admin, ...args });
        const { didcommUrl, adminUrl, serviceName, logGroupName, parameterNames } = made;
        return { didcommUrl, adminUrl, serviceName, logGroupName, parameterNames };
    });

interface Definition {
    environment: { name: string; value: string }[];
    secrets: { name: string; valueFrom: string }[];
    healthCheck: { command: string[] };
}
function agent(made: Made): Definition {
    const definitions = JSON.parse(made.inputs("aws.ecs.TaskDefinition").containerDefinitions as string);
    expect(definitions).to.have.length(1);
    return definitions[0];
}
const environment = (made: Made) => Object.fromEntries(agent(made).environment.map(({ name, value }) => [name, value]));
const parameter = (name: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${PROJECT}/${STACK}/${name}`;

/** What a cluster is made with whose endpoints have a domain. */
function withDomain() {
    const secrets = new SecretStore("secrets");
    const https = { domain: "id.example.com", certificateArn: "arn:aws:acm:x", zoneId: "Z1" };
    return {
        secrets,
        walletDb: new WalletDb("wallets", { ...DATABASE, secrets }),
        didcomm: new Endpoint("public", { vpc: VPC, https, allowedCidrs: ["0.0.0.0/0"] }),
        admin: new Endpoint("admin", { vpc: VPC, https, allowedCidrs: [], internal: true }),
    };
}

describe("AgentCluster", () => {
    it("is a service, its routes and its secrets", async () => {
        const made = await cluster();
        expect(made.childrenOf("identity.AgentCluster")).to.deep.equal(["identity.FargateService issuer"]);
        for (const [endpoint, port] of [
            ["public", 8020],
            ["admin", 8021],
        ] as const) {
            expect(made.childrenOf("identity.Endpoint", endpoint)).to.include.members([
                `aws.lb.Listener ${endpoint}-${port}`,
                `aws.lb.TargetGroup ${endpoint}-issuer`,
            ]);
        }
        expect(made.all("aws.ssm.Parameter").map(({ name }) => name)).to.deep.equal([
            "secrets-issuer-ACAPY_ADMIN_API_KEY",
            "secrets-issuer-ACAPY_WALLET_KEY",
            "secrets-wallets-ACAPY_WALLET_STORAGE_CREDS",
        ]);
    });

    it("starts agents with this container, to the letter", async () => {
        const made = await cluster();
        const url = (endpoint: string) => `http://${made.one("aws.lb.LoadBalancer", endpoint).outputs.dnsName}`;
        expect(agent(made)).to.deep.equal({
            name: "agent",
            image: IMAGE,
            essential: true,
            command: ["start"],
            user: "1001",
            environment: [
                { name: "ACAPY_ADMIN", value: '["0.0.0.0",8021]' },
                { name: "ACAPY_AUTO_PROVISION", value: "true" },
                { name: "ACAPY_ENDPOINT", value: `${url("public")}:8020` },
                { name: "ACAPY_INBOUND_TRANSPORT", value: '[["http","0.0.0.0",8020]]' },
                { name: "ACAPY_LABEL", value: "The issuer" },
                { name: "ACAPY_LOG_LEVEL", value: "info" },
                { name: "ACAPY_NO_LEDGER", value: "true" },
                { name: "ACAPY_OUTBOUND_TRANSPORT", value: "http" },
                { name: "ACAPY_WALLET_NAME", value: "issuer-wallet" },
                {
                    name: "ACAPY_WALLET_STORAGE_CONFIG",
                    value: `{"url":"${made.one("aws.rds.Instance").outputs.address}:5432","max_connections":10,"min_idle_count":1}`,
                },
                { name: "ACAPY_WALLET_STORAGE_TYPE", value: "postgres_storage" },
                { name: "ACAPY_WALLET_TYPE", value: "askar-anoncreds" },
                { name: "PGSSLMODE", value: "verify-full" },
                { name: "PGSSLROOTCERT", value: "/etc/ssl/certs/rds-ca.pem" },
            ],
            secrets: [
                { name: "ACAPY_ADMIN_API_KEY", valueFrom: parameter("issuer/ACAPY_ADMIN_API_KEY") },
                { name: "ACAPY_WALLET_KEY", valueFrom: parameter("issuer/ACAPY_WALLET_KEY") },
                { name: "ACAPY_WALLET_STORAGE_CREDS", valueFrom: parameter("wallets/ACAPY_WALLET_STORAGE_CREDS") },
            ],
            dockerLabels: {
                "secret-versions": "ACAPY_ADMIN_API_KEY=1 ACAPY_WALLET_KEY=1 ACAPY_WALLET_STORAGE_CREDS=1",
            },
            portMappings: [
                { containerPort: 8020, hostPort: 8020, protocol: "tcp" },
                { containerPort: 8021, hostPort: 8021, protocol: "tcp" },
            ],
            healthCheck: {
                command: [
                    "CMD",
                    "python3",
                    "-IS",
                    "-c",
                    'import http.client as h; c=h.HTTPConnection("127.0.0.1",8021,timeout=4); ' +
                        'c.request("GET","/status/ready"); raise SystemExit(c.getresponse().status!=200)',
                ],
                interval: 15,
                timeout: 10,
                retries: 3,
                startPeriod: 300,
            },
            readonlyRootFilesystem: true,
            linuxParameters: { initProcessEnabled: true, capabilities: { add: [], drop: ["ALL"] } },
            mountPoints: [{ sourceVolume: "agent-tmp", containerPath: "/tmp", readOnly: false }],
            volumesFrom: [],
            systemControls: [{ namespace: "net.ipv4.tcp_retries2", value: "6" }],
            stopTimeout: 30,
            logConfiguration: {
                logDriver: "awslogs",
                options: {
                    "awslogs-group": `/${PROJECT}/${STACK}/issuer`,
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "agent",
                    mode: "non-blocking",
                    "max-buffer-size": "25m",
                },
            },
        });
    });

    it("shows no secret anywhere", async () => {
        expect(JSON.stringify((await cluster()).resources)).not.to.include("simulated-");
    });

    it("is what it is told to be", async () => {
        const made = await cluster({ walletType: "askar", walletConnections: 3, logLevel: "warning", adminPort: 9021 });
        expect(environment(made)).to.include({
            ACAPY_WALLET_TYPE: "askar",
            ACAPY_LOG_LEVEL: "warning",
            ACAPY_ADMIN: '["0.0.0.0",9021]',
        });
        expect(JSON.parse(environment(made).ACAPY_WALLET_STORAGE_CONFIG!)).to.include({ max_connections: 3 });
        expect(agent(made).healthCheck.command.at(-1)).to.include('HTTPConnection("127.0.0.1",9021,');
    });

    it("follows a ledger where it is given one", async () => {
        const made = await cluster({ genesisUrl: "https://ledger.example/genesis" });
        expect(environment(made)).to.include({ ACAPY_GENESIS_URL: "https://ledger.example/genesis" });
        expect(environment(made)).not.to.have.property("ACAPY_NO_LEDGER");
    });

    it("takes more settings, but none instead of its own", async () => {
        const made = await cluster({
            environment: { ACAPY_AUTO_PING_CONNECTION: "true", PGSSLMODE: "disable", ACAPY_LABEL: "other" },
        });
        expect(environment(made)).to.include({
            ACAPY_AUTO_PING_CONNECTION: "true",
            PGSSLMODE: "verify-full",
            ACAPY_LABEL: "The issuer",
        });
    });

    it("sets no variable that it does not say it manages", async () => {
        const set = [await cluster(), await cluster({ genesisUrl: "https://ledger.example" })].flatMap((made) =>
            Object.keys(environment(made)),
        );
        expect(Object.keys(MANAGED_VARIABLES)).to.include.members(set);
    });

    it("takes WebSockets at the same address, over its own port, and sends over them", async () => {
        const made = await cluster({ webSocketPort: 8022 });
        const address = made.one("aws.lb.LoadBalancer", "public").outputs.dnsName as string;
        expect(environment(made)).to.include({
            ACAPY_ENDPOINT: JSON.stringify([`http://${address}:8020`, `ws://${address}:8022`]),
            ACAPY_INBOUND_TRANSPORT: '[["http","0.0.0.0",8020],["ws","0.0.0.0",8022]]',
            ACAPY_OUTBOUND_TRANSPORT: '["http","ws"]',
        });
        expect(environment(made)).not.to.have.property("ACAPY_MEDIATION_OPEN");
        expect(made.rules()).to.include.members([
            "issuer: in tcp 8022-8022 public",
            "public: in tcp 8022-8022 0.0.0.0/0",
        ]);
        const balancers = made.inputs("aws.ecs.Service").loadBalancers as Record<string, unknown>[];
        expect(balancers.map(({ containerPort }) => containerPort)).to.deep.equal([8020, 8021, 8022]);
        expect(made.inputs("aws.lb.TargetGroup", "public-issuer-ws").healthCheck).to.include({
            path: "/status/ready",
            port: "8021",
        });
        expect(Object.keys(MANAGED_VARIABLES)).to.include.members(Object.keys(environment(made)));
    });

    it("has one name for both with a domain, told apart by what a client asks for", async () => {
        const made = await make(() => {
            const { webSocketUrl } = new AgentCluster("issuer", { ...ARGS, ...withDomain(), webSocketPort: 8022 });
            return { webSocketUrl };
        });
        expect(made.outputs.webSocketUrl).to.equal("wss://issuer.id.example.com");
        expect(environment(made).ACAPY_ENDPOINT).to.equal(
            '["https://issuer.id.example.com","wss://issuer.id.example.com"]',
        );
        const rule = (name: string) =>
            made.inputs("aws.lb.ListenerRule", name) as { priority: number; conditions: object[] };
        expect(rule("public-issuer-websocket").conditions).to.deep.equal([
            { hostHeader: { values: ["issuer.id.example.com"] } },
            { httpHeader: { httpHeaderName: "Upgrade", values: ["websocket"] } },
        ]);
        expect(rule("public-issuer-websocket").priority).to.be.below(rule("public-issuer").priority);
        expect(made.all("aws.route53.Record").map(({ name }) => name)).to.have.members([
            "public-issuer",
            "admin-issuer",
        ]);
    });

    it("hands out tails files beside the agent, which alone puts them", async () => {
        const made = await cluster({ tails: { image: IMAGE, port: 8023, volume: FILES } });
        const address = made.one("aws.lb.LoadBalancer", "public").outputs.dnsName as string;
        const definitions: (Definition & { name: string; user: string; mountPoints: object[] })[] = JSON.parse(
            made.inputs("aws.ecs.TaskDefinition").containerDefinitions as string,
        );
        const [own, tails] = definitions;
        expect(definitions).to.have.length(2);
        const variables = Object.fromEntries(own!.environment.map(({ name, value }) => [name, value]));
        expect(variables).to.include({
            ACAPY_TAILS_SERVER_BASE_URL: `http://${address}:8023/tails`,
            ACAPY_TAILS_SERVER_UPLOAD_URL: "http://127.0.0.1:8023/tails",
        });
        expect(own!.mountPoints).to.deep.equal([{ sourceVolume: "agent-tmp", containerPath: "/tmp", readOnly: false }]);
        expect(tails).to.deep.include({ name: "tails", user: "1000", secrets: [] });
        expect(tails!.healthCheck.command.at(-1)).to.contain('"127.0.0.1",8023').and.contain('"GET","/tails/health"');
        expect(tails!.mountPoints).to.deep.equal([
            { sourceVolume: "volume-tails", containerPath: "/tails", readOnly: false },
        ]);
        expect(made.inputs("aws.lb.TargetGroup", "public-issuer-tails").healthCheck).to.include({
            path: "/tails/health",
        });
        expect(made.rules()).to.include.members(["issuer: in tcp 8023-8023 public"]);
        expect(made.rules().filter((rule) => rule.includes("2049"))).to.have.length(2);
        const balancers = made.inputs("aws.ecs.Service").loadBalancers as Record<string, unknown>[];
        expect(balancers.map(({ containerName, containerPort }) => [containerName, containerPort])).to.deep.equal([
            ["agent", 8020],
            ["agent", 8021],
            ["tails", 8023],
        ]);
    });

    it("has tails files below a path of its own where DIDComm has the same name", async () => {
        const made = await make(() => {
            const tails = { image: IMAGE, port: 8023, volume: FILES };
            new AgentCluster("issuer", { ...ARGS, ...withDomain(), tails });
            return {};
        });
        const rules = made.all("aws.lb.ListenerRule").map(({ inputs }) => inputs.conditions as object[]);
        const host = { hostHeader: { values: ["issuer.id.example.com"] } };
        expect(rules).to.deep.include([host, { pathPattern: { values: ["/tails/*"] } }]);
        expect(rules).to.deep.include([host]);
    });

    it("is a mediator of any number of tasks, unless its environment grants less", async () => {
        const mediator = { mediator: true, webSocketPort: 8022, count: 2 };
        expect(environment(await cluster(mediator))).to.include({
            ACAPY_MEDIATION_OPEN: "true",
            ACAPY_ENABLE_UNDELIVERED_QUEUE: "true",
        });
        const closed = await cluster({ ...mediator, environment: { ACAPY_MEDIATION_OPEN: "false" } });
        expect(environment(closed)).to.include({ ACAPY_MEDIATION_OPEN: "false" });
        const refused = cluster({ ...mediator, webSocketPort: undefined });
        expect(await refused.catch((error: Error) => error.message)).to.equal(
            "issuer: a mediator has a webSocketPort, for its wallets' sockets",
        );
    });

    it("has Kanon's second database on the same instance, by the same credentials", async () => {
        const made = await cluster({ walletType: "kanon-anoncreds" });
        const { address } = made.one("aws.rds.Instance").outputs;
        expect(environment(made)).to.include({
            ACAPY_WALLET_TYPE: "kanon-anoncreds",
            ACAPY_DBSTORE_STORAGE_TYPE: "postgres_storage",
            ACAPY_DBSTORE_STORAGE_CONFIG: `{"url":"${address as string}:5432"}`,
        });
        expect(agent(made).secrets).to.deep.include({
            name: "ACAPY_DBSTORE_STORAGE_CREDS",
            valueFrom: parameter("wallets/ACAPY_WALLET_STORAGE_CREDS"),
        });
        expect(Object.keys(MANAGED_VARIABLES)).to.include.members(Object.keys(environment(made)));
    });

    it("keeps as many tenants open as it is told, unless its environment says how", async () => {
        expect(environment(await cluster({ tenants: 20 }))).to.include({
            ACAPY_MULTITENANCY_CONFIGURATION: '{"cache_size":20}',
        });
        const own = { ACAPY_MULTITENANCY_CONFIGURATION: '{"wallet_type":"single-wallet-askar"}' };
        expect(environment(await cluster({ tenants: 20, environment: own }))).to.include(own);
        expect(environment(await cluster())).not.to.have.property("ACAPY_MULTITENANCY_CONFIGURATION");
    });

    it("lets in each load balancer on its own port and on that of the health check, and reaches the database", async () => {
        const made = await cluster();
        expect(made.rules()).to.deep.equal([
            "admin: in tcp 8021-8021 10.0.0.0/16",
            "admin: out tcp 1-65535 admin-targets",
            "issuer: in tcp 8020-8020 public",
            "issuer: in tcp 8021-8021 admin",
            "issuer: in tcp 8021-8021 public",
            "issuer: out tcp 1-65535 0.0.0.0/0",
            "public: in tcp 8020-8020 0.0.0.0/0",
            "public: out tcp 1-65535 public-targets",
            "wallets-clients: out tcp 5432-5432 wallets",
            "wallets: in tcp 5432-5432 wallets-clients",
        ]);
        const { securityGroups, assignPublicIp } = made.inputs("aws.ecs.Service").networkConfiguration as {
            securityGroups: string[];
            assignPublicIp: boolean;
        };
        const groups = ["issuer", "public-targets", "admin-targets", "wallets-clients"];
        expect(securityGroups).to.deep.equal(groups.map((name) => made.one("aws.ec2.SecurityGroup", name).id));
        expect(assignPublicIp).to.equal(false);
    });

    it("is on the ledger of a developer, lets itself in there, and comes after it", async () => {
        const made = await make(() => {
            const secrets = new SecretStore("secrets");
            const walletDb = new WalletDb("wallets", { ...DATABASE, secrets });
            const didcomm = new Endpoint("public", { vpc: VPC, allowedCidrs: [] });
            const admin = new Endpoint("admin", { vpc: VPC, allowedCidrs: [], internal: true });
            const privateZone = { id: "Z2", name: "test.internal" };
            const devLedger = new DevLedger("ledger", { vpc: { ...VPC, privateZone } });
            new AgentCluster("issuer", { ...ARGS, secrets, walletDb, didcomm, admin, devLedger });
        });
        const { outputs } = made.one("aws.ec2.Instance");
        expect(environment(made)).to.include({
            ACAPY_GENESIS_URL: `http://${outputs.privateIp as string}:9000/genesis`,
        });
        expect(environment(made)).not.to.have.property("ACAPY_NO_LEDGER");
        const { securityGroups } = made.inputs("aws.ecs.Service").networkConfiguration as { securityGroups: string[] };
        expect(securityGroups).to.include(made.one("aws.ec2.SecurityGroup", "ledger-clients").id);
        expect(securityGroups).to.have.length(5); // what an interface takes
        expect(made.waitsFor(made.one("aws.ecs.Service"))).to.include.members([
            "aws.ec2.Instance ledger-x86_64",
            "aws.vpc.SecurityGroupIngressRule ledger-nodes-from-clients",
        ]);
    });

    it("refuses two ledgers", async () => {
        const devLedger = { genesisUrl: pulumi.output("http://x"), clientsGroupId: pulumi.output("sg-1") };
        const before = { hooks: [], dependsOn: [] };
        const program = () => cluster({ genesisUrl: "https://y", devLedger: { ...devLedger, before } });
        expect(await program().catch((error: Error) => error.message)).to.equal(
            "issuer: genesisUrl and devLedger are two ledgers, and an agent has one",
        );
    });

    it("has the admin API behind the internal load balancer only", async () => {
        const made = await cluster();
        const ports = made.all("aws.lb.Listener").map(({ name, inputs }) => [name, inputs.port]);
        expect(ports).to.deep.equal([
            ["admin-8021", 8021],
            ["public-8020", 8020],
        ]);
        expect(made.inputs("aws.lb.LoadBalancer", "admin").internal).to.equal(true);
        for (const { inputs } of made.all("aws.lb.TargetGroup")) {
            expect(inputs.healthCheck).to.include({ path: "/status/ready", port: "8021" });
        }
        const containerPorts = (made.inputs("aws.ecs.Service").loadBalancers as Record<string, unknown>[]).map(
            (balancer) => [balancer.targetGroupArn, balancer.containerPort],
        );
        expect(containerPorts).to.deep.equal([
            [made.one("aws.lb.TargetGroup", "public-issuer").outputs.arn, 8020],
            [made.one("aws.lb.TargetGroup", "admin-issuer").outputs.arn, 8021],
        ]);
    });

    const FILES = {
        fileSystemId: "fs-1",
        fileSystemArn: "arn:fs",
        accessPointId: "fsap-1",
        accessPointArn: "arn:fsap",
        connection: { name: "issuer-tails", groupId: "sg-files", port: 2049, description: "Files" },
        needed: [],
    };
    const behindEnvoy = (args: Partial<AgentClusterArgs> = {}, more: Partial<TlsArgs> = {}) =>
        make(() => {
            const secrets = new SecretStore("secrets");
            const walletDb = new WalletDb("wallets", { ...DATABASE, secrets });
            const didcomm = new Endpoint("public", { vpc: VPC, allowedCidrs: ["0.0.0.0/0"] });
            const authority = new CertificateAuthority("authority");
            const https = { authority };
            const admin = new Endpoint("admin", { vpc: VPC, allowedCidrs: ["10.0.0.0/16"], internal: true, https });
            const tls = { envoyImage: IMAGE, certificate: authority, ...more };
            const made = new AgentCluster("issuer", { ...ARGS, secrets, walletDb, didcomm, admin, tls, ...args });
            const { didcommUrl, adminUrl } = made;
            return { didcommUrl, adminUrl };
        });
    interface Container extends Definition {
        name: string;
        command: string[];
        dependsOn?: object[];
        portMappings: { containerPort: number }[];
    }
    const containers = (made: Made): Record<string, Container> =>
        Object.fromEntries(
            (JSON.parse(made.inputs("aws.ecs.TaskDefinition").containerDefinitions as string) as Container[]).map(
                (one) => [one.name, one],
            ),
        );
    const variablesOf = ({ environment: own }: Container) =>
        Object.fromEntries(own.map(({ name, value }) => [name, value]));
    const groupsOf = (made: Made) =>
        (made.inputs("aws.ecs.Service").loadBalancers as Record<string, unknown>[]).map((one) => [
            made.all("aws.lb.TargetGroup").find(({ outputs }) => outputs.arn === one.targetGroupArn)!.name,
            one.containerName,
            one.containerPort,
        ]);

    it("takes all of it over TLS, at the same addresses, to two ports of an Envoy that alone reaches the agent", async () => {
        const made = await behindEnvoy({ webSocketPort: 8022, tails: { image: IMAGE, port: 8023, volume: FILES } });
        const url = (endpoint: string) => made.one("aws.lb.LoadBalancer", endpoint).outputs.dnsName as string;
        expect(made.outputs).to.deep.equal({
            didcommUrl: `http://${url("public")}:8020`,
            adminUrl: `https://${url("admin")}:8021`,
        });
        const { agent, tails, envoy } = containers(made);
        expect(variablesOf(agent!)).to.include({
            ACAPY_ADMIN: '["127.0.0.1",8021]',
            ACAPY_INBOUND_TRANSPORT: '[["http","127.0.0.1",8020],["ws","127.0.0.1",8022]]',
        });
        expect(variablesOf(tails!)).to.include({ HOST: "127.0.0.1" });
        for (const inner of [agent!, tails!]) expect(inner.portMappings).to.deep.equal([]);
        expect(envoy!.portMappings.map(({ containerPort }) => containerPort)).to.deep.equal([8443, 8444]);
        expect(envoy!.dependsOn).to.deep.equal([{ containerName: "agent", condition: "START" }]);
        // One target group for all that comes from everywhere.
        expect(groupsOf(made)).to.deep.equal([
            ["public-issuer-tls", "envoy", 8444],
            ["admin-issuer-tls", "envoy", 8443],
        ]);
        const to = (name: string) =>
            made.inputs("aws.lb.Listener", name).defaultActions as { targetGroupArn: string }[];
        const shared = made.one("aws.lb.TargetGroup", "public-issuer-tls").outputs.arn;
        for (const port of [8020, 8022, 8023]) expect(to(`public-${port}`)[0]!.targetGroupArn).to.equal(shared);
        for (const [name, port] of [
            ["public-issuer-tls", "8444"],
            ["admin-issuer-tls", "8443"],
        ] as const) {
            const { protocol, healthCheck } = made.inputs("aws.lb.TargetGroup", name);
            expect([protocol, healthCheck]).to.deep.include("HTTPS");
            expect(healthCheck).to.include({ protocol: "HTTPS", port, path: "/status/ready" });
        }
        // The public load balancer reaches no port of the admin API.
        expect(made.rules().filter((rule) => rule.startsWith("issuer: in"))).to.deep.equal([
            "issuer: in tcp 8443-8443 admin",
            "issuer: in tcp 8444-8444 public",
        ]);
        expect(made.one("identity.AgentCluster").inputs).to.include({ tls: true });
    });

    it("has its Envoy tell DIDComm, sockets and tails files apart, and hand health checks alone to the admin API", async () => {
        const made = await behindEnvoy({ webSocketPort: 8022, tails: { image: IMAGE, port: 8023, volume: FILES } });
        const { static_resources: configured, layered_runtime } = JSON.parse(containers(made).envoy!.command[3]!);
        expect(JSON.stringify(layered_runtime)).to.contain('"client_alone":100');
        const [listener, ...others] = configured.listeners;
        expect(others).to.deep.equal([]);
        expect(listener.address.socket_address.port_value).to.equal(8444);
        const manager = listener.filter_chains[0].filters[0].typed_config;
        expect(manager.xff_num_trusted_hops).to.equal(1);
        const [refused, ...routes] = manager.route_config.virtual_hosts[0].routes;
        expect(refused.direct_response.status).to.equal(400);
        const [, head] = routes.map(({ match }: { match: object }) => match);
        expect(head).to.have.property("runtime_fraction"); // all of them are those with the client alone
        const ports = Object.fromEntries(
            configured.clusters.map((one: { name: string; load_assignment: object }) => [
                one.name,
                Number(/"port_value":(\d+)/.exec(JSON.stringify(one.load_assignment))![1]),
            ]),
        );
        expect(
            routes.map(({ match, route }: { match: Record<string, unknown>; route: { cluster: string } }) => [
                match.path ?? match.prefix,
                ((match.headers ?? []) as { name: string }[]).map(({ name }) => name).join(),
                ports[route.cluster],
            ]),
        ).to.deep.equal([
            ["/status/ready", ":method,x-forwarded-port", 8021],
            ["/", "upgrade", 8022],
            ["/tails/", "", 8023],
            ["/", "", 8020],
        ]);
        const plain = JSON.parse(containers(await behindEnvoy()).envoy!.command[3]!).static_resources;
        expect(plain.clusters.map(({ name }: { name: string }) => name)).to.deep.equal(["app", "didcomm"]);
    });

    it("is reached with and without TLS for one `up`, and gets its requests without", async () => {
        const made = await behindEnvoy({ webSocketPort: 8022 }, { waiting: true });
        expect(variablesOf(containers(made).agent!)).to.include({ ACAPY_ADMIN: '["0.0.0.0",8021]' });
        // As many as ECS takes for a service.
        expect(groupsOf(made)).to.deep.equal([
            ["public-issuer", "agent", 8020],
            ["admin-issuer", "agent", 8021],
            ["public-issuer-ws", "agent", 8022],
            ["public-issuer-tls", "envoy", 8444],
            ["admin-issuer-tls", "envoy", 8443],
        ]);
        const named = new Map(made.all("aws.lb.TargetGroup").map(({ name, outputs }) => [outputs.arn, name]));
        const weights = made.all("aws.lb.Listener").map(({ name, inputs }) => {
            const [{ forward }] = inputs.defaultActions as [
                { forward: { targetGroups: { arn: string; weight: number }[] } },
            ];
            return [name, ...forward.targetGroups.map(({ arn, weight }) => `${named.get(arn)} ${weight}`)];
        });
        expect(weights).to.deep.equal([
            ["admin-8021", "admin-issuer 1", "admin-issuer-tls 0"],
            ["public-8020", "public-issuer 1", "public-issuer-tls 0"],
            ["public-8022", "public-issuer-ws 1", "public-issuer-tls 0"],
        ]);
    });

    it("hands on where it is, and where its secrets are", async () => {
        const made = await cluster();
        const url = (endpoint: string) => `http://${made.one("aws.lb.LoadBalancer", endpoint).outputs.dnsName}`;
        expect(made.outputs).to.deep.equal({
            didcommUrl: `${url("public")}:8020`,
            adminUrl: `${url("admin")}:8021`,
            serviceName: made.one("aws.ecs.Service").outputs.name,
            logGroupName: `/${PROJECT}/${STACK}/issuer`,
            parameterNames: {
                ACAPY_ADMIN_API_KEY: `/${PROJECT}/${STACK}/issuer/ACAPY_ADMIN_API_KEY`,
                ACAPY_WALLET_KEY: `/${PROJECT}/${STACK}/issuer/ACAPY_WALLET_KEY`,
                ACAPY_WALLET_STORAGE_CREDS: `/${PROJECT}/${STACK}/wallets/ACAPY_WALLET_STORAGE_CREDS`,
            },
        });
    });

    it("takes secrets that exist, and generates the keys that it is not given", async () => {
        const agentSecrets = {
            ACAPY_WALLET_KEY: secretAt("/theirs/KEY", { version: "3" }),
            ACAPY_WALLET_SEED: secretAt("/theirs/SEED"),
            ACAPY_WALLET_STORAGE_CREDS: secretAt("/theirs/CREDS"), // the database's own win
        };
        const made = await cluster({ agentSecrets });
        const theirs = (name: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/theirs/${name}`;
        expect(agent(made).secrets).to.deep.equal([
            { name: "ACAPY_ADMIN_API_KEY", valueFrom: parameter("issuer/ACAPY_ADMIN_API_KEY") },
            { name: "ACAPY_WALLET_KEY", valueFrom: theirs("KEY") },
            { name: "ACAPY_WALLET_SEED", valueFrom: theirs("SEED") },
            { name: "ACAPY_WALLET_STORAGE_CREDS", valueFrom: parameter("wallets/ACAPY_WALLET_STORAGE_CREDS") },
        ]);
        expect(made.all("random.RandomPassword").map(({ name }) => name)).to.deep.equal([
            "secrets-issuer-ACAPY_ADMIN_API_KEY",
            "secrets-wallets-password",
        ]);
    });

    for (const protect of [true, false, undefined]) {
        it(`${protect ? "protects" : "does not protect"} the wallet's key where protect is ${protect}`, async () => {
            const made = await cluster({ protect });
            for (const kind of ["aws.ssm.Parameter", "random.RandomPassword"]) {
                expect(made.one(kind, "secrets-issuer-ACAPY_WALLET_KEY").protect).to.equal(protect ?? false);
                expect(made.one(kind, "secrets-issuer-ACAPY_ADMIN_API_KEY").protect).to.equal(false);
            }
        });
    }

    it("is told that there is no ledger only where there is none", async () => {
        expect(environment(await cluster())).to.include({ ACAPY_NO_LEDGER: "true" });
        const list = { ACAPY_GENESIS_TRANSACTIONS_LIST: "/home/aries/ledgers.yaml" };
        const listed = environment(await cluster({ environment: list }));
        expect(listed).to.include(list).and.not.to.have.any.keys("ACAPY_NO_LEDGER", "ACAPY_GENESIS_URL");
        const secret = { ACAPY_GENESIS_TRANSACTIONS_LIST: secretAt("/x/list") };
        expect(environment(await cluster({ agentSecrets: secret }))).not.to.have.property("ACAPY_NO_LEDGER");
    });

    it("carries the reasons for what only looks like a secret", async () => {
        const made = await cluster({ environment: { X_TOKEN: "demo" }, notSecret: { X_TOKEN: "a demonstration's" } });
        const { dockerLabels } = agent(made) as Definition & { dockerLabels: Record<string, string> };
        expect(dockerLabels["not-secret"]).to.equal('{"X_TOKEN":"a demonstration\'s"}');
    });

    it("hands size, count, exec, retention, autoscaling and transforms on to its service", async () => {
        const made = await cluster({
            cpu: 1024,
            memory: 4096,
            count: 3,
            exec: true,
            logRetentionDays: 90,
            autoscaling: { max: 6, cpuPercent: 70, memoryPercent: 75 },
            transform: { service: { tags: { team: "identity" } }, taskDefinition: { skipDestroy: true } },
        });
        expect(made.inputs("aws.ecs.TaskDefinition")).to.include({ cpu: "1024", memory: "4096", skipDestroy: true });
        expect(made.inputs("aws.ecs.Service")).to.deep.include({
            desiredCount: 3,
            enableExecuteCommand: true,
            tags: { team: "identity" },
        });
        expect(made.inputs("aws.cloudwatch.LogGroup", "issuer").retentionInDays).to.equal(90);
        expect(made.inputs("aws.appautoscaling.Target")).to.include({ minCapacity: 3, maxCapacity: 6 });
    });
});
