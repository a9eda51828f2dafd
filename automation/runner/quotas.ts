/** Whether the account has room for what the stack still has to make. */
import type { Finding } from "./findings";

export interface Quota {
    readonly type: string;
    readonly what: string;
    readonly service: string;
    readonly code: string;
    readonly inUse: keyof InUse;
}

/** How many of each the region has. */
export interface InUse {
    readonly addresses: number;
    readonly vpcs: number;
}

/** Those that a first `up` meets: an account begins with five of each. */
export const QUOTAS: readonly Quota[] = [
    { type: "aws:ec2/eip:Eip", what: "Elastic IPs", service: "ec2", code: "L-0263D0A3", inUse: "addresses" },
    { type: "aws:ec2/vpc:Vpc", what: "VPCs", service: "vpc", code: "L-F678F1CE", inUse: "vpcs" },
];

/** How many of each type the stack still has to make. */
export function stillToMake(planned: readonly { type: string }[], there: readonly { type: string }[]) {
    const count = (all: readonly { type: string }[], type: string) => all.filter((one) => one.type === type).length;
    return (type: string) => Math.max(0, count(planned, type) - count(there, type));
}

/** What does not fit. A quota that is not known is a note, since AWS does not tell everybody. */
export function judgeQuotas(
    needed: (type: string) => number,
    inUse: InUse | undefined,
    limits: ReadonlyMap<string, number | undefined>,
    region: string,
): { findings: Finding[]; notes: string[] } {
    const findings: Finding[] = [];
    const notes: string[] = [];
    for (const { type, what, service, code, ...quota } of QUOTAS) {
        const need = needed(type);
        if (need === 0) continue;
        const limit = limits.get(code);
        if (limit === undefined || inUse === undefined) {
            notes.push(`whether the account has room for ${need} more ${what} is not known: AWS did not tell`);
        } else if (inUse[quota.inUse] + need > limit) {
            const used = inUse[quota.inUse];
            findings.push({
                what: `${what}: the stack needs ${need} more in ${region}, of ${limit} the account has ${used} in use`,
                fix:
                    "release some, or ask for more: aws service-quotas request-service-quota-increase " +
                    `--service-code ${service} --quota-code ${code} --desired-value ${used + need} --region ${region}`,
            });
        }
    }
    return { findings, notes };
}
