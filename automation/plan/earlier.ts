/** What a plan is compared with: the plan of the stack that was written last, or that of another stack. */
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

/** How it is said. Between two stacks nothing is made: they differ. */
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

/** Nothing where there is no plan yet; why it cannot be compared with, where it cannot be read. */
export type LastPlan = { readonly earlier: Earlier; readonly time: Date } | { readonly unreadable: string } | undefined;

/** Read before the new plan takes its place. */
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
    /** With the last plan and, where one is named, with another stack. */
    readonly comparisons: readonly Comparison[];
    /** Why there is no comparison with the last plan, where there is one that cannot be read. */
    readonly unreadable?: string;
}

/** From the last plan, and from another stack, to this one: what this one has more is new. */
export function compare(last: LastPlan, other: PlannedStack | undefined, now: PlannedStack): PlanComparison {
    const unread = last && "unreadable" in last ? last.unreadable : undefined;
    const before =
        last && "earlier" in last ? [[`the last plan, of ${timeOf(last.time)}`, last.earlier, SINCE] as const] : [];
    const beside = other
        ? [[`the stack ${other.model.stack}`, earlier(other), between(now.model.stack, other.model.stack)] as const]
        : [];
    return {
        unreadable: unread,
        comparisons: [...before, ...beside].map(([what, those, words]) => ({
            with: what,
            words,
            changes: changes(those, earlier(now)),
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
