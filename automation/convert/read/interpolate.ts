/** Variables in a compose file (Compose file reference, "Interpolation"). */

/** Stands around the name of a variable whose value nobody has said. */
const MARK = "\uE000";

export interface Interpolated {
    readonly value: unknown;
    /** `${NAME:-default}`, where the default is taken. */
    readonly defaults: readonly string[];
}

/** A file's values with `${NAME}` filled in, in all its texts but not in its keys. */
export function interpolate(value: unknown, known: Readonly<Record<string, string>>): Interpolated {
    const defaults = new Set<string>();
    const filled = (text: string) =>
        text.replaceAll(
            /\$(?:\$|\{(\w+)(?:(:?[-?+])((?:[^{}]|\{[^}]*\})*))?\}|(\w+))/g,
            (whole, braced: string, sign: string | undefined, other: string, plain: string): string => {
                if (whole === "$$") return "$";
                const name = braced ?? plain;
                const set = Object.hasOwn(known, name) ? known[name] : undefined;
                const isSet = sign?.startsWith(":") ? Boolean(set) : set !== undefined;
                if (sign?.endsWith("+")) return isSet ? filled(other) : "";
                if (isSet) return set!;
                if (!sign?.endsWith("-")) return `${MARK}${name}${MARK}`;
                defaults.add(name);
                return filled(other);
            },
        );
    const walk = (inner: unknown): unknown => {
        if (typeof inner === "string") return filled(inner);
        if (Array.isArray(inner)) return inner.map(walk);
        if (inner === null || typeof inner !== "object") return inner;
        return Object.fromEntries(Object.entries(inner).map(([key, member]) => [key, walk(member)]));
    };
    return { value: walk(value), defaults: [...defaults] };
}

/** Names of the variables in a text that nobody has given a value. */
export const unknownIn = (text: string): string[] => [...text.matchAll(/\uE000(\w+)\uE000/g)].map(([, name]) => name!);

/** A text as the file had it. */
export const asWritten = (text: string): string => text.replaceAll(/\uE000(\w+)\uE000/g, "${$1}");

/** The variables of an env file: `NAME=value`, quotes taken off, `export` and comments passed over. */
export function parseEnv(text: string): Record<string, string> {
    const lines = text.split(/\r?\n/).flatMap((line) => {
        const [, name, raw] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/.exec(line) ?? [];
        if (name === undefined) return [];
        const quoted = /^(["'])(.*?)\1\s*(#.*)?$/.exec(raw!);
        return [[name, quoted ? quoted[2]! : raw!.replace(/\s+#.*$/, "").trim()] as const];
    });
    return Object.fromEntries(lines);
}
