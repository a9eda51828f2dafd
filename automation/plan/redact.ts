/** Secrets in what passes between a program and Pulumi: blotted out for whoever reads, laid open for whoever answers. */
import { UNREAD } from "../../components/key-pair";

export const SECRET = UNREAD;
/** How Pulumi marks a secret, and the key under which it says which mark it is (its wire protocol, "special signatures"). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

const isSecret = (value: object) => (value as Record<string, unknown>)[SIGNATURE] === SECRET_SIGNATURE;

/** Values with every secret blotted out. */
export function redact(values: Record<string, unknown>): Record<string, unknown> {
    return walk(values, () => SECRET) as Record<string, unknown>;
}

/** Values with every secret laid open: the simulated AWS has to answer to what it was told. */
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
