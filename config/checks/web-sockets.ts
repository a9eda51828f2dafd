/** WebSockets of agents, and mediators. */
import type { AgentConfig, PlatformConfig } from "../defaults";
import type { Path, Problem } from "./common";

type At = (...rest: string[]) => Path;

/** Seconds between an agent's pings where its file says nothing (ACA-Py, --ws-heartbeat-interval). */
const HEARTBEAT_SECONDS = 3;
const HEARTBEAT = "ACAPY_WS_HEARTBEAT_INTERVAL";
/** What ACA-Py reads only where it has an inbound transport of that kind (acapy_agent/transport/inbound/ws.py). */
const WS_SETTINGS = [HEARTBEAT, "ACAPY_WS_TIMEOUT_INTERVAL"];
const QUEUE = "ACAPY_ENABLE_UNDELIVERED_QUEUE";

export const isOn = (flag: string | undefined) => flag !== undefined && /^(true|yes|on|1)$/i.test(flag);

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

/** Whether an agent keeps what it could not deliver: for wallets that are away, or whose socket is another task's. */
export const queues = ({ mediator, environment }: AgentConfig) => isOn(environment[QUEUE] ?? String(mediator));

/** A wallet's socket is one task's. What the others take for it goes by way of the queue. */
export function mediatorProblems(at: At, agent: AgentConfig): Problem[] {
    if (!agent.mediator || queues(agent) || (agent.count <= 1 && !agent.autoscaling)) return [];
    const tasks = agent.autoscaling ? "autoscaling" : "count";
    return [
        {
            path: at("environment", QUEUE),
            what: "is off, and of several tasks of a mediator one has a wallet's socket: what another one takes would be lost",
            fix: "leave it out; or one task",
            also: [at(tasks)],
        },
    ];
}

/** A mediator may be one task also where others may not. */
export const isAlone = ({ mediator, count, autoscaling }: AgentConfig) => mediator && count <= 1 && !autoscaling;
