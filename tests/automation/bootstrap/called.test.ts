import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { READ } from "../../../automation/bootstrap/actions";
import { makePolicy, ownPolicy } from "../../../automation/bootstrap/deploy-policy";
import { rolePolicy } from "../../../automation/bootstrap/policies";
import { ACCOUNT, DEV, KEY } from "./holders";

/** What `up`s and `destroy`s of dev and prod asked of the emulator (tests/e2e/called.test.ts writes it down). */
const CALLED = JSON.parse(readFileSync(path.join(__dirname, "called.json"), "utf8")) as Record<string, string[]>;

/** What the deploy role may do besides, and why. */
const NEVER_CALLED: Record<string, string[]> = {
    // REASONS
};

describe("what the deploy role may do", () => {
    it("is what deployments were seen to call, and what there is a reason for", () => {
        const documents = [rolePolicy(ACCOUNT, DEV, KEY, "deploy"), makePolicy(DEV), ownPolicy(ACCOUNT, DEV)];
        const allowed = documents
            .flatMap(
                (text) =>
                    (JSON.parse(text) as { Statement: { Effect: string; Action: string | string[] }[] }).Statement,
            )
            .filter(({ Effect }) => Effect === "Allow")
            .flatMap(({ Action }) => Action)
            .filter((action) => !READ.includes(action));
        const called = new Set(Object.values(CALLED).flat());
        const extra = [...new Set(allowed)].filter((action) => !called.has(action)).sort();
        expect(extra).to.deep.equal(Object.values(NEVER_CALLED).flat().sort());
    });
});
