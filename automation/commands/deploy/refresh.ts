/** Takes into the state what AWS has. */
import pc from "picocolors";
import { confirm } from "../../runner/confirm";
import { renderDrift } from "../../runner/drift";
import { failed, operate } from "../../runner/operation";
import type { Decisions } from "../../runner/pending";
import { begin, takeOver } from "../../runner/session";
import { platform, type Project } from "../../runner/stack";
import { summary } from "../../runner/summary";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { readAll } from "./drift";

export interface RefreshInput {
    readonly stack: string;
    readonly yes: boolean;
    /** Seconds that another run's lock is waited for. */
    readonly wait: number;
    /** URN=ID of resources that an update left half created, and that exist. */
    readonly adopt: readonly string[];
    /** URNs of those that do not. */
    readonly forget: readonly string[];
}

export async function refresh(
    { stack: name, yes, wait, adopt, forget }: RefreshInput,
    context: CommandContext,
    project: Project = platform,
): Promise<number> {
    const decided = decisions(adopt, forget);
    const deadline = Date.now() + wait * 1000;
    const session = await begin(context, name, { program: project.program });
    const { stack } = session;
    await takeOver(session, context, deadline, decided);
    const { found, outcome: looked } = await readAll(session, context);
    const unread = failed("reading what AWS has", looked, context, "  the state was not changed");
    if (unread) throw unread;
    if (found.length === 0) {
        context.out("the state is as AWS is\n");
        return 0;
    }
    context.out(`${renderDrift(found).join("\n")}\n\n`);
    await confirm(`Take this into the state of ${stack.name}?`, { context, yes });
    const outcome = await operate((listening) => stack.refresh(listening), context);
    const failure = failed("the refresh", outcome, context, `  npm run refresh -- --stack ${stack.name} tries again`);
    if (failure) throw failure;
    context.out(summary(`the state of ${stack.name} is refreshed`, outcome, {}, pc));
    return 0;
}

/** What the command line says of creations that nobody else can tell of. */
export function decisions(adopt: readonly string[], forget: readonly string[]): Decisions {
    const pairs = adopt.map((text): [string, string] => {
        const at = text.indexOf("=");
        if (!text.startsWith("urn:pulumi:") || at < 0 || at === text.length - 1) {
            throw new UsageError(`--adopt ${text}: a URN, =, and the id that AWS has given it`);
        }
        return [text.slice(0, at), text.slice(at + 1)];
    });
    const wrong = forget.find((text) => !text.startsWith("urn:pulumi:"));
    if (wrong !== undefined) throw new UsageError(`--forget ${wrong}: a URN, as the refusal shows it`);
    return { adopt: new Map(pairs), forget };
}
