/** What a command gets from the process that runs it; a test gives it streams of its own. */
export interface CommandContext {
    /** The folder with Pulumi.yaml and the stack files. */
    readonly root: string;
    /** The folder with images and heritages. @default that of the program */
    readonly files?: string;
    readonly input: NodeJS.ReadStream;
    /** Writes a result to stdout. */
    out(text: string): void;
    /** Writes progress and errors to stderr, so that results can be piped. */
    err(text: string): void;
    /** Aborted by Ctrl-C. */
    readonly signal: AbortSignal;
    /** Aborted by a second Ctrl-C: a command that ends cleanly after the first one ends at once. */
    readonly atOnce?: AbortSignal;
    /** Whether stderr is a terminal, where progress can be redrawn. @default false */
    readonly terminal?: boolean;
    /** @default process.env */
    readonly env?: NodeJS.ProcessEnv;
    /** Columns of a line on stdout. @default 100 */
    readonly width?: number;
}
