/** The plan as files, for what is too long for a screen: to look into, to compare, to hand to other tools. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PlannedStack } from "./plan-stack";

/** Where the plan of a stack is, from the project's root. */
export const planFolder = (stack: string) => path.join("build", "plan", stack);

/** Writes the plan of a stack in place of the one before. */
export function writePlan(root: string, { model, taskDefinitions, roleDocuments, resources }: PlannedStack): void {
    const folder = path.join(root, planFolder(model.stack));
    rmSync(folder, { recursive: true, force: true });
    const write = (file: string, content: unknown) => {
        mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        writeFileSync(path.join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
    };
    write("plan.json", model);
    write(
        "resources.json",
        resources.map(({ urn, type, parent, inputs }) => ({ urn, type, parent, inputs })),
    );
    for (const [service, definition] of taskDefinitions) write(`task-definitions/${service}.json`, definition);
    for (const [role, documents] of roleDocuments) write(`policies/${role}.json`, documents);
}
