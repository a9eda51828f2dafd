/** Compares a plan with the last plan of the same stack, and with another stack's plan. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { type Changed, type Changes, changes, type Earlier, type PlannedResource } from "./changes";
import { planFolder } from "./files";
import type { PlannedStack } from "./plan-stack";

export interface Comparison {
    /** `the last plan, of 2026-11-24 13:45`, `the stack prod` */
    readonly with: string;
    readonly words: Words;
    readonly changes: Changes;
}

/** The words for each kind of change. Two stacks differ: between them nothing is new or gone. */
export type Words = Readonly<Record<Changed["how"] | "added" | "gone", string>>;

const SINCE: Words = {
    added: "new",
    updated: "changed",
    revised: "a new revision",
    gone: "gone",
};
const between = (here: string, there: string): Words => ({
    added: `only in ${here}`,
    updated: "otherwise",
    revised: "otherwise, a task definition",
    gone: `only in ${there}`,
});

/** The last plan, or why it cannot be read; undefined where there is none yet. */
export type LastPlan = { readonly earlier: Earlier; readonly time: Date } | { readonly unreadable: string } | undefined;

/** Has to be called before the new plan overwrites the last one. */
export function lastPlan(root: string, stack: string): LastPlan {
    const file = path.join(root, planFolder(stack), "resources.json");
    try {
        const resources: unknown = JSON.parse(readFileSync(file, "utf8"));
        const { region } = JSON.parse(readFileSync(path.join(path.dirname(file), "plan.json"), "utf8")) as {
            region?: unknown;
        };
        if (!Array.isArray(resources) || !resources.every(isResource) || typeof region !== "string")
            return unreadable(stack);
        return { earlier: { stack, region, resources }, time: statSync(file).mtime };
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : unreadable(stack);
    }
}

const unreadable = (stack: string) => ({
    unreadable: `the last plan in ${planFolder(stack)} cannot be read, or is of an older format: nothing to compare with`,
});

function isResource(value: unknown): value is PlannedResource {
    const { urn, type, inputs } = (value ?? {}) as Record<string, unknown>;
    return typeof urn === "string" && typeof type === "string" && typeof inputs === "object" && inputs !== null;
}

const earlier = ({ model: { stack, region }, resources }: PlannedStack): Earlier => ({ stack, region, resources });

export interface PlanComparison {
    /** Against the last plan, and against another stack if the user names one. */
    readonly comparisons: readonly Comparison[];
    /** Why the last plan cannot be read; undefined where it can, or where there is none. */
    readonly unreadable?: string;
}

/** The changes from the last plan and from another stack to this plan. */
export function compare(last: LastPlan, other: PlannedStack | undefined, now: PlannedStack): PlanComparison {
    const unread = last && "unreadable" in last ? last.unreadable : undefined;
    const before =
        last && "earlier" in last ? [[`the last plan, of ${timeOf(last.time)}`, last.earlier, SINCE] as const] : [];
    const beside = other
        ? [[`the stack ${other.model.stack}`, earlier(other), between(now.model.stack, other.model.stack)] as const]
        : [];
    return {
        unreadable: unread,
        comparisons: [...before, ...beside].map(([what, compared, words]) => ({
            with: what,
            words,
            changes: changes(compared, earlier(now)),
        })),
    };
}

const timeOf = (time: Date) => {
    const two = (n: number) => String(n).padStart(2, "0");
    const [day, hour] = [
        [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())],
        [time.getHours(), time.getMinutes()],
    ];
    return `${day.join("-")} ${hour.map(two).join(":")}`;
};
