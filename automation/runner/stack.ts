/** A stack of the project, opened with the project's own program. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
    LocalWorkspace,
    type LocalWorkspaceOptions,
    type PulumiFn,
    type Stack,
    StackNotFoundError,
} from "@pulumi/pulumi/automation";
import { Exit, type Surroundings } from "../commands/command";
import { type PlannedStack, planStack } from "../plan/plan-stack";
import { readStackFile, type StackFile, UsageError } from "../plan/stack-file";
import { pulumiCli } from "./cli";
import { USAGE } from "./codes";
import { told } from "./errors";

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
}

/** What a stack is in for: made where it does not exist yet, tried in a place that is thrown away, or refused. */
export type Absent = "create" | "try" | "refuse";

/**
 * The stack with this name. Its file has to exist, since that is what would be deployed. Where the state does not know it, it is made,
 * or refused with what to do; a preview of it is against a state of its own that goes with the process (`try`).
 */
export async function openStack(
    around: Surroundings,
    name: string,
    project: Project,
    absent: Absent = "refuse",
): Promise<Opened> {
    const { root } = around;
    const file = readStackFile(root, name);
    const pulumiCommand = await pulumiCli(around);
    process.chdir(root); // where Pulumi runs a program
    const args = { stackName: name, projectName: file.project, program: project.program };
    const options: LocalWorkspaceOptions = { workDir: root, pulumiCommand };
    try {
        const workspace = await LocalWorkspace.create(options);
        const backend = (await workspace.whoAmI()).url ?? "";
        try {
            const stack = await LocalWorkspace.selectStack(args, options);
            return { stack, file, created: false, backend, options };
        } catch (error) {
            if (!(error instanceof StackNotFoundError)) throw error;
        }
        if (absent === "refuse") {
            throw new UsageError(
                `the stack ${name} does not exist in ${backend}: npm run up -- --stack ${name} makes it`,
            );
        }
        const { secretsProvider } = await workspace.stackSettings(name);
        const more = absent === "try" ? elsewhere(root, name) : {};
        const made = { ...options, ...more, secretsProvider };
        const stack = await LocalWorkspace.createStack(args, made);
        return { stack, file, created: true, backend, options: made };
    } catch (error) {
        throw told(error);
    }
}

/** A state in a folder that goes with the process; the stack file, into which making a stack may write, is put back. */
function elsewhere(root: string, name: string): LocalWorkspaceOptions {
    const folder = mkdtempSync(path.join(os.tmpdir(), "identity-preview-"));
    const file = path.join(root, `Pulumi.${name}.yaml`);
    const kept = path.join(folder, "stack.yaml");
    copyFileSync(file, kept);
    process.once("exit", () => {
        copyFileSync(kept, file);
        rmSync(folder, { recursive: true, force: true });
    });
    return { envVars: { PULUMI_BACKEND_URL: `file://${folder}` } };
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

/** A number of seconds on the command line. */
export function seconds(option: string, text: string): number {
    const value = Number(text);
    if (!(Number.isInteger(value) && value >= 0)) throw new Exit(USAGE, `--${option} ${text}: whole seconds, e.g. 900`);
    return value;
}
