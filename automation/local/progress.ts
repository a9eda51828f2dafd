/** The progress of a long command: redrawn on a terminal, a line for each change in a log. */
import { WIDTH, wrap } from "../plan/text";

export interface Row {
    readonly name: string;
    readonly text: string;
    /** Not started yet: left out of a log. */
    readonly pending?: boolean;
}

const REDRAW_MILLISECONDS = 1000;

export class Progress {
    private readonly started = Date.now();
    private readonly lastLines = new Map<string, string>();
    private drawn = 0;

    constructor(
        private readonly write: (text: string) => void,
        private readonly interactive: boolean,
        /** The terminal's lines: what does not fit could not be erased. */
        private readonly height = 24,
    ) {}

    get seconds(): number {
        return Math.round((Date.now() - this.started) / 1000);
    }

    /** A line that stays. */
    note(text: string): void {
        this.clear();
        const margin = `${this.seconds} s`.padStart(7);
        wrap(text, WIDTH - margin.length - 2).forEach((line, i) => {
            this.write(`${i === 0 ? margin : " ".repeat(margin.length)}  ${line}\n`);
        });
    }

    /** Runs a step, and reports how long it takes. */
    async during<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
        const begin = Date.now();
        const seconds = () => Math.round((Date.now() - begin) / 1000);
        const draw = () => this.draw([{ name: what, text: `${seconds()} s` }]);
        const timer = this.interactive ? setInterval(draw, REDRAW_MILLISECONDS) : undefined;
        if (this.interactive) draw();
        else this.note(`${what} …`);
        try {
            return await work();
        } finally {
            clearInterval(timer);
            this.clear();
            if (this.interactive || seconds() > 0) this.note(`${what}: ${seconds()} s`);
        }
    }

    /** Reports the states: all of them on a terminal, changes in a log. */
    rows(rows: readonly Row[]): void {
        if (this.interactive) return this.draw(rows);
        for (const { name, text, pending } of rows) {
            if (pending || this.lastLines.get(name) === text) continue;
            this.lastLines.set(name, text);
            this.note(`${name}: ${text}`);
        }
    }

    /** Erases what was drawn. */
    clear(): void {
        if (this.drawn > 0) this.write(`\u001b[${this.drawn}A\u001b[J`);
        this.drawn = 0;
    }

    private draw(rows: readonly Row[]): void {
        this.clear();
        const width = Math.max(0, ...rows.map(({ name }) => name.length));
        const lines = rows
            .slice(0, this.height - 2)
            .map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`.slice(0, WIDTH - 1));
        this.drawn = lines.length + 1;
        this.write(`${[`  ${this.seconds} s`, ...lines].join("\n")}\n`);
    }
}
