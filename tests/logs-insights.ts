/**
 * What CloudWatch Logs makes of log lines.
 *
 * `ask` runs a query of CloudWatch Logs Insights over some lines, as far as the program's queries go (CloudWatch Logs user guide, "CloudWatch Logs
 * Insights language query syntax"). What it does not know, it refuses.
 */
import { LOG_PATTERNS } from "../components/alarms/log";
import { LOG_QUERIES } from "../components/alarms/log-queries";

export interface LogLine {
    /** The container whose line it is: a stream's name begins with it. */
    container: string;
    message: string;
}

type Row = Record<string, unknown>;

/** What the saved query answers. */
export const ask = (name: keyof typeof LOG_QUERIES, lines: readonly LogLine[]): Row[] =>
    LOG_QUERIES[name]!.query.reduce(
        run,
        lines.map(({ container, message }) => ({
            ...discovered(message),
            "@message": message,
            "@logStream": `${container}/${container}/0123456789abcdef`,
            "@log": "123456789012:/identity/prod/some",
            "@timestamp": "2026-11-01 00:00:00.000",
        })),
    );

/** The lines of one container. */
export const linesOf = (container: string, text: string): LogLine[] =>
    text
        .split("\n")
        .filter(Boolean)
        .map((message) => ({ container, message }));

/** How many lines the metric filter of an alarm counts. Its pattern is one word, or several in quotation marks: a line has it, or has not. */
export const counted = (alarm: keyof typeof LOG_PATTERNS, lines: readonly LogLine[]): number =>
    lines.filter(({ message }) => message.includes(LOG_PATTERNS[alarm].replaceAll('"', ""))).length;

/** The fields of a line in JSON. */
function discovered(message: string): Row {
    try {
        return message.startsWith("{") ? (JSON.parse(message) as Row) : {};
    } catch {
        return {};
    }
}

function run(rows: Row[], command: string): Row[] {
    const [, verb, rest] = /^(\w+) ([^]+)$/.exec(command)!;
    switch (verb) {
        case "fields":
            // It adds nothing, and what is not in the lines is shown empty. Here that is a mistake.
            for (const field of rest!.split(", ")) {
                if (rows.length > 0 && !rows.some((row) => field in row)) throw new Error(`no line has ${field}`);
            }
            return rows;
        case "filter":
            return rows.filter((row) => rest!.split(" and ").every((term) => holds(term, row)));
        case "parse": {
            const [, field, pattern] = /^(\S+) \/(.*)\/$/.exec(rest!)!;
            return rows.map((row) => ({ ...row, ...new RegExp(pattern!).exec(String(row[field!]))?.groups }));
        }
        case "stats":
            return grouped(rows, rest!);
        case "sort": {
            const [, field] = /^(\S+) desc$/.exec(rest!)!;
            return [...rows].sort((a, b) => compared(b[field!], a[field!]));
        }
        case "limit":
            return rows.slice(0, Number(rest));
        default:
            throw new Error(`${verb} is not known here`);
    }
}

function holds(term: string, row: Row): boolean {
    const like = /^(\S+) like \/(.*)\/$/.exec(term);
    if (like) return new RegExp(like[2]!).test(String(row[like[1]!] ?? ""));
    const [, field, operator, value] = /^(\w+) (>=|!=) (\d+)$/.exec(term)!;
    if (row[field!] === undefined) return false;
    return operator === ">=" ? Number(row[field!]) >= Number(value) : Number(row[field!]) !== Number(value);
}

function grouped(rows: Row[], stats: string): Row[] {
    const [, as, by] = /^count\(\*\) as (\w+) by (.+)$/.exec(stats)!;
    const groups = new Map<string, Row>();
    for (const row of rows) {
        const of = Object.fromEntries(by!.split(", ").map((field) => [field, row[field]]));
        const key = JSON.stringify(of);
        const group = groups.get(key) ?? { ...of, [as!]: 0 };
        groups.set(key, { ...group, [as!]: Number(group[as!]) + 1 });
    }
    return [...groups.values()];
}

const compared = (a: unknown, b: unknown) =>
    typeof a === "number" ? a - Number(b) : String(a).localeCompare(String(b));
