/** IAM policy documents, as JSON text or as an object. */

export interface Statement {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Action?: string | string[];
    readonly NotAction?: string | string[];
    readonly Resource?: string | string[];
    readonly NotResource?: string | string[];
    readonly Principal?: string | Record<string, string | string[]>;
    readonly Condition?: Record<string, Record<string, unknown>>;
}

export function statements(document: unknown): Statement[] {
    const { Statement: all = [] } = (typeof document === "string" ? parsed(document) : (document ?? {})) as {
        Statement?: Statement | Statement[];
    };
    return [all].flat();
}

/** Empty for invalid JSON, which AWS rejects. */
function parsed(text: string): object {
    try {
        const read: unknown = JSON.parse(text);
        return typeof read === "object" && read !== null ? read : {};
    } catch {
        return {};
    }
}

export const listOf = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat());

/** The condition keys of a statement, in lower case: IAM ignores the case of keys. */
export const conditionKeys = ({ Condition = {} }: Statement): string[] =>
    Object.values(Condition).flatMap((byKey) => Object.keys(byKey).map((key) => key.toLowerCase()));
