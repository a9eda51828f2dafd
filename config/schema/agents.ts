/** A cluster of agents, and what all of them are made of. */
import { z } from "zod";
import { architecture } from "./architecture";
import { autoscaling } from "./autoscaling";
import { notSecret, secretSource } from "./secrets";
import { spot } from "./spot";
import { hostLabel, port } from "./values";

export const agentVersion = z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "release of ACA-Py")
    .optional()
    .describe(
        'The release of ACA-Py that images/acapy-agent is built of, as text: "1.7.0", or "1.6.2" of the line with long-term support. ' +
            "A wallet that a newer one has had is not taken back. Default: the one that its Dockerfile names, 1.7.0.",
    );

export const agent = z
    .strictObject({
        label: z.string().min(1).max(64).optional().describe("What other agents see as its name. Default: the key."),
        host: hostLabel.optional().describe("Its name under domain.name, one label. Default: the key."),
        count: z
            .int()
            .min(1)
            .max(100)
            .optional()
            .describe(
                "Agents (tasks) that share the wallet. With autoscaling: the fewest. Default: one per zone; one of a mediator.",
            ),
        autoscaling,
        architecture,
        spot,
        cpu: z.int().optional().describe("CPU units of a task (1024 are one vCPU). Default: 256 in dev, 512 in prod."),
        memory: z
            .int()
            .optional()
            .describe("Memory of a task in MiB. Default: 512 in dev, 1024 in prod; an idle agent takes about 100."),
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
                    "asks, and a queue for who is away, in the wallet's database. Default: false.",
            ),
        tails: z
            .strictObject({
                port: port("Where the server beside each agent listens. Default: 8023.").optional(),
                image: z
                    .string()
                    .min(1)
                    .optional()
                    .describe(
                        "Its image, by digest, made like images/tails-server. Default: images/tails-server is built and pushed.",
                    ),
                backups: z
                    .boolean()
                    .optional()
                    .describe("A backup of the files each day, kept for 35 days. Default: prod."),
            })
            .optional()
            .describe(
                "Revocation: hands out the cluster's tails files at its public address, below /tails, from a file system that all tasks share: " +
                    "tails: {}. Default: none, and a credential definition with revocation is refused.",
            ),
        tls: z
            .union([z.boolean(), z.enum(["both"])])
            .optional()
            .describe(
                "TLS from the load balancers up to an Envoy beside each agent. both: for one `up` of a cluster that was without, so that the next " +
                    "one, with true, has nobody wait. Default: true.",
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
                "Connections to the database that one task may open for a wallet; kanon-anoncreds opens 10 more, a mediator 3. Default: 5 in dev, 10 in prod.",
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

export type AgentInput = z.infer<typeof agent>;
