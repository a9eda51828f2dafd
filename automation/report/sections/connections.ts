import { add } from "../../plan/grouping";
import { party } from "../../plan/render/connections";
import type { Connection } from "../../plan/sections/connections";
import { linesOf } from "../elements";
import { html } from "../html";
import type { MakeSection } from "../report";

/** A matrix: sources are rows, targets are columns, and the cells have the ports. */
export const connectionsSection: MakeSection = ({ model: { connections } }) => {
    if (connections.length === 0) return undefined;
    const cells = new Map<string, Connection[]>();
    for (const connection of connections) add(cells, `${party(connection.from)}\0${party(connection.to)}`, connection);
    const from = unique(connections.map((connection) => party(connection.from)));
    const to = unique(connections.map((connection) => party(connection.to)));
    const words = (connection: Connection) =>
        `${connection.ports.join(", ")}: ${connection.why}${connection.among?.length ? ` (${connection.among.map(party).join(", ")} among them)` : ""}`;
    return {
        id: "connections",
        title: "Who may talk to whom",
        body: html`<p>
                By the security groups of both sides: rows connect to columns, on these ports. An empty cell is a
                connection that is refused. Why, under the pointer.
            </p>
            <div class="scroll" role="region" aria-label="Security groups as a matrix" tabindex="0">
                <table class="matrix">
                    <caption class="unseen">
                        Rows connect to columns
                    </caption>
                    <thead>
                        <tr>
                            <th scope="col">from ↓ to →</th>
                            ${to.map((name) => html`<th scope="col"><span>${name}</span></th>`)}
                        </tr>
                    </thead>
                    <tbody>
                        ${from.map(
                            (row) =>
                                html`<tr>
                                    <th scope="row">${row}</th>
                                    ${to.map((column) => {
                                        const found = cells.get(`${row}\0${column}`);
                                        if (!found) return html`<td></td>`;
                                        const ports = unique(found.flatMap((connection) => connection.ports));
                                        return html`<td class="open" title="${found.map(words).join("\n")}">
                                            ${linesOf(ports)}
                                        </td>`;
                                    })}
                                </tr> `,
                        )}
                    </tbody>
                </table>
            </div>`,
    };
};

const unique = (all: readonly string[]) => [...new Set(all)];
