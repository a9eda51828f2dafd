/** Writes the plan as files: for what is too long for a terminal, for comparisons, and for other tools. */
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PlannedStack } from "./plan-stack";
import { UsageError } from "../shared/errors";

/** The folder of a stack's plan, relative to the project's root. */
export const planFolder = (stack: string) => path.join("build", "plan", stack);

/** Replaces the stack's last plan. */
export function writePlan(root: string, { model, taskDefinitions, roleDocuments, resources }: PlannedStack): void {
    const folder = path.join(root, planFolder(model.stack));
    writing(root, folder, () => rmSync(folder, { recursive: true, force: true }));
    const write = (file: string, content: unknown) =>
        writing(root, folder, () => {
            mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
            writeFileSync(path.join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
        });
    write("plan.json", model);
    write(
        "resources.json",
        resources.map(({ urn, type, parent, inputs }) => ({ urn, type, parent, inputs })),
    );
    for (const [service, definition] of taskDefinitions) write(`task-definitions/${service}.json`, definition);
    for (const [role, documents] of roleDocuments) write(`policies/${role}.json`, documents);
}

/** Reports a file system error as a `UsageError`: the user can correct it. */
export function writing<Made>(root: string, folder: string, write: () => Made): Made {
    try {
        return write();
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        const place = path.relative(root, folder);
        const ways = place.split(path.sep).map((_, i, parts) => parts.slice(0, i + 1).join(path.sep));
        const file = ways.find((way) => statSync(path.join(root, way), { throwIfNoEntry: false })?.isFile());
        const what = file === undefined ? code : `${file} is a file, and should be a folder: move it away`;
        throw new UsageError(`the plan cannot be written to ${place}: ${what}`);
    }
}
