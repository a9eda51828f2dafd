/** The connections of agents, those with several tenants among them: the pools that these open, and what says so. */
import { connectionsOfTask, isKanon, KANON_CONNECTIONS, QUEUE_CONNECTIONS } from "../../components/agent-pools";
import type { AgentConfig } from "../defaults";
import type { Path, Problem } from "./common";
import { isOn, queues } from "./web-sockets";

const CONFIGURATION = "ACAPY_MULTITENANCY_CONFIGURATION";

/** As ACA-Py takes it, as JSON or as pairs: wallet_type=single-wallet-askar. */
const isSingleWallet = ({ environment }: AgentConfig) => /single-wallet/.test(environment[CONFIGURATION] ?? "");

export const taskConnections = (agent: AgentConfig) =>
    connectionsOfTask({
        ...agent,
        tenants: isOn(agent.environment.ACAPY_MULTITENANT) ? agent.tenants : undefined,
        singleWallet: isSingleWallet(agent),
        undeliveredQueue: queues(agent),
    });

/** How the connections of a task are counted, for an error to say. */
export function counted(agents: readonly AgentConfig[]): string {
    const tenants = agents.some((agent) => agent.tenants !== undefined);
    const kanon = agents.some(({ walletType }) => isKanon(walletType));
    const pool = kanon ? `(walletConnections, and ${KANON_CONNECTIONS} of Kanon)` : "walletConnections";
    const all = tenants ? `${pool} × (1 + tenants)` : pool;
    return agents.some(queues) ? `${all}, and ${QUEUE_CONNECTIONS} of a mediator` : all;
}

export function tenantProblems(at: (...rest: string[]) => Path, agent: AgentConfig): Problem[] {
    const { tenants, environment } = agent;
    if (tenants === undefined) return [];
    const path = at("tenants");
    if (!isOn(environment.ACAPY_MULTITENANT)) {
        const what = "counts the pools of tenants, and the agent has none";
        return [{ path, what, fix: 'environment: { ACAPY_MULTITENANT: "true" }, or leave it out' }];
    }
    if (Object.hasOwn(environment, CONFIGURATION) && !isSingleWallet(agent)) {
        const what = `is the cache_size of ${CONFIGURATION}, which environment has, too`;
        return [{ path, what, fix: "leave one of them out", also: [at("environment", CONFIGURATION)] }];
    }
    return [];
}
