/** Which requests a rule of a listener takes, and in which order rules are asked. */
import { createHash } from "node:crypto";
import { UserError } from "../user-error";

/** What a request is told by: a host's label or whole name (undefined where the endpoint has no names), and path patterns (none: all). */
export interface Match {
    readonly host: string | undefined;
    readonly paths: readonly string[];
    /** Only requests that ask for a WebSocket. @default every request */
    readonly webSockets?: boolean;
    /** Only requests that bring a token of a program. @default every request */
    readonly tokens?: boolean;
}

/**
 * Values that the conditions of one rule may have in all, host and paths together, and wildcards in them: AWS's quotas (ELB user guide,
 * "Quotas for your Application Load Balancers").
 */
export const CONDITION_VALUES = 5;
export const CONDITION_WILDCARDS = 6;

/** The rules that it takes: one for each host, and for as many paths as one rule has room for. */
export const matchesOf = (hosts: readonly (string | undefined)[], paths: readonly string[]): Match[] =>
    hosts.flatMap((host) => portions(paths, host === undefined ? 0 : 1).map((some) => ({ host, paths: some })));

/** The rules for those of a rule's requests that bring a token: their condition on the header takes room from the paths. */
export const withTokens = ({ host, paths }: Match): Match[] =>
    portions(paths, host === undefined ? 1 : 2, TOKENS).map((some) => ({ host, paths: some, tokens: true }));

/** Capitals do not count (ELB user guide, "HTTP header conditions"). */
const TOKENS = "Bearer *";

/** `taken`: the values that each rule has already; `pattern`: that of them with wildcards. */
function portions(paths: readonly string[], taken: number, pattern = ""): string[][] {
    const rules: string[][] = [[]];
    for (const path of paths) {
        const last = rules.at(-1)!;
        const values = taken + last.length + 1;
        const full = values > CONDITION_VALUES || wildcards([pattern, ...last, path].join("")) > CONDITION_WILDCARDS;
        if (full && last.length > 0) rules.push([path]);
        else last.push(path);
    }
    return rules;
}

export const wildcards = (patterns: string) => patterns.match(/[*?]/g)?.length ?? 0;

export const conditions = (host: string | undefined, { paths, webSockets, tokens }: Omit<Match, "host">) => [
    ...(host ? [{ hostHeader: { values: [host] } }] : []),
    ...(paths.length > 0 ? [{ pathPattern: { values: [...paths] } }] : []),
    // RFC 6455, section 4.1. Neither name nor value are matched by their capitals (ELB user guide, "HTTP header conditions").
    ...(webSockets ? [{ httpHeader: { httpHeaderName: "Upgrade", values: ["websocket"] } }] : []),
    ...(tokens ? [{ httpHeader: { httpHeaderName: "Authorization", values: [TOKENS] } }] : []),
];

/** What there can be only one of: a rule with the same match, under whatever service's name, is this one. */
export const ruleName = ({ host = "", paths, webSockets, tokens }: Match) =>
    host + paths.join(",") + (webSockets ? "-websocket" : "") + (tokens ? "+tokens" : "");

/** The part of a pattern in front of its first wildcard, as a path: `/posts/*` is `/posts`. */
export const literalPath = (pattern = "") => (pattern.split(/[*?]/)[0] ?? "").replace(/\/$/, "");

/**
 * Rules with paths come in bands, the longest literal path first, each with a place of its own within its band; the last band is also
 * that of WebSockets of a host. Behind the bands, up to the last number that AWS has, are those for a whole host. (Without a number the
 * provider takes the highest one in use and adds one, so that a path of a host would be asked before or after the host itself by the order
 * in which they were made.)
 */
const BANDS = 130; // a pattern has 128 characters at most
const BAND = 300;
const HOSTS = 10_900;

/** Priorities of the rules of one listener. */
export class Priorities {
    private readonly taken = new Map<number, string>();
    private readonly matches = new Map<string, string>();

    /**
     * The priority of a rule: the one that is given, or one that follows from its match and so stays when others come and go.
     */
    of(owner: string, match: Match, given?: number): number {
        this.remember(owner, match);
        let priority = given ?? priorityOf(match);
        while (given === undefined && this.taken.has(priority)) priority++;
        return this.take(owner, priority);
    }

    /** The priority of a rule that is asked before the one with this number, and after what that one is asked after. */
    before(owner: string, match: Match, number: number): number {
        this.remember(owner, match);
        let priority = number - 1;
        while (this.taken.has(priority)) priority--;
        return this.take(owner, priority);
    }

    private remember(owner: string, match: Match) {
        const paths = match.paths.length > 0 ? match.paths : [""];
        for (const path of paths) {
            const rule = ruleName({ ...match, paths: [path] });
            const first = this.matches.get(rule);
            if (first !== undefined) {
                throw new UserError(`${owner} has the same rule as ${first}: ${rule || "every path"}`);
            }
            this.matches.set(rule, owner);
        }
    }

    private take(owner: string, priority: number): number {
        const other = this.taken.get(priority);
        if (other !== undefined) throw new UserError(`${owner} has the priority ${priority}, and so has ${other}`);
        this.taken.set(priority, owner);
        return priority;
    }
}

/** Where a rule stands that is given no priority: the first number of its band, and a step that follows from the match. */
export function priorityOf(match: Match): number {
    const digest = createHash("sha256").update(ruleName(match)).digest().readUInt32BE();
    if (match.paths.length === 0) {
        return match.webSockets ? 1 + (BANDS - 1) * BAND + (digest % BAND) : 1 + BANDS * BAND + (digest % HOSTS);
    }
    const literal = Math.min(...match.paths.map((path) => path.split(/[*?]/)[0]!.length));
    const exact = match.paths.every((path) => !/[*?]/.test(path));
    const band = BANDS - 1 - Math.min(BANDS - 1, exact ? literal + 1 : literal);
    return 1 + band * BAND + (digest % BAND);
}
