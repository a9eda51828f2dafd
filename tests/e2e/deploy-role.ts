/** A deployment's requests, tried against the role that CI deploys with (automation/bootstrap). */
import { expect } from "chai";
import { boundaryArn, type StackName } from "../../automation/bootstrap/names";
import { ACCOUNT, workflow } from "../automation/bootstrap/holders";
import { ask, type Question } from "../iam";
import { questionsOf } from "./authorization";
import type { TestStack } from "./engine";

/** Puts the stack's roles within the boundary, without which the deploy role makes none. */
export const withinBoundary = (stack: TestStack) =>
    stack.edit([["identity:permissionsBoundary"], boundaryArn(ACCOUNT, stack.name)]);

/** Fails with each request of the stack's operations so far that the deploy role may not make. */
export async function expectAllowed(stack: TestStack, stackName: Omit<StackName, "name">): Promise<void> {
    const name = { ...stackName, name: stack.name };
    await expectAllAllowed(await recordedQuestions(stack, name), name);
}

async function recordedQuestions(stack: TestStack, name: StackName): Promise<Question[]> {
    const questions = await questionsOf(stack.requests, name);
    // Without these the requests were not recorded, and nothing would be asked.
    const actions = questions.map(([action]) => action);
    expect(actions).to.include.members(["iam:CreateRole", "iam:PassRole", "ecs:CreateService", "ec2:CreateVpc"]);
    return questions;
}

async function expectAllAllowed(questions: readonly Question[], name: StackName): Promise<void> {
    const deployRole = workflow(name, "deploy");
    const refused: string[] = [];
    for (const question of questions) {
        const answer = await ask(deployRole, question);
        if (answer !== "Allowed") refused.push(`${answer}: ${JSON.stringify(question)}`);
    }
    expect(refused).to.deep.equal([]);
}
