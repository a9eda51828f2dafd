/** Times and sizes as other formats write them. */

const SECONDS = { h: 3600, m: 60, s: 1, ms: 0.001, us: 0.000001 } as const;

/** `1m30s`, `90s`, `90`: whole seconds, one at the least. */
export function seconds(text: string | undefined): number | undefined {
    const exact = exactSeconds(text);
    return exact === undefined || /^\d+$/.test(text!) ? exact : Math.max(1, Math.round(exact));
}

/** The same, with what is below a second: `250ms`. */
export function exactSeconds(text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    if (/^\d+$/.test(text)) return Number(text);
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|h|m|s)/g)];
    if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text.trim()) return undefined;
    return parts.reduce((total, [, value, unit]) => total + Number(value) * SECONDS[unit as keyof typeof SECONDS], 0);
}

const MIB = { b: 1 / 1024 / 1024, k: 1 / 1024, m: 1, g: 1024 } as const;

/** `512m`, `1.5g`, `1gb`, `512MiB`: MiB. */
export function sizeInMiB(text: string | undefined): number | undefined {
    const [, value, unit] = /^(\d+(?:\.\d+)?)\s*([bkmg])?i?b?$/i.exec(text?.trim() ?? "") ?? [];
    if (value === undefined) return undefined;
    return Math.ceil(Number(value) * MIB[(unit?.toLowerCase() ?? "b") as keyof typeof MIB]);
}
