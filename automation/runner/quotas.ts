/** Whether the account's quotas suffice for what the stack still has to create. */
import type { CountedQuota } from "../../aws/resource-type";
import { ENTRIES, TYPES } from "../../aws/types";
import type { PlannedStack } from "../plan/plan-stack";
import type { Finding } from "./findings";

export interface Quota {
    /** The name of what is counted. */
    readonly what: string;
    readonly service: string;
    readonly code: string;
    /** What the stack needs in addition to `inUse`. */
    readonly need: number;
    /** How many the region has in use; undefined where that may not be read. */
    readonly inUse: number | undefined;
    /** What is needed during a deployment, where that is more. A lower quota is only a note. */
    readonly deploying?: number;
}

/** How many of each the region has. */
export type InUse = Readonly<Record<CountedQuota["inUse"], number>>;

/** How many of a type the stack still has to create. */
export function toBeCreated(planned: readonly { type: string }[], there: readonly { type: string }[]) {
    const count = (all: readonly { type: string }[], type: string) => all.filter((item) => item.type === type).length;
    return (type: string) => Math.max(0, count(planned, type) - count(there, type));
}

/** Quotas that a first `up` may exceed: a new account has five of each. */
export const countedQuotas = (needed: (type: string) => number, inUse: InUse | undefined): Quota[] =>
    [...ENTRIES].flatMap(([type, { quota }]) =>
        quota !== null && "inUse" in quota
            ? [
                  {
                      what: quota.what,
                      service: quota.service,
                      code: quota.code,
                      need: needed(type),
                      inUse: inUse?.[quota.inUse],
                  },
              ]
            : [],
    );

const UNITS_TO_A_VCPU = 1024;

/**
 * Fargate's vCPUs, on demand and on Spot, which are a quota each. A new account begins with a few
 * (AmazonECS/latest/developerguide/service-quotas.html); a task beyond them is not placed, and the `up` waits for it. A deployment of
 * everything starts the new tasks beside the old ones: twice the steady number. What other stacks run is not known here.
 */
export function fargateQuotas({ model, resources }: Pick<PlannedStack, "model" | "resources">): Quota[] {
    const onSpot = new Set(
        resources
            .filter(({ type, inputs }) => type === SERVICE && JSON.stringify(inputs).includes('"FARGATE_SPOT"'))
            .map(({ name }) => name),
    );
    const vcpus = (spot: boolean) =>
        model.services
            .filter(({ name }) => onSpot.has(name) === spot)
            .reduce((sum, { cpu, tasks }) => sum + (cpu / UNITS_TO_A_VCPU) * tasks.min, 0);
    const { service, onDemand, spot } = TYPES[SERVICE].quota;
    return [
        { ...onDemand, steady: vcpus(false) },
        { ...spot, steady: vcpus(true) },
    ].map(({ steady, ...quota }) => ({ ...quota, service, need: steady, inUse: 0, deploying: 2 * steady }));
}

const SERVICE = "aws:ecs/service:Service";

/** The quotas that are too low. A quota that may not be read is a note. */
export function judgeQuotas(
    quotas: readonly Quota[],
    limits: ReadonlyMap<string, number | undefined>,
    region: string,
): { findings: Finding[]; notes: string[] } {
    const findings: Finding[] = [];
    const notes: string[] = [];
    for (const { what, service, code, need, inUse, deploying } of quotas) {
        if (need === 0) continue;
        const limit = limits.get(code);
        const ask = (value: number) =>
            "aws service-quotas request-service-quota-increase " +
            `--service-code ${service} --quota-code ${code} --desired-value ${Math.ceil(value)} --region ${region}`;
        if (limit === undefined || inUse === undefined) {
            notes.push(`whether the account has room for ${need} more ${what} is not known: AWS did not tell`);
        } else if (inUse + need > limit) {
            findings.push(
                deploying === undefined
                    ? {
                          what: `${what}: the stack needs ${need} more in ${region}, of ${limit} the account has ${inUse} in use`,
                          fix: `release some, or ask for more: ${ask(inUse + need)}`,
                      }
                    : {
                          what: `${what}: the stack runs ${need} in ${region}, and the account may have ${limit}`,
                          fix: `ask for what a deployment takes: ${ask(deploying)}`,
                      },
            );
        } else if (deploying !== undefined && deploying > limit) {
            notes.push(
                `${what}: a deployment of everything takes ${deploying} in ${region}, and the account may have ${limit}; ` +
                    `tasks would wait for one another. To ask for more: ${ask(deploying)}`,
            );
        }
    }
    return { findings, notes };
}
