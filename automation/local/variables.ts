/** Values that a compose file refers to: they are in the environment of `docker compose`. */
import { createHash } from "node:crypto";

export class Variables {
    /** By the variable's name. */
    readonly values: Record<string, string> = {};
    private readonly names = new Map<string, string>();

    /** The reference to a value; `key` identifies it. */
    reference(key: string, value: string): Reference {
        let name = this.names.get(key);
        if (name === undefined) {
            const plain = `LOCAL_${key.replaceAll(/[^A-Za-z0-9]+/g, "_").replace(/^_/, "")}`;
            // /a/b and /a-b are two parameters.
            for (let n = 2, free = plain; ; free = `${plain}_${n++}`) {
                if (free in this.values) continue;
                name = free;
                break;
            }
            this.names.set(key, name);
        }
        this.values[name] = value;
        return new Reference(name);
    }

    /** Of a text with references, by their values. */
    digest(content: unknown): string {
        const opened = JSON.stringify(content, (_, value: unknown) =>
            value instanceof Reference ? this.values[value.variable] : value,
        );
        return createHash("sha256").update(opened).digest("hex").slice(0, 16);
    }
}

/** A reference to a variable. A missing one stops compose; an empty one does not. */
export class Reference {
    constructor(readonly variable: string) {}

    toString(): string {
        return `\${${this.variable}?by npx identity local alone}`;
    }
}

/** A compose file's content as it is written: with references as text, and every `$` of plain text doubled, which compose would interpolate. */
export const escaped = <Content>(content: Content) =>
    JSON.parse(
        JSON.stringify(content, (_, value: unknown) =>
            value instanceof Reference
                ? value.toString()
                : typeof value === "string"
                  ? value.replaceAll("$", "$$$$")
                  : value,
        ),
    ) as Content;
