/** A stack of the project, opened with the project's own program. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
    type InlineProgramArgs,
    LocalWorkspace,
    type LocalWorkspaceOptions,
    type PulumiFn,
    type Stack,
    StackNotFoundError,
} from "@pulumi/pulumi/automation";
import type { CommandContext } from "../shared/context";
import { type PlannedStack, planStack } from "../plan/plan-stack";
import { readStackFile, type StackFile } from "../plan/stack-file";
import { UsageError } from "../shared/errors";
import { pulumiCli } from "./cli";
import { told } from "./errors";
import { untilFirstFailure } from "./first-failure";

/** What is deployed: the program, and how it is planned without AWS. */
export interface Project {
    readonly program: PulumiFn;
    /** What the stack would consist of. Fails where its configuration is wrong. @default nothing is known before the preview */
    readonly plan?: (root: string, stack: string) => Promise<PlannedStack>;
}

/** The platform of this project. */
export const platform: Project = {
    program: async () => (await import("../../index")).default(),
    plan: (root, stack) => planStack({ root, stack, files: root }),
};

export interface Opened {
    readonly stack: Stack;
    readonly file: StackFile;
    /** Whether this command made it: it has no resources, then. */
    readonly created: boolean;
    /** `file:///home/me`, `s3://bucket`, or the address of Pulumi Cloud. */
    readonly backend: string;
    /** How it was opened, for a stack beside it. */
    readonly options: LocalWorkspaceOptions;
    /** Where its configuration is, if not in the project. */
    readonly configFile?: string;
}

/**
 * The stack with this name, or nothing where the state does not know it. Its file has to exist, since that is what would be deployed.
 */
export async function findStack(around: CommandContext, name: string, project: Project): Promise<Opened | Unmade> {
    const { root } = around;
    const file = readStackFile(root, name);
    const pulumiCommand = await pulumiCli(around);
    process.chdir(root); // where Pulumi runs a program
    const program = untilFirstFailure(project.program);
    const args = { stackName: name, projectName: file.project, program };
    const options: LocalWorkspaceOptions = { workDir: root, pulumiCommand };
    try {
        const workspace = await LocalWorkspace.create(options);
        const backend = (await workspace.whoAmI()).url ?? "";
        const { secretsProvider } = await workspace.stackSettings(name);
        try {
            const stack = await LocalWorkspace.selectStack(args, options);
            return { stack, file, created: false, backend, options };
        } catch (error) {
            if (!(error instanceof StackNotFoundError)) throw error;
        }
        const created = { file, created: true, backend } as const;
        return {
            backend,
            make: async () => {
                const stack = await init(args, { ...options, secretsProvider });
                return { ...created, stack, options };
            },
            attempt: async () => {
                const { configFile, ...elsewhere } = await initElsewhere(
                    args,
                    { ...options, secretsProvider },
                    file.file,
                );
                const stack = await LocalWorkspace.selectStack(args, elsewhere);
                return { ...created, stack, options: elsewhere, configFile };
            },
        };
    } catch (error) {
        throw told(error);
    }
}

/** A stack that has a file, and is not in the state. */
export interface Unmade {
    readonly backend: string;
    make(): Promise<Opened>;
    /** For a preview: in a state of its own, which goes with the process. */
    attempt(): Promise<Opened>;
}

/** The stack, where there has to be one. */
export async function openStack(around: CommandContext, name: string, project: Project): Promise<Opened> {
    const found = await findStack(around, name, project);
    if ("make" in found) {
        throw new UsageError(
            `the stack ${name} does not exist in ${found.backend}: npx identity up --stack ${name} makes it`,
        );
    }
    return found;
}

const init = (args: InlineProgramArgs, options: LocalWorkspaceOptions) =>
    LocalWorkspace.createStack(args, options).catch((error: Error) => Promise.reject(told(error) as Error));

/**
 * A stack in a folder that goes with the process, its state and all. Making a stack writes into its file (a salt, a key), so that it is
 * made beside a copy, and gets its configuration from there.
 */
async function initElsewhere(args: InlineProgramArgs, options: LocalWorkspaceOptions, file: string) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "identity-preview-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    for (const name of ["Pulumi.yaml", file]) copyFileSync(path.join(options.workDir!, name), path.join(folder, name));
    const envVars = { PULUMI_BACKEND_URL: `file://${folder}` };
    await init(args, { ...options, envVars, workDir: folder });
    return { ...options, envVars, configFile: path.join(folder, file) };
}

/** What the state holds, as `pulumi stack export` has it. Secrets in it are in the clear: nothing of it is printed. */
export interface State {
    readonly resources: StateResource[];
    readonly pending: { readonly type: string; readonly resource: StateResource }[];
}

export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly custom?: boolean;
    readonly delete?: boolean;
    readonly protect?: boolean;
    readonly parent?: string;
    readonly provider?: string;
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
}

export async function stateOf(stack: Stack): Promise<State> {
    const { deployment } = await stack.exportStack();
    return { resources: deployment?.resources ?? [], pending: deployment?.pending_operations ?? [] };
}

/** The environment that the stack file declares; `prod` is where what holds data is guarded. */
export const environmentOf = ({ config, project }: StackFile) => config[`${project}:environment`] ?? "";
