/** The table of what a heritage's `uses` may name, in docs/heritages.md. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { BINDING_ATTRIBUTES, BINDING_KINDS } from "../../config/heritage/uses";

const PAGE = readFileSync(path.join(__dirname, "../../docs/heritages.md"), "utf8");
const rows = new Map(
    [...PAGE.matchAll(/^\| `(\w+)` \|[^|]+\|([^|]+)\|$/gm)].map(([, kind, attributes]) => [kind!, attributes!]),
);

describe("docs/heritages.md", () => {
    it("has a row for each kind of `uses`, with what a variable can be", () => {
        for (const kind of BINDING_KINDS) {
            const attributes = [...(rows.get(kind) ?? "").matchAll(/`([a-z]+)`/g)].map(([, name]) => name);
            expect(attributes, kind).to.deep.equal([...BINDING_ATTRIBUTES[kind]]);
        }
    });
});
