/** A stack that is asleep is not updated: its databases cannot be changed, and no task would show that it runs. */
import * as pulumi from "@pulumi/pulumi";
import { explainAwsError, withinSeconds } from "../components/aws-error";
import { boundedOptions } from "../components/fargate/aws-clients";
import { isAwake, lastExecution, type Sfn } from "../components/off-hours/state";
import { offHoursMachineName } from "../components/off-hours";
import { UserError } from "../components/user-error";
import type { PlatformConfig } from "../config/defaults";

const LIMIT_SECONDS = 45;

/** Fails an `up`, before anything is made; in a preview it warns. */
export async function refuseAsleep(config: PlatformConfig, account: string, client?: Sfn): Promise<void> {
    if (config.schedule === undefined) return;
    const stack = pulumi.getStack();
    const arn = `arn:aws:states:${config.region}:${account}:stateMachine:${offHoursMachineName(pulumi.getProject(), stack)}`;
    const sfn = client ?? (await clientOf(config.region));
    const question = {
        about: `whether ${stack} is asleep`,
        needs: "states:ListExecutions and states:DescribeExecution",
    };
    const last = await withinSeconds(LIMIT_SECONDS, lastExecution(sfn, arn)).catch((error: unknown) => {
        const { what, fix } = explainAwsError(error, question);
        throw new UserError(`${what}; nothing was made\n    → ${fix}`);
    });
    if (isAwake(last)) return;
    const what = `${stack} is ${last!.word === "sleep" ? "asleep" : "not awake yet"}`;
    const fix = `npx identity wake --stack ${stack}; or npx identity up --stack ${stack}, which wakes it first`;
    if (!pulumi.runtime.isDryRun()) throw new UserError(`${what}; nothing was made\n    → ${fix}`);
    await pulumi.log.warn(`${what}: an \`up\` needs it awake. → ${fix}`);
}

async function clientOf(region: string): Promise<Sfn> {
    const { SFNClient } = await import("@aws-sdk/client-sfn");
    return new SFNClient(await boundedOptions(region));
}
