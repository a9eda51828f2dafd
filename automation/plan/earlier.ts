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

export interface LastPlan {
    readonly earlier: Earlier;
    readonly time: Date;
}

/** Undefined where there is none, or one of an older format. Has to be called before the new plan overwrites the last one. */
export function lastPlan(root: string, stack: string): LastPlan | undefined {
    const folder = path.join(root, planFolder(stack));
    try {
        const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as unknown;
        const resources = read("resources.json");
        const { region } = read("plan.json") as { region?: unknown };
        if (!Array.isArray(resources) || !resources.every(isResource) || typeof region !== "string") return undefined;
        return { earlier: { stack, region, resources }, time: statSync(path.join(folder, "resources.json")).mtime };
    } catch {
        return undefined;
    }
}

function isResource(value: unknown): value is PlannedResource {
    const { urn, type, inputs } = (value ?? {}) as Record<string, unknown>;
    return typeof urn === "string" && typeof type === "string" && typeof inputs === "object" && inputs !== null;
}

const earlier = ({ model: { stack, region }, resources }: PlannedStack): Earlier => ({ stack, region, resources });

/** The changes from the last plan, and from another stack if the user names one, to this plan. */
export function compare(
    last: LastPlan | undefined,
    other: PlannedStack | undefined,
    now: PlannedStack,
): readonly Comparison[] {
    const time = last?.time.toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
    return [
        ...(last
            ? [{ with: `the last plan, of ${time}`, words: SINCE, changes: changes(last.earlier, earlier(now)) }]
            : []),
        ...(other
            ? [
                  {
                      with: `the stack ${other.model.stack}`,
                      words: between(now.model.stack, other.model.stack),
                      changes: changes(earlier(other), earlier(now)),
                  },
              ]
            : []),
    ];
}
