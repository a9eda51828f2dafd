/** Plans of stack files as what runs on a laptop, in folders of their own. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Prepared, prepare } from "../../../automation/local/prepare";
import type { ComposeService } from "../../../automation/local/tasks";

export const PROJECT = path.join(__dirname, "../../..");

const made: string[] = [];
after(() => {
    for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A project's root with one stack file, where nothing was started. */
export function projectWith(stackFile: string, stack = "trial"): string {
    const root = mkdtempSync(path.join(tmpdir(), "local-"));
    made.push(root);
    cpSync(path.join(PROJECT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
    writeFileSync(path.join(root, `Pulumi.${stack}.yaml`), stackFile);
    return root;
}

/** A stack of dev, with these keys of the project beside the environment. */
export const stackFile = (...lines: string[]) =>
    [
        "config:",
        "    aws:region: eu-central-1",
        "    identity:environment: dev",
        ...lines.map((line) => `    ${line}`),
        "",
    ].join("\n");

export const prepared = (text: string, portOffset?: number): Promise<Prepared> =>
    prepare({ root: projectWith(text), stack: "trial", portOffset });

/** A service of the compose file, with the values that its variables have. */
export function service({ file, variables }: Prepared, name: string): ComposeService {
    const own = file.services[name];
    if (!own) throw new Error(`there is no ${name}; there are: ${Object.keys(file.services).join(", ")}`);
    const open = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(open);
        if (typeof value === "object" && value !== null) {
            return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner)]));
        }
        // As compose reads it.
        return typeof value === "string"
            ? value.replaceAll(/\$\$|\$\{(\w+)\?[^}]*\}/g, (_, name?: string) => (name ? variables[name]! : "$"))
            : value;
    };
    return open(own) as ComposeService;
}
