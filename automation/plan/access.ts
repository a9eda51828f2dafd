/** Differences between two plans in network connections and in IAM permissions, as sentences. */
import { groupBy } from "./grouping";
import type { Plan } from "./model";
import { party } from "./render/connections";
import type { RoleDocuments, RoleView } from "./sections/roles";

/** The parts of a plan that are compared. `documents`: by the names of the roles. */
export interface Access {
    readonly model: Pick<Plan, "connections" | "endpoints" | "roles">;
    readonly documents: ReadonlyMap<string, RoleDocuments>;
}

/** Sentences that are true of only one of the two plans. */
export interface Difference {
    readonly gained: readonly string[];
    readonly lost: readonly string[];
}

export const accessChanges = (before: Access, after: Access) => ({
    reach: difference(reach(before), reach(after), " → "),
    permissions: permissionChanges(before, after),
});

export const isSame = ({ gained, lost }: Difference) => gained.length + lost.length === 0;

function difference(before: readonly string[], after: readonly string[], separator: string): Difference {
    const [old, now] = [new Set(before), new Set(after)];
    const missingFrom = (others: Set<string>, all: Set<string>) =>
        grouped(
            [...all].filter((sentence) => !others.has(sentence)),
            separator,
        );
    return { gained: missingFrom(old, now), lost: missingFrom(now, old) };
}

/** A sentence for each connection and port, and for each listener and route of a load balancer. */
function reach({ model: { connections, endpoints } }: Access): string[] {
    const ways = connections.flatMap(({ from, to, ports, protocol, among = [] }) =>
        ports.flatMap((port) => {
            const on = ` on ${protocol === "tcp" || protocol === "-1" ? "" : `${protocol} `}${port}`;
            const sources = [party(from), ...among.map((member) => `${party(member)} (as part of ${party(from)})`)];
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
    const described = difference(permissions(before), permissions(after), ": ");
    // The sentences leave something out, such as an ARN's account. A role that differs only in that is at least named.
    const others = [...after.documents]
        .filter(([role, documents]) => {
            const old = before.documents.get(role);
            return old !== undefined && JSON.stringify(old) !== JSON.stringify(documents);
        })
        .map(([role]) => role)
        .filter((role) => {
            const sentences = (access: Access) => JSON.stringify(permissions(access, role));
            return sentences(before) === sentences(after);
        });
    return {
        gained: [
            ...described.gained,
            ...others.map((role) => `${role}: its policies differ in what these words do not say`),
        ],
        lost: described.lost,
    };
}

/** `<role>: …` for each statement of a role's policies, and for each principal that may assume it. */
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

/** Merges sentences that differ only before `separator`. Leaves nothing out, since reviewers read these. */
function grouped(sentences: readonly string[], separator: string): string[] {
    const parts = sentences.map((sentence) => {
        const at = sentence.indexOf(separator);
        return at < 0 ? { first: sentence, rest: "" } : { first: sentence.slice(0, at), rest: sentence.slice(at) };
    });
    return groupBy(parts, ({ first, rest }) => rest || first).map(
        (alike) => [...new Set(alike.map(({ first }) => first))].join(", ") + alike[0].rest,
    );
}
