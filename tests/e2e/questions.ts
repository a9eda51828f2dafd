/** What IAM is asked when a recorded request comes: the action, each resource that the request names, and what it says of them. */
import { boundaryArn } from "../../automation/bootstrap/names";
import { ask, type Asker, type Context } from "../iam";
import { ACCOUNT, ID } from "../automation/bootstrap/holders";
import type { Asked } from "./recorder";

interface Tried {
    action: string;
    resource: string;
    context: Context;
    answer: string;
}

/** What comes into being has no tags yet. Everything else is the stack's own: others' are asked for in the attackers' tests. */
const NEW = /^(Create|Run|Register|Allocate|Request|Import|Put|Restore)/;

/** Every request, tried against somebody's policies; one that is asked twice is tried once. Returns what was not allowed. */
export async function refused(asker: Asker, stack: string, all: readonly Asked[]): Promise<Tried[]> {
    const paths = rolePaths(all);
    const seen = new Set<string>();
    const wrong: Tried[] = [];
    for (const asked of all) {
        for (const { action, candidates, context } of questionsOf(asked, stack, paths)) {
            const key = JSON.stringify([action, candidates, context]);
            if (seen.has(key)) continue;
            seen.add(key);
            const answers = await tried(asker, action, candidates, context);
            wrong.push(...answers.filter(({ answer }) => answer !== "Allowed"));
        }
    }
    return wrong;
}

/** The actions that were needed: those that were called, and what AWS asks for with them. */
export function actionsOf(all: readonly Asked[], stack: string): string[] {
    const paths = rolePaths(all);
    return [...new Set(all.flatMap((one) => questionsOf(one, stack, paths).map(({ action }) => action)))].sort();
}

/** Of the candidates those count that the action takes, by AWS's tables. */
async function tried(asker: Asker, action: string, candidates: string[], context: Context): Promise<Tried[]> {
    const answers: Tried[] = [];
    let error: Error | undefined;
    for (const resource of candidates) {
        try {
            answers.push({ action, resource, context, answer: await ask(asker, [action, resource, context]) });
        } catch (e) {
            error = e as Error;
        }
        // What the request names comes first; what stands in for it is for where it names nothing.
        if (answers.length > 0 && resource.includes("stand-in")) break;
    }
    if (answers.length === 0) throw error ?? new Error(`${action}: no resource to ask for`);
    const named = answers.filter(({ resource }) => !resource.includes("stand-in"));
    return named.length > 0 ? named : answers;
}

interface Question {
    action: string;
    candidates: string[];
    context: Context;
}

function questionsOf(asked: Asked, stack: string, paths: ReadonlyMap<string, string>): Question[] {
    const [service, name] = asked.action.split(":") as [string, string];
    if (asked.action === "sts:GetCallerIdentity") return []; // which nobody can be denied
    const candidates = [...resourcesOf(service, asked, paths), ...STAND_INS(service, asked.region), "*"];
    const region = { "aws:RequestedRegion": asked.region };
    const own = { "aws:ResourceTag/Project": ACCOUNT.project, "aws:ResourceTag/Stack": stack };
    const context = { ...region, ...(NEW.test(name) || name === "CreateTags" ? {} : own), ...contextOf(asked, stack) };
    const questions = [{ action: asked.action, candidates, context }];
    if (service === "ec2" && NEW.test(name) && asked.text.includes("TagSpecification")) {
        const created = { ...region, "ec2:CreateAction": name };
        questions.push({ action: "ec2:CreateTags", candidates, context: created });
    }
    if (service === "kms" && name === "CreateAlias") {
        const key = `arn:aws:kms:${asked.region}:${ID}:key/${String(asked.input.TargetKeyId).split("/").pop()}`;
        questions.push({ action: asked.action, candidates: [key], context });
    }
    return [...questions, ...passedRoles(service, name, asked, region)];
}

const PASSED: Record<string, string> = {
    ecs: "ecs-tasks",
    scheduler: "scheduler",
    states: "states",
    CreateFlowLogs: "vpc-flow-logs",
    RunInstances: "ec2",
};

function passedRoles(service: string, name: string, { text }: Asked, region: Context): Question[] {
    const to = PASSED[name] ?? PASSED[service];
    if (to === undefined || /^(Describe|Get|List)/.test(name)) return [];
    const roles =
        decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, "%25")).match(/arn:aws:iam::\d+:role\/[\w+=,.@/-]+/g) ??
        [];
    return [...new Set(roles)].map((role) => ({
        action: "iam:PassRole",
        candidates: [role],
        context: { ...region, "iam:PassedToService": `${to}.amazonaws.com` },
    }));
}

function contextOf({ action, input, text }: Asked, stack: string): Context {
    switch (action) {
        case "iam:CreateRole":
            return { "iam:PermissionsBoundary": String(input.PermissionsBoundary) };
        case "iam:PutRolePolicy":
        case "iam:DeleteRolePolicy":
            return { "iam:PermissionsBoundary": boundaryArn(ACCOUNT, stack) };
        case "iam:CreateServiceLinkedRole":
            return { "iam:AWSServiceName": String(input.AWSServiceName) };
        case "ssm:SendCommand":
            return { "ssm:resourceTag/Project": ACCOUNT.project, "ssm:resourceTag/Stack": stack };
        case "route53:ChangeResourceRecordSets": {
            const names = [...text.matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, one]) =>
                one!.toLowerCase().replace(/\.$/, ""),
            );
            return { "route53:ChangeResourceRecordSetsNormalizedRecordNames": names };
        }
        default:
            return {};
    }
}

/** IAM's requests name a role without its path. */
const rolePaths = (all: readonly Asked[]) =>
    new Map(
        all
            .filter(({ action }) => /^iam:Create(Role|InstanceProfile)$/.test(action))
            .map(({ input }) => [String(input.RoleName ?? input.InstanceProfileName), String(input.Path ?? "/")]),
    );

const EC2: Record<string, string> = {
    ...{ vpc: "vpc", subnet: "subnet", sg: "security-group", sgr: "security-group-rule", igw: "internet-gateway" },
    ...{ nat: "natgateway", rtb: "route-table", eipalloc: "elastic-ip", i: "instance", eni: "network-interface" },
    ...{ fl: "vpc-flow-log", vpce: "vpc-endpoint", vol: "volume", acl: "network-acl" },
};

/** ARNs that the request has, or that its names make. */
function resourcesOf(
    service: string,
    { region, path, input, text }: Asked,
    paths: ReadonlyMap<string, string>,
): string[] {
    const arn = (resource: string, where = region) => `arn:aws:${service}:${where}:${ID}:${resource}`;
    const plain =
        /[%&=]/.test(text) && !text.startsWith("{")
            ? decodeURIComponent(text.replaceAll("+", " ").replace(/%(?![0-9a-f]{2})/gi, "%25"))
            : text;
    const inText = plain.match(new RegExp(`arn:aws:${service}:[\\w-]*:\\d*:[\\w+=,.@:/*-]+`, "g")) ?? [];
    const field = (name: string) => (input[name] === undefined ? [] : [String(input[name]).split("/").pop()!]);
    const whole = (name: string) => (input[name] === undefined ? [] : [String(input[name])]);
    switch (service) {
        case "ec2":
            return (plain.match(/\b[a-z]+-[0-9a-f]{8,17}\b/g) ?? []).flatMap((id) => {
                const type = EC2[id.split("-")[0]!];
                return type ? [arn(`${type}/${id}`)] : [];
            });
        case "iam":
            return [
                ...whole("RoleName").map((name) => arn(`role${paths.get(name) ?? "/"}${name}`, "")),
                ...whole("InstanceProfileName").map((name) =>
                    arn(`instance-profile${paths.get(name) ?? "/"}${name}`, ""),
                ),
                ...whole("AWSServiceName").map((name) => arn(`role/aws-service-role/${name}/AWSServiceRole`, "")),
            ];
        case "ssm":
            return [...whole("Name"), ...((input.Names as string[] | undefined) ?? []), ...whole("ResourceId")]
                .filter((name) => name.startsWith("/"))
                .map((name) => arn(`parameter${name}`));
        case "logs":
            return [
                ...whole("logGroupName").map((name) => arn(`log-group:${name}`)),
                ...inText.map((one) => one.replace(/:\*$/, "")),
            ];
        case "s3": {
            const [, bucket, key] = /^\/([^/?]*)\/?([^?]*)/.exec(path)!;
            return [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/${key || "stand-in"}`];
        }
        case "kms":
            return [...field("KeyId").map((id) => arn(`key/${id}`)), ...whole("AliasName").map((name) => arn(name))];
        case "ecs":
            return [
                ...inText,
                ...whole("family").map((name) => arn(`task-definition/${name}:1`)),
                ...field("taskDefinition").map((name) => arn(`task-definition/${name}`)),
            ];
        case "scheduler": {
            const [, kind, name] = /^\/(schedules|schedule-groups|tags)\/([^?]*)/.exec(path) ?? [];
            const group =
                new URL(path, "http://aws").searchParams.get("groupName") ?? String(input.GroupName ?? "default");
            if (kind === "schedules") return [arn(`schedule/${group}/${name}`)];
            return kind === "schedule-groups" ? [arn(`schedule-group/${name}`)] : [decodeURIComponent(name ?? "")];
        }
        case "route53": {
            const id = /\/hostedzone\/([^/?]+)/.exec(path)?.[1];
            return id ? [`arn:aws:route53:::hostedzone/${id}`] : [];
        }
        case "rds":
            return [
                ...inText,
                ...whole("DBInstanceIdentifier").map((name) => arn(`db:${name}`)),
                ...whole("DBParameterGroupName").map((name) => arn(`pg:${name}`)),
                ...whole("DBSubnetGroupName").map((name) => arn(`subgrp:${name}`)),
            ];
        default:
            return inText;
    }
}

/** For requests that name nothing that there is: one of each type that the program makes. */
const STAND_INS = (service: string, region: string): string[] =>
    (
        ({
            acm: ["certificate/stand-in"],
            "application-autoscaling": ["scalable-target/stand-in"],
            cloudwatch: ["alarm:stand-in"],
            ec2: Object.values(EC2).map((type) => `${type}/stand-in`),
            ecr: ["repository/stand-in"],
            ecs: [
                "cluster/stand-in",
                "service/stand-in/stand-in",
                "task/stand-in/stand-in",
                "task-definition/stand-in:1",
            ],
            elasticloadbalancing: [
                ...["loadbalancer/app/stand-in/1", "targetgroup/stand-in/1", "listener/app/stand-in/1/1"],
                "listener-rule/app/stand-in/1/1/1",
            ],
            events: ["rule/stand-in"],
            iam: [],
            kms: ["key/stand-in"],
            logs: [],
            rds: ["db:stand-in", "pg:stand-in", "subgrp:stand-in", "snapshot:stand-in"],
            servicediscovery: ["namespace/stand-in", "service/stand-in"],
            servicequotas: ["ec2/stand-in"],
            sns: ["stand-in"],
            sqs: ["stand-in"],
            states: ["stateMachine:stand-in"],
        }) as Record<string, string[]>
    )[service]?.map((one) => `arn:aws:${service}:${region}:${ID}:${one}`) ?? [];
