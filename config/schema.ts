/**
 * Everything that a stack file may say, in the order in which a reader would look for it.
 *
 * One schema serves three readers: the program (`load.ts`), the editor (`npm ci` writes it as JSON Schema to
 * `build/stack.schema.json`, which the first line of a stack file names) and a person. What a key defaults to in `dev`
 * and in `prod`, and why, is in `defaults.ts`; what no single key can know (sums, overlaps, clashes) is in `checks.ts`.
 * The folder `schema/` has the larger keys, one file to a subject.
 */
import { z } from "zod";
import { ENVIRONMENT_NAMES } from "./environments";
import { agent, agentVersion } from "./schema/agents";
import { architecture } from "./schema/architecture";
import { alarms } from "./schema/alarms";
import { backup } from "./schema/backup";
import { cluster } from "./schema/cluster";
import { database, sharedDatabase } from "./schema/database";
import { domain, domains } from "./schema/domains";
import { adminEndpoint, publicEndpoint } from "./schema/endpoints";
import { images } from "./schema/images";
import { keycloak } from "./schema/keycloak";
import { devLedger, workbench } from "./schema/machines";
import { network } from "./schema/network";
import { plugins } from "./schema/plugins";
import { policyExceptions } from "./schema/policy-exceptions";
import { schedule } from "./schema/schedule";
import { secretSource } from "./schema/secrets";
import { service } from "./schema/services";
import { logRetentionDays } from "./schema/values";

/** The keys of one stack, without their `identity:`. Every object is strict: a key that is not here is a mistake. */
export const stackSchema = z.strictObject({
    environment: z
        .enum(ENVIRONMENT_NAMES)
        .describe(
            "Which defaults the stack takes: dev, the cheapest thing that works; prod, what survives the loss of a zone.",
        ),
    domain,
    domains,
    network,
    architecture,
    cluster,
    publicEndpoint,
    adminEndpoint,
    walletDb: database.optional().describe("The PostgreSQL instance that holds the wallets."),
    sharedDatabase: sharedDatabase.optional(),
    backup: backup.optional(),
    agentImage: z
        .string()
        .min(1)
        .optional()
        .describe(
            "An image that exists already, by digest (…@sha256:…). It must be made like images/acapy-agent. " +
                "Default: images/acapy-agent is built and pushed.",
        ),
    agentVersion,
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
    alarms: alarms.optional(),
    budget: z
        .number()
        .positive()
        .max(1_000_000)
        .optional()
        .describe(
            "USD a month that the stack may cost. alarms.emails or alarmTopicArn is told of 80 and 100 % of it, and of a forecast beyond it. It counts " +
                "what has the tags Project and Stack, once these are activated for cost allocation; see docs/configuration.md, A budget. Default: none.",
        ),
    plugins: plugins(secretSource).optional(),
    envoyImage: z
        .string()
        .min(1)
        .optional()
        .describe(
            "The sidecar's image of agents, Keycloak and these, by digest, made like images/envoy. Default: images/envoy is built and pushed.",
        ),
    images: images.optional(),
    keycloak: keycloak.optional(),
    devLedger: devLedger.optional(),
    workbench: workbench.optional(),
    schedule: schedule.optional(),
    exec: z.boolean().optional().describe("Let `aws ecs execute-command` open a shell in a task. Default: dev."),
    logRetentionDays: logRetentionDays.optional().describe("Days. Default: 14 in dev, 365 in prod."),
    protect: z
        .boolean()
        .optional()
        .describe("Refuse to delete or replace databases, keys, wallet keys and load balancers. Default: prod."),
    tags: z
        .record(z.string().min(1).max(128), z.string().max(256))
        .optional()
        .describe("Tags of every resource, beside Project, Stack and ManagedBy."),
    policyExceptions,
});

/** A stack file's keys, read and typed, before the environment's defaults. */
export type StackInput = z.infer<typeof stackSchema>;
