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
