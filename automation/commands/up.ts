/** `npm run up`: deploys a stack, guarded and told. */
import { createHash } from "node:crypto";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation";
import pc from "picocolors";
import { EXIT_CODES } from "../runner/codes";
import { confirm } from "../runner/confirm";
import { renderChanges } from "../runner/diff";
import { guard } from "../runner/guard";
import { untilFirstFailure } from "../runner/first-failure";
import { failed, operate, type Outcome } from "../runner/operation";
import { begin, packs, previewed, type Session, stopAtFailure, takeOver, WAIT } from "../runner/session";
import { environmentOf, platform, type Project, seconds, type State, stateOf } from "../runner/stack";
import { summary } from "../runner/summary";
import { options, run, type Surroundings } from "./command";
import { UsageError } from "../plan/stack-file";
import { UserError } from "../../components/user-error";

const HELP = `npm run up -- [--stack NAME] [--yes] [--allow-replace RESOURCE]… [--wait SECONDS]

Deploys a stack: looks whether anything would stop it, shows what would change, asks, changes it,
waits until every new version runs, and sums up. A stack that does not exist yet is made, if it has
a file.

  --stack NAME     the stack (default: dev)
  --yes            do not ask; without a terminal nothing is changed otherwise
  --allow-replace RESOURCE
                   let this database, key, wallet key, load balancer, zone or bucket of prod be
                   replaced or deleted. RESOURCE is its URN, or type::name as the refusal shows it.
                   What Pulumi or AWS protects needs identity:protect: false and an \`up\` of that
                   first
  --wait SECONDS   how long to wait while another run holds the stack's lock (default: ${WAIT})
  --help           print this

Ctrl-C finishes what is under way and begins nothing else, and the next \`up\` goes on from there.
Once more ends at once. What was being created then is pending: the next \`up\` says what to do.

${EXIT_CODES}`;

export async function up(args: string[], around: Surroundings, project: Project = platform): Promise<number> {
    const { values, positionals } = options(args, {
        yes: { type: "boolean", default: false },
        "allow-replace": { type: "string", multiple: true, default: [] },
        wait: { type: "string", default: WAIT },
    });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 0) throw new UsageError(`npm run up takes no ${positionals[0]}; --help says more`);
    const deadline = Date.now() + seconds("wait", values.wait) * 1000;
    const session = await begin(around, values.stack, project, "make");
    const { stack, file } = session;
    let agreed: string | undefined;
    for (;;) {
        await takeOver(session, around, deadline);
        const before = fingerprint(await stateOf(stack));
        const plan = await previewed(session, around);
        const rendered = renderChanges(plan, pc).join("\n");
        if (rendered !== agreed) around.out(`\n${rendered}\n\n`);
        guard(plan.changes, environmentOf(file), values["allow-replace"], stack.name);
        stopAtFailure(plan, around);
        // An `up` that changes nothing is one, too: it looks whether what runs is what should.
        const ask = plan.changes.length > 0 && rendered !== agreed;
        if (ask) await confirm(`Deploy this to ${stack.name}?`, { around, yes: values.yes });
        agreed = rendered;
        const outcome = await update(session, project, { before, plan }, around);
        if (outcome === "again") continue;
        const goOn = `  what is done is in the state; npm run up -- --stack ${stack.name} goes on from there`;
        const failure = failed("the update", outcome, around, goOn);
        if (failure) throw failure;
        around.out(summary(`${stack.name} is deployed`, outcome, await stack.outputs(), pc));
        return 0;
    }
}

/** The update, of the state that was previewed or of none: where another run was faster, there is another preview first. */
async function update(
    { stack }: Session,
    { program }: Project,
    { before, plan }: { before: string; plan: Outcome },
    around: Surroundings,
): Promise<Outcome | "again"> {
    let moved = false;
    // By the time that the program runs, the lock is ours.
    const onlyIfUnmoved = async () => {
        moved = fingerprint(await stateOf(stack)) !== before;
        if (moved) throw new UserError("another run has changed the stack since the preview");
        return program();
    };
    try {
        const outcome = await operate(
            (listening) => stack.up({ ...listening, ...packs(around.root), program: untilFirstFailure(onlyIfUnmoved) }),
            around,
            { total: plan.changes.length },
        );
        if (!moved) return outcome;
    } catch (error) {
        if (!(error instanceof ConcurrentUpdateError)) throw error;
    }
    around.err("another run has changed the stack meanwhile: looking again at what is to be done\n");
    return "again";
}

/**
 * What the state says of the resources; secrets go into a hash, and nowhere else. The stack itself is among them, and is written before
 * the program runs.
 */
function fingerprint({ resources, pending }: State): string {
    const others = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
    return createHash("sha256")
        .update(JSON.stringify([others, pending]))
        .digest("hex");
}

if (require.main === module) run(up, ["SIGINT", "SIGTERM", "SIGHUP"]);
