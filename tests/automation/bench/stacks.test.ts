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

    it("can be planned, and hold so many of each kind", async () => {
        writeStacks(ROOT, folder, [2]);
        for (const kind of ["heritage", "cluster"] as const) {
            const { model } = await planStack({ root: folder, files: folder, stack: stackOf(kind, 2) });
            const type = kind === "heritage" ? "Heritage" : "AgentCluster";
            expect(model.tree.components.filter((one) => one.type === type)).to.have.length(2);
        }
    });
});
