/** Files of lines `KEY=value`, as compose and ECS read them: `environment_files` of a heritage. */
import { readFileSync } from "node:fs";

export interface EnvironmentLine {
    readonly variable: string;
    readonly value: string;
    readonly line: number;
}

export interface EnvironmentFile {
    readonly file: string;
    readonly lines: readonly EnvironmentLine[];
    /** Lines that are neither empty, nor a comment, nor `KEY=value`. */
    readonly wrong: readonly { readonly line: number; readonly text: string }[];
}

/** Undefined where there is no such file. */
export function readEnvironmentFile(file: string): EnvironmentFile | undefined {
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
    const lines: EnvironmentLine[] = [];
    const wrong: { line: number; text: string }[] = [];
    for (const [i, whole] of text
        .replace(/^\uFEFF/, "")
        .split(/\r?\n/)
        .entries()) {
        const written = whole.trim();
        if (written === "" || written.startsWith("#")) continue;
        const found = /^(?:export\s+)?([^\s=]+)\s*=\s*(.*)$/.exec(written);
        if (found) lines.push({ variable: found[1]!, value: unquoted(found[2]!), line: i + 1 });
        else wrong.push({ line: i + 1, text: written });
    }
    return { file, lines, wrong };
}

/** What stands in quotes is as it is there; of what does not, a comment behind a space is none of it. */
function unquoted(value: string): string {
    const quoted = /^(["'])(.*)\1\s*(#.*)?$/.exec(value);
    return quoted ? quoted[2]! : value.replace(/\s+#.*$/, "");
}

/** The variables of several files, of which a later one overrides an earlier one. What there is not is told by the checks. */
export const environmentOfFiles = (files: readonly string[]): Record<string, string> =>
    Object.fromEntries(
        files.flatMap((file) => readEnvironmentFile(file)?.lines.map(({ variable, value }) => [variable, value]) ?? []),
    );
