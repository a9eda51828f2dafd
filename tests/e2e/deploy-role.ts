/** A deployment's requests, tried against the role that CI deploys with (automation/bootstrap). */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { READ } from "../../automation/bootstrap/actions";
import { boundaryArn, type StackName } from "../../automation/bootstrap/names";
import { ACCOUNT, workflow } from "../automation/bootstrap/holders";
import { ask, type Question } from "../iam";
import { questionsOf } from "./authorization";
import type { AwsRequest } from "./aws-request";
import type { TestStack } from "./engine";

/** What the deployments of a stack change in AWS, in a file for each stack. `npm run called` writes them anew. */
const listOf = (stack: string) => path.join(__dirname, `../automation/bootstrap/called/${stack}.json`);

/** Puts the stack's roles within the boundary, without which the deploy role makes none. */
export const withinBoundary = (stack: TestStack) =>
    stack.edit([["identity:permissionsBoundary"], boundaryArn(ACCOUNT, stack.name)]);

/** What `npx identity bootstrap` takes from a stack's file, which reads these parameters. */
export function stackNameIn(stack: TestStack, parameters: readonly string[]): Omit<StackName, "name"> {
    const { config } = parse(readFileSync(stack.file, "utf8")) as { config: Record<string, unknown> };
    const domains = [config["identity:domain"] ?? [], config["identity:domains"] ?? []].flat() as { name: string }[];
    return {
        region: config["aws:region"] as string,
        domains: domains.map((one) => one.name),
        parameters: parameters.filter((parameter) => !parameter.startsWith("/identity/")),
    };
}

/**
 * Fails with each request of the stack's operations so far that the deploy role may not make. `earlier` are the requests of another program that
 * made the stack.
 */
export async function expectAllowed(
    stack: TestStack,
    stackName: Omit<StackName, "name">,
    earlier: readonly AwsRequest[] = [],
): Promise<void> {
    const name = { ...stackName, name: stack.name };
    await expectAllAllowed(await recordedQuestions(stack, name, earlier), name);
}

/** The same, and fails with each change that the stack's list in the repository does not have. */
export async function expectListed(stack: TestStack, stackName: Omit<StackName, "name">): Promise<void> {
    const name = { ...stackName, name: stack.name };
    const questions = await recordedQuestions(stack, name);
    const changes = [...new Set(questions.map(([action]) => action))].filter((action) => !isRead(action)).sort();
    const file = listOf(stack.name);
    if (process.env.CALLED === "write") writeFileSync(file, `${JSON.stringify(changes, null, 4)}\n`);
    const listed = JSON.parse(readFileSync(file, "utf8")) as string[];
    const missing = changes.filter((action) => !listed.includes(action));
    expect(missing, `npm run called writes ${path.relative(process.cwd(), file)} anew`).to.deep.equal([]);
    await expectAllAllowed(questions, name);
}

async function recordedQuestions(
    stack: TestStack,
    name: StackName,
    earlier: readonly AwsRequest[] = [],
): Promise<Question[]> {
    const questions = await questionsOf(stack.requests, name, earlier);
    // Without these the requests were not recorded, and nothing would be asked.
    const makes = ["iam:CreateRole", "iam:PassRole", "ecs:CreateService", "ec2:CreateVpc"];
    const deletes = ["iam:DeleteRole", "ecs:DeleteService", "ec2:DeleteVpc"];
    const actions = questions.map(([action]) => action);
    expect(actions).to.include.members(earlier.length > 0 ? deletes : makes);
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

const isRead = (action: string) =>
    READ.some((read) => (read.endsWith("*") ? action.startsWith(read.slice(0, -1)) : action === read));
