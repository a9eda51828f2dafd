/** What comes after what. */

/** The names in groups, each after those that it waits for. */
export function inOrder(names: readonly string[], waitsFor: (name: string) => readonly string[]): string[][] {
    const waits = (name: string) => waitsFor(name).some((other) => names.includes(other));
    const next = names.filter((name) => !waits(name));
    if (next.length === 0) return names.length === 0 ? [] : [[...names]]; // they wait for each other: all at once
    return [next, ...inOrder(names.filter(waits), waitsFor)];
}
