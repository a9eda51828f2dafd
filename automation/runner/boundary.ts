/** Checks that the permissions boundary of `npx identity bootstrap` lets tasks read the parameters that the configuration names. */
import type { IAMClient } from "@aws-sdk/client-iam";
import type { PlannedStack } from "../plan/plan-stack";
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
    const names = model.secrets
        .filter(({ from, parameter }) => from === "existing" && !parameter.startsWith(ownPath))
        .map(({ parameter }) => parameter);
    if (!arn || names.length === 0) return [];
    const bootstrap = `npx identity bootstrap --repository OWNER/NAME --stack ${file.stack}`;
    const statements = await documentOf(iam, arn).catch((error: Error) => error);
    if (statements instanceof Error) {
        if (statements.name !== "NoSuchEntityException") return []; // the credentials may not read it, which stops nothing
        return [{ what: `there is no permissions boundary ${arn}, and no role could be made`, fix: bootstrap }];
    }
    const readable = statements
        .filter(({ Effect, Action }) => Effect === "Allow" && [Action].flat().some((action) => READS.includes(action)))
        .flatMap(({ Resource }) => Resource ?? []);
    const { partition } = parseArn(arn);
    return [...new Set(names)]
        .filter((name) => {
            const wanted = `arn:${partition}:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`;
            return !readable.some((pattern) => matches(pattern, wanted));
        })
        .map((name) => ({
            what: `the permissions boundary does not let tasks read ${name}: what reads it would not start`,
            fix: `an administrator runs ${bootstrap}, which lets in what the stack file and its heritages name`,
        }));
}

const READS = ["ssm:GetParameters", "ssm:Get*", "ssm:*", "*"];

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
