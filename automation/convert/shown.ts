/** Values of a file in a comment or on the screen: without what may be a secret. */
import { looksSecret } from "../../policy/secrets/looks-secret";
import { secretInValue } from "../../policy/secrets/values";

const MOST = 160;

/** A value as a short text; a secret's is `…`. `key`: the name that it has. */
export function shown(value: unknown, key = ""): string {
    const text = JSON.stringify(hidden(value, key)) ?? "nothing";
    const plain = text.replace(/^"([^"\\]*)"$/, "$1");
    return plain.length <= MOST ? plain : `${plain.slice(0, MOST)}…`;
}

/** What a binding's variables can be: no secret, whatever the variable is called. */
const ATTRIBUTES = ["url", "host", "port", "user", "password", "name", "ca", "key", "arn", "region"];

function hidden(value: unknown, key: string): unknown {
    if (typeof value === "string" && ATTRIBUTES.includes(value)) return value;
    if (typeof value === "string") {
        const [, name = "", assigned] = /^([\w.-]+)=(.*)$/s.exec(value) ?? [];
        if (assigned !== undefined && looksSecret(name, assigned) !== undefined) return `${name}=…`;
        return secretInValue(value) !== undefined ||
            looksSecret(key, value) !== undefined ||
            /requirepass|--password/i.test(value)
            ? "…"
            : value.replaceAll(/\uE000(\w+)\uE000/g, "${$1}");
    }
    if (Array.isArray(value)) return value.map((item) => hidden(item, key));
    if (value === null || typeof value !== "object") return value;
    const { name, value: inner } = value as { name?: unknown; value?: unknown };
    if (typeof name === "string" && typeof inner === "string") return { ...value, value: hidden(inner, name) };
    return Object.fromEntries(Object.entries(value).map(([member, content]) => [member, hidden(content, member)]));
}
