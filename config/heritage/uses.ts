/** `uses` of a heritage's file: what its tasks connect to, by a name of one's own. Exactly one kind each. */
import { z } from "zod";
import { REDIS_NODE_TYPE, REDIS_VERSION } from "../../components/redis";
import { realmName } from "../schema/values";

const host = z
    .strictObject({
        name: z
            .string()
            .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, "host name")
            .describe("A host name or an address outside of the stack, e.g. db.example.com. Needed."),
        port: z.int().min(1).max(65535).describe("Its port, over TCP. Needed."),
        securityGroup: z
            .string()
            .regex(/^sg-[0-9a-f]{8,17}$/, "security group id")
            .optional()
            .describe(
                "Its security group, in a network that exists (network.existing): the port is opened to that group alone, and the group lets " +
                    "these tasks in. Default: none, the port is opened to the address.",
            ),
    })
    .describe("Something outside of the stack: its port is opened, for an address to that address alone.");

const redis = z
    .strictObject({
        nodeType: z
            .string()
            .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "node type")
            .optional()
            .describe(`Default: ${REDIS_NODE_TYPE}, with 0.5 GiB.`),
        version: z
            .string()
            .regex(/^(7\.2|8(\.[0-9])?|9(\.[0-9])?)$/, "version of Valkey")
            .optional()
            .describe(`Of Valkey, as text. Default: "${REDIS_VERSION}".`),
        multiAz: z.boolean().optional().describe("A second node in another zone, which takes over. Default: prod."),
    })
    .describe("A Valkey of its own (ElastiCache), over TLS and with a password. It has no backups.");

const bucket = z
    .strictObject({
        existing: z
            .string()
            .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "name of a bucket")
            .optional()
            .describe("The name of a bucket that exists already. Default: one of its own is made."),
    })
    .describe("A bucket in S3 that its tasks may read and write: bucket: {}.");

const queue = z
    .strictObject({
        existing: z
            .string()
            .regex(/^(arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:)?[A-Za-z0-9_-]{1,80}(\.fifo)?$/, "name or ARN of a queue")
            .optional()
            .describe("The name or the ARN of a queue that exists already. Default: one of its own is made."),
        visibilitySeconds: z
            .int()
            .min(0)
            .max(43200)
            .optional()
            .describe("Seconds in which a message that a task took is no other's. Default: 30."),
        fifo: z.boolean().optional().describe("In order, and each message once. Default: false."),
    })
    .describe("A queue in SQS, with one for the messages that were taken five times: queue: {}.");

const service = z
    .string()
    .regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/, "heritage/service")
    .describe("A service of a heritage that is reachable by name, e.g. shop/api.");

const agents = z
    .string()
    .min(1)
    .describe("A cluster of agents of this stack by its name: its admin API, with the key as a secret.");

const keycloak = z
    .strictObject({
        realm: realmName("The realm whose tokens it reads, e.g. shop. Needed."),
    })
    .describe("The stack's Keycloak, for what reads its tokens or logs users in.");

/** What a variable of each kind can be, in the order of the default ones. */
export const BINDING_ATTRIBUTES = {
    host: ["host", "port"],
    redis: ["url", "host", "port", "password"],
    bucket: ["name", "arn", "region"],
    queue: ["url", "arn", "name"],
    service: ["url", "host", "port", "ca"],
    agents: ["url", "key", "ca"],
    keycloak: ["issuer", "jwks", "url", "realm", "ca"],
} as const;

export type BindingKind = keyof typeof BINDING_ATTRIBUTES;
export const BINDING_KINDS = Object.keys(BINDING_ATTRIBUTES) as BindingKind[];
export type BindingAttribute = (typeof BINDING_ATTRIBUTES)[BindingKind][number];

const attributes = [...new Set(Object.values(BINDING_ATTRIBUTES).flat())] as [BindingAttribute, ...BindingAttribute[]];

const binding = z
    .strictObject({
        host: host.optional(),
        redis: redis.optional(),
        bucket: bucket.optional(),
        queue: queue.optional(),
        service: service.optional(),
        agents: agents.optional(),
        keycloak: keycloak.optional(),
        variables: z
            .record(z.string(), z.enum(attributes))
            .optional()
            .describe(
                "Variables by the application's own names, e.g. { REDIS_URL: url }: exactly these. Default: <NAME>_<ATTRIBUTE> for each.",
            ),
    })
    .describe(`One thing that its tasks connect to: exactly one of ${BINDING_KINDS.join(", ")}.`);

export const uses = z
    .record(z.string().regex(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/, "name"), binding)
    .describe(
        "What its tasks connect to, by a name of 1 to 12 lower-case letters, digits and dashes. Default: nothing.",
    );

export type BindingInput = z.infer<typeof binding>;
/** What is asked of a binding, with its defaults or without. */
type Binding = Partial<Record<BindingKind, unknown>> & Pick<BindingInput, "variables">;

/** The variables of a binding with the attribute that each has: its own, or the default ones. */
export function variablesOf(name: string, kind: BindingKind, { variables }: Binding): Record<string, BindingAttribute> {
    if (variables) return variables;
    const prefix = name.toUpperCase().replaceAll("-", "_");
    return Object.fromEntries(
        BINDING_ATTRIBUTES[kind].map((attribute) => [`${prefix}_${attribute.toUpperCase()}`, attribute]),
    );
}

/** The kinds that a binding names; of one that is right, it is one. */
export const kindsOf = (input: Binding): BindingKind[] => BINDING_KINDS.filter((kind) => input[kind] !== undefined);
