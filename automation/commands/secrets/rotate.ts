/** Generates a secret anew. No value is ever printed. */
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { stateOf } from "../../runner/stack";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { FOR_GOOD, type SecretInput, secretNamed, secretsOf } from "./named";

/** On the shared instance, of a role that owns a database. */
const SHARED = /^shared-db\/(.+)\/PASSWORD(_B)?$/;

/** By Pulumi, since it is Pulumi that knows what is made of the value: a database's password, say, and then the parameter. */
export async function rotate(
    input: SecretInput,
    { root, out, err }: Pick<CommandContext, "root" | "out" | "err">,
): Promise<number> {
    const stackSecrets = await secretsOf(root, input.stack);
    const { parameter, from } = secretNamed(stackSecrets, input);
    const { stack: stackName, project: projectName } = stackSecrets.file;
    const why = FOR_GOOD[input.variable];
    if (why) throw new UsageError(`${parameter} stays what it is: ${why}`);
    const [, role] = SHARED.exec(`${input.owner}/${input.variable}`) ?? [];
    if (role) {
        throw new UsageError(
            `${parameter} is one of the two that ${role} takes turns with: count sharedDatabase.rotation up by one in the stack file, or let it have everyDays, ` +
                "and npx identity up; no task is locked out meanwhile (docs/operations.md)",
        );
    }
    if (from === "Secrets Manager") throw new UsageError(`${parameter} is kept by Secrets Manager, which rotates it`);
    if (from === "existing") throw new UsageError(`${parameter} is set by hand: npx identity secrets set`);
    process.chdir(root); // where Pulumi runs a program
    const program = async () => (await import("../../../index")).default();
    const stack = await LocalWorkspace.selectStack({ stackName, projectName, program }, { workDir: root });
    const urns = await generators(stack, parameter);
    if (urns.length === 0) {
        throw new UsageError(`${parameter} is not made of a generated password that the stack ${stackName} has`);
    }
    await stack.up({ target: urns, replace: urns, targetDependents: true, onOutput: out, onError: err });
    return 0;
}

/** What a parameter's value is made of, as the state has it. */
async function generators(stack: Stack, parameter: string): Promise<string[]> {
    const { resources } = await stateOf(stack);
    const found = resources.find(({ type, outputs }) => type === PARAMETER && outputs?.name === parameter);
    const passwords = new Set(resources.filter(({ type }) => type === PASSWORD).map(({ urn }) => urn));
    return (found?.dependencies ?? []).filter((urn) => passwords.has(urn));
}

const PARAMETER = "aws:ssm/parameter:Parameter";
const PASSWORD = "random:index/randomPassword:RandomPassword";
