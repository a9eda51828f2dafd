import { groupBy } from "../grouping";
import { ANYWHERE } from "../sections/connections";
import type { EndpointView, ListenerView } from "../sections/endpoints";
import { type Layout, list, paragraph, table } from "../text";

export function renderEndpoints(endpoints: readonly EndpointView[], layout: Layout): string[] {
    const { bold, cyan, width } = layout;
    return endpoints.flatMap(({ name, internal, listeners, routes, refused, note }) => [
        ...table([[name, internal ? "internal, no public address" : "public, on the internet"]], 2, [bold], width),
        ...table(
            routes.map(({ url, service, port, tls }) => [url, `→ ${service} on ${port}${tls ? ", over TLS" : ""}`]),
            4,
            [cyan],
            width,
        ),
        ...table(
            refused.map((url) => [url, "→ 404, from the load balancer itself"]),
            4,
            [cyan],
            width,
        ),
        ...table(
            groupBy(listeners, ({ protocol, allowed, otherwise }) =>
                JSON.stringify([protocol, allowed, otherwise]),
            ).map((alike) => [
                `${alike[0].protocol} ${list(alike.map(({ port }) => String(port)))}`,
                `from ${clientsText(alike[0].allowed)}`,
                alike[0].otherwise ?? "",
            ]),
            4,
            [],
            width,
        ),
        ...(note === undefined ? [] : paragraph(note, layout, undefined, 4)),
    ]);
}

export const clientsText = (allowed: ListenerView["allowed"]) =>
    list(allowed.map((each) => (each === ANYWHERE ? `anybody (${each})` : each))) || "nobody";
