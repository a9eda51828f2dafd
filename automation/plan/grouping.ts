/** Appends to the list that a map has for a key. */
export function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
    const list = lists.get(key);
    if (list) list.push(value);
    else lists.set(key, [value]);
}

/** Groups items by key, in the order of the first item of each group. */
export function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): [Item, ...Item[]][] {
    const groups = new Map<string, Item[]>();
    for (const item of items) add(groups, key(item), item);
    return [...groups.values()] as [Item, ...Item[]][]; // no group is empty
}
