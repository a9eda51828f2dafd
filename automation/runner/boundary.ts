/**
 * Checks that the permissions boundary of `npx identity bootstrap` lets tasks read the parameters that the configuration names, and do what its
 * heritages' `permissions`, existing buckets and queues, and file systems take.
 */
import type { IAMClient } from "@aws-sdk/client-iam";
import type { PlatformConfig } from "../../config/defaults";
import { BACKUPS, CHAT, MONITORING, OFF_HOURS } from "../bootstrap/boundary";
import { hasChat, hasMonitoring, permissionsOf } from "../bootstrap/stack";
import type { PlannedStack } from "../plan/plan-stack";
import type { SecretView } from "../plan/sections/secrets";
import type { StackFile } from "../plan/stack-file";
import type { Finding } from "./findings";
import { parseArn } from "../../components/arn";
import { MONITORING_LOG_GROUP } from "../../components/rds/monitoring";

interface OfService {
    isNeeded(config: PlatformConfig): boolean;
    /** The statement by which a boundary tells that it lets this through. */
    readonly sid: string;
    /** What another boundary has to allow, on everything or on this log group. */
    readonly action: string;
    readonly logGroup?: string;
    readonly what: string;
    /** What to do if no administrator is at hand. */
    readonly instead?: string;
}

/** What services of AWS do by roles of the stack. */
const SERVICES: readonly OfService[] = [
    {
        isNeeded: ({ schedule }) => schedule !== undefined,
        sid: OFF_HOURS,
        action: "rds:StopDBInstance",
        what: "off hours stop and start what the stack has",
    },
    {
        isNeeded: ({ backup }) => backup !== undefined,
        sid: BACKUPS,
        action: "rds:CreateDBSnapshot",
        what: "backups be made: each would fail",
    },
    {
        isNeeded: hasMonitoring,
        sid: MONITORING,
        action: "logs:CreateLogGroup",
        logGroup: MONITORING_LOG_GROUP,
        what: "RDS write what it measures of databases (monitoringSeconds)",
        instead: "; or monitoringSeconds: 0 for each database",
    },
    {
        isNeeded: hasChat,
        sid: CHAT,
        action: "cloudwatch:GetMetricWidgetImage",
        what: "channels see an alarm's graph",
    },
];

interface Statement {
    Sid?: string;
    Effect: string;
    /** Not there in a statement with NotAction. */
    Action?: string | string[];
    Resource?: string | string[];
    Condition?: object;
}

/** Without this check the first task would fail to start. */
export async function beyondBoundary(
    iam: Pick<IAMClient, "send">,
    { model }: PlannedStack,
    file: StackFile,
    { account, region }: { account: string; region: string },
    config?: PlatformConfig,
): Promise<Finding[]> {
    const arn = file.config[`${file.project}:permissionsBoundary`];
    const ownPath = `/${file.project}/${file.stack}/`;
    const wanted = model.secrets.filter(
        ({ from, parameter }) => from === "Secrets Manager" || (from === "existing" && !parameter.startsWith(ownPath)),
    );
    const { permissions = [] } = config ? permissionsOf(config) : {};
    const ofServices = config ? SERVICES.filter(({ isNeeded }) => isNeeded(config)) : [];
    if (!arn || wanted.length + permissions.length + ofServices.length === 0) return [];
    const bootstrap = `npx identity bootstrap --repository OWNER/NAME --stack ${file.stack}`;
    const statements = await documentOf(iam, arn).catch((error: Error) => error);
    if (statements instanceof Error) {
        if (statements.name !== "NoSuchEntityException") return []; // the credentials may not read it, which stops nothing
        return [{ what: `there is no permissions boundary ${arn}, and no role could be made`, fix: bootstrap }];
    }
    const { partition } = parseArn(arn);
    const place = (service: string) => `arn:${partition}:${service}:${region}:${account}`;
    const isReadable = ({ from, parameter }: SecretView) => {
        if (from === "existing") {
            return allows(statements, "ssm:GetParameters", `${place("ssm")}:parameter/${parameter.replace(/^\//, "")}`);
        }
        const secret = `${place("secretsmanager")}:secret:${parameter.split(":")[0]}`;
        const arns = [secret, `${secret}-AbCdEf`]; // of an ARN as the file has it, and of a name
        return arns.some((each) => allows(statements, "secretsmanager:GetSecretValue", each));
    };
    const beyond = wanted.filter((secret) => !isReadable(secret));
    const fix = `an administrator runs ${bootstrap}, which lets in what the stack file and its heritages name`;
    return [
        ...[...new Set(beyond.map(({ parameter }) => parameter))].map((name) => ({
            what: `the permissions boundary does not let tasks read ${name}: what reads it would not start`,
            fix,
        })),
        ...ofServices
            .filter(({ sid, action, logGroup }) => {
                const resource = logGroup === undefined ? "*" : `${place("logs")}:log-group:${logGroup}`;
                return !statements.some(({ Sid }) => Sid === sid) && !allows(statements, action, resource);
            })
            .map(({ what, instead = "" }) => ({
                what: `the permissions boundary does not let ${what}`,
                fix: fix + instead,
            })),
        ...permissions.flatMap((permission) => {
            const missing = permission.resources.flatMap((resource) => {
                const actions = permission.actions.filter((action) => !allows(statements, action, resource));
                return actions.length > 0 ? [{ resource, actions }] : [];
            });
            return missing.map(({ resource, actions }) => ({
                what: `the permissions boundary does not let tasks do ${actions.join(", ")} on ${resource}: AWS would deny it them`,
                fix,
            }));
        }),
    ];
}

/** A condition on the stack's own tags is about what it made itself. What only says what it is not about is taken to allow it. */
const allows = (statements: readonly Statement[], action: string, resource: string) =>
    statements.some(
        ({ Effect, Action, Resource, Condition }) =>
            Effect === "Allow" &&
            !JSON.stringify(Condition ?? {}).includes("aws:ResourceTag/") &&
            [Action ?? "*"].flat().some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
            [Resource ?? "*"].flat().some((pattern) => matches(pattern, resource)),
    );

async function documentOf(iam: Pick<IAMClient, "send">, PolicyArn: string): Promise<Statement[]> {
    const { GetPolicyCommand, GetPolicyVersionCommand } = await import("@aws-sdk/client-iam");
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy!.DefaultVersionId!;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    const { Statement } = JSON.parse(decodeURIComponent(PolicyVersion!.Document!)) as { Statement: Statement[] };
    return [Statement].flat();
}

/** Whether an ARN matches a pattern of IAM, with `*` and `?`. */
const matches = (pattern: string, arn: string) =>
    new RegExp(
        `^${pattern
            .replace(/[.+^${}()|[\]\\]/g, "\\$&")
            .replaceAll("*", ".*")
            .replaceAll("?", ".")}$`,
    ).test(arn);
