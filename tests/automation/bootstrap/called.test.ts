import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { READ } from "../../../automation/bootstrap/actions";
import { makePolicy, ownPolicy } from "../../../automation/bootstrap/deploy-policy";
import { rolePolicy } from "../../../automation/bootstrap/policies";
import { ACCOUNT, DEV, KEY } from "./holders";

/** What deployments of four stacks changed on the emulator. Their tests write and compare it (tests/e2e/deploy-role.ts). */
const CALLED = JSON.parse(readFileSync(path.join(__dirname, "called.json"), "utf8")) as Record<string, string[]>;

/** What the deploy role may do beside that, by the reason. */
const NOT_CALLED: Record<string, string[]> = {
    // REASONS
};

describe("what the deploy role may do", () => {
    const documents = [rolePolicy(ACCOUNT, DEV, KEY, "deploy"), makePolicy(DEV), ownPolicy(ACCOUNT, DEV)];
    const allowed = documents
        .flatMap(
            (text) => (JSON.parse(text) as { Statement: { Effect: string; Action: string | string[] }[] }).Statement,
        )
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action }) => Action)
        .filter((action) => !READ.includes(action));
    const called = new Set(Object.values(CALLED).flat());

    it("was seen in deployments of dev, of prod and of two stacks with every setting", () => {
        expect(Object.keys(CALLED).sort()).to.deep.equal(["dev", "everything", "everything-dev", "prod"]);
        for (const [stack, actions] of Object.entries(CALLED)) {
            expect(actions, stack).to.include.members(["ecs:CreateService", "iam:CreateRole", "rds:DeleteDBInstance"]);
        }
    });

    it("is what deployments call, and what there is a reason for", () => {
        const others = [...new Set(allowed)].filter((action) => !called.has(action)).sort();
        expect(others).to.deep.equal(Object.values(NOT_CALLED).flat().sort());
    });
});
