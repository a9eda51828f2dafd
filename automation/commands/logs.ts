/** `npm run logs`: the log lines of a service or a task, as they come. */
import { deployed, pick } from "../deployed";
import { UsageError } from "../plan/stack-file";
import { options, pause, run, type Surroundings } from "./command";
import { Follower } from "./follow";

const HELP = `npm run logs -- [--stack NAME] [--since TIME] [--no-follow] SERVICE

Shows what a service, a scheduled task or a one-off task wrote, and goes on until Ctrl-C.

  --stack NAME   the stack (default: dev)
  --since TIME   how far back to begin: 30s, 10m, 2h, 3d (default: 10m)
  --no-follow    what there is, and then end
  --help         print this

Each line begins with its time (UTC) and the task that wrote it. SERVICE is one of the names in the output logGroups.
`;

const POLL_MILLISECONDS = 2000;
const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export async function logs(args: string[], around: Surroundings): Promise<number> {
    const { values, positionals } = options(args, {
        since: { type: "string", default: "10m" },
        "no-follow": { type: "boolean", default: false },
    });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 1) throw new UsageError(`one service, and not ${positionals.length}; --help says more`);
    const from = Date.now() - duration(values.since);
    const { aws, outputs } = await deployed(around.root, values.stack);
    const follower = new Follower(aws.logs, pick(outputs.logGroups, positionals[0], "service"), from);
    for (;;) {
        for (const { time, stream, text } of await follower.next()) {
            around.out(`${new Date(time).toISOString().slice(0, 19)} ${shortened(stream)}  ${text}\n`);
        }
        if (values["no-follow"] || around.signal.aborted) return 0;
        await pause(POLL_MILLISECONDS, around.signal);
    }
}

export function duration(text: string): number {
    const [, value, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
    if (!unit) throw new UsageError(`--since ${text}: a number and one of s, m, h, d, e.g. 10m`);
    return Number(value) * UNITS[unit]!;
}

/** `app/app/0123456789abcdef` is container app of a task; its first characters tell it from the others. */
function shortened(stream: string): string {
    const [, container, task] = stream.split("/");
    return container && task ? `${container} ${task.slice(0, 6)}` : stream;
}

if (require.main === module) run(logs);
