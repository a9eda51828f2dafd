import type { TreeNode } from "../../plan/sections/tree";
import { type Content, html } from "../html";
import type { MakeSection } from "../report";

export const treeSection: MakeSection = ({ model: { tree, total } }) => ({
    id: "resources",
    title: "Components and resources",
    body: html`<p>
            ${total.resources} resources, as <code>pulumi up</code> counts them; ${total.inAws} of them in AWS.
        </p>
        <ul class="tree">
            ${node(tree, true)}
        </ul>`,
});

function node({ name, type, count, resources, components }: TreeNode, open: boolean): Content {
    const kinds = resources.map((kind) => `${kind.type}${kind.count > 1 ? ` ×${kind.count}` : ""}`).join(", ");
    return html`<li><details${open && html` open`}><summary><b>${name}</b> ${type} <span class="quiet">${count}</span></summary>
${kinds && html`<p class="quiet">${kinds}</p>`}${
        components.length > 0 &&
        html`<ul>
            ${components.map((component) => node(component, false))}
        </ul>`
    }</details></li>
`;
}
