/** Parts of documents that the program makes: what stands between `<!-- generated: NAME -->` and `<!-- end -->`. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";

/** Set, it writes what there is: for a change that is meant. */
const WRITE = process.env.WRITE_EXPECTED !== undefined;

/** Fails where the part of `file` with this name has other lines. `tests`: the folder whose tests write it anew. */
export function expectGenerated(file: string, name: string, lines: readonly string[], tests: string): void {
    const wanted = `<!-- generated: ${name} -->\n\n${"```text"}\n${lines.join("\n")}\n${"```"}\n\n<!-- end -->`;
    const part = new RegExp(`<!-- generated: ${name} -->[^]*?<!-- end -->`);
    const text = () => readFileSync(file, "utf8");
    if (WRITE)
        writeFileSync(
            file,
            text().replace(part, () => wanted),
        );
    expect(part.exec(text())?.[0], `WRITE_EXPECTED=1 npx mocha ${tests}`).to.equal(wanted);
}
