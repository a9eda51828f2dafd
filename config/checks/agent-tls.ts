/** TLS up to agents. */
import { DIDCOMM_ENVOY_PORT } from "../../components/agent-tls";
import { ENVOY_ADMIN_PORT, ENVOY_PORT } from "../../components/envoy/sidecar";
import type { AgentConfig } from "../defaults";
import type { Path, Problem } from "./common";

const ENVOYS = [ENVOY_PORT, DIDCOMM_ENVOY_PORT, ENVOY_ADMIN_PORT];

export function agentTlsProblems(at: (...rest: string[]) => Path, agent: AgentConfig): Problem[] {
    const { tls, tails, webSocketPort } = agent;
    if (!tls) return [];
    const ports = [
        ...(["didcommPort", "adminPort", "webSocketPort"] as const).map((key) => ({ path: at(key), port: agent[key] })),
        { path: at("tails", "port"), port: tails?.port },
    ];
    const taken = ports.filter(({ port }) => port !== undefined && ENVOYS.includes(port));
    return [
        ...taken.map(({ path, port }) => ({
            path,
            what: `${port} is Envoy's own in the task`,
            fix: `another port than ${ENVOYS.join(", ")}; or tls: false`,
        })),
        ...(tls === "both" && tails && webSocketPort !== undefined
            ? [
                  {
                      path: at("tls"),
                      what: "both is six target groups with WebSockets and tails files, and ECS takes five for a service",
                      fix: "true, in one `up`: the cluster answers 503 until the first new agent is healthy; or false",
                      also: [at("webSocketPort"), at("tails")],
                  },
              ]
            : []),
    ];
}
