/** The machines beside the tasks: the ledger of a developer, and the workbench. */
import { ledgerTypeProblem } from "../../components/dev-ledger";
import { workbenchTypeProblem } from "../../components/workbench";
import type { PlatformConfig } from "../defaults";
import { type Problem, wayOutKey } from "./common";

/** The ledger's name in the VPC's zone. */
export const LEDGER = "ledger";

export function checkDevLedger(config: PlatformConfig): Problem[] {
    const { devLedger, production, agents, network } = config;
    if (!devLedger) return [];
    const path = ["devLedger"];
    if (production) {
        return [
            {
                path,
                what: "is for dev only: one machine, nodes whose keys everybody knows, and whoever reaches it may write to it",
                fix: "leave it out, and give agents.<name>.genesisUrl, of a ledger that somebody answers for",
                also: [["environment"]],
            },
        ];
    }
    const problems: Problem[] = [];
    const type = ledgerTypeProblem(devLedger.instanceType);
    if (type) problems.push({ path: [...path, "instanceType"], ...type });
    if (network.nat === "none") {
        problems.push({
            path,
            what: "its machine downloads software from the internet, and the network has no NAT gateway",
            fix: wayOutKey(network),
            also: [["network", "nat"]],
        });
    }
    if (Object.values(agents).every((agent) => agent.genesisUrl)) {
        problems.push({
            path,
            what: "no agent would use it: there is none, or each has a genesisUrl",
            fix: "leave it out, or the genesisUrl of those that it is for",
            also: [["agents"]],
        });
    }
    if (!config.domain) return problems;
    const what = `${LEDGER}.internal.${config.domain.name} is the name of the stack's own ledger`;
    return [
        ...problems,
        ...internalHosts(config)
            .filter(({ host }) => host === LEDGER)
            .map((host) => ({ path: host.path, what, fix: "another host" })),
    ];
}

/** Names that the internal endpoint's services have in the VPC's zone. */
function internalHosts({ agents, keycloak, heritages }: PlatformConfig): { path: Problem["path"]; host: string }[] {
    return [
        ...Object.entries(agents).map(([name, { host }]) => ({ path: ["agents", name, "host"], host })),
        ...(keycloak ? [{ path: ["keycloak", "host"], host: keycloak.host }] : []),
        ...Object.entries(heritages).flatMap(([name, { services }]) =>
            Object.entries(services).flatMap(([key, { listeners }]) =>
                listeners.flatMap(({ endpoint, hosts }, i) => {
                    const path = ["heritages", name, "services", key, "listeners", i, "host"];
                    return endpoint === "internal" ? hosts.map((host) => ({ path, host })) : [];
                }),
            ),
        ),
    ];
}

export function checkWorkbench({ workbench }: PlatformConfig): Problem[] {
    const type = workbench && workbenchTypeProblem(workbench.instanceType);
    return type ? [{ path: ["workbench", "instanceType"], ...type }] : [];
}
