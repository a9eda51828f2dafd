import { expect } from "chai";
import { SimulatedAws } from "../../automation/plan/simulated-aws";
import { CertificateAuthority } from "../../components/certificate-authority";
import { Endpoint } from "../../components/endpoint";
import { CONDITION_VALUES } from "../../components/endpoint/rules";
import type { TlsArgs } from "../../components/envoy/tls";
import { KeycloakHa, type KeycloakHaArgs } from "../../components/keycloak-ha";
import { MANAGED_VARIABLES } from "../../components/keycloak/variables";
import { SecretStore } from "../../components/secret-store";
import { ACCOUNT, CLUSTER, DATABASE, make, type Made, PROJECT, REGION, refusal, secretAt, STACK, VPC } from "./support";

const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/keycloak@sha256:${"0".repeat(64)}`;
const ENVOY_IMAGE = IMAGE.replace("/keycloak@", "/envoy@");
const PRIVATE_ZONE = { id: "Z-PRIVATE", name: "internal.id.example.com" };
const { vpc: _, logRetentionDays: __, ...SETTINGS } = DATABASE;
const ARGS = {
    cluster: CLUSTER,
    vpc: { ...VPC, cidr: "10.0.0.0/16", privateZone: PRIVATE_ZONE },
    image: IMAGE,
    version: "26.7.3",
    cpu: 1024,
    memory: 2048,
    count: 2,
    database: SETTINGS,
    host: "auth",
    poolSize: 10,
} as const;
const https = (domain: string) => ({ certificateArn: "arn:certificate", domain, zoneId: `Z-${domain}` });

const needed = (tls: Partial<TlsArgs> = {}) => ({
    tls: { envoyImage: ENVOY_IMAGE, certificate: new CertificateAuthority("authority"), ...tls },
    publicEndpoint: new Endpoint("public", {
        vpc: VPC,
        allowedCidrs: ["0.0.0.0/0"],
        https: https("id.example.com"),
    }),
    adminEndpoint: new Endpoint("admin", {
        vpc: VPC,
        allowedCidrs: ["10.9.0.0/16"],
        internal: true,
        https: https(PRIVATE_ZONE.name),
    }),
});
const keycloak = (args: Partial<KeycloakHaArgs> = {}, tls?: Partial<TlsArgs>) =>
    make(() => {
        const secrets = new SecretStore("secrets");
        const made = new KeycloakHa("keycloak", { ...ARGS, ...needed(tls), secrets, ...args });
        const { url, adminUrl, serviceName, logGroupName, databaseHost, databaseName } = made;
        const { parameterNames, deployment } = made;
        return { url, adminUrl, serviceName, logGroupName, databaseHost, databaseName, parameterNames, deployment };
    });

/** Runs a program while SSM has these parameters below the cluster's path. */
async function having<T>(parameters: Record<string, string>, program: () => Promise<T>): Promise<T> {
    const { call } = SimulatedAws.prototype;
    SimulatedAws.prototype.call = function (token, inputs) {
        const answer = call.bind(this)(token, inputs);
        if (token !== "aws:ssm/getParametersByPath:getParametersByPath") return answer;
        const names = Object.keys(parameters).map((name) => `${String(inputs.path)}/${name}`);
        return { ...answer, names, values: Object.values(parameters) };
    };
    try {
        return await program();
    } finally {
        SimulatedAws.prototype.call = call;
    }
}

interface Definition {
    name: string;
    image: string;
    command: string[];
    dependsOn?: object[];
    portMappings: { containerPort: number }[];
    environment: { name: string; value: string }[];
    secrets: { name: string; valueFrom: string }[];
}
const containers = (made: Made) =>
    JSON.parse(made.inputs("aws.ecs.TaskDefinition").containerDefinitions as string) as Definition[];
const container = (made: Made, name = "keycloak") => containers(made).find((one) => one.name === name)!;
const groupNamed = (made: Made, arn: unknown) =>
    made.all("aws.lb.TargetGroup").find(({ outputs }) => outputs.arn === arn)!.name;
/** The service's: target group, container, port. */
const loadBalancers = (made: Made) =>
    (made.inputs("aws.ecs.Service").loadBalancers as Record<string, unknown>[]).map((one) => [
        groupNamed(made, one.targetGroupArn),
        one.containerName,
        one.containerPort,
    ]);
const environment = (made: Made) =>
    Object.fromEntries(container(made).environment.map(({ name, value }) => [name, value]));
const parameter = (name: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${PROJECT}/${STACK}/${name}`;

describe("KeycloakHa", () => {
    it("is a service, a database of its own with a short name, and what it knows of its version", async () => {
        const made = await keycloak();
        expect(made.childrenOf("identity.KeycloakHa")).to.deep.equal([
            "aws.route53.Record keycloak-db",
            "aws.ssm.Parameter keycloak-version-begun",
            "aws.ssm.Parameter keycloak-version-running",
            "aws.vpc.SecurityGroupIngressRule keycloak-management-from-10-9-0-0-16",
            "identity.Database keycloak-db",
            "identity.FargateService keycloak",
        ]);
        expect(made.all("aws.ssm.Parameter").map(({ inputs }) => inputs.name)).to.deep.equal([
            `/${PROJECT}/${STACK}/versions/keycloak/begun`,
            `/${PROJECT}/${STACK}/versions/keycloak/running`,
            `/${PROJECT}/${STACK}/keycloak/KC_BOOTSTRAP_ADMIN_PASSWORD`,
            `/${PROJECT}/${STACK}/keycloak/KC_DB_PASSWORD`,
            `/${PROJECT}/${STACK}/keycloak-tls/TLS_CERTIFICATE`,
            `/${PROJECT}/${STACK}/keycloak-tls/TLS_PRIVATE_KEY`,
        ]);
    });

    it("starts nodes with this container, to the letter", async () => {
        const made = await keycloak();
        const port = (number: number) => ({ containerPort: number, hostPort: number, protocol: "tcp" });
        expect(container(made)).to.deep.equal({
            name: "keycloak",
            image: IMAGE,
            essential: true,
            command: ["start", "--optimized", "--import-realm"],
            user: "1000",
            environment: [
                { name: "KC_BOOTSTRAP_ADMIN_USERNAME", value: "temp-admin" },
                { name: "KC_DB_POOL_INITIAL_SIZE", value: "10" },
                { name: "KC_DB_POOL_MAX_SIZE", value: "10" },
                { name: "KC_DB_POOL_MIN_SIZE", value: "10" },
                { name: "KC_DB_URL_DATABASE", value: "keycloak" },
                { name: "KC_DB_URL_HOST", value: made.one("aws.rds.Instance").outputs.address },
                { name: "KC_DB_URL_PORT", value: "5432" },
                {
                    name: "KC_DB_URL_PROPERTIES",
                    value: "?sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds-ca.pem&tcpKeepAlive=true",
                },
                { name: "KC_DB_USERNAME", value: "keycloak" },
                { name: "KC_HOSTNAME", value: "https://auth.id.example.com" },
                { name: "KC_HOSTNAME_ADMIN", value: "https://auth.internal.id.example.com" },
                { name: "KC_HTTP_ENABLED", value: "true" },
                { name: "KC_HTTP_HOST", value: "127.0.0.1" },
                { name: "KC_HTTP_MANAGEMENT_HOST", value: "0.0.0.0" },
                { name: "KC_PROXY_HEADERS", value: "xforwarded" },
                { name: "KC_PROXY_TRUSTED_ADDRESSES", value: "127.0.0.1" },
                { name: "KC_SPI_EVENTS_LISTENER__JBOSS_LOGGING__SUCCESS_LEVEL", value: "info" },
                { name: "QUARKUS_DATASOURCE_JDBC_VALIDATE_ON_BORROW", value: "true" },
            ],
            secrets: [
                { name: "KC_BOOTSTRAP_ADMIN_PASSWORD", valueFrom: parameter("keycloak/KC_BOOTSTRAP_ADMIN_PASSWORD") },
                { name: "KC_DB_PASSWORD", valueFrom: parameter("keycloak/KC_DB_PASSWORD") },
            ],
            dockerLabels: { "secret-versions": "KC_BOOTSTRAP_ADMIN_PASSWORD=1 KC_DB_PASSWORD=1" },
            portMappings: [port(9000), port(7800), port(57800)],
            healthCheck: {
                command: [
                    "CMD",
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/127.0.0.1/9000 && " +
                        "printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && " +
                        'read -r -t 5 _ status _ <&3 && [ "$status" = 200 ]',
                ],
                interval: 15,
                timeout: 10,
                retries: 3,
                startPeriod: 300,
            },
            readonlyRootFilesystem: true,
            linuxParameters: { initProcessEnabled: true, capabilities: { add: [], drop: ["ALL"] } },
            mountPoints: [
                { sourceVolume: "keycloak-tmp", containerPath: "/tmp", readOnly: false },
                { sourceVolume: "keycloak-opt-keycloak-data", containerPath: "/opt/keycloak/data", readOnly: false },
            ],
            volumesFrom: [],
            systemControls: [
                { namespace: "net.ipv4.tcp_keepalive_intvl", value: "5" },
                { namespace: "net.ipv4.tcp_keepalive_probes", value: "3" },
                { namespace: "net.ipv4.tcp_keepalive_time", value: "10" },
                { namespace: "net.ipv4.tcp_retries2", value: "6" },
            ],
            stopTimeout: 60,
            logConfiguration: {
                logDriver: "awslogs",
                options: {
                    "awslogs-group": `/${PROJECT}/${STACK}/keycloak`,
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "keycloak",
                    mode: "non-blocking",
                    "max-buffer-size": "25m",
                },
            },
        });
    });

    it("has an Envoy in front, which starts with it, tells it who the client is, and takes TLS from the load balancers", async () => {
        const made = await keycloak();
        const { image, portMappings, dependsOn, secrets, command } = container(made, "envoy");
        expect(image).to.equal(ENVOY_IMAGE);
        expect(portMappings.map(({ containerPort }) => containerPort)).to.deep.equal([8443]);
        // Not once it is healthy: a change of a large database may take longer than ECS waits for that.
        expect(dependsOn).to.deep.equal([{ containerName: "keycloak", condition: "START" }]);
        expect(secrets).to.deep.equal([
            { name: "TLS_CERTIFICATE", valueFrom: parameter("keycloak-tls/TLS_CERTIFICATE") },
            { name: "TLS_PRIVATE_KEY", valueFrom: parameter("keycloak-tls/TLS_PRIVATE_KEY") },
        ]);
        const overlay = JSON.parse(command[command.indexOf("--config-yaml") + 1]!);
        expect(overlay.layered_runtime.layers).to.deep.equal([{ name: "app", static_layer: { client_alone: 100 } }]);
        expect(JSON.stringify(overlay)).to.contain('"address":"127.0.0.1","port_value":8080');
        for (const { inputs } of made.all("aws.lb.TargetGroup")) expect(inputs.protocol).to.equal("HTTPS");
    });

    it("has no Envoy without TLS", async () => {
        const made = await keycloak({ tls: false });
        expect(containers(made).map(({ name }) => name)).to.deep.equal(["keycloak"]);
        expect(loadBalancers(made)).to.deep.equal([
            ["public-keycloak", "keycloak", 8080],
            ["admin-keycloak", "keycloak", 8080],
        ]);
        for (const { inputs } of made.all("aws.lb.TargetGroup")) {
            expect(inputs).to.include({ protocol: "HTTP" });
            expect(inputs.healthCheck).to.include({ port: "8080", protocol: "HTTP" });
        }
        expect(environment(made)).not.to.include.any.keys("KC_HTTP_HOST", "KC_PROXY_TRUSTED_ADDRESSES");
        expect(made.one("identity.KeycloakHa").inputs).to.include({ tls: false });
    });

    it("is reached with and without TLS for one `up`, and gets its requests without", async () => {
        const made = await keycloak({}, { waiting: true });
        expect(environment(made)).not.to.include.any.keys("KC_HTTP_HOST", "KC_PROXY_TRUSTED_ADDRESSES");
        expect(loadBalancers(made)).to.deep.equal([
            ["public-keycloak", "keycloak", 8080],
            ["admin-keycloak", "keycloak", 8080],
            ["public-keycloak-tls", "envoy", 8443],
            ["admin-keycloak-tls", "envoy", 8443],
        ]);
        const handing = made
            .all("aws.lb.ListenerRule")
            .flatMap(({ inputs }) =>
                (inputs.actions as { type: string; forward?: { targetGroups: { arn: string; weight: number }[] } }[])
                    .filter(({ type }) => type === "forward")
                    .map(({ forward }) =>
                        forward!.targetGroups.map(({ arn, weight }) => [groupNamed(made, arn), weight]),
                    ),
            );
        expect(handing.length).to.be.greaterThan(1);
        for (const [first, second, ...others] of handing) {
            expect(others).to.deep.equal([]);
            expect(first).to.deep.equal([String(first![0]), 1]);
            expect(second).to.deep.equal([`${String(first![0])}-tls`, 0]);
        }
        const rules = made.rules({}).filter((rule) => /^keycloak: in tcp (8080|8443)/.test(rule));
        expect(rules).to.deep.equal([
            "keycloak: in tcp 8080-8080 admin",
            "keycloak: in tcp 8080-8080 public",
            "keycloak: in tcp 8443-8443 admin",
            "keycloak: in tcp 8443-8443 public",
        ]);
    });

    it("shows no secret anywhere", async () => {
        expect(JSON.stringify((await keycloak()).resources)).not.to.include("simulated-");
    });

    it("has its database and role made by RDS, encrypted by the key of its secrets", async () => {
        const made = await keycloak({ protect: true, logRetentionDays: 90 });
        const kmsKeyId = made.one("aws.kms.Key").outputs.arn;
        expect(made.inputs("aws.rds.Instance")).to.include({
            dbName: "keycloak",
            username: "keycloak",
            password: "[secret]",
            kmsKeyId,
            deletionProtection: true,
            instanceClass: "db.t4g.micro",
        });
        expect(made.one("aws.rds.Instance").protect).to.equal(true);
        expect(made.inputs("random.RandomPassword", "secrets-keycloak-db-password")).to.deep.equal({
            length: 32,
            special: false,
        });
        for (const { inputs } of made.all("aws.cloudwatch.LogGroup")) expect(inputs.retentionInDays).to.equal(90);
    });

    it("gives the database a short name in the VPC's zone, which Keycloak does not go by", async () => {
        const made = await keycloak();
        const { address } = made.one("aws.rds.Instance").outputs;
        expect(made.inputs("aws.route53.Record", "keycloak-db")).to.deep.equal({
            zoneId: "Z-PRIVATE",
            name: "keycloak-db.internal.id.example.com",
            type: "CNAME",
            ttl: 60,
            records: [address],
        });
        expect(environment(made).KC_DB_URL_HOST).to.equal(address);
    });

    it("has what is public behind the public load balancer, and everything behind the internal one", async () => {
        const made = await keycloak();
        const rules = made.all("aws.lb.ListenerRule").map(({ inputs }) => inputs.conditions);
        expect(rules).to.deep.equal([
            [{ hostHeader: { values: ["auth.internal.id.example.com"] } }],
            [
                { hostHeader: { values: ["auth.id.example.com"] } },
                { pathPattern: { values: ["/realms/*", "/resources/*", "/js/*", "/.well-known/*"] } },
            ],
            [
                { hostHeader: { values: ["auth.id.example.com"] } },
                { pathPattern: { values: ["/realms/master", "/realms/master/*", "/.well-known/*/realms/master"] } },
            ],
        ]);
        for (const conditions of rules as Record<string, { values: string[] }>[][]) {
            const values = conditions.flatMap((condition) => Object.values(condition).flatMap((one) => one.values));
            expect(values.length).to.be.at.most(CONDITION_VALUES);
            expect(values.join()).not.to.match(/admin|metrics|health/);
        }
        expect(made.inputs("aws.lb.LoadBalancer", "admin").internal).to.equal(true);
        // The administrators' realm is refused before any of it is handed on, and from the first moment on.
        const [, handedOn, refused] = made.all("aws.lb.ListenerRule");
        expect(refused!.inputs.actions).to.deep.equal([
            {
                type: "fixed-response",
                fixedResponse: { contentType: "text/plain", statusCode: "404", messageBody: "Not found" },
            },
        ]);
        expect(refused!.inputs.priority).to.be.below(handedOn!.inputs.priority as number);
        expect(made.waitsFor(handedOn!)).to.include(`aws.lb.ListenerRule ${refused!.name}`);
        for (const { inputs } of made.all("aws.lb.TargetGroup")) {
            // Not /health/ready: a failover of the database would have every node replaced.
            expect(inputs.healthCheck).to.include({
                path: "/realms/master",
                port: "8443",
                protocol: "HTTPS",
                matcher: "200",
            });
        }
    });

    it("lets in the load balancers and its own nodes, and lets its nodes out to where they have to go", async () => {
        const made = await keycloak();
        expect(made.rules()).to.deep.equal([
            "admin: in tcp 443-443 10.9.0.0/16",
            "admin: out tcp 1-65535 admin-targets",
            "keycloak-db-clients: out tcp 5432-5432 keycloak-db",
            "keycloak-db: in tcp 5432-5432 keycloak-db-clients",
            "keycloak: in tcp 57800-57800 keycloak",
            "keycloak: in tcp 7800-7800 keycloak",
            "keycloak: in tcp 8443-8443 admin",
            "keycloak: in tcp 8443-8443 public",
            "keycloak: in tcp 9000-9000 10.9.0.0/16",
            "keycloak: out tcp 389-636 0.0.0.0/0",
            "keycloak: out tcp 57800-57800 keycloak",
            "keycloak: out tcp 7800-7800 keycloak",
            "public: in tcp 443-443 0.0.0.0/0",
            "public: in tcp 80-80 0.0.0.0/0",
            "public: out tcp 1-65535 public-targets",
        ]);
        const { securityGroups } = made.inputs("aws.ecs.Service").networkConfiguration as { securityGroups: string[] };
        const groups = ["keycloak", "public-targets", "admin-targets", "keycloak-db-clients"];
        expect(securityGroups).to.deep.equal(groups.map((name) => made.one("aws.ec2.SecurityGroup", name).id));
    });

    it("goes out where egress says, and to 443, in the place of the ports of mail and directories", async () => {
        const made = await keycloak({ egress: [{ from: 2525, to: 2525, destination: "0.0.0.0/0" }] });
        const out = made.rules().filter((rule) => rule.startsWith("keycloak: out") && rule.endsWith("0.0.0.0/0"));
        expect(out).to.deep.equal(["keycloak: out tcp 2525-2525 0.0.0.0/0", "keycloak: out tcp 443-443 0.0.0.0/0"]);
    });

    it("is told its settings, beside those of the component", async () => {
        const made = await keycloak({
            environment: { KC_LOG_CONSOLE_OUTPUT: "json", PORTAL_KEY: "public" },
            notSecret: { PORTAL_KEY: "everybody may have it" },
        });
        expect(environment(made)).to.include({ KC_LOG_CONSOLE_OUTPUT: "json", KC_HTTP_ENABLED: "true" });
        const refused = await refusal(() => keycloakIn({ environment: { KC_HOSTNAME: "https://elsewhere" } }));
        expect(refused).to.equal(
            "keycloak: the component sets KC_HOSTNAME itself; leave it out of environment and realmSecrets",
        );
    });

    it("is below another path, as its image was built", async () => {
        const made = await keycloak({ relativePath: "/auth" });
        expect(environment(made)).to.include({
            KC_HOSTNAME: "https://auth.id.example.com/auth",
            KC_HOSTNAME_ADMIN: "https://auth.internal.id.example.com/auth",
        });
        expect(made.outputs).to.include({
            url: "https://auth.id.example.com/auth",
            adminUrl: "https://auth.internal.id.example.com/auth",
        });
        for (const { inputs } of made.all("aws.lb.TargetGroup")) {
            expect(inputs.healthCheck).to.include({ path: "/auth/realms/master" });
        }
        const paths = made
            .all("aws.lb.ListenerRule")
            .flatMap(({ inputs }) =>
                (inputs.conditions as { pathPattern?: { values: string[] } }[]).flatMap(
                    ({ pathPattern }) => pathPattern?.values ?? [],
                ),
            );
        expect(paths.filter((path) => path !== "/*" && !path.startsWith("/auth/"))).to.deep.equal([]);
        expect(paths).to.include.members(["/auth/realms/*", "/auth/realms/master"]);
    });

    it("goes out where it is told to", async () => {
        const made = await keycloak({ egressPorts: { from: 443, to: 443, description: "HTTPS alone" } });
        expect(made.rules()).to.include("keycloak: out tcp 443-443 0.0.0.0/0");
    });

    it("hands on where it is, and where its secrets are", async () => {
        const made = await keycloak();
        expect(made.outputs).to.deep.equal({
            url: "https://auth.id.example.com",
            adminUrl: "https://auth.internal.id.example.com",
            serviceName: made.one("aws.ecs.Service").outputs.name,
            logGroupName: `/${PROJECT}/${STACK}/keycloak`,
            databaseHost: made.one("aws.rds.Instance").outputs.address,
            databaseName: "keycloak-db.internal.id.example.com",
            parameterNames: {
                KC_BOOTSTRAP_ADMIN_PASSWORD: `/${PROJECT}/${STACK}/keycloak/KC_BOOTSTRAP_ADMIN_PASSWORD`,
                KC_DB_PASSWORD: `/${PROJECT}/${STACK}/keycloak/KC_DB_PASSWORD`,
            },
            deployment: "rolling",
        });
    });

    it("says which address a node binds to where Keycloak's own choice is wrong", async () => {
        const outside = await keycloak({ vpc: { ...ARGS.vpc, cidr: "100.64.0.0/16" } });
        expect(environment(outside)).to.include({
            KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS: "match-address:100.64.*",
        });
        const changeable = "KC_SPI_EVENTS_LISTENER__JBOSS_LOGGING__SUCCESS_LEVEL";
        for (const variable of Object.keys(environment(outside)).filter((one) => one !== changeable)) {
            expect(MANAGED_VARIABLES).to.have.property(variable);
        }
        const silent = await keycloak({ environment: { [changeable]: "debug" } });
        expect(environment(silent)).to.have.property(changeable, "debug");
    });

    it("gives its nodes the secrets that realm files name, and none instead of its own", async () => {
        const made = await keycloak({ realmSecrets: { SMTP_PASSWORD: secretAt("/theirs/SMTP") } });
        expect(container(made).secrets.map(({ name }) => name)).to.deep.equal([
            "KC_BOOTSTRAP_ADMIN_PASSWORD",
            "KC_DB_PASSWORD",
            "SMTP_PASSWORD",
        ]);
        const refused = await refusal(() => keycloakIn({ realmSecrets: { KC_DB_PASSWORD: secretAt("/theirs/DB") } }));
        expect(refused).to.equal(
            "keycloak: the component sets KC_DB_PASSWORD itself; leave it out of environment and realmSecrets",
        );
    });

    it("refuses a version that is none, and an endpoint without HTTPS", async () => {
        expect(await refusal(() => keycloakIn({ version: "latest" }))).to.match(
            /^keycloak: "latest" is no release of Keycloak: .*; one release written out/,
        );
        const plain = () => keycloakIn({ publicEndpoint: new Endpoint("plain", { vpc: VPC, allowedCidrs: [] }) });
        expect(await refusal(plain)).to.match(/^plain: keycloak refuses paths, and this endpoint has no certificate/);
    });

    describe("takes over from the version that runs:", () => {
        const ROLLING = {
            deploymentMinimumHealthyPercent: 100,
            deploymentMaximumPercent: 200,
            deploymentCircuitBreaker: { enable: true, rollback: true },
            availabilityZoneRebalancing: "ENABLED",
        };
        const REPLACE = {
            deploymentMinimumHealthyPercent: 0,
            deploymentMaximumPercent: 100,
            deploymentCircuitBreaker: { enable: true, rollback: false },
            availabilityZoneRebalancing: "DISABLED",
        };
        const CASES: [what: string, parameters: Record<string, string>, rolls: boolean][] = [
            ["nothing runs", {}, true],
            ["the same", { begun: "26.7.3", running: "26.7.3" }, true],
            ["an older patch", { begun: "26.7.1", running: "26.7.1" }, true],
            ["a newer patch", { begun: "26.7.5", running: "26.7.5" }, false],
            ["another minor version", { begun: "26.6.4", running: "26.6.4" }, false],
            ["another minor version, and this one was begun and failed", { begun: "26.7.3", running: "26.6.4" }, false],
            ["the same, and another minor version was begun and failed", { begun: "26.8.0", running: "26.7.3" }, false],
            ["none yet, and another was begun and failed", { begun: "26.6.4" }, false],
        ];
        for (const [what, parameters, rolls] of CASES) {
            it(`${what}: ${rolls ? "rolls" : "every node stops first, and nothing goes back by itself"}`, async () => {
                const made = await having(parameters, () => keycloak());
                expect(made.outputs.deployment).to.equal(rolls ? "rolling" : "replace");
                expect(made.inputs("aws.ecs.Service")).to.deep.include(rolls ? ROLLING : REPLACE);
                for (const which of ["begun", "running"]) {
                    expect(made.inputs("aws.ssm.Parameter", `keycloak-version-${which}`).insecureValue).to.equal(
                        "26.7.3",
                    );
                }
            });
        }

        it("refuses to go back behind a minor version that ran: its database is the newer one's", async () => {
            const back = having({ begun: "26.8.0", running: "26.8.0" }, () => refusal(() => keycloakIn({})));
            expect(await back).to.match(
                /^keycloak: 26\.7\.3 cannot follow 26\.8\.0, .*; or a database restored .* no parameters below \/acme\/test\/versions\/keycloak$/,
            );
        });

        it("says that it began before any node can start, and that it runs when the service has rolled out", async () => {
            const made = await keycloak();
            expect(made.waitsFor(made.one("aws.ecs.TaskDefinition"))).to.include(
                "aws.ssm.Parameter keycloak-version-begun",
            );
            expect(made.waitsFor(made.one("aws.ssm.Parameter", "keycloak-version-running"))).to.include(
                "aws.ecs.Service keycloak",
            );
        });

        it("gives a node time to change the database before it counts as unwell", async () => {
            const made = await keycloak();
            expect(made.inputs("aws.ecs.Service").healthCheckGracePeriodSeconds).to.equal(300);
        });
    });

    it("scales out, and hands its transforms on", async () => {
        const made = await keycloak({
            count: 3,
            autoscaling: { max: 6, cpuPercent: 40 },
            transform: { service: { tags: { team: "identity" } } },
            database: { ...SETTINGS, transform: { instance: { iops: 12_000 } } },
        });
        expect(made.inputs("aws.appautoscaling.Target")).to.include({ minCapacity: 3, maxCapacity: 6 });
        // By CPU alone: the heap is 70 % of the memory, whatever the load.
        const { predefinedMetricSpecification, targetValue } = made.inputs("aws.appautoscaling.Policy")
            .targetTrackingScalingPolicyConfiguration as Record<string, unknown>;
        expect(predefinedMetricSpecification).to.deep.equal({
            predefinedMetricType: "ECSServiceAverageCPUUtilization",
        });
        expect(targetValue).to.equal(40);
        expect(made.inputs("aws.ecs.Service").tags).to.deep.equal({ team: "identity" });
        expect(made.inputs("aws.rds.Instance").iops).to.equal(12_000);
    });
});

/** For `refusal`, which runs the program itself. */
function keycloakIn(args: Partial<KeycloakHaArgs>) {
    const secrets = new SecretStore("secrets");
    return new KeycloakHa("keycloak", { ...ARGS, ...needed(), secrets, ...args });
}
