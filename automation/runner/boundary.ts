/** Checks that the permissions boundary of `npx identity bootstrap` lets tasks read the parameters that the configuration names. */
import type { IAMClient } from "@aws-sdk/client-iam";
import type { PlannedStack } from "../plan/plan-stack";
import type { SecretView } from "../plan/sections/secrets";
import type { StackFile } from "../plan/stack-file";
import type { Finding } from "./findings";
import { parseArn } from "../../components/arn";

interface Statement {
    Effect: string;
    Action: string | string[];
    Resource?: string | string[];
}

/** Without this check the first task would fail to start. */
export async function beyondBoundary(
    iam: Pick<IAMClient, "send">,
    { model }: PlannedStack,
    file: StackFile,
    { account, region }: { account: string; region: string },
): Promise<Finding[]> {
    const arn = file.config[`${file.project}:permissionsBoundary`];
    const ownPath = `/${file.project}/${file.stack}/`;
    const wanted = model.secrets.filter(
        ({ from, parameter }) => from === "Secrets Manager" || (from === "existing" && !parameter.startsWith(ownPath)),
    );
    if (!arn || wanted.length === 0) return [];
    const bootstrap = `npx identity bootstrap --repository OWNER/NAME --stack ${file.stack}`;
    const statements = await documentOf(iam, arn).catch((error: Error) => error);
    if (statements instanceof Error) {
        if (statements.name !== "NoSuchEntityException") return []; // the credentials may not read it, which stops nothing
        return [{ what: `there is no permissions boundary ${arn}, and no role could be made`, fix: bootstrap }];
    }
    const readable = (reads: readonly string[]) =>
        statements
            .filter(
                ({ Effect, Action }) => Effect === "Allow" && [Action].flat().some((action) => reads.includes(action)),
            )
            .flatMap(({ Resource }) => Resource ?? []);
    const stores = { existing: readable(READS), "Secrets Manager": readable(READS_OF_SECRETS_MANAGER) };
    const { partition } = parseArn(arn);
    const place = (service: string) => `arn:${partition}:${service}:${region}:${account}`;
    const arnsOf = ({ from, parameter }: SecretView) => {
        if (from === "existing") return [`${place("ssm")}:parameter/${parameter.replace(/^\//, "")}`];
        const secret = `${place("secretsmanager")}:secret:${parameter.split(":")[0]}`;
        return [secret, `${secret}-AbCdEf`]; // of an ARN as the file has it, and of a name
    };
    const beyond = wanted.filter((secret) => {
        const patterns = stores[secret.from as keyof typeof stores];
        return !arnsOf(secret).some((own) => patterns.some((pattern) => matches(pattern, own)));
    });
    return [...new Set(beyond.map(({ parameter }) => parameter))].map((name) => ({
        what: `the permissions boundary does not let tasks read ${name}: what reads it would not start`,
        fix: `an administrator runs ${bootstrap}, which lets in what the stack file and its heritages name`,
    }));
}

const READS = ["ssm:GetParameters", "ssm:Get*", "ssm:*", "*"];
const READS_OF_SECRETS_MANAGER = ["secretsmanager:GetSecretValue", "secretsmanager:Get*", "secretsmanager:*", "*"];

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
