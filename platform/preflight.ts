/** What is looked at before anything is made or changed, in a preview and in an `up`. */
import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../components/aws-error";
import { hasEngine } from "../components/engine";
import { UserError } from "../components/user-error";
import type { PlatformConfig } from "../config/defaults";
import { refuseAsleep } from "./asleep";
import { NOTHING_EXISTS, simulatedExisting } from "./existing/look-up";
import { simulatedNetwork } from "./existing-network/simulated";
import { lookUpClients, type LookedUp, lookUps } from "./lookups";

/** What the program knows of AWS before its first resource. */
export type Known = Pick<LookedUp, "versions" | "secrets" | "network" | "existing" | "turn">;
export const NOTHING_KNOWN: Known = { versions: new Map(), secrets: new Map(), existing: NOTHING_EXISTS };

/**
 * Asks AWS for what the program will look up, and fails with all that is not there. Returns what there is of the secrets that the
 * configuration names and somebody else sets, by name: a secret whose version is another one redeploys what reads it; and the network
 * that exists. In the plan, where there is no AWS, everything is taken to be there, and the network is made up.
 */
export async function preflight(config: PlatformConfig): Promise<Known> {
    const { existing } = config.network;
    if (!hasEngine()) {
        const network = existing && simulatedNetwork(existing, config);
        return { ...NOTHING_KNOWN, network, existing: simulatedExisting(config) };
    }
    const [project, stack, settings] = [pulumi.getProject(), pulumi.getStack(), pulumi.runtime.allConfig()];
    const subject = { project, stack, region: config.region, settings, config };
    const { problems, account, ...known } = await lookUps(subject, await lookUpClients(config.region));
    if (problems.length > 0) throw new UserError(describe(problems));
    await refuseAsleep(config, account!);
    return known;
}

export function describe(problems: readonly Problem[]): string {
    const count = problems.length === 1 ? "one thing stands" : `${problems.length} things stand`;
    return [
        `${count} in the way in AWS; nothing was made`,
        ...problems.map(({ what, fix }) => `    ${what}\n        → ${fix}`),
    ].join("\n");
}
