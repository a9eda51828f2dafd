import { groupBy } from "../grouping";
import { ANYWHERE, type Connection, type Party } from "../sections/connections";
import { headedTable, type Layout, list } from "../text";

/** Connections that differ only in their targets share a row; then those that differ only in their sources. */
export function renderConnections(connections: readonly Connection[], layout: Layout): string[] {
    const rows = connections.map(({ from, to, ports, protocol, why, among = [] }) => ({
        from: [party(from)],
        to: [party(to)],
        ports: `${ports.join(", ")}${protocol === "tcp" || protocol === "-1" ? "" : ` ${protocol}`}`,
        why: why + (among.length > 0 ? ` (${list(among.map(party))} among them)` : ""),
    }));
    const byTarget = groupBy(rows, ({ from, ports, why }) => JSON.stringify([from, ports, why])).map((alike) => ({
        ...alike[0],
        to: alike.flatMap(({ to }) => to),
    }));
    const bySource = groupBy(byTarget, ({ to, ports, why }) => JSON.stringify([to, ports, why])).map((alike) => ({
        ...alike[0],
        from: alike.flatMap(({ from }) => from),
    }));
    const body = bySource.map(({ from, to, ports, why }) => [list(from), `→ ${list(to)}`, ports, why]);
    return headedTable(["from", "to", "port", "why"], body, layout);
}

/** The name of a service; with the kind before it for anything else, which may have the same name. */
export function party({ kind, name }: Party): string {
    if (kind === "network") return name === ANYWHERE ? "anybody" : name;
    return kind === "service" ? name : `${kind} ${name}`;
}
