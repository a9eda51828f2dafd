/**
 * Makes something of each entry, and gives the event loop a turn after each. What one of them asks for is then on its way before
 * the next is put together: a hundred of them made at once are half a gigabyte of promises that all wait for one another, made one by
 * one they are gone before that, and both the plan and an `up` take half of the time.
 */
export async function mapSequentially<Item, Made>(
    items: Readonly<Record<string, Item>>,
    make: (name: string, item: Item) => Made,
): Promise<Record<string, Made>> {
    const results: Record<string, Made> = {};
    for (const [name, item] of Object.entries(items)) {
        results[name] = make(name, item);
        await new Promise((resolve) => setImmediate(resolve));
    }
    return results;
}
