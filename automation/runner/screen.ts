/** Writes progress: redrawn at the bottom of a terminal, or as lines of a log. */
import type { CommandContext } from "../shared/context";
import type { Progress } from "./progress";

const REDRAWN_MILLISECONDS = 500;
const LOG_POLL_MILLISECONDS = 1000;

export class Screen {
    private drawn = 0;
    private readonly timer: NodeJS.Timeout | undefined;

    constructor(
        private readonly context: Pick<CommandContext, "err" | "terminal">,
        private readonly progress: Progress,
        private readonly shown: boolean,
    ) {
        if (!shown) return;
        const every = context.terminal ? REDRAWN_MILLISECONDS : LOG_POLL_MILLISECONDS;
        this.timer = setInterval(() => (context.terminal ? this.draw() : this.say(progress.quiet(Date.now()))), every);
    }

    /** Writes lines that stay. */
    say(lines: readonly string[]) {
        if (!this.shown || lines.length === 0) return;
        this.context.err(`${this.erased()}${lines.join("\n")}\n`);
        if (this.context.terminal) this.draw();
    }

    close() {
        clearInterval(this.timer);
        const erased = this.erased();
        if (erased) this.context.err(erased);
    }

    private draw() {
        const lines = this.progress.screen(Date.now(), process.stderr.columns ?? 100);
        this.context.err(`${this.erased()}${lines.join("\n")}\n`);
        this.drawn = lines.length;
    }

    /** The control sequence that erases the drawn lines. */
    private erased(): string {
        const up = this.drawn > 0 ? `\x1b[${this.drawn}A\x1b[J` : "";
        this.drawn = 0;
        return up;
    }
}
