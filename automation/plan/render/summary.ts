/** The plan on one screen: workloads, cost, endpoints, and the results of the policies. */
import { groupBy } from "../grouping";
import type { Plan } from "../model";
import { type Layout, list, paragraph, table } from "../text";
import { amount, offHoursText } from "../tables/cost";
import { clientsText } from "../tables/endpoints";
import { summary as policySummary } from "../tables/policies";
import { tasks, versionRow } from "../tables/workloads";

/** Limits of rows by endpoint, and of components in the cost. The sections have all of them. */
const MOST_ROUTES = 12;
const MOST_COSTS = 4;

export function renderSummary(plan: Plan, layout: Layout): string[] {
    const { bold, width } = layout;
    return [...table(facts(plan), 2, [bold], width), "", ...endpoints(plan, layout), "", ...verdict(plan, layout)];
}

function facts({ services, tasks: oneOff, machines, databases, protected: kept, cost, time }: Plan): string[][] {
    const scheduled = oneOff.filter(({ schedule }) => schedule !== undefined).length;
    const rows: (string[] | undefined)[] = [
        [
            "services",
            list(services.map((service) => `${service.name} ×${tasks(service).replace(/ by .*/, "")}`)) || "none",
        ],
        // Only an update has a row: a first deployment has no other version.
        ...services.filter(({ version }) => version?.running !== undefined).flatMap(versionRow),
        oneOff.length > 0
            ? ["tasks", `${list(oneOff.map(({ name }) => name))}${scheduled ? `; ${scheduled} by the clock` : ""}`]
            : undefined,
        machines.length > 0 ? ["machines", list(machines.map(({ name }) => name))] : undefined,
        ...groupBy(databases, (database) =>
            JSON.stringify([database.engine, database.instanceClass, database.multiAz]),
        ).map((alike) => {
            const [{ engine, instanceClass, multiAz }] = alike;
            const names = list(alike.map(({ name }) => name));
            return ["databases", `${names}: ${engine} on ${instanceClass}, ${multiAz ? "with" : "without"} a standby`];
        }),
        ["protected", kept.length > 0 ? `${kept.length} resources` : "nothing: `pulumi destroy` deletes everything"],
        ["cost", `${amount(cost)} ${cost.currency} a month before any traffic: ${dearest(cost)}`],
        cost.offHours ? ["", offHoursText(cost.offHours, cost.currency)] : undefined,
        cost.unpriced.length > 0 ? ["", `NOT in the sum, their prices are unknown: ${list(cost.unpriced)}`] : undefined,
        time.chain.length > 0 ? ["first `up`", `about ${Math.round(time.minutes)} minutes`] : undefined,
    ];
    return rows.filter((row) => row !== undefined);
}

function dearest({ components }: Plan["cost"]): string {
    const first = components.slice(0, MOST_COSTS).map((component) => `${component.name} ${amount(component)}`);
    return [...first, ...(components.length > MOST_COSTS ? ["…"] : [])].join(", ");
}

/** A row for each service behind a load balancer, with its first URL and its other hosts; and for what is redirected. */
function endpoints({ endpoints: all }: Plan, { bold, cyan, width }: Layout): string[] {
    return all.flatMap(({ name, internal, listeners, routes, redirected }) => {
        const allowed = [...new Set(listeners.flatMap((listener) => listener.allowed))];
        const rows = [
            ...groupBy(routes, ({ service }) => service).map((alike) => {
                const [{ url, service }] = alike;
                const others = new Set(alike.map((route) => new URL(route.url).host));
                others.delete(new URL(url).host);
                const also = others.size > 0 ? `, also at ${list([...others])}` : "";
                return [url.replace(/\/\*$/, ""), `→ ${service}${also}`];
            }),
            ...groupBy(redirected, ({ url, to }) => `${new URL(url).host} ${to}`).map(([{ url, to }]) => [
                new URL(url).origin,
                `→ redirects to ${to}`,
            ]),
        ];
        const left = rows.length - MOST_ROUTES;
        return [
            ...table(
                [[name, `${internal ? "internal" : "on the internet"}, for ${clientsText(allowed)}`]],
                2,
                [bold],
                width,
            ),
            ...table(rows.slice(0, MOST_ROUTES), 4, [cyan], width),
            ...(left > 0 ? [`    and ${left} more (npx identity plan endpoints)`] : []),
        ];
    });
}

/** The results of the policies, with the names of violations, exceptions and advice. */
function verdict({ policies, advice }: Plan, layout: Layout): string[] {
    const rows = (["mandatory", "advisory"] as const).flatMap((level) =>
        policies
            .filter((policy) => policy.level === level && policy.violations.length > 0)
            .map(({ name, violations }) => [level, name, names(violations)]),
    );
    const about = list([...new Set(advice.map((item) => item.about))]);
    const excepted = policies.flatMap(({ name, exceptions }) =>
        groupBy(exceptions, ({ reason }) => reason).map((alike) => [
            "exception",
            name,
            `${names(alike)}, may be so: ${alike[0].reason}`,
        ]),
    );
    const unused = policies
        .filter((policy) => policy.unused.length > 0)
        .map((policy) => ["unused", policy.name, `${names(policy.unused)}, nothing needs this exception: take it out`]);
    return [
        ...paragraph(`policies: ${policySummary(policies)}`, layout),
        ...table([...rows, ...excepted, ...unused], 4, [layout.bold], layout.width),
        ...(advice.length > 0 ? paragraph(`advice: ${about} (npx identity plan advice)`, layout) : []),
    ];
}

const names = (all: readonly { resource: string }[]) => list([...new Set(all.map(({ resource }) => resource))]);
