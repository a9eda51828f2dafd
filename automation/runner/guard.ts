/** Refuses changes that would lose data or an identity, or have nobody answer for minutes where there is a way without. */
import { typeEntry } from "../../aws/types";
import { environmentNamed } from "../../config/environments";
import { Exit } from "../shared/errors";
import { STOPPED } from "../shared/exit-codes";
import type { Change } from "./changes";
import { hangingIndent } from "./diff";
import { label, nameOf, typeAndName, typeOf } from "./urn";

const WALLET_KEY = /ACAPY_WALLET_KEY$/;

/**
 * What would be lost with a resource; undefined where a new one is as good. In production the guard works with `protect: false` as well: that
 * setting allows the deletion, but does not mean that this change intends it. AWS types without an entry are guarded, too.
 */
export function lossOf(urn: string): string | undefined {
    if (WALLET_KEY.test(nameOf(urn))) return "a wallet key, without which its wallet opens to nobody";
    const type = typeOf(urn);
    const entry = typeEntry(type);
    if (entry) return entry.ifLost ?? undefined;
    return type.startsWith("aws:") ? "nothing is known of its type, nor what is lost with it" : undefined;
}

export interface Refusal {
    readonly change: Change;
    readonly why: string;
    /** Whether `--allow-replace` lets it pass. */
    readonly allowable: boolean;
}

/** The refused changes. Those in `allowed` pass, unless Pulumi or AWS would refuse them in the middle of the update. */
export function refusals(changes: readonly Change[], environment: string, allowed: readonly string[]): Refusal[] {
    return changes.flatMap((change): Refusal[] => {
        const { kind, urn, protect, refused, protectedByAws } = change;
        if (kind !== "replace" && kind !== "delete") return [];
        if (refused || protectedByAws) {
            const by = [refused ? "Pulumi" : "", protectedByAws ? "AWS" : ""].filter(Boolean).join(" and ");
            return [{ change, why: `protected by ${by}`, allowable: false }];
        }
        const why = protect
            ? "protected until now"
            : environmentNamed(environment).production
              ? lossOf(urn)
              : undefined;
        if (!why || allowed.includes(urn) || allowed.includes(typeAndName(urn))) return [];
        return [{ change, why, allowable: true }];
    });
}

/** Arguments of --allow-replace that match no replacement and no deletion, and so are mistakes. */
const unknownNames = (changes: readonly Change[], allowed: readonly string[]) =>
    allowed.filter(
        (name) =>
            !changes.some(
                ({ kind, urn }) =>
                    (kind === "replace" || kind === "delete") && (name === urn || name === typeAndName(urn)),
            ),
    );

/** What is to be said of the refused changes. */
export function stops(changes: readonly Change[], environment: string, allowed: readonly string[], stack: string) {
    const found = refusals(changes, environment, allowed);
    const emptied = environmentNamed(environment).production ? unanswered(changes, allowed) : [];
    return [
        ...(found.length > 0 ? [describe(found, stack)] : []),
        ...(emptied.length > 0 ? [describeUnanswered(emptied, stack)] : []),
    ];
}

/** Ends the command if a change is refused. Nothing is changed yet. */
export function guard(changes: readonly Change[], environment: string, allowed: readonly string[], stack: string) {
    const unknown = unknownNames(changes, allowed);
    const found = stops(changes, environment, allowed, stack);
    if (found.length > 0) throw new Exit(STOPPED, found.join("\n"));
    if (unknown.length > 0) {
        throw new Exit(
            STOPPED,
            `--allow-replace names what this change neither replaces nor deletes: ${unknown.join(", ")}`,
        );
    }
}

interface Emptied {
    readonly change: Change;
    /** The cluster: `keycloak`, or one of agents. */
    readonly of: string;
}

/**
 * Target groups without TLS of agents and Keycloak that make room for those with TLS, which have no target until the new tasks are healthy.
 * An application that is renamed so has another service.
 */
function unanswered(changes: readonly Change[], allowed: readonly string[]): Emptied[] {
    const named = (type: string, kind: string) =>
        changes.filter((change) => change.type === type && change.kind === kind);
    const made = new Set(named(TARGET_GROUP, "create").map(({ name }) => name));
    const services = new Set(named(SERVICE, "create").map(({ name }) => name));
    return named(TARGET_GROUP, "delete").flatMap((change) => {
        const of = /^(?:public|admin)-(.+)$/.exec(change.name)?.[1];
        if (of === undefined || !made.has(`${change.name}-tls`) || services.has(`${of}-tls`)) return [];
        return allowed.includes(change.urn) || allowed.includes(typeAndName(change.urn)) ? [] : [{ change, of }];
    });
}

const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
const SERVICE = "aws:ecs/service:Service";

function describeUnanswered(emptied: readonly Emptied[], stack: string): string {
    const clusters = [...new Set(emptied.map(({ of }) => of))];
    const keys = clusters.map((of) => (of === "keycloak" ? "identity:keycloak" : `identity:agents.${of}`));
    return [
        `stopped before anything was changed: ${clusters.join(", ")} would answer 503 for some minutes`,
        ...emptied.map(
            ({ change: { urn, name } }) =>
                `  deleted: ${label(urn)}; ${name}-tls in its place has no healthy target yet`,
        ),
        `      → without: tls: both in Pulumi.${stack}.yaml (${keys.join(", ")}), an \`up\`, and then this`,
        `      → if it is meant: ${emptied.map(({ change: { urn } }) => `--allow-replace '${typeAndName(urn)}'`).join(" ")}`,
    ].join("\n");
}

const unprotect = (stack: string) => `identity:protect: false in Pulumi.${stack}.yaml, an \`up\`, and then this`;

function describe(found: readonly Refusal[], stack: string): string {
    const lines = found.flatMap(({ change, why, allowable }) => [
        `  ${change.kind === "replace" ? "replaced" : "deleted"}: ${label(change.urn)} (${why})`,
        ...(change.reasons.length > 0
            ? hangingIndent(`because of ${change.reasons.join(", ")}`, "      ", "      ")
            : []),
        `      → if it is meant: ${allowable ? `--allow-replace '${typeAndName(change.urn)}'` : unprotect(stack)}`,
    ]);
    return [
        "stopped before anything was changed: this would lose data or an identity for good",
        ...lines,
        "  A backup comes first: docs/deploying.md says what stays of each.",
    ].join("\n");
}
