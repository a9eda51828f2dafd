/** The secret that a command names. */
import { planStack } from "../../plan/plan-stack";
import type { SecretView } from "../../plan/sections/secrets";
import { readStackFile, type StackFile } from "../../plan/stack-file";
import { UsageError } from "../../shared/errors";

export interface SecretInput {
    readonly stack: string;
    /** The service or heritage. */
    readonly owner: string;
    /** The last parts of the parameter's name. */
    readonly variable: string;
}

/** Those whose value something else remembers: another one would fit nothing any more. */
export const FOR_GOOD: Readonly<Record<string, string>> = {
    ACAPY_WALLET_KEY: "the wallet could not be opened any more",
    ACAPY_WALLET_SEED: "the agent's public DID is made of it, and ACA-Py does not start with another one",
    KC_BOOTSTRAP_ADMIN_PASSWORD:
        "Keycloak reads it on its first start alone; change the administrator's password in its console",
};

export interface StackSecrets {
    readonly file: StackFile;
    /** The beginning of the names of the stack's own parameters. */
    readonly prefix: string;
    readonly secrets: readonly SecretView[];
}

export async function secretsOf(root: string, stack: string): Promise<StackSecrets> {
    const file = readStackFile(root, stack);
    const { model } = await planStack({ root, files: root, stack });
    return { file, prefix: `/${file.project}/${file.stack}/`, secrets: model.secrets };
}

export function secretNamed({ prefix, secrets }: StackSecrets, { owner, variable }: SecretInput): SecretView {
    const parameter = `${prefix}${owner}/${variable}`;
    const secret = secrets.find((candidate) => candidate.parameter === parameter);
    if (secret) return secret;
    const names = secrets.map((candidate) => candidate.parameter).filter((name) => name.startsWith(prefix));
    throw new UsageError(
        [`the stack has no secret ${parameter}; there are:`, ...names.map((name) => `    ${name}`)].join("\n"),
    );
}
