/**
 * Two stacks that use every key of a stack file and of a heritage's file between them: what a table test, a test of security groups
 * and an engine test look at, where `dev` and `prod` leave something out.
 *
 * `everything` is production without NAT; `everything-dev` has what only dev takes (plain HTTP, a ledger) and what needs NAT.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import type { RealOutputs } from "../../automation/plan/simulate";
import { type Pair, TestAuthority } from "../certificates";

export const EVERYTHING = ["everything", "everything-dev"] as const;
export type EverythingStack = (typeof EVERYTHING)[number];

const PROJECT = path.join(__dirname, "../..");
/** What stands in the files for a certificate, with the name that it is for. No key is ever in the repository. */
const CERTIFICATE = /CERTIFICATE OF (\S+)/g;

/** The text of a stack's file, with certificates in it; their keys by the names that they are for. */
export function stackFile(stack: EverythingStack): { text: string; keys: Record<string, string> } {
    const written = readFileSync(path.join(__dirname, `Pulumi.${stack}.yaml`), "utf8");
    const names = [...written.matchAll(CERTIFICATE)].map(([, name]) => name!);
    const authority = names.length > 0 ? new TestAuthority() : undefined;
    const pairs: Record<string, Pair> = Object.fromEntries(names.map((name) => [name, authority!.server([name])]));
    const text = written.replace(CERTIFICATE, (_, name: string) => JSON.stringify(pairs[name]!.certificate));
    return { text, keys: Object.fromEntries(names.map((name) => [name, pairs[name]!.privateKey])) };
}

/** The keys of a stack's file, without `identity:`. */
export function stackKeys(stack: EverythingStack): Record<string, unknown> {
    const { config } = parse(stackFile(stack).text) as { config: Record<string, unknown> };
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("identity:", ""), value]));
}

/** The heritages' files as mappings, by name. */
export function heritageFiles(): Record<string, Record<string, unknown>> {
    const names = EVERYTHING.flatMap((stack) => stackKeys(stack).heritages as string[]);
    const read = (name: string) => readFileSync(path.join(__dirname, `heritages/${name}.yml`), "utf8");
    return Object.fromEntries(names.map((name) => [name, parse(read(name)) as Record<string, unknown>]));
}

/** Copies into `folder` what the stacks are made of, beside their own files: the project's file, images, heritages. */
export function copyProject(folder: string) {
    for (const name of ["Pulumi.yaml", "images"]) {
        cpSync(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
    }
    for (const name of ["heritages", "images"]) {
        cpSync(path.join(__dirname, name), path.join(folder, name), { recursive: true });
    }
}

/** The plan of one of the stacks, its file changed by `edit`, with outputs of resources by `real`. */
export async function planEverything(
    stack: EverythingStack,
    edit = (text: string): string => text,
    real?: RealOutputs,
): Promise<PlannedStack> {
    const root = mkdtempSync(path.join(os.tmpdir(), "everything-"));
    try {
        copyProject(root);
        writeFileSync(path.join(root, `Pulumi.${stack}.yaml`), edit(stackFile(stack).text));
        return await planStack({ root, stack, files: root, real });
    } finally {
        rmSync(root, { recursive: true });
    }
}
