/** What would stop an `up`, all of it at once, before anything is made. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { STSClient } from "@aws-sdk/client-sts";
import * as pulumi from "@pulumi/pulumi";
import { clientOptions } from "../../components/fargate/aws-clients";
import { parametersOf } from "../../platform/preflight";
import { beyondBoundary } from "./boundary";
import type { Finding } from "./findings";
import type { PlannedStack } from "../plan/plan-stack";
import type { StackFile } from "../plan/stack-file";
import { judgeQuotas, QUOTAS, stillToMake } from "./quotas";
import type { StateResource } from "./stack";

/** What AWS is asked through. */
export interface Clients {
    readonly sts: Pick<STSClient, "send">;
    readonly ec2: Pick<EC2Client, "send">;
    readonly quotas: Pick<ServiceQuotasClient, "send">;
    readonly ssm: Pick<SSMClient, "send">;
    readonly iam: Pick<IAMClient, "send">;
}

export interface Checked {
    readonly findings: readonly Finding[];
    /** What could not be looked at, and stops nothing. */
    readonly notes: readonly string[];
    readonly account?: string;
}

export async function clients(file: StackFile, region: string): Promise<Clients> {
    pulumi.runtime.setAllConfig(file.config); // where the provider's settings are read, in a program and here
    const options = await clientOptions(region);
    const { STSClient } = await import("@aws-sdk/client-sts");
    const { EC2Client } = await import("@aws-sdk/client-ec2");
    const { ServiceQuotasClient } = await import("@aws-sdk/client-service-quotas");
    const { SSMClient } = await import("@aws-sdk/client-ssm");
    const { IAMClient } = await import("@aws-sdk/client-iam");
    return {
        sts: new STSClient(options),
        ec2: new EC2Client(options),
        quotas: new ServiceQuotasClient({ ...options, maxAttempts: 2 }),
        ssm: new SSMClient(options),
        iam: new IAMClient(options),
    };
}

/** Looks at what is needed besides Pulumi. `planned` and `there` are what the stack is to consist of, and what it has already. */
export async function preflight(
    file: StackFile,
    { planned, there }: { planned?: PlannedStack; there: readonly StateResource[] },
    make: (file: StackFile, region: string) => Promise<Clients> = clients,
    dockerRuns = docker,
): Promise<Checked> {
    const findings: Finding[] = [];
    const resources = planned?.resources ?? [];
    if (imagesToBuild(resources, there).length > 0 && !(await dockerRuns())) {
        const names = imagesToBuild(resources, there).join(", ");
        const fix = "start Docker, or name finished images in the stack file";
        findings.push({ what: `Docker does not answer, and images have to be built: ${names}`, fix });
    }
    const region = file.config["aws:region"];
    if (!region) {
        const fix = `pulumi config set aws:region REGION --stack ${file.stack}`;
        return { findings: [...findings, { what: `${file.file} names no region`, fix, blind: true }], notes: [] };
    }
    const aws = await make(file, region);
    const identity = await whoami(aws, file, region);
    if ("what" in identity) return { findings: [...findings, { ...identity, blind: true }], notes: [] };
    const account = wrongAccount(identity.account, file.config);
    // In an account that is not the stack's, the rest says nothing.
    if (account) {
        return { findings: [...findings, { ...account, blind: true }], notes: [], account: identity.account };
    }
    const missing = planned ? await missingSecrets(aws, planned, file) : [];
    const where = { account: identity.account, region };
    const beyond = planned ? await beyondBoundary(aws.iam, planned, file, where) : [];
    const room = await quotas(aws, stillToMake(resources, there), region);
    return {
        findings: [...findings, ...missing, ...beyond, ...room.findings],
        notes: room.notes,
        account: identity.account,
    };
}

async function whoami({ sts }: Clients, { file }: StackFile, region: string): Promise<{ account: string } | Finding> {
    const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
    try {
        return { account: (await sts.send(new GetCallerIdentityCommand({}))).Account ?? "" };
    } catch (thrown) {
        const { name, message } = thrown as Error;
        const said = `${(message || name).split("\n")[0]} (${name})`;
        if (/ENOTFOUND|EAI_AGAIN|UnknownEndpoint/.test(said)) {
            return {
                what: `AWS does not answer in ${region}: ${said}`,
                fix: `is aws:region in ${file} right, and the network?`,
            };
        }
        const fix =
            "AWS_PROFILE, a role that the CI assumes, or `aws sso login`; in a region that the account has not enabled, " +
            "AWS knows no credentials, either";
        return { what: `AWS takes no credentials: ${said}`, fix };
    }
}

/** The account is another one than the stack file expects. */
export function wrongAccount(account: string, config: Record<string, string>): Finding | undefined {
    const ids = (key: string) => {
        const text = config[`aws:${key}`];
        if (!text) return [];
        return [JSON.parse(text) as unknown].flat().map(String);
    };
    const [allowed, forbidden] = [ids("allowedAccountIds"), ids("forbiddenAccountIds")];
    const fix = "take the credentials of the stack's own account: AWS_PROFILE, or aws:profile in the stack file";
    if (forbidden.includes(account)) {
        return { what: `the credentials are of account ${account}, which aws:forbiddenAccountIds rules out`, fix };
    }
    if (allowed.length > 0 && !allowed.includes(account)) {
        return { what: `the credentials are of account ${account}; the stack expects ${allowed.join(" or ")}`, fix };
    }
    return undefined;
}

async function missingSecrets({ ssm }: Clients, { model }: PlannedStack, file: StackFile): Promise<Finding[]> {
    const wanted = model.secrets.filter(({ from }) => from === "existing");
    if (wanted.length === 0) return [];
    try {
        const found = await parametersOf(
            ssm,
            wanted.map(({ parameter }) => parameter),
        );
        const own = `/${file.project}/${file.stack}/`;
        return wanted
            .filter(({ parameter }) => !found.has(parameter))
            .map(({ parameter, readers }) => ({
                what: `SSM has no parameter ${parameter}, which ${readers.map(({ service }) => service).join(", ")} would read`,
                fix: parameter.startsWith(own)
                    ? `npm run secrets -- set ${ownerAndVariable(parameter.slice(own.length))} --stack ${file.stack}`
                    : "whoever keeps it has to make it, a SecureString; or is it in another region?",
                blind: true, // the program would say the same, and make nothing of it
            }));
    } catch (error) {
        const what = `SSM does not say whether the secrets' parameters exist: ${(error as Error).message}`;
        return [{ what, fix: "whoever deploys needs ssm:GetParameters on them" }];
    }
}

const ownerAndVariable = (rest: string) => rest.replace("/", " ");

async function quotas({ ec2, quotas: service }: Clients, needed: (type: string) => number, region: string) {
    const wanted = QUOTAS.filter(({ type }) => needed(type) > 0);
    if (wanted.length === 0) return { findings: [], notes: [] };
    const { GetServiceQuotaCommand } = await import("@aws-sdk/client-service-quotas");
    const { DescribeAddressesCommand, DescribeVpcsCommand } = await import("@aws-sdk/client-ec2");
    const limits = new Map<string, number | undefined>();
    for (const { code, service: ServiceCode } of wanted) {
        const asked = service.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode: code }));
        limits.set(code, await asked.then(({ Quota }) => Quota?.Value).catch(() => undefined));
    }
    const inUse = async () => {
        const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
        let [vpcs, NextToken] = [0, undefined as string | undefined];
        do {
            const page = await ec2.send(new DescribeVpcsCommand({ NextToken }));
            vpcs += page.Vpcs?.length ?? 0;
            NextToken = page.NextToken;
        } while (NextToken !== undefined);
        return { addresses: Addresses.length, vpcs };
    };
    return judgeQuotas(needed, await inUse().catch(() => undefined), limits, region);
}

const IMAGE = "docker:index/image:Image";

/** Images of which there is none yet, or whose folder has changed since: its digest begins the tag. */
export function imagesToBuild(
    planned: readonly { type: string; name: string; inputs: Record<string, unknown> }[],
    there: readonly StateResource[],
): string[] {
    const digest = (image: unknown) => /:([0-9a-f]{16})-[^:]*$/.exec(String(image))?.[1] ?? String(image);
    const built = new Set(there.filter(({ type }) => type === IMAGE).map(({ inputs }) => digest(inputs?.imageName)));
    return planned
        .filter(({ type, inputs }) => type === IMAGE && !built.has(digest(inputs.imageName)))
        .map(({ name }) => name);
}

async function docker(): Promise<boolean> {
    try {
        await promisify(execFile)("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 10_000 });
        return true;
    } catch {
        return false;
    }
}
