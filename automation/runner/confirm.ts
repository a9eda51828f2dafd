/** Asks the user for a confirmation. */
import { createInterface } from "node:readline";
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { DECLINED, INTERRUPTED } from "../shared/exit-codes";

/**
 * Resolves if the user types `word` or has given --yes. Without a terminal it ends the command: a pipeline has to give --yes.
 */
export async function confirm(
    question: string,
    { context, yes, word = "yes" }: { context: CommandContext; yes: boolean; word?: string },
): Promise<void> {
    if (yes) return;
    const { input, err, signal } = context;
    if (!input.isTTY) {
        throw new Exit(
            DECLINED,
            `${question}\n  there is no terminal to ask on, and nothing was changed; --yes confirms in advance`,
        );
    }
    const lines = createInterface({ input });
    err(`${question}\n  type ${word} to go on: `);
    const answer = await new Promise<string>((resolve) => {
        lines.once("line", resolve);
        lines.once("close", () => resolve(""));
        signal.addEventListener("abort", () => resolve(""), { once: true });
    });
    lines.close();
    if (signal.aborted) throw new Exit(INTERRUPTED, "\ninterrupted; nothing was changed");
    if (answer.trim() !== word) throw new Exit(DECLINED, "declined; nothing was changed");
}
