/**
 * An S3 and an SQS, with the buckets and queues that the task roles of a stack name, whether the stack makes them or not; and an SSM with the
 * parameters that tasks may read at run time. Each is there only where a task role has an action of it.
 */
import type { Inventory } from "../../plan/inventory";
import { pattern } from "../envoy";
import { HTTPS } from "../firewall";
import type { ComposeService } from "../tasks";
import {
    CONFINED,
    dataVolume,
    healthcheckAt,
    publishing,
    reachedAs,
    type StandIn,
    type StandInContext,
    standInImage,
} from "./stand-in";
import { about, listed, type RoleStatement, type TaskRoles } from "./task-roles";

/** By the prefix in IAM, which is also the name of the container. */
const SERVICES = { ssm: parameterStore, s3: objectStore, sqs: messageQueues };

export const awsStandIns = (context: StandInContext): StandIn[] =>
    Object.entries(SERVICES).flatMap(([name, make]) => {
        const roles = new Map(
            [...context.roles].flatMap(([family, all]) => {
                const own = about(all, name);
                return own.length > 0 ? [[family, own] as const] : [];
            }),
        );
        return roles.size > 0 ? [make(roles, context)] : [];
    });

/** What an SDK finds by a URL in a variable (SDK reference guide, "Service-specific endpoints"). */
function api(
    of: "SSM" | "S3" | "SQS",
    image: string,
    port: number,
    roles: TaskRoles,
    { project, planned }: StandInContext,
    { environment, ...settings }: Partial<ComposeService>,
): StandIn {
    const name = of.toLowerCase();
    const built = standInImage(project, image);
    return {
        name,
        of,
        image: built,
        api: { ports: { [HTTPS]: port }, isOfAws: true },
        clients: {
            families: new Set(roles.keys()),
            variable: `AWS_ENDPOINT_URL_${of}`,
            url: `http://${name}:${port}`,
        },
        service: {
            ...CONFINED,
            image: built.reference,
            environment: {
                AWS_REGION: planned.model.region,
                ROLES: JSON.stringify(Object.fromEntries(roles)),
                ...environment,
            },
            ...healthcheckAt(port, "/_health"),
            ...settings,
        },
    };
}

function parameterStore(roles: TaskRoles, context: StandInContext): StandIn {
    const { aws, variables } = context;
    // Who may read a path may read all that is below it.
    const may = [...roles.values()]
        .flat()
        .flatMap(({ Resource }) => listed(Resource))
        .map((arn) => new RegExp(`^(?:${pattern(arn.replace(/^.*:parameter/, ""))})(?:/|$)`));
    const read = [...aws.parameters].filter(([name]) => may.some((wanted) => wanted.test(name)));
    const PARAMETERS = variables.reference("parameters", JSON.stringify(Object.fromEntries(read)));
    return api("SSM", "ssm", 8080, roles, context, { environment: { PARAMETERS }, mem_limit: "128m" });
}

function objectStore(roles: TaskRoles, context: StandInContext): StandIn {
    const names = namesIn(roles, /^arn:[a-z-]+:s3:::([^/*?]+)(?:\/.*)?$/);
    // SDKs put the name of a bucket before that of the host.
    const aliases = names.map((name) => `${name}.s3`);
    return byMoto("S3", 8333, Object.fromEntries(names.map((name) => [name, {}])), aliases, roles, context);
}

function messageQueues(roles: TaskRoles, context: StandInContext): StandIn {
    return byMoto("SQS", 9324, queues(roles, context.inventory), [], roles, context);
}

/** `names`: by name, the attributes that it is made with. The port is the same on this machine: a presigned URL names it. */
function byMoto(
    of: "S3" | "SQS",
    ownPort: number,
    names: Readonly<Record<string, Readonly<Record<string, string>>>>,
    aliases: readonly string[],
    roles: TaskRoles,
    context: StandInContext,
): StandIn {
    const port = ownPort + context.portOffset;
    const service = of.toLowerCase();
    const standIn = api(of, "aws", port, roles, context, {
        environment: { SERVICE: service, PORT: String(port), NAMES: JSON.stringify(names) },
        ...dataVolume(service),
        ...reachedAs(...aliases),
        ...publishing(port),
        mem_limit: "512m",
    });
    return { ...standIn, published: port };
}

/**
 * Where the task definition of this family finds what its role has a right in. In place of the role's credentials the access key names the
 * role.
 */
export function credentials(family: string, standIns: readonly StandIn[]): Record<string, string> {
    const endpoints = standIns.flatMap(({ clients }) =>
        clients?.families.has(family) ? [[clients.variable, clients.url] as const] : [],
    );
    if (endpoints.length === 0) return {};
    return {
        ...Object.fromEntries(endpoints),
        AWS_ACCESS_KEY_ID: family,
        AWS_SECRET_ACCESS_KEY: "of-the-task-role",
    };
}

/** The URLs of queues in variables, as they are on this machine. */
export const localQueueUrls = (standIns: readonly StandIn[], region: string) => {
    const url = standIns.find(({ of }) => of === "SQS")?.clients?.url;
    return (text: string) => (url ? text.replaceAll(`https://sqs.${region}.amazonaws.com`, url) : text);
};

const resourcesOf = (roles: TaskRoles): string[] =>
    [...roles.values()].flatMap((statements: readonly RoleStatement[]) =>
        statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Resource }) => listed(Resource)),
    );

/** The one name in an ARN; none where it is of several. */
function namesIn(roles: TaskRoles, arn: RegExp): string[] {
    const names = resourcesOf(roles).flatMap((resource) => arn.exec(resource)?.[1] ?? []);
    return [...new Set(names)].sort();
}

function queues(roles: TaskRoles, inventory: Inventory): Record<string, Record<string, string>> {
    const made = new Map(
        inventory
            .ofType("aws:sqs/queue:Queue")
            .map(({ inputs }) => [String(inputs.name), attributesOf(inputs)] as const),
    );
    const wanted: Record<string, Record<string, string>> = {};
    const add = (name: string) => {
        const attributes = made.get(name) ?? (name.endsWith(".fifo") ? { FifoQueue: "true" } : {});
        wanted[name] = attributes;
        const { deadLetterTargetArn } = JSON.parse(attributes.RedrivePolicy ?? "{}") as {
            deadLetterTargetArn?: string;
        };
        if (deadLetterTargetArn) add(deadLetterTargetArn.split(":").at(-1)!);
    };
    for (const name of namesIn(roles, /^arn:[a-z-]+:sqs:[^:]*:[^:]*:([^*?:]+)$/)) add(name);
    return wanted;
}

/** The attributes of SQS (API reference, SetQueueAttributes) by the inputs of a queue. */
const ATTRIBUTES = {
    visibilityTimeoutSeconds: "VisibilityTimeout",
    messageRetentionSeconds: "MessageRetentionPeriod",
    delaySeconds: "DelaySeconds",
    receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
    fifoQueue: "FifoQueue",
    contentBasedDeduplication: "ContentBasedDeduplication",
    redrivePolicy: "RedrivePolicy",
} as const;

function attributesOf(inputs: Readonly<Record<string, unknown>>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(ATTRIBUTES).flatMap(([input, attribute]) =>
            inputs[input] === undefined || inputs[input] === null ? [] : [[attribute, String(inputs[input])]],
        ),
    );
}
