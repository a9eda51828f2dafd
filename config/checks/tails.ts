/** The server of tails files beside each agent of a cluster. */
import type { AgentConfig } from "../defaults";
import type { Path, Problem } from "./common";

export function tailsProblems(at: (...rest: string[]) => Path, agent: AgentConfig): Problem[] {
    const { tails, walletType, mediator } = agent;
    if (tails === undefined) return [];
    const problems: Problem[] = [];
    const taken = (["didcommPort", "adminPort", "webSocketPort"] as const).find((key) => agent[key] === tails.port);
    if (taken) {
        problems.push({
            path: at("tails", "port"),
            what: `${tails.port} is the ${taken}, too`,
            fix: "a port of its own, such as 8023",
            also: [at(taken)],
        });
    }
    // It uploads a file by the registry's id, after the registry is on the ledger, and from the disk of whichever agent hears of that.
    if (walletType === "askar") {
        problems.push({
            path: at("tails"),
            what: "is for AnonCreds: a wallet of the type askar uploads a file only once its registry is on the ledger, maybe by an agent that has not made it",
            fix: "walletType: askar-anoncreds for a new wallet, or a tails server elsewhere (ACAPY_TAILS_SERVER_BASE_URL)",
            also: [at("walletType")],
        });
    }
    if (mediator) {
        problems.push({
            path: at("tails"),
            what: "is for who issues credentials, and a mediator carries messages",
            fix: "leave it out, or have it at the cluster that issues",
            also: [at("mediator")],
        });
    }
    return problems;
}
