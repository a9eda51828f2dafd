/** The resources that a request to AWS names: by ARN, by an id that AWS gave out, or by a name of the program's. */
import { ID } from "../automation/bootstrap/holders";
import type { AwsRequest } from "./aws-request";

interface NamedResource {
    readonly arn: string;
    /** Whether the request gives the name. What has an ARN or an id in the request is there already. */
    readonly byName: boolean;
}

/** Types of EC2's resources, by how their ids begin. */
const EC2: Readonly<Record<string, string>> = {
    acl: "network-acl",
    eipalloc: "elastic-ip",
    eni: "network-interface",
    fl: "vpc-flow-log",
    i: "instance",
    igw: "internet-gateway",
    nat: "natgateway",
    rtb: "route-table",
    sg: "security-group",
    sgr: "security-group-rule",
    subnet: "subnet",
    vol: "volume",
    vpc: "vpc",
    vpce: "vpc-endpoint",
};

export function namedResources(request: AwsRequest, paths: RolePaths): NamedResource[] {
    const { action, region, url, text } = request;
    const service = action.split(":")[0]!;
    const existing = `${text}\n${decodeURIComponent(url.pathname)}`.match(
        new RegExp(`arn:aws:${service}:[\\w-]*:\\d*:[\\w+=,.@:/*$-]+`, "g"),
    );
    const byName = (NAMES[service]?.(request, paths) ?? []).map(
        (resource) => `arn:aws:${service}:${ofNoRegion.includes(service) ? "" : region}:${resource}`,
    );
    const ids = ["ec2", "ssm"].includes(service) ? (text.match(/\b[a-z]+-[0-9a-f]{8,17}\b/g) ?? []) : [];
    return [
        ...(existing ?? []).map((arn) => ({ arn: topicOf(arn.replace(/:\*$/, "")), byName: false })),
        ...ids.flatMap((id) => {
            const type = EC2[id.split("-")[0]!];
            return type === undefined ? [] : [{ arn: `arn:aws:ec2:${region}:${ID}:${type}/${id}`, byName: false }];
        }),
        ...byName.map((arn) => ({ arn, byName: true })),
    ];
}

/** A subscription is judged by its topic: IAM has no resource for it (service authorization reference, Amazon SNS). */
const topicOf = (arn: string) => arn.replace(/^(arn:aws:sns:[^:]+:\d+:[^:]+):.*/, "$1");

/** Of CloudWatch there are dashboards alone here: alarms are told apart by tags. */
const ofNoRegion = ["budgets", "chatbot", "cloudwatch", "iam", "route53", "s3"];

/** Paths of roles and instance profiles by name: later requests name them without. */
export type RolePaths = ReadonlyMap<string, string>;

export const rolePaths = (requests: readonly AwsRequest[]): RolePaths =>
    new Map(
        requests
            .filter(({ action }) => /^iam:Create(Role|InstanceProfile)$/.test(action))
            .map(({ input }) => [String(input.RoleName ?? input.InstanceProfileName), String(input.Path ?? "/")]),
    );

/** Account and resource, for the services whose statements tell resources apart by name. */
const NAMES: Readonly<Record<string, (request: AwsRequest, paths: RolePaths) => string[]>> = {
    backup: ({ url }) => {
        const [, kind, name] = /^\/backup(-vaults|\/plans)\/([^/]+)/.exec(url.pathname) ?? [];
        return of(name, (own) => `${ID}:${kind === "-vaults" ? "backup-vault" : "backup-plan"}:${own}`);
    },
    budgets: ({ input: { Budget, BudgetName } }) =>
        of((Budget as { BudgetName: string } | undefined)?.BudgetName ?? BudgetName, (name) => `${ID}:budget/${name}`),
    chatbot: ({ url, input: { ConfigurationName } }) => {
        const [, kind] = /-(slack|ms-teams)-channel-/.exec(url.pathname) ?? [];
        return of(ConfigurationName, (name) => `${ID}:chat-configuration/${kind}-channel/${name}`);
    },
    // In a form a list is `DashboardNames.member.1` and so on.
    cloudwatch: ({ input }) =>
        Object.entries(input)
            .filter(([key]) => key.startsWith("DashboardName"))
            .flatMap(([, value]) => [value].flat().map((name) => `${ID}:dashboard/${String(name)}`)),
    ecs: ({ input: { family, taskDefinition } }) =>
        [family, taskDefinition]
            .filter((name) => name !== undefined && !String(name).startsWith("arn:"))
            .map((name) => `${ID}:task-definition/${String(name).includes(":") ? String(name) : `${String(name)}:1`}`),
    iam: ({ input: { RoleName, InstanceProfileName, AWSServiceName } }, paths) => [
        ...of(RoleName, (name) => `${ID}:role${paths.get(name) ?? "/"}${name}`),
        ...of(InstanceProfileName, (name) => `${ID}:instance-profile${paths.get(name) ?? "/"}${name}`),
        ...of(AWSServiceName, (name) => `${ID}:role/aws-service-role/${name}/AWSServiceRole`),
    ],
    kms: ({ input: { KeyId, TargetKeyId, AliasName } }) => [
        ...[KeyId, TargetKeyId].flatMap((key) =>
            of(key, (id) => `${ID}:${id.startsWith("alias/") ? id : `key/${id.split("/").pop()!}`}`),
        ),
        ...of(AliasName, (name) => `${ID}:${name}`),
    ],
    logs: ({ input: { logGroupName, logStreamName } }) => [
        ...of(logGroupName, (name) => `${ID}:log-group:${name}`),
        ...of(logStreamName, (name) => `${ID}:log-group:${String(logGroupName)}:log-stream:${name}`),
    ],
    route53: ({ url }) => of(/\/hostedzone\/([^/]+)/.exec(url.pathname)?.[1], (id) => `:hostedzone/${id}`),
    s3: ({ url }) => {
        const [, bucket = "", key] = /^\/([^/]*)\/?(.*)$/.exec(url.pathname)!;
        return [`:${bucket}`, `:${bucket}/${key || "made-up"}`];
    },
    scheduler: ({ url, input }) => {
        const [, kind, name = ""] = /^\/(schedules|schedule-groups)\/(.+)/.exec(url.pathname) ?? [];
        const group = url.searchParams.get("groupName") ?? String(input.GroupName ?? "default");
        if (kind === "schedules") return [`${ID}:schedule/${group}/${name}`];
        return kind === "schedule-groups" ? [`${ID}:schedule-group/${name}`] : [];
    },
    ssm: ({ input: { Name, Names, ResourceId, DocumentName } }) => [
        ...[Name, Names, ResourceId].flat().flatMap((name) => of(name, (text) => `${ID}:parameter${text}`)),
        ...of(DocumentName, (name) => `:document/${name}`),
    ],
};

const of = (name: unknown, resource: (name: string) => string) => (name === undefined ? [] : [resource(String(name))]);
