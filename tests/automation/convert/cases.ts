/** Files of other tools, each in a folder of its own, with what is made of it beside it in `expected.yml`. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { convert, type Converted } from "../../../automation/convert/convert";

export const INPUTS = path.join(__dirname, "inputs");

export const CASES = readdirSync(INPUTS).sort();

const made = new Map<string, Converted>();

/** As for a project that none of the applications is in. */
export function converted(name: string): Converted {
    const known = made.get(name) ?? convert({ named: path.join(INPUTS, name), root: "/nowhere" });
    made.set(name, known);
    return known;
}

export const textOf = ({ files }: Converted): string =>
    files.map(({ name, text }) => `# heritages/${name}.yml\n${text}`).join("---\n");

export const expectedFile = (name: string): string => path.join(INPUTS, name, "expected.yml");

export const expected = (name: string): string => readFileSync(expectedFile(name), "utf8");

const DIGEST = `@sha256:${"d".repeat(64)}`;

/** Heritages by name, and the texts of files: each with its image or its build folder in place, and nothing else done of what is left to do. */
export function inPlace(names: readonly string[]): { heritages: string[]; texts: Record<string, string> } {
    const texts: Record<string, string> = {};
    const heritages = names.flatMap((name) =>
        converted(name).files.map((file) => {
            const { build } = file.tree as { build?: string | Build };
            const {
                context,
                dockerfile = "Dockerfile",
                target,
            }: Build = typeof build === "object" ? build : { context: build };
            if (context !== undefined) {
                const stage = target === undefined ? "" : ` AS ${target}`;
                texts[path.join(context, dockerfile)] = `FROM scratch${stage}\n`;
            }
            const text = file.text.replaceAll(/^( *(?:image|-? ?image): )([^\s@]+?)(:[\w.-]+)?$/gm, `$1$2${DIGEST}`);
            texts[`heritages/${file.name}.yml`] = text.replaceAll(
                /(image: )([^\s@{},"]+?)(:[\w.-]+)?(?=[,\s}])/g,
                `$1$2${DIGEST}`,
            );
            return file.name;
        }),
    );
    return { heritages, texts };
}

interface Build {
    readonly context?: string;
    readonly dockerfile?: string;
    readonly target?: string;
}
