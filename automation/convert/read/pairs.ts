import type { Node } from "../node";

/** `KEY: value` or `- KEY=value`; without a value where the file leaves it to whoever starts it. */
export function pairs(node: Node | undefined): Record<string, string | undefined> {
    if (!node) return {};
    if (!node.isList)
        return Object.fromEntries(
            node
                .entries()
                .map(([key, value]) => [key, value.isLeaf ? (value.text() ?? (value.take(), undefined)) : undefined]),
        );
    return Object.fromEntries(
        node.texts().map((text): [string, string | undefined] => {
            const at = text.indexOf("=");
            return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
        }),
    );
}
