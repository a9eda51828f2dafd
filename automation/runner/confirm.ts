/** Asking whoever sits at the terminal. */
import { createInterface } from "node:readline";
import { Exit, type Surroundings } from "../commands/command";
import { DECLINED, INTERRUPTED } from "./codes";

/**
 * Goes on where somebody types what is asked for, or has said --yes before. Nobody is taken for a yes: a pipeline says so on its
 * command line.
 */
export async function confirm(
    question: string,
    { around, yes, word = "yes" }: { around: Surroundings; yes: boolean; word?: string },
): Promise<void> {
    if (yes) return;
    const { input, err, signal } = around;
    if (!input.isTTY) {
        throw new Exit(
            DECLINED,
            `${question}\n  nobody is there to ask, and nothing was changed; --yes says it beforehand`,
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
