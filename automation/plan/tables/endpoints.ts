/** Endpoints, and who reaches them. */
import { groupBy } from "../grouping";
import type { Plan } from "../model";
import { ANYWHERE } from "../sections/connections";
import { list } from "../text";
import { type Block, code, marked, quiet, tableOf } from "./blocks";

export const endpointsTables = ({ endpoints }: Plan): Block[] =>
    endpoints.flatMap(({ name, internal, address, listeners, routes, refused, redirected, note }): Block[] => [
        { heading: `${name}: ${internal ? "internal, no public address" : "public, on the internet"}` },
        { paragraph: code(address) },
        ...tableOf(
            `Routes of the ${name} endpoint`,
            ["address", "leads to"],
            [
                ...routes.map(({ url, service, port, tls, login }) => [
                    code(url),
                    `→ ${service} on ${port}${tls ? ", over TLS" : ""}${login ? `; ${login}` : ""}`,
                ]),
                ...redirected.map(({ url, to }) => [code(url), `→ redirects to ${to}`]),
                ...refused.map((url) => [code(url), "→ 404, from the load balancer itself"]),
            ],
        ),
        ...tableOf(
            `Listeners of the ${name} endpoint`,
            ["listener", "who may connect", "what is not routed"],
            groupBy(listeners, ({ protocol, allowed, otherwise }) =>
                JSON.stringify([protocol, allowed, otherwise]),
            ).map((alike) => [
                `${alike[0].protocol} ${list(alike.map(({ port }) => String(port)))}`,
                alike[0].allowed.includes(ANYWHERE)
                    ? marked("public", clientsText(alike[0].allowed))
                    : clientsText(alike[0].allowed),
                alike[0].otherwise ?? "",
            ]),
        ),
        ...(note === undefined ? [] : [{ paragraph: quiet(note) }]),
    ]);

export const clientsText = (allowed: readonly string[]) =>
    list(allowed.map((each) => (each === ANYWHERE ? `anybody (${each})` : each))) || "nobody";
