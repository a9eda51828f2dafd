/** An S3 and an SQS, with the buckets and queues that the task roles of a stack name, whether the stack makes them or not. */
import type { Inventory } from "../../plan/inventory";
import { CONFINED, STAND_IN_CHECK, standInImage, type StandIns } from "./stand-in";
import { about, listed, type RoleStatement, type TaskRoles } from "./task-roles";

/** The services by their prefix in IAM, which is also the name of the container. The ports are of this machine, too. */
const SERVICES = {
    s3: { title: "S3", port: 8333, variable: "AWS_ENDPOINT_URL_S3", wanted: buckets },
    sqs: { title: "SQS", port: 9324, variable: "AWS_ENDPOINT_URL_SQS", wanted: queues },
} as const;

export type AwsService = keyof typeof SERVICES;

/** By name, the attributes that it is made with. */
type ResourcesToMake = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface AwsStandIn extends StandIns {
    readonly service: AwsService;
    /** The task definitions whose role has a right in it. */
    readonly families: ReadonlySet<string>;
    readonly title: string;
    /** The same in its network and on this machine: a presigned URL names it. */
    readonly port: number;
    /** What the AWS SDKs find it by (SDK reference guide, "Service-specific endpoints"). */
    readonly endpoint: { readonly variable: string; readonly url: string };
}

interface AwsStandInOptions {
    readonly inventory: Inventory;
    readonly roles: TaskRoles;
    readonly project: string;
    readonly region: string;
    readonly portOffset: number;
}

/** Those that a task role has an action of. */
export function awsStandIns(options: AwsStandInOptions): AwsStandIn[] {
    const services = Object.keys(SERVICES) as AwsService[];
    return services.flatMap((service) => {
        const roles = new Map(
            [...options.roles].flatMap(([family, all]) => {
                const own = about(all, service);
                return own.length > 0 ? [[family, own] as const] : [];
            }),
        );
        return roles.size > 0 ? [standIn(service, roles, options)] : [];
    });
}

function standIn(
    service: AwsService,
    roles: TaskRoles,
    { inventory, project, region, portOffset }: AwsStandInOptions,
): AwsStandIn {
    const { title, port: own, variable, wanted } = SERVICES[service];
    const port = own + portOffset;
    const names = wanted(roles, inventory);
    const image = standInImage(project, "aws");
    const probe = `import urllib.request as r; r.urlopen('http://127.0.0.1:${port}/_health', timeout=3)`;
    return {
        service,
        families: new Set(roles.keys()),
        title,
        port,
        endpoint: { variable, url: `http://${service}:${port}` },
        composed: {
            [service]: {
                ...CONFINED,
                image: image.reference,
                environment: {
                    SERVICE: service,
                    PORT: String(port),
                    AWS_REGION: region,
                    NAMES: JSON.stringify(names),
                    ROLES: JSON.stringify(Object.fromEntries(roles)),
                },
                healthcheck: { test: ["CMD", "python3", "-c", probe], ...STAND_IN_CHECK },
                volumes: [{ type: "volume", source: service, target: "/data" }],
                tmpfs: ["/tmp:mode=1777"],
                // SDKs put the name of a bucket before that of the host.
                networks: {
                    default: {
                        aliases: service === "s3" ? Object.keys(names).map((name) => `${name}.${service}`) : [],
                    },
                },
                ports: [`127.0.0.1:${port}:${port}`],
                mem_limit: "512m",
            },
        },
        images: [image],
    };
}

/** The URLs of queues in variables, as they are on this machine. */
export const localQueueUrls = (standIns: readonly AwsStandIn[], region: string) => {
    const sqs = standIns.find(({ service }) => service === "sqs");
    return (text: string) => (sqs ? text.replaceAll(`https://sqs.${region}.amazonaws.com`, sqs.endpoint.url) : text);
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

function buckets(roles: TaskRoles): ResourcesToMake {
    return Object.fromEntries(namesIn(roles, /^arn:[a-z-]+:s3:::([^/*?]+)(?:\/.*)?$/).map((name) => [name, {}]));
}

function queues(roles: TaskRoles, inventory: Inventory): ResourcesToMake {
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
