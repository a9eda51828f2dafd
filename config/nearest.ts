/** What somebody who mistyped a name may have meant. */
import { distance } from "fastest-levenshtein";

/** What somebody may have meant, and what there is. */
export function nearest(key: string, known: readonly string[]): string {
    const best = closest(key, known);
    const list = `the keys here are ${known.join(", ")}`;
    return best === undefined ? list : `did you mean ${best}? ${list[0]!.toUpperCase()}${list.slice(1)}`;
}

/** The two that may have been meant, of more names than anybody reads: those that are spelled or begin like it. */
export function nearestTwo(key: string, known: readonly string[]): string {
    const near = known.map((name) => {
        const [typed, other] = [key.toLowerCase(), name.toLowerCase()];
        let same = 0;
        while (same < typed.length && typed[same] === other[same]) same++;
        return { name, difference: distance(typed, other) - same };
    });
    const [first, second] = near.sort((a, b) => a.difference - b.difference);
    return `did you mean ${first!.name}, or ${second!.name}?`;
}

export function closest(key: string, known: readonly string[]): string | undefined {
    const [best] = known.map((k) => ({ k, d: distance(key.toLowerCase(), k.toLowerCase()) })).sort((a, b) => a.d - b.d);
    return best && best.d <= Math.max(2, key.length / 3) ? best.k : undefined;
}
