/** Checks the account's quotas against the resources that the stack still has to create. */
import { ON_DEMAND, spotOf, tasksOnSpot } from "../../aws/ecs";
import type { CountedQuota } from "../../aws/resource-type";
import { ENTRIES, TYPES } from "../../aws/types";
import type { PlannedStack } from "../plan/plan-stack";
import type { Finding } from "./findings";

export interface Quota {
    /** The name of the counted resource, in the plural. */
    readonly what: string;
    readonly service: string;
    readonly code: string;
    /** How many the stack needs in addition to `inUse`. */
    readonly need: number;
    /** How many the region has; undefined where the credentials may not read it. */
    readonly inUse: number | undefined;
    /** How many a deployment needs, if that is more. A quota below this is only a note. */
    readonly deploying?: number;
    /** Whether `need` is all of the stack's, and how many the region has is not asked. @default false */
    readonly own?: true;
}

/** The number of each resource in the region. */
export type InUse = Readonly<Record<CountedQuota["inUse"], number>>;

/** How many of a type the stack still has to create. */
export function toBeCreated(planned: readonly { type: string }[], there: readonly { type: string }[]) {
    const count = (all: readonly { type: string }[], wanted: string) =>
        all.filter(({ type }) => type === wanted).length;
    return (type: string) => Math.max(0, count(planned, type) - count(there, type));
}

/** The quotas that a first `up` may exceed: a new account has five of each. */
export const countedQuotas = (needed: (type: string) => number, inUse: InUse | undefined): Quota[] =>
    [...ENTRIES].flatMap(([type, { quota }]) =>
        quota !== null && "inUse" in quota ? [{ ...quota, need: needed(type), inUse: inUse?.[quota.inUse] }] : [],
    );

/** The quotas that one large stack may exceed by itself. */
export const ownQuotas = (planned: readonly { type: string }[]): Quota[] =>
    [...ENTRIES].flatMap(([type, { quota }]) => {
        if (quota === null || !("least" in quota)) return [];
        const need = planned.filter((resource) => resource.type === type).length;
        return need > quota.least ? [{ ...quota, need, inUse: 0, own: true }] : [];
    });

const UNITS_TO_A_VCPU = 1024;

/**
 * The quotas of Fargate's vCPUs, on demand and on Spot. A new account has only a few (AmazonECS/latest/developerguide/service-quotas.html);
 * ECS does not place a task beyond them, and the `up` waits for it. A deployment of all services needs twice the vCPUs, since new tasks start
 * beside the old ones. The use of other stacks is not known here.
 */
export function fargateQuotas({ model, resources }: Pick<PlannedStack, "model" | "resources">): Quota[] {
    const spot = new Map(
        resources.filter(({ type }) => type === SERVICE).map(({ name, inputs }) => [name, spotOf(inputs)]),
    );
    const vcpus = (isSpot: boolean) =>
        model.services.reduce((sum, { name, cpu, tasks }) => {
            const onSpot = tasksOnSpot(tasks.min, spot.get(name) ?? ON_DEMAND);
            return sum + (cpu / UNITS_TO_A_VCPU) * (isSpot ? onSpot : tasks.min - onSpot);
        }, 0);
    const quota = TYPES[SERVICE].quota;
    const { service } = quota;
    return [
        { ...quota.onDemand, steady: vcpus(false) },
        { ...quota.spot, steady: vcpus(true) },
    ].map(({ steady, ...quota }) => ({ ...quota, service, need: steady, inUse: 0, deploying: 2 * steady }));
}

const SERVICE = "aws:ecs/service:Service";

/** A finding for each quota that is too low; a note for one that the credentials may not read. */
export function judgeQuotas(
    quotas: readonly Quota[],
    limits: ReadonlyMap<string, number | undefined>,
    region: string,
): { findings: Finding[]; notes: string[] } {
    const findings: Finding[] = [];
    const notes: string[] = [];
    for (const quota of quotas) {
        const { what, code, need, inUse, deploying } = quota;
        if (need === 0) continue;
        const limit = limits.get(code);
        if (limit === undefined || inUse === undefined) {
            notes.push(`the quota of ${what} or their number could not be read: the stack needs ${need} more`);
        } else if (inUse + need > limit) {
            findings.push(tooLow(quota, inUse, limit, region));
        } else if (deploying !== undefined && deploying > limit) {
            notes.push(
                `${what}: a deployment of everything takes ${deploying} in ${region}, and the account may have ${limit}; ` +
                    `tasks would wait for one another. To ask for more: ${ask(quota, deploying, region)}`,
            );
        }
    }
    return { findings, notes };
}

function tooLow(quota: Quota, inUse: number, limit: number, region: string): Finding {
    const { what, need, deploying, own } = quota;
    if (own) {
        return {
            what: `${what}: the stack has ${need} in ${region}, and the account may have ${limit}`,
            fix: `ask for more, those of others in the account besides: ${ask(quota, need, region)}`,
        };
    }
    if (deploying !== undefined) {
        return {
            what: `${what}: the stack runs ${need} in ${region}, and the account may have ${limit}`,
            fix: `ask for what a deployment takes: ${ask(quota, deploying, region)}`,
        };
    }
    return {
        what: `${what}: the stack needs ${need} more in ${region}, of ${limit} the account has ${inUse} in use`,
        fix: `release some, or ask for more: ${ask(quota, inUse + need, region)}`,
    };
}

const ask = ({ service, code }: Quota, value: number, region: string) =>
    "aws service-quotas request-service-quota-increase " +
    `--service-code ${service} --quota-code ${code} --desired-value ${Math.ceil(value)} --region ${region}`;
