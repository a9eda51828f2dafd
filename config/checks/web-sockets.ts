/** WebSockets of agents, and mediators, whose sockets are one task's. */
import type { AgentConfig, PlatformConfig } from "../defaults";
import type { Path, Problem } from "./common";

type At = (...rest: string[]) => Path;

/** Seconds between an agent's pings where its file says nothing (ACA-Py, --ws-heartbeat-interval). */
const HEARTBEAT_SECONDS = 3;
const HEARTBEAT = "ACAPY_WS_HEARTBEAT_INTERVAL";
/** What ACA-Py reads only where it has an inbound transport of that kind (acapy_agent/transport/inbound/ws.py). */
const WS_SETTINGS = [HEARTBEAT, "ACAPY_WS_TIMEOUT_INTERVAL"];

export function webSocketProblems(at: At, agent: AgentConfig, { publicEndpoint }: PlatformConfig): Problem[] {
    const { webSocketPort, environment } = agent;
    if (webSocketPort === undefined) {
        return WS_SETTINGS.filter((variable) => Object.hasOwn(environment, variable)).map((variable) => ({
            path: at("environment", variable),
            what: "is read only by an agent that listens for WebSockets, and this one does not",
            fix: "webSocketPort: 8022, or leave it out",
        }));
    }
    const taken = (["didcommPort", "adminPort"] as const).find((key) => agent[key] === webSocketPort);
    const heartbeat = Number(environment[HEARTBEAT] ?? HEARTBEAT_SECONDS);
    const { idleTimeoutSeconds } = publicEndpoint;
    return [
        ...(taken
            ? [
                  {
                      path: at("webSocketPort"),
                      what: `${webSocketPort} is the ${taken}, too`,
                      fix: "a port of its own, such as 8022",
                      also: [at(taken)],
                  },
              ]
            : []),
        ...(heartbeat >= idleTimeoutSeconds
            ? [
                  {
                      path: Object.hasOwn(environment, HEARTBEAT) ? at("environment", HEARTBEAT) : at("webSocketPort"),
                      what:
                          `an agent pings a socket every ${heartbeat} s, and the load balancer ends one that was silent for ` +
                          `${idleTimeoutSeconds} s (publicEndpoint.idleTimeoutSeconds)`,
                      fix: "a longer idle time-out, or a shorter interval",
                      also: [["publicEndpoint", "idleTimeoutSeconds"]],
                  },
              ]
            : []),
    ];
}

/** A message for a wallet reaches the task that holds its socket, or waits in the memory of the task that took it. */
export function mediatorProblems(at: At, { mediator, count, autoscaling }: AgentConfig): Problem[] {
    if (!mediator) return [];
    const why = "a wallet's socket, and what waits for it, are in one task, and the others do not know of them";
    if (autoscaling) {
        return [
            { path: at("autoscaling"), what: `would start a second task of a mediator: ${why}`, fix: "leave it out" },
        ];
    }
    if (count > 1) {
        return [
            {
                path: at("count"),
                what: `${count} tasks of a mediator: ${why}`,
                fix: "leave count out: one task, and ECS starts another one when it ends; or a second cluster for more wallets",
            },
        ];
    }
    return [];
}
