/**
 * Everything that a stack file may say, in the order in which a reader would look for it.
 *
 * One schema serves three readers: the program (`load.ts`), the editor (`npm ci` writes it as JSON Schema to
 * `build/stack.schema.json`, which the first line of a stack file names) and a person. What a key defaults to in `dev`
 * and in `prod`, and why, is in `defaults.ts`; what no single key can know (sums, overlaps, clashes) is in `checks.ts`.
 */
import { z } from "zod";
import { NEWEST } from "../components/keycloak/versions";
import { POLICY_NAMES } from "../policy/policies";
import { ENVIRONMENT_NAMES } from "./environments";

/** A CIDR block of IPv4, as text; `checks.ts` says whether it is a usable one. */
const cidr = (about: string) =>
    z
        .string()
        .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, "CIDR")
        .describe(about);
export const port = (about: string) => z.int().min(1024).max(65535).describe(about);
/** Of an application: its task opens ports below 1024 to a user other than root, too (components/fargate/low-ports.ts). */
export const applicationPort = (about: string) => z.int().min(1).max(65535).describe(about);

export const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827] as const;
const logRetentionDays = z.literal(LOG_RETENTION_DAYS);

/** The value of a secret: in the file it is `secure: …`, as `pulumi config set --secret` writes it; here it is decrypted. */
export const encrypted = z.string().min(1).meta({ encrypted: true });

export const secretSource = z
    .strictObject({
        generate: z
            .strictObject({
                length: z.int().min(16).max(128).optional().describe("Letters and digits to make. Default: 48."),
            })
            .optional()
            .describe("Made once by the program (@pulumi/random), kept in the state encrypted."),
        value: encrypted
            .optional()
            .describe(
                "An encrypted value: pulumi config set --secret --path 'identity:agents.issuer.secrets.NAME.value'",
            ),
        parameter: z
            .string()
            .regex(/^\/[A-Za-z0-9_.\-/]+$/, "name of a parameter, such as /team/mail/key")
            .optional()
            .describe("The name of an SSM parameter that exists in this account and region. Its value is never read."),
        set: z
            .strictObject({})
            .optional()
            .describe("A value that is put into SSM by `npx identity secrets set`, before the deployment: set: {}"),
        secret: z
            .string()
            .regex(
                /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]+$/,
                "name or ARN of a secret in Secrets Manager",
            )
            .optional()
            .describe(
                "The name or the ARN of a secret in Secrets Manager that exists in this account and region. Its value is never read.",
            ),
        key: z
            .string()
            .regex(/^[^\s:]+$/, "key of a secret's JSON")
            .optional()
            .describe("With `secret`: one key of the JSON in it. Default: all of it."),
        keyArn: z
            .string()
            .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, "KMS key ARN")
            .optional()
            .describe(
                "With `parameter` or `secret`: the key that encrypts it, where that is not the account's own aws/ssm or aws/secretsmanager.",
            ),
    })
    .describe("Where a secret comes from: exactly one of generate, value, parameter, secret and set.");

/** The way out of a false alarm: a name in `environment`, and why it may be there. */
export const notSecret = z
    .record(z.string(), z.string().regex(/\S/, "reason"))
    .optional()
    .describe(
        "Variables in environment that look like secrets and are none, each with the reason, which the plan shows. Default: none.",
    );

const range = (tasks: string) => ({
    min: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe(`The fewest ${tasks}, in the place of count. Default: count, which is one per zone.`),
    max: z.int().min(2).max(100).describe(`The most ${tasks}. Needed.`),
});

export const autoscaling = z
    .strictObject({
        ...range("tasks"),
        cpuPercent: z.int().min(10).max(95).optional().describe("Average CPU to hold. Default: 70."),
        memoryPercent: z.int().min(10).max(95).optional().describe("Average memory to hold. Default: 75."),
    })
    .optional()
    .describe("Target tracking between `min` and `max`. Default: none.");

/** A JVM keeps the heap that it once took, so that its memory says nothing of its load. */
const keycloakAutoscaling = z
    .strictObject({
        ...range("nodes"),
        cpuPercent: z
            .int()
            .min(10)
            .max(95)
            .optional()
            .describe("Average CPU to hold. Default: 40, the headroom of Keycloak's sizing guide."),
    })
    .optional()
    .describe("Target tracking between `min` and `max`, by CPU alone. Default: none.");

export const database = z.strictObject({
    engineVersion: z
        .string()
        .regex(/^1[5-8](\.\d+)?$/, "PostgreSQL version")
        .optional()
        .describe('PostgreSQL on RDS, as text: "17" follows the minor versions. Default: "17".'),
    instanceClass: z
        .string()
        .regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, "instance class")
        .optional()
        .describe("Default: db.t4g.micro in dev, db.t4g.medium in prod."),
    storageGiB: z.int().min(20).max(65536).optional().describe("gp3. Default: 20."),
    maxStorageGiB: z.int().min(20).max(65536).optional().describe("How far storage grows by itself. Default: 100."),
    multiAz: z.boolean().optional().describe("A standby in another zone. Default: prod."),
    backupDays: z
        .int()
        .min(1)
        .max(35)
        .optional()
        .describe("Days of point-in-time recovery. Default: 7 in dev, 14 in prod."),
    finalSnapshot: z
        .boolean()
        .optional()
        .describe(
            "Take a last snapshot, and keep the backups and the key, where the instance is deleted. Default: prod.",
        ),
    restoreFrom: z
        .string()
        .regex(/^(arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:snapshot:)?(rds:)?[A-Za-z][A-Za-z0-9-]{0,254}$/, "snapshot")
        .optional()
        .describe(
            "A snapshot of this stack's, by its name: a new instance is made of it and takes the old one's place, with the password that " +
                "the stack has. It stays in the file: without it the next instance is an empty one. Default: none.",
        ),
});

const agent = z
    .strictObject({
        label: z.string().min(1).max(64).optional().describe("What other agents see as its name. Default: the key."),
        host: z
            .string()
            .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "DNS label")
            .optional()
            .describe("Its name under domain.name, one label. Default: the key."),
        count: z
            .int()
            .min(1)
            .max(100)
            .optional()
            .describe("Agents (tasks) that share the wallet. With autoscaling: the fewest. Default: one per zone."),
        autoscaling,
        cpu: z.int().optional().describe("CPU units of a task (1024 are one vCPU). Default: 512, ample for ACA-Py."),
        memory: z.int().optional().describe("Memory of a task in MiB. Default: 1024; an idle agent takes about 100."),
        didcommPort: port("Where an agent listens for DIDComm. Default: 8020.").optional(),
        adminPort: port("Where an agent serves its admin API. Default: 8021.").optional(),
        webSocketPort: port(
            "Where an agent listens for DIDComm over WebSockets, at the same public address (wss://); it then sends over them, too. " +
                "Default: none, HTTP alone; of a mediator 8022.",
        ).optional(),
        mediator: z
            .boolean()
            .optional()
            .describe(
                "Carry messages for wallets that have no address of their own, such as those on a phone: WebSockets, mediation for whoever " +
                    "asks, and a queue for who is away. One task, since sockets and queue are one task's. Default: false.",
            ),
        walletName: z
            .string()
            .regex(/^[a-z][a-z0-9_-]{0,62}$/, "wallet name")
            .optional()
            .describe("The wallet, and the database that the first agent makes for it. Default: <key>-wallet."),
        walletType: z
            .enum(["askar", "askar-anoncreds", "kanon-anoncreds"])
            .optional()
            .describe(
                "Default: askar-anoncreds. askar is deprecated; kanon-anoncreds is what ACA-Py recommends since 1.5.1: keys stay in Askar, " +
                    "all else is in tables of a second database, not encrypted by ACA-Py. A wallet keeps its type.",
            ),
        walletConnections: z
            .int()
            .min(1)
            .max(200)
            .optional()
            .describe(
                "Connections to the database that one task may open for a wallet; kanon-anoncreds opens 10 more. Default: 5 in dev, 10 in prod.",
            ),
        tenants: z
            .int()
            .min(1)
            .max(1000)
            .optional()
            .describe(
                "With ACAPY_MULTITENANT: how many tenants an agent keeps open at a time, each with a pool of walletConnections of its own, " +
                    "which counts against the database. Default: ACA-Py's 100, and they are not counted.",
            ),
        genesisUrl: z
            .url({ protocol: /^https?$/ })
            .optional()
            .describe("Where the ledger's genesis transactions are. Default: no ledger."),
        logLevel: z
            .enum(["info", "warning", "error"])
            .optional()
            .describe("Default: info. There is no debug: at that level the database's password is logged."),
        environment: z
            .record(z.string(), z.string())
            .optional()
            .describe('More of ACA-Py\'s settings, in the clear, e.g. ACAPY_AUTO_PING_CONNECTION: "true".'),
        notSecret,
        secrets: z
            .record(z.string(), secretSource)
            .optional()
            .describe(
                "More secrets by the variable that ACA-Py reads them from, e.g. ACAPY_WALLET_SEED; also how a wallet key " +
                    "or an admin key that exists already is brought along (ACAPY_WALLET_KEY, ACAPY_ADMIN_API_KEY).",
            ),
    })
    .describe("A cluster of ACA-Py agents on one wallet.");

export const hostLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "DNS label");

/** Certificates are public; only the key that belongs to one is not. */
const certificatePem = (about: string) => z.string().min(1).describe(about);
const privateKeyPem = (path: string) =>
    encrypted.describe(
        `The key that belongs to it, as PEM: pulumi config set --secret --path 'identity:${path}.privateKey'`,
    );

export const databaseCredentials = z
    .enum(["environment", "path"])
    .optional()
    .describe(
        "How it learns user, password, host, name and port: as DB_USER and so on, which ECS injects; or to read by itself at " +
            "database/<name>/user and so on below PARAMETER_STORE_PREFIX. Default: environment.",
    );

const folder = z.string().regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, "folder of the project");

/** What services and heritages are told alike; each says what it is for there. */
export const application = {
    build: z
        .union([
            folder,
            z.strictObject({
                context: folder.describe(
                    "The folder that Docker gets, from the project's root, . for all of it. Needed.",
                ),
                dockerfile: z
                    .string()
                    .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, "file below the context")
                    .optional()
                    .describe("The Dockerfile, from the context, e.g. docker/web/Dockerfile. Default: Dockerfile."),
                target: z
                    .string()
                    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "name of a stage")
                    .optional()
                    .describe("The stage of the Dockerfile that comes out. Default: the last one."),
                args: z
                    .record(z.string().regex(/^[A-Za-z_]\w*$/, "name of an argument"), z.string())
                    .optional()
                    .describe("Build arguments, by their ARG. Whoever has the image can read them. Default: none."),
            }),
        ])
        .optional(),
    image: z.string().min(1).optional().describe("An image that exists already, by digest (…@sha256:…)."),
    user: z
        .string()
        .regex(/^[1-9]\d*(:[1-9]\d*)?$/, "user number other than root's")
        .optional(),
    paths: z.array(z.string().min(1).max(128)).min(1).max(40).optional(),
    priority: z
        .int()
        .min(1)
        .max(50000)
        .optional()
        .describe("Which rule is asked first where two match, the lowest. Default: the one with the longer path."),
    count: z.int().min(1).max(100).optional().describe("Tasks. With autoscaling: the fewest. Default: one per zone."),
    writable: z
        .array(z.string().min(1))
        .optional()
        .describe("Directories that it may write to, e.g. /tmp. Default: none, everything is read-only."),
};

const service = z
    .strictObject({
        build: application.build.describe(
            "The folder with its Dockerfile, from the project's root, e.g. images/hello; or { context, dockerfile, target, args }. Either " +
                "this or `image`.",
        ),
        image: application.image,
        port: applicationPort(
            "Where the application listens on 127.0.0.1: it gets HOST and PORT. Default: 8080.",
        ).optional(),
        protocol: z
            .enum(["http1", "http2"])
            .optional()
            .describe("What it speaks there; http2 is HTTP/2 in the clear (h2c). Default: http1."),
        healthCheckPath: z
            .string()
            .min(1)
            .describe("A path that answers 200 when it is well; load balancers ask it through TLS. Needed."),
        host: hostLabel.optional().describe("Its name under domain.name, one label. Default: the key."),
        paths: application.paths.describe(
            "Path patterns that lead to it, * for any characters. Default: every path of its host; without a domain it needs some, to be told apart.",
        ),
        priority: application.priority,
        count: application.count,
        autoscaling,
        cpu: z
            .int()
            .optional()
            .describe("CPU units of a task (1024 are one vCPU), Envoy's share included. Default: 256."),
        memory: z.int().optional().describe("Memory of a task in MiB. Default: 512, of which Envoy takes about 20."),
        user: application.user.describe('The application\'s user by number, as text. Default: "1000".'),
        command: z
            .array(z.string())
            .min(1)
            .optional()
            .describe("The program and its words, e.g. [node, server.js]. Default: the image's own."),
        writable: application.writable,
        environment: z.record(z.string(), z.string()).optional().describe("In the clear."),
        notSecret,
        secrets: z
            .record(z.string(), secretSource)
            .optional()
            .describe("By the variable that ECS puts each into when a task starts."),
        parameters: z
            .record(z.string(), secretSource)
            .optional()
            .describe(
                "Secrets that the application reads by itself below PARAMETER_STORE_PREFIX, by what follows it, e.g. mail/password: generated or a value.",
            ),
        database: database
            .extend({
                name: z
                    .string()
                    .regex(/^[a-z][a-z0-9_]{0,62}$/, "database name")
                    .optional()
                    .describe("The database that is made, and its owner's name. Default: app."),
                connections: z
                    .int()
                    .min(1)
                    .max(200)
                    .optional()
                    .describe("Connections that one task may open (DB_POOL_MAX). Default: 5."),
                credentials: databaseCredentials,
            })
            .optional()
            .describe("A PostgreSQL instance of its own. Default: none."),
        certificate: z
            .strictObject({
                pem: certificatePem(
                    "The certificate that Envoy shows to the load balancer, its authorities behind it.",
                ),
                privateKey: privateKeyPem("services.<name>.certificate"),
            })
            .optional()
            .describe("Default: one by an authority of the stack's own, which an `up` renews."),
    })
    .describe("An application with TLS up to its task.");

const keycloak = z
    .strictObject({
        version: z
            .string()
            .describe(
                `The release, as text and written out: "${NEWEST}". Another patch version rolls; for another minor version every ` +
                    "node stops first, and there is no way back but a backup. Needed.",
            ),
        host: hostLabel.optional().describe("Its name under domain.name, one label. Default: auth."),
        count: z
            .int()
            .min(1)
            .max(20)
            .optional()
            .describe("Nodes (tasks). With autoscaling: the fewest. Default: one per zone."),
        autoscaling: keycloakAutoscaling,
        cpu: z
            .int()
            .optional()
            .describe(
                "CPU units of a node (1024 are one vCPU). Default: 1024: 15 log-ins by password a second at the most, 6 at 40 % use.",
            ),
        memory: z
            .int()
            .optional()
            .describe(
                "Memory of a node in MiB. Default: 2048, of which 70 % is heap; at rest a node takes 460 to 630.",
            ),
        poolSize: z
            .int()
            .min(2)
            .max(200)
            .optional()
            .describe("Connections to the database that one node opens, and keeps. Default: 10 in dev, 30 in prod."),
        database: database.optional().describe("Its own PostgreSQL instance. Default: as walletDb's."),
        image: z
            .string()
            .min(1)
            .optional()
            .describe(
                "An image that exists already, by digest (…@sha256:…), with the release that `version` names. It must be made like " +
                    "images/keycloak. Default: images/keycloak is built and pushed.",
            ),
        secrets: z
            .record(z.string(), secretSource)
            .optional()
            .describe("Secrets that the realm files in images/keycloak/realms name as ${VARIABLE}, by variable."),
    })
    .describe("Keycloak as a cluster, with a database of its own.");

const instanceType = (about: string) =>
    z
        .string()
        // Families come and go; sizes do not.
        .regex(/^[a-z]+\d[a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)$/, "instance type")
        .optional()
        .describe(about);

const devLedger = z
    .strictObject({
        instanceType: instanceType("EC2, of x86-64 processors and with 2 GiB or more. Default: t3.small."),
        volumeGiB: z.int().min(12).max(1024).optional().describe("gp3, for the image and the ledger. Default: 20."),
        commit: z
            .string()
            .regex(/^[0-9a-f]{40}$/, "commit hash")
            .optional()
            .describe(
                "The commit of von-network; another one makes a new, empty ledger. Default: that of release 1.9.0.",
            ),
    })
    .describe(
        "An Indy ledger of the stack's own for development, von-network on a machine without a public address, for every agent " +
            "without a genesisUrl: devLedger: {}. Not in prod. Default: none.",
    );

const workbench = z
    .strictObject({
        instanceType: instanceType("EC2, ARM or x86-64, with 1 GiB or more. Default: t4g.micro."),
    })
    .describe(
        "A small machine in the VPC with psql, curl and jq, reached by Session Manager alone; `npx identity tunnel` goes through " +
            "it: workbench: {}. Default: none.",
    );

const byDigest = z.string().min(1).describe("Its image, by digest (…@sha256:…). Needed.");

/** Agents beside the services of a heritage, or of the whole district; `source` is where their keys come from. */
export const plugins = <Source extends z.ZodType>(source: Source) =>
    z
        .strictObject({
            datadog: z
                .strictObject({
                    image: byDigest,
                    apiKey: source,
                    site: z
                        .string()
                        .regex(/^[a-z0-9.-]+$/, "site")
                        .optional()
                        .describe("Default: datadoghq.com."),
                })
                .optional()
                .describe(
                    "Datadog's agent: metrics and traces. The application gets DD_AGENT_HOST, DD_SERVICE and DD_ENV.",
                ),
            newrelic: z
                .strictObject({ image: byDigest, licenseKey: source })
                .optional()
                .describe("New Relic's integration for ECS: metrics."),
            firelens: z
                .strictObject({
                    image: byDigest,
                    options: z
                        .record(z.string(), z.string())
                        .describe("Fluent Bit's output, e.g. Name: http, Host: logs.example.com. Needed."),
                    secretOptions: z.record(z.string(), source).optional().describe("Options that are secrets."),
                })
                .optional()
                .describe("Logs to elsewhere than CloudWatch, by Fluent Bit."),
            otel: z
                .strictObject({
                    image: byDigest,
                    config: z
                        .string()
                        .min(1)
                        .describe("The collector's configuration, as YAML; secrets as ${env:NAME}. Needed."),
                    secrets: z
                        .record(z.string(), source)
                        .optional()
                        .describe("By the name that the configuration has."),
                })
                .optional()
                .describe(
                    "OpenTelemetry's collector. The application gets OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_SERVICE_NAME.",
                ),
        })
        .describe("Agents beside every service, each in the CPU and memory of its task.");

/** The keys of one stack, without their `identity:`. Every object is strict: a key that is not here is a mistake. */
export const stackSchema = z.strictObject({
    environment: z
        .enum(ENVIRONMENT_NAMES)
        .describe(
            "Which defaults the stack takes: dev, the cheapest thing that works; prod, what survives the loss of a zone.",
        ),
    domain: z
        .strictObject({
            name: z
                .string()
                .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/, "domain name")
                .describe("The domain that the agents are named under: agent `issuer` is at https://issuer.<name>."),
            zone: z
                .string()
                .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/, "domain name")
                .optional()
                .describe("The public hosted zone that holds it. Default: the zone called `name`."),
            createZone: z
                .boolean()
                .optional()
                .describe(
                    "Make that zone. The first `up` then waits until its name servers are delegated to. Default: false.",
                ),
            certificate: z
                .strictObject({
                    arn: z
                        .string()
                        .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/, "certificate ARN")
                        .optional()
                        .describe(
                            "One that ACM has already, in the stack's region. Either this or pem and privateKey.",
                        ),
                    pem: certificatePem(
                        "One from elsewhere, its authorities behind it; it is imported into ACM.",
                    ).optional(),
                    privateKey: privateKeyPem("domain.certificate").optional(),
                })
                .optional()
                .describe(
                    "The public endpoint's certificate, for *.<name>. Default: one that ACM issues, proved by DNS.",
                ),
        })
        .optional()
        .describe("Gives the endpoints names and certificates. Needed in prod."),
    domains: z
        .array(
            z
                .strictObject({
                    name: z
                        .string()
                        .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/, "domain name")
                        .describe("The domain: heritages listen on it and on names one label below it. Needed."),
                    zone: z
                        .string()
                        .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/, "domain name")
                        .optional()
                        .describe(
                            "The public hosted zone that holds it, which exists. Default: the zone called `name`.",
                        ),
                    certificate: z
                        .string()
                        .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/, "certificate ARN")
                        .optional()
                        .describe(
                            "The ARN of one that ACM has already, in the stack's region. Default: one for <name> and *.<name> that ACM " +
                                "issues, proved by DNS.",
                        ),
                })
                .describe("A further domain of the public endpoint."),
        )
        .max(20)
        .optional()
        .describe(
            "Further domains of the public endpoint, each with its certificate, which the load balancer chooses by the name that a " +
                "client asks for (SNI). Default: none.",
        ),
    network: z
        .strictObject({
            cidr: cidr(
                "The VPC's block, private and from /16 to /23; another one would be another VPC, so decide once. Default: 10.0.0.0/16.",
            ).optional(),
            zones: z
                .int()
                .min(2)
                .max(4)
                .optional()
                .describe(
                    "Availability zones in use. Room for four is always reserved, so one can be added later. " +
                        "Default: 2 in dev, 3 in prod.",
                ),
            nat: z
                .enum(["none", "single", "per-zone"])
                .optional()
                .describe(
                    "NAT gateways. Default: single in dev, per-zone in prod. With none, interfaceEndpoints is needed.",
                ),
            interfaceEndpoints: z
                .boolean()
                .optional()
                .describe(
                    "Reach ECR, logs, SSM and KMS without the internet, some 7 USD a month per service and zone. Default: false.",
                ),
            zoneNames: z
                .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "availability zone"))
                .min(2)
                .max(4)
                .optional()
                .describe(
                    "Which zones, by name; one that is added goes last. For an account that has opted in to Local Zones. " +
                        "Default: the first that EC2 lists.",
                ),
            flowLogs: z.boolean().optional().describe("Log rejected and accepted flows to CloudWatch. Default: prod."),
        })
        .optional(),
    publicEndpoint: z
        .strictObject({
            plainHttp: z
                .boolean()
                .optional()
                .describe(
                    "Answer over plain HTTP, each agent on its own DIDComm port: in dev, where there is no domain. Default: false.",
                ),
            allowedCidrs: z
                .array(cidr("A network that may reach the agents' DIDComm endpoint."))
                .min(1)
                .optional()
                .describe(
                    "Default: 0.0.0.0/0, since any agent may want to talk to ours. The stack's own NAT gateways are let in beside others.",
                ),
            accessLogs: z.boolean().optional().describe("Keep the load balancer's access logs in S3. Default: prod."),
            idleTimeoutSeconds: z.int().min(1).max(4000).optional().describe("Seconds. Default: 60."),
        })
        .optional()
        .describe("The load balancer that the world reaches the agents by."),
    adminEndpoint: z
        .strictObject({
            allowedCidrs: z
                .array(cidr("A network that may reach the admin API, through VPN or peering; not the VPC itself."))
                .optional()
                .describe("Default: none."),
            allowedSecurityGroupIds: z
                .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, "security group id"))
                .optional()
                .describe(
                    "Security groups in the VPC, or peered, whose members may reach the admin API. Default: none.",
                ),
            allowedApplications: z
                .array(z.string().regex(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, "heritage or service name"))
                .optional()
                .describe("Heritages and services of this stack whose tasks may reach the admin API. Default: none."),
        })
        .optional()
        .describe("The internal load balancer of the admin API. Nobody reaches it who is not named here."),
    walletDb: database.optional().describe("The PostgreSQL instance that holds the wallets."),
    agentImage: z
        .string()
        .min(1)
        .optional()
        .describe(
            "An image that exists already, by digest (…@sha256:…). It must be made like images/acapy-agent. " +
                "Default: images/acapy-agent is built and pushed.",
        ),
    agentVersion: z
        .string()
        .regex(/^\d+\.\d+\.\d+$/, "release of ACA-Py")
        .optional()
        .describe(
            'The release of ACA-Py that images/acapy-agent is built of, as text: "1.7.0", or "1.6.2" of the line with long-term support. ' +
                "A wallet that a newer one has had is not taken back. Default: the one that its Dockerfile names, 1.7.0.",
        ),
    agents: z
        .record(z.string().regex(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, "agent name"), agent)
        .optional()
        .describe("The clusters of agents, by name: 1 to 20 lower-case letters, digits and dashes."),
    services: z
        .record(z.string().regex(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, "service name"), service)
        .optional()
        .describe("Applications with TLS up to their tasks, by name: 1 to 20 lower-case letters, digits and dashes."),
    heritages: z
        .array(z.string().regex(/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/, "heritage name"))
        .optional()
        .describe(
            "The applications that run in this stack, each by the name of its file heritages/<name>.yml: 1 to 16 lower-case letters, digits and dashes.",
        ),
    permissionsBoundary: z
        .string()
        .regex(/^arn:aws[a-z-]*:iam::\d{12}:policy\/[A-Za-z0-9+=,.@_/-]+$/, "policy ARN")
        .optional()
        .describe(
            "A policy of this account that bounds every role of the stack; they then have the path /<project>/<stack>/. What " +
                "`npx identity bootstrap` makes, and deployments by its role need. Default: none. Another one replaces the roles once.",
        ),
    alarmTopicArn: z
        .string()
        .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/, "SNS topic ARN")
        .optional()
        .describe("Whom alarms tell, an SNS topic that exists. Default: nobody; they are seen in CloudWatch."),
    plugins: plugins(secretSource).optional(),
    envoyImage: z
        .string()
        .min(1)
        .optional()
        .describe(
            "Their sidecar's image, by digest, made like images/envoy. Default: images/envoy is built and pushed.",
        ),
    keycloak: keycloak.optional(),
    devLedger: devLedger.optional(),
    workbench: workbench.optional(),
    exec: z.boolean().optional().describe("Let `aws ecs execute-command` open a shell in a task. Default: dev."),
    logRetentionDays: logRetentionDays.optional().describe("Days. Default: 14 in dev, 90 in prod."),
    protect: z
        .boolean()
        .optional()
        .describe("Refuse to delete or replace databases, keys, wallet keys and load balancers. Default: prod."),
    tags: z
        .record(z.string().min(1).max(128), z.string().max(256))
        .optional()
        .describe("Tags of every resource, beside Project, Stack and ManagedBy."),
    policyExceptions: z
        .array(
            z.strictObject({
                policy: z.enum(POLICY_NAMES).describe("The policy's name, as docs/policies.md has it. Needed."),
                resource: z
                    .string()
                    .min(1)
                    .describe(
                        "The resource's name, as the plan shows it, e.g. hello; a container of a task definition is hello/app. Needed.",
                    ),
                reason: z
                    .string()
                    .regex(/\S/, "reason")
                    .describe("Why it may be so: it is shown wherever the exception applies. Needed."),
            }),
        )
        .optional()
        .describe("What need not be as a policy asks, each with its reason. Default: none."),
});

/** A stack file's keys, read and typed, before the environment's defaults. */
export type StackInput = z.infer<typeof stackSchema>;
export type AgentInput = z.infer<typeof agent>;
export type ServiceInput = z.infer<typeof service>;
export type KeycloakInput = z.infer<typeof keycloak>;
export type DatabaseInput = z.infer<typeof database>;
export type SecretSource = z.infer<typeof secretSource>;
export type PluginsInput = z.infer<ReturnType<typeof plugins<typeof secretSource>>>;
