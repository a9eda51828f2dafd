/** What changes between two plans in who reaches whom and in who may do what, in words. */
import { groupBy } from "./grouping";
import type { Plan } from "./model";
import { party } from "./render/connections";
import type { RoleDocuments, RoleView } from "./sections/roles";

/** What is compared of a plan: its model, and the documents of its roles, by their names. */
export interface Access {
    readonly model: Pick<Plan, "connections" | "endpoints" | "roles">;
    readonly documents: ReadonlyMap<string, RoleDocuments>;
}

export interface AccessChanges {
    readonly reach: Difference;
    readonly permissions: Difference;
}

/** Sentences that are true of one of the two plans only. */
export interface Difference {
    readonly gained: readonly string[];
    readonly lost: readonly string[];
}

export function accessChanges(before: Access, after: Access): AccessChanges {
    return {
        reach: difference(reach(before), reach(after), " → "),
        permissions: permissionChanges(before, after),
    };
}

export const isSame = ({ reach: a, permissions: b }: AccessChanges) =>
    [a.gained, a.lost, b.gained, b.lost].every((item) => item.length === 0);

function difference(before: readonly string[], after: readonly string[], separator: string): Difference {
    const [old, now] = [new Set(before), new Set(after)];
    const only = (those: Set<string>, others: Set<string>) =>
        grouped(
            [...those].filter((text) => !others.has(text)),
            separator,
        );
    return { gained: only(now, old), lost: only(old, now) };
}

/** Each connection on each of its ports, and each path that a load balancer hands on. */
function reach({ model: { connections, endpoints } }: Access): string[] {
    const ways = connections.flatMap(({ from, to, ports, protocol, among = [] }) =>
        ports.flatMap((port) => {
            const on = ` on ${protocol === "tcp" || protocol === "-1" ? "" : `${protocol} `}${port}`;
            const sources = [party(from), ...among.map((item) => `${party(item)} (as part of ${party(from)})`)];
            return sources.map((source) => `${source} → ${party(to)}${on}`);
        }),
    );
    const paths = endpoints.flatMap(({ name, routes, listeners }) => [
        ...listeners.map(({ protocol, port }) => `${name} endpoint listens on ${port}, ${protocol}`),
        ...routes.map(({ url, service, port }) => `${name} endpoint: ${url} → ${service} ${port}`),
    ]);
    return [...ways, ...paths];
}

function permissionChanges(before: Access, after: Access): Difference {
    const told = difference(permissions(before), permissions(after), ": ");
    // Words leave something out, an ARN's account for instance. Whatever else differs is named at least.
    const untold = [...after.documents]
        .filter(([role, documents]) => {
            const old = before.documents.get(role);
            return old !== undefined && JSON.stringify(old) !== JSON.stringify(documents);
        })
        .map(([role]) => role)
        .filter((role) => {
            const own = (access: Access) => permissions(access, role);
            return JSON.stringify(own(before)) === JSON.stringify(own(after));
        });
    return {
        gained: [
            ...told.gained,
            ...untold.map((role) => `${role}: its policies differ in what these words do not say`),
        ],
        lost: told.lost,
    };
}

/** `<role>: <what>` for each statement, and for whoever may take the role on. */
function permissions({ model: { roles } }: Access, only?: string): string[] {
    return roles
        .filter(({ name }) => only === undefined || name === only)
        .flatMap((role) => [
            ...role.trusts.map(
                (who) => `${title(role)}: taken on by ${who}${role.guarded ? "" : ", of whatever account"}`,
            ),
            ...role.may.map(({ effect, words, actions, on, conditions }) => {
                const when = conditions.map(({ key, values }) => `${key} is ${values.join(" or ")}`);
                const condition = when.length > 0 ? `, if ${when.join(" and ")}` : "";
                const may = effect === "Deny" ? "must not" : "may";
                return `${title(role)}: ${may} ${words.join(", ")} (${actions.join(", ")}) on ${on.join(", ")}${condition}`;
            }),
        ]);
}

const title = ({ service, purpose, name }: RoleView) =>
    service === undefined ? name : `${purpose} role of ${service}`;

/** Sentences that differ in their beginning alone, up to `separator`, as one. Nothing is left out: a reviewer reads them. */
function grouped(sentences: readonly string[], separator: string): string[] {
    const parts = sentences.map((sentence) => {
        const at = sentence.indexOf(separator);
        return at < 0 ? { first: sentence, rest: "" } : { first: sentence.slice(0, at), rest: sentence.slice(at) };
    });
    return groupBy(parts, ({ first, rest }) => rest || first).map(
        (alike) => [...new Set(alike.map(({ first }) => first))].join(", ") + alike[0].rest,
    );
}
