import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { hasEngine, valueOf } from "../engine";
import { clientOptions } from "../fargate/aws-clients";
import { accountAndRegion } from "../iam";
import { runCommand, type RunCommandArgs } from "./run-command";

export interface ScriptHookArgs extends Pick<RunCommandArgs, "script" | "comment" | "timeoutSeconds"> {
    instanceId: pulumi.Output<string>;
    /** What is said of the progress. */
    progress: (text: string) => string;
    /** What is said where the script fails, with what it wrote. */
    failure: (instanceId: string, output: string) => string;
    /** What is said where it does not. @default nothing */
    success?: string;
}

/** Runs a script on an instance by Systems Manager before a resource is made or changed, once in an `up`; where it fails, so does the `up`. */
export function scriptHook(name: string, args: ScriptHookArgs, parent: pulumi.Resource): pulumi.ResourceHook[] {
    if (!hasEngine()) return [];
    const { script, comment, timeoutSeconds, progress, failure, success } = args;
    const known = pulumi.all([args.instanceId, accountAndRegion(parent).region]);
    let ended: Promise<void> | undefined;
    // Bound to where it is made: the engine calls a hook from outside the program, where its log would go nowhere.
    const run = AsyncResource.bind(async () => {
        const [instanceId, region] = await valueOf(known);
        const { SSMClient } = await import("@aws-sdk/client-ssm");
        const { succeeded, output } = await runCommand(new SSMClient(await clientOptions(region)), {
            instanceId,
            script,
            comment,
            timeoutSeconds,
            progress: (text) => void pulumi.log.info(progress(text), parent, undefined, true),
        });
        if (!succeeded) throw new Error(failure(instanceId, output));
        if (success !== undefined) void pulumi.log.info(success, parent);
    });
    return [new pulumi.ResourceHook(name, () => (ended ??= run()))];
}
