/**
 * Everything that a stack file may say, in the order in which a reader would look for it.
 *
 * One schema serves three readers: the program (`load.ts`), the editor (`npm ci` writes it as JSON Schema to
 * `build/stack.schema.json`, which the first line of a stack file names) and a person. What a key defaults to in `dev`
 * and in `prod`, and why, is in `defaults.ts`; what no single key can know (sums, overlaps, clashes) is in `checks.ts`.
 */
import { z } from "zod";

/** A CIDR block of IPv4, as text; `checks.ts` says whether it is a usable one. */
const cidr = (about: string) =>
    z
        .string()
        .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, "CIDR")
        .describe(about);
const port = (about: string) => z.int().min(1024).max(65535).describe(about);

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
            .regex(/^\/[A-Za-z0-9_.\-/]+$/, "parameter")
            .optional()
            .describe(
                "The name of an SSM parameter that exists in this account and region. It is never read by the program.",
            ),
        keyArn: z
            .string()
            .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, "KMS key ARN")
            .optional()
            .describe("With `parameter`: the key that encrypts it, where that is not the account's own aws/ssm key."),
        version: z
            .int()
            .min(1)
            .optional()
            .describe(
                "With `parameter`: raise it after the parameter was changed by hand, and the service is redeployed.",
            ),
    })
    .describe("Where a secret comes from: exactly one of generate, value and parameter.");

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
            .describe(
                "Agents (tasks) that share the wallet, and the least where autoscaling is on. Default: one per zone.",
            ),
        autoscaling: z
            .strictObject({
                max: z.int().min(2).max(100).describe("The most tasks; the least is `count`."),
                cpuPercent: z.int().min(10).max(95).optional().describe("Average CPU to hold. Default: 70."),
                memoryPercent: z.int().min(10).max(95).optional().describe("Average memory to hold. Default: 75."),
            })
            .optional()
            .describe("Target tracking between `count` and `max`. Default: none."),
        cpu: z.int().optional().describe("CPU units of a task (1024 are one vCPU). Default: 512, ample for ACA-Py."),
        memory: z.int().optional().describe("Memory of a task in MiB. Default: 1024; an idle agent takes about 100."),
        didcommPort: port("Where an agent listens for DIDComm. Default: 8020.").optional(),
        adminPort: port("Where an agent serves its admin API. Default: 8021.").optional(),
        walletName: z
            .string()
            .regex(/^[a-z][a-z0-9_-]{0,62}$/, "wallet name")
            .optional()
            .describe("The wallet, and the database that the first agent makes for it. Default: <key>-wallet."),
        walletType: z
            .enum(["askar", "askar-anoncreds"])
            .optional()
            .describe("Default: askar-anoncreds, what ACA-Py recommends for new wallets. A wallet keeps its type."),
        walletConnections: z
            .int()
            .min(1)
            .max(200)
            .optional()
            .describe("Connections to the database that one task may open. Default: 5 in dev, 10 in prod."),
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
        secrets: z
            .record(z.string(), secretSource)
            .optional()
            .describe(
                "More secrets by the variable that ACA-Py reads them from, e.g. ACAPY_WALLET_SEED; also how a wallet key " +
                    "or an admin key that exists already is brought along (ACAPY_WALLET_KEY, ACAPY_ADMIN_API_KEY).",
            ),
    })
    .describe("A cluster of ACA-Py agents on one wallet.");

/** The keys of one stack, without their `identity:`. Every object is strict: a key that is not here is a mistake. */
export const stackSchema = z.strictObject({
    environment: z
        .enum(["dev", "prod"])
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
        })
        .optional()
        .describe("Gives the endpoints names and certificates. Needed in prod."),
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
                .describe("Default: 0.0.0.0/0, since any agent may want to talk to ours."),
            accessLogs: z.boolean().optional().describe("Keep the load balancer's access logs in S3. Default: prod."),
            idleTimeoutSeconds: z.int().min(1).max(4000).optional().describe("Seconds. Default: 60."),
        })
        .optional()
        .describe("The load balancer that the world reaches the agents by."),
    adminEndpoint: z
        .strictObject({
            allowedCidrs: z
                .array(cidr("A network that may reach the admin API, through VPN, peering or from within the VPC."))
                .optional()
                .describe("Default: none."),
            allowedSecurityGroupIds: z
                .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, "security group id"))
                .optional()
                .describe(
                    "Security groups in the VPC, or peered, whose members may reach the admin API. Default: none.",
                ),
        })
        .optional()
        .describe("The internal load balancer of the admin API. Nobody reaches it who is not named here."),
    walletDb: z
        .strictObject({
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
            maxStorageGiB: z
                .int()
                .min(20)
                .max(65536)
                .optional()
                .describe("How far storage grows by itself. Default: 100."),
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
        })
        .optional()
        .describe("The PostgreSQL instance that holds the wallets."),
    agentImage: z
        .string()
        .min(1)
        .optional()
        .describe(
            "An image that exists already, by digest (…@sha256:…). It must be made like images/acapy-agent. " +
                "Default: images/acapy-agent is built and pushed.",
        ),
    agents: z
        .record(z.string().regex(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, "agent name"), agent)
        .describe("The clusters of agents, by name: 1 to 20 lower-case letters, digits and dashes."),
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
});

/** A stack file's keys, read and typed, before the environment's defaults. */
export type StackInput = z.infer<typeof stackSchema>;
export type AgentInput = z.infer<typeof agent>;
export type SecretSource = z.infer<typeof secretSource>;
