/** The release of ACA-Py that the agents' image is made of. */
import { releases } from "../acapy/settings.json";
import type { PlatformConfig } from "../defaults";
import type { Problem } from "./common";

/** The one that the Dockerfile of images/acapy-agent names. */
export const NEWEST_RELEASE = releases.at(-1)!;

const line = (release: string) => release.split(".").slice(0, 2).join(".");
/** A later patch is taken on trust: it has the settings of its line. */
const PATCHES_AHEAD = 15;

/** Whether `release` is as new as `other`, or newer. */
export function isSince(release: string, other: string): boolean {
    const [a, b] = [release, other].map((text) => text.split(".").map(Number)) as [number[], number[]];
    const i = a.findIndex((number, at) => number !== b[at]);
    return i < 0 || a[i]! > b[i]!;
}

export function agentVersionProblems({ agentVersion, agentImage }: PlatformConfig): Problem[] {
    if (agentVersion === undefined) return [];
    const path = ["agentVersion"];
    if (agentImage !== undefined) {
        const what = "is what images/acapy-agent is built of, and agentImage takes its place";
        return [{ path, what, fix: "leave one of them out", also: [["agentImage"]] }];
    }
    const known = releases.find((release) => line(release) === line(agentVersion));
    const patch = (release: string) => Number(release.split(".")[2]);
    if (known !== undefined && patch(agentVersion) <= patch(known) + PATCHES_AHEAD) return [];
    return [
        {
            path,
            what: `${agentVersion} is no release of ACA-Py that is known here: settings and wallets may be others`,
            fix: `one of ${releases.join(", ")}, or a later patch of these`,
        },
    ];
}
