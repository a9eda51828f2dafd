/** Which folder may import which: layers point one way. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const PROJECT = path.join(__dirname, "..");

/** What each folder may import beside itself and packages. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
    aws: [],
    policy: ["aws", "components", "config"],
};

const sources = (folder: string) =>
    readdirSync(path.join(PROJECT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => path.join(folder, name));

/** The folders of the project that a file imports from, its own left out. */
function imports(file: string): string[] {
    const text = readFileSync(path.join(PROJECT, file), "utf8");
    const [own] = file.split(path.sep);
    return [...text.matchAll(/(?:from|import|require\()\s*\(?"(\.[^"]+)"/g)]
        .map(
            ([, target]) => path.relative(PROJECT, path.join(PROJECT, path.dirname(file), target!)).split(path.sep)[0]!,
        )
        .filter((folder) => folder !== own);
}

describe("layers", () => {
    for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
        it(`${folder} imports ${allowed.length > 0 ? `${allowed.join(", ")} alone` : "nothing of the project"}`, () => {
            const found = sources(folder).flatMap((file) =>
                imports(file)
                    .filter((target) => !allowed.includes(target))
                    .map((target) => `${file} imports ${target}`),
            );
            expect(found).to.eql([]);
        });
    }
});
