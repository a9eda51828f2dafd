import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { stackOf, writeStacks } from "../../../automation/bench/stacks";
import { planStack } from "../../../automation/plan/plan-stack";

const ROOT = path.join(__dirname, "../../..");

describe("the stacks of the bench", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("can be planned, and grow by the same for each further one", async () => {
        writeStacks(ROOT, folder, [1, 2, 3]);
        for (const kind of ["heritage", "cluster"] as const) {
            const resources: number[] = [];
            for (const count of [1, 2, 3]) {
                const { model } = await planStack({ root: folder, files: folder, stack: stackOf(kind, count) });
                resources.push(model.total.resources);
            }
            const [one, two, three] = resources as [number, number, number];
            expect(two - one).to.be.greaterThan(10);
            expect(three - two).to.equal(two - one);
        }
    });
});
