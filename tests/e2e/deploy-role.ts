/** A deployment's requests, tried against the role that CI deploys with (automation/bootstrap). */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { READ } from "../../automation/bootstrap/actions";
import { boundaryArn, type StackName } from "../../automation/bootstrap/names";
import { ACCOUNT, workflow } from "../automation/bootstrap/holders";
import { ask } from "../iam";
import { questionsOf } from "./authorization";
import type { TestStack } from "./engine";

/** Of each stack what its deployments change in AWS. `CALLED=write npm run test:e2e` writes it anew. */
const LIST = path.join(__dirname, "../automation/bootstrap/called.json");
const listed = () => JSON.parse(readFileSync(LIST, "utf8")) as Record<string, string[]>;

/** Puts the stack's roles within the boundary, without which the deploy role makes none. */
export const withinBoundary = (stack: TestStack) =>
    stack.edit([["identity:permissionsBoundary"], boundaryArn(ACCOUNT, stack.name)]);

/** Fails with each request of the stack's operations so far that the deploy role may not make; returns the actions that were needed. */
export async function expectAllowed(stack: TestStack, stackName: Omit<StackName, "name">): Promise<string[]> {
    const name = { ...stackName, name: stack.name };
    const questions = await questionsOf(stack.requests, name);
    const actions = new Set(questions.map(([action]) => action));
    // Without these the requests were not seen, and nothing was asked.
    expect([...actions]).to.include.members(["iam:CreateRole", "iam:PassRole", "ecs:CreateService", "ec2:CreateVpc"]);
    const deployRole = workflow(name, "deploy");
    const refused: string[] = [];
    for (const question of questions) {
        const answer = await ask(deployRole, question);
        if (answer !== "Allowed") refused.push(`${answer}: ${JSON.stringify(question)}`);
    }
    expect(refused).to.deep.equal([]);
    return [...actions].sort();
}

/** The same, and compares the actions with the list in the repository. */
export async function expectListed(stack: TestStack, stackName: Omit<StackName, "name">) {
    const changes = (await expectAllowed(stack, stackName)).filter((action) => !isRead(action));
    if (process.env.CALLED === "write") {
        writeFileSync(LIST, `${JSON.stringify({ ...listed(), [stack.name]: changes }, null, 4)}\n`);
    }
    expect(changes, "CALLED=write writes tests/automation/bootstrap/called.json anew").to.deep.equal(
        listed()[stack.name],
    );
}

const isRead = (action: string) =>
    READ.some((read) => (read.endsWith("*") ? action.startsWith(read.slice(0, -1)) : action === read));
