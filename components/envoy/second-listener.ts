/** A second port on which an Envoy takes TLS, told from the first by who may connect to it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { imageFolder } from "../images";

export interface SecondListener {
    port: number;
    /** Where requests go: the first destination that takes one. */
    destinations: readonly Destination[];
}

export interface Destination {
    /** As the access log and Envoy's figures name it; `app` is what the first port leads to. */
    name: string;
    /** Where the application takes these requests on 127.0.0.1. */
    port: number;
    /** Which requests, as a route of Envoy says it. @default those that no destination in front took */
    match?: Readonly<Record<string, unknown>>;
}

interface Route {
    readonly match: object;
    readonly route?: object;
}

/**
 * The listener of images/envoy/envoy.yaml once more: TLS, limits, access log and what it refuses are the same. All of its destinations have
 * the client alone in X-Forwarded-For (`clientAlone`).
 */
export function secondListener({ port, destinations }: SecondListener): object {
    const { static_resources } = parse(readFileSync(path.join(imageFolder("envoy"), "envoy.yaml"), "utf8"));
    const [listener] = static_resources.listeners;
    const manager = listener.filter_chains[0].filters[0].typed_config;
    const [host] = manager.route_config.virtual_hosts;
    const [refused, clientAlone] = host.routes as [Route, Route];
    listener.name = "second";
    listener.address.socket_address.port_value = port;
    manager.stat_prefix = "second";
    host.routes = [
        refused,
        ...destinations.map(({ name, match }) => ({
            ...clientAlone,
            match: { ...clientAlone.match, ...match },
            route: { ...clientAlone.route, cluster: name },
        })),
    ];
    return listener;
}
