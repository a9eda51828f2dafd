import type { Statement } from "./iam";

/** What a person lets an application do in AWS. */
export interface Permission {
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    /** Why every resource, or all actions of a service. */
    readonly why?: string;
}

/** What the statements' Sids begin with whose wide permission has a reason. */
const REASON = "Because";

/**
 * Statements of a role's policy. A reason becomes the statement's Sid, in words with a capital each, so that whoever judges the policy
 * (the plan, the policy pack, a reader in AWS's console) finds it there. Sids are letters and digits, and each is there once (IAM user
 * guide, "IAM JSON policy elements: Sid").
 */
export function permissionStatements(permissions: readonly Permission[]): Statement[] {
    const used = new Map<string, number>();
    return permissions.map(({ actions, resources, why }) => {
        const statement: Statement = { Effect: "Allow", Action: [...actions], Resource: [...resources] };
        if (why === undefined) return statement;
        const sid = REASON + words(why).map(capital).join("");
        const times = (used.get(sid) ?? 0) + 1;
        used.set(sid, times);
        return { Sid: times === 1 ? sid : `${sid}Again${times}`, ...statement };
    });
}

/** The reason that a statement carries; undefined where it carries none. */
export const reasonOf = (sid: string | undefined): string | undefined =>
    sid?.startsWith(REASON) && sid.length > REASON.length
        ? sid
              .slice(REASON.length)
              .replace(/Again\d+$/, "")
              .replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, " ")
              .toLowerCase()
        : undefined;

/** `s3:*`, `*`: all of a service. */
export const isWholeService = (action: string): boolean => /^([a-z0-9-]+:)?\*$/i.test(action);

const words = (text: string): string[] =>
    text
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .match(/[A-Za-z0-9]+/g) ?? ["itsFileSaysSo"];
const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1);
