/** What leads to agents, and the Envoy that takes it in each task. */
import type * as pulumi from "@pulumi/pulumi";
import type { AgentClusterArgs } from "./agent-cluster";
import { TAILS_PATH, TAILS_PATHS, tailsTarget } from "./agent-tails";
import { envoyKeyPair } from "./envoy/key-pair";
import type { Destination } from "./envoy/second-listener";
import { ENVOY_PORT, envoySidecar } from "./envoy/sidecar";
import { encrypted, targets, type TlsArgs } from "./envoy/tls";

/** The status that needs no key. It says that the agent is up, not that the database is. */
export const READY = "/status/ready";
/** Where an agent's Envoy takes what comes from everywhere; the admin API is on its first port. */
export const DIDCOMM_ENVOY_PORT = 8444;
/** ACA-Py closes a connection that was not used for 3630 s, or 75 s with an older aiohttp. */
const IDLE_SECONDS = 60;

type AgentPorts = Pick<AgentClusterArgs, "didcommPort" | "adminPort" | "webSocketPort" | "tails">;

/**
 * Behind Envoy all that comes from everywhere is one target group, and Envoy tells DIDComm, sockets and tails files apart: ECS takes five
 * target groups for a service, and a cluster that gets TLS is in those without it, too.
 */
export function agentRoutes(name: string, args: AgentClusterArgs) {
    const { didcomm, admin, host, tls, didcommPort, adminPort, webSocketPort, tails } = args;
    const ready = { path: READY };
    const ofAdmin = { path: READY, port: adminPort };
    const open = encrypted(DIDCOMM_ENVOY_PORT, ready);
    const first = didcomm.route(name, {
        host,
        listenerPort: didcommPort,
        ...targets(tls, { port: didcommPort, healthCheck: ofAdmin }, open),
    });
    const beside = (plain: Parameters<typeof targets>[1]) => ({
        host,
        listenerPort: plain.port,
        ...(first.waiting ? { ...plain, waiting: first.waiting } : tls ? { ...open, sharing: first } : plain),
    });
    return {
        didcomm: first,
        webSocket:
            webSocketPort === undefined
                ? undefined
                : didcomm.route(`${name}-ws`, {
                      ...beside({ port: webSocketPort, healthCheck: ofAdmin }),
                      webSockets: true,
                  }),
        tails: tails && didcomm.route(`${name}-tails`, { ...beside(tailsTarget(tails.port)), paths: [TAILS_PATHS] }),
        admin: admin.route(name, {
            host,
            listenerPort: adminPort,
            ...targets(tls, { port: adminPort, healthCheck: ofAdmin }, encrypted(ENVOY_PORT, ready)),
            ownPortTls: true, // an API key goes over it
        }),
    };
}

export function agentEnvoy(name: string, args: AgentClusterArgs, tls: TlsArgs, owner: pulumi.Resource) {
    const { adminPort: port, secrets } = args;
    return envoySidecar({
        image: tls.envoyImage,
        // Not once it is healthy: ECS waits three minutes for that, and on a new wallet an agent waits for the one before it.
        app: { container: "agent", port, protocol: "http1", healthChecked: false },
        clientAlone: true,
        second: { port: DIDCOMM_ENVOY_PORT, destinations: destinationsOf(args) },
        appIdleSeconds: IDLE_SECONDS,
        ...envoyKeyPair(name, { certificate: tls.certificate, secrets }, owner),
    });
}

const destinationsOf = ({ adminPort, webSocketPort, tails, didcommPort }: AgentPorts): Destination[] => [
    // All of the admin API that a public load balancer gets to, and its clients do not: what it hands on for them has the header.
    { name: "app", port: adminPort, match: { path: READY, prefix: undefined, headers: [GET, NOT_FORWARDED] } },
    ...(webSocketPort === undefined ? [] : [{ name: "sockets", port: webSocketPort, match: { headers: [UPGRADE] } }]),
    ...(tails ? [{ name: "tails", port: tails.port, match: { prefix: `${TAILS_PATH}/` } }] : []),
    { name: "didcomm", port: didcommPort },
];

const GET = { name: ":method", string_match: { exact: "GET" } };
/** A load balancer says for each request where it took it, and health checks are none (ELB user guide, "X-Forwarded headers"). */
const NOT_FORWARDED = { name: "x-forwarded-port", present_match: false };
const UPGRADE = { name: "upgrade", string_match: { exact: "websocket", ignore_case: true } };
