import { add } from "../grouping";
import { type Inventory, shortType } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";

/** A component with its children; `count` includes itself. */
export interface TreeNode {
    readonly name: string;
    readonly type: string;
    readonly count: number;
    readonly resources: readonly Kind[];
    readonly components: readonly TreeNode[];
}

/** The resources of one type in one component. */
export interface Kind {
    readonly type: string;
    readonly count: number;
}

export function tree(inventory: Inventory): TreeNode {
    const [stack] = inventory.children(undefined);
    return node(stack!, inventory);
}

function node(component: SimulatedResource, inventory: Inventory): TreeNode {
    const byType = new Map<string, SimulatedResource[]>();
    const components: TreeNode[] = [];
    const visit = (urn: string) => {
        for (const child of inventory.children(urn)) {
            if (child.component) components.push(node(child, inventory));
            else {
                add(byType, shortType(child.type), child);
                visit(child.urn); // awsx nests resources within resources; the tree shows them flat
            }
        }
    };
    visit(component.urn);
    const resources = [...byType].map(([type, all]) => ({ type, count: all.length })).sort(byTypeName);
    const within = [...resources, ...components].reduce((sum, { count }) => sum + count, 0);
    return { name: component.name, type: shortType(component.type), count: 1 + within, resources, components };
}

const byTypeName = (a: Kind, b: Kind) => (a.type < b.type ? -1 : 1);
