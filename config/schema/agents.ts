/** A cluster of agents. */
import { z } from "zod";
import { autoscaling } from "./autoscaling";
import { notSecret, secretSource } from "./secrets";
import { hostLabel, port } from "./values";

export const agent = z
    .strictObject({
        label: z.string().min(1).max(64).optional().describe("What other agents see as its name. Default: the key."),
        host: hostLabel.optional().describe("Its name under domain.name, one label. Default: the key."),
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
