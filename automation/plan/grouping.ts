/** Lists by what their items have in common. */

/** Adds to the list that a map holds under a key. */
export function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
    const list = lists.get(key);
    if (list) list.push(value);
    else lists.set(key, [value]);
}

/** Items that have the same key, together, in the order in which the first of each comes. */
export function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): [Item, ...Item[]][] {
    const groups = new Map<string, Item[]>();
    for (const item of items) add(groups, key(item), item);
    return [...groups.values()] as [Item, ...Item[]][]; // each was made for the first that went into it
}
