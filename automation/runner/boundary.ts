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
    const offHours = config?.schedule !== undefined;
    const backups = config?.backup !== undefined;
    const monitoring = config !== undefined && hasMonitoring(config);
    const chat = config !== undefined && hasChat(config);
    if (!arn || (wanted.length + permissions.length === 0 && !offHours && !backups && !monitoring && !chat)) return [];
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
    const lacks = (sid: string, action: string) =>
        !statements.some(({ Sid }) => Sid === sid) && !allows(statements, action, "*");
    const fix = `an administrator runs ${bootstrap}, which lets in what the stack file and its heritages name`;
    return [
        ...[...new Set(beyond.map(({ parameter }) => parameter))].map((name) => ({
            what: `the permissions boundary does not let tasks read ${name}: what reads it would not start`,
            fix,
        })),
        ...(offHours && lacks(OFF_HOURS, "rds:StopDBInstance")
            ? [{ what: "the permissions boundary does not let off hours stop and start what the stack has", fix }]
            : []),
        ...(backups && lacks(BACKUPS, "rds:CreateDBSnapshot")
            ? [{ what: "the permissions boundary does not let backups be made: each would fail", fix }]
            : []),
        ...(monitoring &&
        !statements.some(({ Sid }) => Sid === MONITORING) &&
        !allows(statements, "logs:CreateLogGroup", `${place("logs")}:log-group:${MONITORING_LOG_GROUP}`)
            ? [
                  {
                      what: "the permissions boundary does not let RDS write what it measures of databases (monitoringSeconds)",
                      fix: `${fix}; or monitoringSeconds: 0 for each database`,
                  },
              ]
            : []),
        ...(chat && lacks(CHAT, "cloudwatch:GetMetricWidgetImage")
            ? [{ what: "the permissions boundary does not let channels see an alarm's graph", fix }]
            : []),
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
