/** Writes the report into the plan's folder: the page, and the picture as a file. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Comparison } from "../plan/earlier";
import { Inventory } from "../plan/inventory";
import type { PlannedStack } from "../plan/plan-stack";
import { page } from "./page";
import { picture } from "./picture/model";
import { svg } from "./picture/svg";

/** The contents of the files, by name. */
export function reportFiles(planned: PlannedStack, comparisons: readonly Comparison[]): Record<string, string> {
    const drawn = picture(planned.model, new Inventory(planned.resources));
    return {
        "index.html": page({ ...planned, comparisons, picture: drawn }),
        "platform.svg": `${svg(drawn, { losses: false })}\n`,
    };
}

export function writeReport(folder: string, planned: PlannedStack, comparisons: readonly Comparison[]): void {
    for (const [name, text] of Object.entries(reportFiles(planned, comparisons)))
        writeFileSync(path.join(folder, name), text);
}
