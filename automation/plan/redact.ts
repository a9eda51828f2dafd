/** Hides or reveals the secrets in values that a program and Pulumi exchange. */
import { UNREAD } from "../../components/key-pair";

export const SECRET = UNREAD;
/** The key and the value that mark a secret ("special signatures" in Pulumi's wire protocol). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

const isSecret = (value: object) => (value as Record<string, unknown>)[SIGNATURE] === SECRET_SIGNATURE;

/** Replaces each secret by `SECRET`. */
export const redact = <Value>(value: Value) => walk(value, () => SECRET) as Value;

/** Replaces each secret by its value, which the simulated AWS needs for its outputs. */
export function withSecretsRevealed(values: Record<string, unknown>): Record<string, unknown> {
    const open = (secret: object): unknown => walk((secret as { value: unknown }).value, open);
    return walk(values, open) as Record<string, unknown>;
}

function walk(value: unknown, onSecret: (value: object) => unknown): unknown {
    if (Array.isArray(value)) return value.map((element) => walk(element, onSecret));
    if (value === null || typeof value !== "object") return value;
    if (isSecret(value)) return onSecret(value);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, onSecret)]));
}
