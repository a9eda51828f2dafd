/** Opens a stack of the project with the project's program. */
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
import { asCommandError } from "./errors";
import { untilFirstFailure } from "./first-failure";

/** The program to deploy, and how to plan it without AWS. */
export interface Project {
    readonly program: PulumiFn;
    /** Plans the stack. Fails if its configuration is wrong. @default none: the preview is the first check */
    readonly plan?: (root: string, stack: string) => Promise<PlannedStack>;
}

/** The platform of this project. */
export const platform: Project = {
    program: async () => (await import("../../index")).default(),
    plan: (root, stack) => planStack({ root, stack, files: root }),
};

export interface OpenedStack {
    readonly stack: Stack;
    readonly file: StackFile;
    /** Whether this command created it; it has no resources then. */
    readonly created: boolean;
    /** `file:///home/me`, `s3://bucket`, or the address of Pulumi Cloud. */
    readonly backend: string;
    /** The options with which it was opened. */
    readonly options: LocalWorkspaceOptions;
    /** Its configuration file, if it is not in the project's folder. */
    readonly configFile?: string;
}

/**
 * Opens a stack, or returns how to create it where it has no state yet. Its file has to exist.
 */
export async function findStack(
    context: CommandContext,
    name: string,
    project: Project,
): Promise<OpenedStack | MissingStack> {
    const { root } = context;
    const file = readStackFile(root, name);
    const pulumiCommand = await pulumiCli(context);
    process.chdir(root); // Pulumi runs a program in the project's folder
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
        throw asCommandError(error);
    }
}

/** A stack that has a file and no state yet. */
export interface MissingStack {
    readonly backend: string;
    make(): Promise<OpenedStack>;
    /** For a preview: with a temporary state. */
    attempt(): Promise<OpenedStack>;
}

/** Opens an existing stack. */
export async function openStack(context: CommandContext, name: string, project: Project): Promise<OpenedStack> {
    const found = await findStack(context, name, project);
    if ("make" in found) {
        throw new UsageError(
            `the stack ${name} does not exist in ${found.backend}: npx identity up --stack ${name} makes it`,
        );
    }
    return found;
}

const init = (args: InlineProgramArgs, options: LocalWorkspaceOptions) =>
    LocalWorkspace.createStack(args, options).catch((error: Error) => Promise.reject(asCommandError(error) as Error));

/**
 * Creates a stack with its state in a temporary folder. `pulumi stack init` writes a salt or a key into the stack's file, so it gets a copy.
 */
async function initElsewhere(args: InlineProgramArgs, options: LocalWorkspaceOptions, file: string) {
    const folder = copyOfProject(options, file);
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const envVars = { PULUMI_BACKEND_URL: `file://${folder}` };
    await init(args, { ...options, envVars, workDir: folder });
    return { ...options, envVars, configFile: path.join(folder, file) };
}

/** A temporary folder with the project's file and a stack's, for `pulumi stack init`, which may write into them. */
export function copyOfProject({ workDir }: LocalWorkspaceOptions, file: string): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), "identity-"));
    for (const name of ["Pulumi.yaml", file]) copyFileSync(path.join(workDir!, name), path.join(folder, name));
    return folder;
}

/** The state, as of `pulumi stack export`. Its secrets are decrypted: never print it. */
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
    readonly dependencies?: readonly string[];
    readonly provider?: string;
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
}

export async function stateOf(stack: Stack): Promise<State> {
    const { deployment } = await stack.exportStack();
    return { resources: deployment?.resources ?? [], pending: deployment?.pending_operations ?? [] };
}

/** The environment in the stack file. The guard refuses changes in `prod`. */
export const environmentOf = ({ config, project }: StackFile) => config[`${project}:environment`] ?? "";
