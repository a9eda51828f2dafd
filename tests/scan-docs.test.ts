import path from "node:path";
import { expectGenerated } from "./generated-docs";
import { type Exception, EXCEPTIONS } from "./scan/exceptions";

const FILE = path.join(__dirname, "../docs/security.md");
const WIDTH = 110;

/** The reasons, each below the checks that have it. */
const linesOf = (exceptions: readonly Exception[]) =>
    exceptions.flatMap(({ check, resources = [], reason }) => {
        const text = resources.length > 0 ? `${reason} (${resources.join(", ")})` : reason;
        return [
            check,
            ...(text.match(new RegExp(`.{1,${WIDTH - 4}}(?= |$)`, "g")) ?? []).map((line) => `    ${line.trim()}`),
        ];
    });

describe("what a scanner finds", () => {
    it("stands in docs/security.md with its reason", () => {
        const meant = EXCEPTIONS.filter(({ choice }) => !choice);
        expectGenerated(FILE, "findings with a reason", linesOf(meant), "tests/scan-docs.test.ts");
    });

    it("stands there as a choice where dev does without", () => {
        const choices = EXCEPTIONS.filter(({ choice }) => choice);
        expectGenerated(FILE, "choices of dev", linesOf(choices), "tests/scan-docs.test.ts");
    });
});
