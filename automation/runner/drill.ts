/** A drill: the newest backup of something is brought up beside the stack, asked, and deleted again. */
import type { CommandContext } from "../shared/context";
import { DONE } from "../shared/exit-codes";
import type { WaitOptions } from "../shared/until";
import { confirm } from "./confirm";
import { duration } from "./progress";

/** Between the name of what a backup is of and the time, in the name of what a drill makes. */
export const DRILL = "-drill-";

/** What is made of a backup, and stays for a while. */
export interface Restored<T> {
    /** It has nothing else in the account: what has it was made by this drill. */
    readonly name: string;
    start(): Promise<unknown>;
    /** Waits until it can be asked. */
    available(): Promise<T>;
    /** Asks AWS to delete it, again and again where AWS is in the middle of something; also after an interruption. */
    remove(): Promise<unknown>;
    /** Waits until it is no more. */
    gone(): Promise<unknown>;
}

/** Brings it up, has `work` done with it, and deletes it: in each case, also where that fails or is interrupted. Returns what each step took. */
export async function whileRestored<T>(
    { name, start, available, remove, gone }: Restored<T>,
    say: WaitOptions["say"],
    work: (restored: T) => Promise<void>,
): Promise<Record<"restored" | "asked" | "deleted", number>> {
    const times = [Date.now()];
    try {
        await start();
        const restored = await available();
        times.push(Date.now());
        await work(restored);
        times.push(Date.now());
    } catch (error) {
        await remove().catch((reason: Error) => say(`${name} is there still: ${reason.message}`));
        throw error;
    }
    await remove();
    await gone();
    times.push(Date.now());
    const [restored, asked, deleted] = times.slice(1).map((time, i) => time - times[i]!);
    return { restored: restored!, asked: asked!, deleted: deleted! };
}

export interface Backup {
    readonly name: string;
    readonly made: Date | undefined;
}

interface Drill<T, Found> {
    /** Whose backup it is. */
    readonly name: string;
    readonly backup: Backup;
    /** As what it is brought up. */
    readonly as: string;
    restored(options: WaitOptions): Restored<T>;
    ask(restored: T, say: WaitOptions["say"]): Promise<readonly Found[]>;
    line(found: Found): string;
}

/** Asks the user, and says what was found and how long it took. */
export async function runDrill<T, Found>(
    { name, backup, as, restored, ask, line }: Drill<T, Found>,
    { stack, yes, json }: { stack: string; yes: boolean; json: boolean },
    { context, pollMilliseconds }: { context: CommandContext; pollMilliseconds: number | undefined },
): Promise<number> {
    const { out, err, signal } = context;
    const backupName = `${backup.name} of ${backup.made?.toISOString()}`;
    await confirm(`Bring ${backupName} up beside the stack ${stack}, as ${as}, and delete it again?`, {
        context,
        yes,
    });
    const say = (text: string) => err(`${name}: ${text}\n`);
    say(`the newest backup: ${backupName}, ${age(backup)} old`);
    const found: Found[] = [];
    const waiting = { say, signal, pollMilliseconds };
    const took = await whileRestored(restored(waiting), say, async (made) => {
        found.push(...(await ask(made, say)));
    });
    const steps = Object.entries(took);
    if (json) {
        const seconds = Object.fromEntries(
            steps.map(([step, milliseconds]) => [step, Math.round(milliseconds / 1000)]),
        );
        out(`${JSON.stringify({ stack, name, backup, found, seconds }, null, 2)}\n`);
        return DONE;
    }
    out(`${backupName}, ${age(backup)} old, can be brought back\n`);
    for (const part of found) out(`  ${line(part)}\n`);
    for (const [step, milliseconds] of steps) out(`  ${step.padEnd(10)}${duration(milliseconds).padStart(10)}\n`);
    return DONE;
}

const age = ({ made }: Backup) => {
    const hours = (Date.now() - (made?.getTime() ?? Date.now())) / 3_600_000;
    return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
};
