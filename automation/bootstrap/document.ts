/** IAM's policy documents as values: written in one line, and compared for what they say. */

export interface Statement {
    Sid?: string;
    Effect: "Allow" | "Deny";
    Principal?: "*" | Record<string, string>;
    Action: string | string[];
    Resource?: string | string[];
    Condition?: Record<string, Record<string, string | string[]>>;
}

export const document = (statements: Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Whether two documents say the same: order of keys and of lists is AWS's own, and one value is a list of one. */
export const sameDocument = (left: string | undefined, right: string) =>
    left !== undefined && plain(left) === plain(right);

/** IAM gives its documents back encoded as in a URL, S3 and KMS as they are. */
const plain = (text: string) =>
    JSON.stringify(sorted(JSON.parse(text.startsWith("%") ? decodeURIComponent(text) : text)));

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        if (value.length === 1) return sorted(value[0]);
        return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    }
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
