import { groupBy } from "../grouping";
import type { Kind, TreeNode } from "../sections/tree";
import { type Layout, WIDTH, wrap } from "../text";

export function renderTree(root: TreeNode, layout: Layout): string[] {
    return branch(root, "  ", "  ", layout);
}

function branch(node: TreeNode, first: string, rest: string, layout: Layout): string[] {
    const { bold, dim, width = WIDTH } = layout;
    const groups = groupBy(node.components, shape); // siblings of the same shape share a line
    const lead = rest + (groups.length > 0 ? "│    " : "     ");
    const kinds = node.resources.length > 0 ? wrap(kindsText(node.resources), width - lead.length) : [];
    return [
        heading([node], first, bold),
        ...kinds.map((line) => dim(lead + line.replaceAll(NO_BREAK, " "))),
        ...groups.flatMap((alike, i) => {
            const last = i === groups.length - 1;
            const inner = [`${rest}${last ? "└─ " : "├─ "}`, `${rest}${last ? "   " : "│  "}`] as const;
            const [, ...content] = branch(alike[0]!, ...inner, layout);
            return [heading(alike, inner[0], bold), ...content];
        }),
    ];
}

function heading(alike: readonly TreeNode[], lead: string, bold: (text: string) => string): string {
    const [node] = alike;
    const { name, type, count } = node!;
    if (alike.length === 1) return `${lead}${bold(name)}  ${type}  ${count}`;
    return `${lead}${bold(`${name} … ${alike.at(-1)!.name}`)}  ${type} ×${alike.length}  ${count} each`;
}

/** Equal for two components that differ only in their names. */
const shape = ({ type, resources, components }: TreeNode): string =>
    JSON.stringify([type, resources, components.map(shape)]);

/** Prevents a line break between a type and its count. */
const NO_BREAK = "\u00a0";

/** `aws:ec2 SecurityGroup ×2, Subnet · aws:lb Listener`: each package is named once. */
function kindsText(kinds: readonly Kind[]): string {
    return groupBy(kinds, ({ type }) => packageOf(type))
        .map(([first, ...others]) => {
            const rest = others.map(({ type, count }) => times(type.slice(packageOf(type).length).trim(), count));
            return [times(first.type, first.count), ...rest].join(", ");
        })
        .join(`${NO_BREAK}· `);
}

const times = (name: string, count: number) => `${name}${count > 1 ? ` ×${count}` : ""}`.replaceAll(" ", NO_BREAK);

const packageOf = (type: string) => (type.includes(" ") ? type.split(" ")[0]! : "");
