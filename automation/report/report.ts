/** The input of the report, and the type of its sections. */
import type { Comparison } from "../plan/earlier";
import type { PlannedStack } from "../plan/plan-stack";
import type { Markup } from "./html";
import type { Picture } from "./picture/types";

export interface Report extends PlannedStack {
    readonly comparisons: readonly Comparison[];
    readonly picture: Picture;
}

/** A part of the page under a heading. */
export interface Section {
    /** The anchor in the page. */
    readonly id: string;
    readonly title: string;
    readonly body: Markup;
}

/** Undefined where the stack has nothing of this section. */
export type MakeSection = (report: Report) => Section | undefined;
