/** What the report is made from, and what a section of it is. */
import type { PlanComparison } from "../plan/earlier";
import type { PlannedStack } from "../plan/plan-stack";
import type { Markup } from "./html";
import type { Picture } from "./picture/types";

export interface Report extends PlannedStack, PlanComparison {
    readonly picture: Picture;
}

export interface Section {
    /** The anchor. */
    readonly id: string;
    readonly title: string;
    readonly body: Markup;
}

/** A section, or nothing where the stack has nothing to say there. */
export type MakeSection = (report: Report) => Section | undefined;
