/** IAM's policy documents: written in one line, and compared by meaning. */

export interface Statement {
    Sid?: string;
    Effect: "Allow" | "Deny";
    Principal?: "*" | Record<string, string>;
    Action: string | string[];
    Resource?: string | string[];
    Condition?: Record<string, Record<string, string | string[]>>;
}

const statement =
    (Effect: Statement["Effect"]) =>
    (
        Sid: string,
        Action: string | string[],
        Resource: string | string[],
        Condition?: Statement["Condition"],
    ): Statement => ({
        Sid,
        Effect,
        Action,
        Resource,
        ...(Condition && { Condition }),
    });
export const allow = statement("Allow");
export const deny = statement("Deny");

export const inRegion = (region: string) => ({ StringEquals: { "aws:RequestedRegion": region } });

/** Of KMS: for these parameters alone, by SSM. */
export const forParameters = (region: string, parameters: string | string[]) => ({
    StringEquals: { "kms:ViaService": `ssm.${region}.amazonaws.com` },
    StringLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
});

export const document = (statements: Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Whether two documents mean the same. AWS may change the order of keys and lists, and write a list of one value as the value. */
export const sameDocument = (left: string | undefined, right: string) =>
    left !== undefined && plain(left) === plain(right);

/** IAM returns documents URL-encoded; S3 and KMS do not. */
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
