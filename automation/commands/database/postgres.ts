/** A server of PostgreSQL, by its own tools. */
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Exit } from "../../shared/errors";
import { FAILED, INTERRUPTED } from "../../shared/exit-codes";

export const TOOLS = ["pg_dump", "pg_restore", "psql"] as const;
export type Tool = (typeof TOOLS)[number];

/** A server, and a role on it that logs in. */
export interface Server {
    /** The owner of what the role makes: it acts as the owner from its log-in on. */
    readonly role: string;
    /** The words that a tool's command line begins with. */
    command(tool: Tool): readonly string[];
    /** How a tool connects, the password among it. */
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
}

/** Files that a tool reads from, or writes to. */
interface Files {
    readonly from?: string;
    /** Made for its owner alone; it may not be there. */
    readonly to?: string;
}

/** Characters of what a tool says that an error has. */
const MOST = 2000;

/** Runs a tool in a database, to its end, and returns what it wrote. */
export async function run(
    server: Server,
    tool: Tool,
    database: string,
    args: readonly string[],
    { from, to }: Files = {},
): Promise<string> {
    const [program, ...words] = [...server.command(tool), "--no-password", `--dbname=${connection(database)}`, ...args];
    const child = spawn(program!, words, {
        env: { ...process.env, ...server.env },
        detached: true, // Ctrl-C is for this program
        stdio: [from === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const stop = () => child.kill("SIGTERM");
    server.signal.addEventListener("abort", stop);
    const output = { out: "", err: "" };
    child.stderr!.setEncoding("utf8").on("data", (text: string) => void (output.err += text));
    if (to === undefined) child.stdout!.setEncoding("utf8").on("data", (text: string) => void (output.out += text));
    const ended = new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve(code ?? 1));
    });
    try {
        const [code] = await Promise.all([
            ended,
            to === undefined ? undefined : pipeline(child.stdout!, createWriteStream(to, { mode: 0o600, flags: "wx" })),
            // A tool that fails reads no further; what it says is the reason.
            from === undefined ? undefined : pipeline(createReadStream(from), child.stdin!).catch(() => undefined),
        ]);
        if (server.signal.aborted) throw new Exit(INTERRUPTED, `${tool} was interrupted`);
        if (code !== 0) throw new Exit(FAILED, `${tool} of ${database}: ${output.err.trim().slice(0, MOST)}`);
        return output.out.trim();
    } finally {
        server.signal.removeEventListener("abort", stop);
        stop();
    }
}

/** A name may have whatever characters. */
const connection = (database: string) => `dbname='${database.replaceAll(/['\\]/g, "\\$&")}'`;

/** Runs statements one by one, and returns the rows, columns separated by tabs. */
export async function sql(server: Server, database: string, ...statements: readonly string[]): Promise<string[]> {
    const commands = statements.map((text) => `--command=${text}`);
    const options = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t"];
    const rows = await run(server, "psql", database, [...options, "--set=ON_ERROR_STOP=1", ...commands]);
    return rows.split("\n").filter((row) => row !== "");
}

export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
