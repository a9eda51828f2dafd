/** A deployed stack: its outputs, and AWS clients with the stack's credentials. */
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { ECSClient } from "@aws-sdk/client-ecs";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { SSMClient } from "@aws-sdk/client-ssm";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, StackNotFoundError } from "@pulumi/pulumi/automation";
import type program from "../../index";
import { awsClients, clientOptions } from "../../components/fargate/aws-clients";
import { readStackFile, type StackFile } from "../plan/stack-file";
import { UsageError } from "../shared/errors";

/** The AWS clients that commands use. */
export interface Aws {
    readonly region: string;
    readonly ecs: Pick<ECSClient, "send">;
    readonly logs: Pick<CloudWatchLogsClient, "send">;
    readonly ssm: Pick<SSMClient, "send">;
}

/** Whom a load balancer lets through: browsers that log in for the client, programs with such a token, or both. */
export interface Login {
    readonly realm: string;
    readonly client?: string;
    readonly tokens?: { readonly client?: string; readonly scope?: string };
}

type ProgramOutputs = pulumi.Unwrap<Awaited<ReturnType<typeof program>>>;

/** The outputs of the program, as the state has them: without values that are undefined. */
export type Outputs = Omit<ProgramOutputs, "logins"> & { readonly logins?: Readonly<Record<string, Login>> };
export type OneOffTask = Outputs["oneOffTasks"][string];
export type Database = Outputs["databases"][string];

/** AWS clients with the region, profile and roles of the stack file. */
export async function awsOf({ config, file }: StackFile): Promise<Aws> {
    const region = config["aws:region"];
    if (!region) throw new UsageError(`${file}: aws:region is missing`);
    pulumi.runtime.setAllConfig(config); // awsClients reads the provider's settings from there
    const { SSMClient } = await import("@aws-sdk/client-ssm");
    return { region, ...(await awsClients(region)), ssm: new SSMClient(await clientOptions(region)) };
}

/** A client of Step Functions with the credentials of the stack file that was read last. */
export async function sfnOf(region: string): Promise<SFNClient> {
    const { SFNClient } = await import("@aws-sdk/client-sfn");
    return new SFNClient(await clientOptions(region));
}

/** The outputs of the last `up`; undefined where the stack is not deployed. */
export async function outputsOf(root: string, stack: string): Promise<Outputs | undefined> {
    try {
        const selected = await LocalWorkspace.selectStack({ stackName: stack, workDir: root });
        const outputs = Object.entries(await selected.outputs()).map(([key, { value }]) => [key, value]);
        return outputs.length > 0 ? (Object.fromEntries(outputs) as Outputs) : undefined;
    } catch (error) {
        if (error instanceof StackNotFoundError) return undefined;
        if (/ENOENT/.test(String(error))) {
            throw new UsageError(
                "there is no `pulumi` on the PATH: install the Pulumi CLI (https://www.pulumi.com/docs/install)",
            );
        }
        throw error;
    }
}

/** The AWS clients and outputs of a stack. Fails where it is not deployed. */
export async function deployed(root: string, stack: string): Promise<{ aws: Aws; outputs: Outputs }> {
    const aws = await awsOf(readStackFile(root, stack));
    const outputs = await outputsOf(root, stack);
    if (!outputs) throw new UsageError(`the stack ${stack} is not deployed yet: pulumi up --stack ${stack}`);
    return { aws, outputs };
}

/** The value with this name. Fails with the list of names where there is none. */
export function pick<Value>(all: Record<string, Value>, name: string | undefined, what: string): Value {
    const names = Object.keys(all).sort();
    if (names.length === 0) throw new UsageError(`the stack has no ${what}`);
    if (name === undefined) throw new UsageError(`which ${what}? there are: ${names.join(", ")}`);
    if (!Object.hasOwn(all, name)) throw new UsageError(`there is no ${what} ${name}; there are: ${names.join(", ")}`);
    return all[name]!;
}
