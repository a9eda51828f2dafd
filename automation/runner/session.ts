/** The beginning of the commands that deploy: opens and checks a stack, and waits for its lock. */
import type { PreviewOptions } from "@pulumi/pulumi/automation";
import { existsSync } from "node:fs";
import path from "node:path";
import type { PlatformConfig } from "../../config/defaults";
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { readStackFile, type StackFile } from "../plan/stack-file";
import { STOPPED } from "../shared/exit-codes";
import { renderErrors, renderViolations } from "./diff";
import { waitForLock } from "./lock";
import { operate, type Outcome, failed } from "./operation";
import { refusePending } from "./pending";
import { Unready } from "./findings";
import { type Checked, preflight } from "./preflight";
import { findStack, type OpenedStack, openStack, type Project, type State, stateOf } from "./stack";

export interface Session extends OpenedStack {
    readonly state: State;
    readonly checked: Checked;
}

/** What to do with a stack that has no state yet: create it, preview it with a temporary state, or refuse. */
export type WhenMissing = "make" | "attempt" | "refuse";

/**
 * Opens a stack and runs the preflight. Creates a missing stack only if there are no findings. Prints the region, account and backend.
 */
export async function openSession(
    context: CommandContext,
    name: string,
    project: Project,
    absent: WhenMissing = "refuse",
): Promise<Session> {
    const file = readStackFile(context.root, name);
    const planned = await project.plan?.(context.root, name);
    const look = absent === "refuse" ? openStack : findStack;
    // A problem with the CLI or the state is reported together with the other findings.
    const found = await look(context, name, project).catch((error: Error) => error);
    if (found instanceof Error && !(found instanceof Unready)) throw found;
    const state = "created" in found ? await stateOf(found.stack) : NOTHING;
    const config = planned && (await configOf(context.root, file));
    const checked = await preflight(file, { planned, config, there: state.resources });
    if (found instanceof Error) {
        throw new Unready([...found.findings, ...checked.findings]);
    }
    const where = [file.config["aws:region"], checked.account && `account ${checked.account}`, found.backend];
    context.err(`Stack ${name}: ${where.filter(Boolean).join(", ")}\n`);
    if ("make" in found) context.err("  it does not exist yet\n");
    for (const note of checked.notes) context.err(`  note: ${note}\n`);
    const { findings } = checked;
    const stop = absent === "attempt" ? findings.some(({ blind }) => blind) : findings.length > 0;
    if (stop) throw new Unready(findings);
    if ("created" in found) return { ...found, state, checked };
    return { ...(absent === "make" ? await found.make() : await found.attempt()), state, checked };
}

/** The configuration in the program's form. The plan has found no problem in it. */
async function configOf(root: string, file: StackFile): Promise<PlatformConfig | undefined> {
    const { config, project, secretKeys, stack } = file;
    const { readConfig } = await import("../../config/load");
    process.chdir(root); // readConfig reads the heritages' files from there
    return readConfig(config, project, (key) => secretKeys.includes(key), stack).config;
}

const NOTHING: State = { resources: [], pending: [] };

/** Waits until no other run holds the stack's lock, and stops where a killed one has left creations pending. */
export async function takeOver(session: Session, context: CommandContext, deadline: number): Promise<void> {
    await waitForLock(session, { deadline, context });
    refusePending(await stateOf(session.stack), session.stack.name);
}

/** Opens a stack for a command that changes it without a plan. Waits up to `wait` seconds for its lock. */
export async function openFree(
    context: CommandContext,
    name: string,
    { program }: Project,
    wait: number,
): Promise<Session> {
    const deadline = Date.now() + wait * 1000;
    const session = await openSession(context, name, { program });
    await takeOver(session, context, deadline);
    return session;
}

/** Previews an `up` with the policies. Returns a failure as part of the outcome. */
export async function previewed(session: Session, context: CommandContext): Promise<Outcome> {
    const { stack, configFile } = session;
    const outcome = await operate(
        (listening) => stack.preview({ ...listening, ...packs(context.root), configFile } satisfies PreviewOptions),
        context,
        { shown: false },
    );
    if (context.signal.aborted) throw failed("the preview", outcome, context, "  nothing was changed")!;
    return outcome;
}

/** The option for the project's policy pack, if it has one. */
export function packs(root: string): { policyPacks?: string[] } {
    const folder = path.join(root, "policy");
    return existsSync(path.join(folder, "PulumiPolicy.yaml")) ? { policyPacks: [folder] } : {};
}

/** Ends the command if the preview violates a mandatory policy or failed. */
export function stopAtFailure(outcome: Outcome, context: CommandContext, goOn = "  nothing was changed") {
    const { violations } = outcome;
    const advisory = violations.filter(({ mandatory }) => !mandatory);
    if (advisory.length > 0) context.err(`${["Advice of the policies:", ...renderViolations(advisory)].join("\n")}\n`);
    const mandatory = violations.filter(({ mandatory: must }) => must);
    if (mandatory.length > 0) {
        const lines = ["stopped before anything was changed: policies are violated", ...renderViolations(mandatory)];
        const others = outcome.errors.filter(({ message }) => !/policy|violation/i.test(message));
        throw new Exit(STOPPED, [...lines, ...renderErrors(others)].join("\n"));
    }
    const failure = failed("the preview", outcome, context, goOn);
    if (!failure) return;
    // A deletion that Pulumi refuses is not a step of the preview, only an error.
    const refused = outcome.errors.some(({ message }) => /because it is protected|marked for protection/.test(message));
    throw refused ? new Exit(STOPPED, failure.message) : failure;
}
