/** What ACA-Py itself advises against, or what a stack file does not say of its agents. */
import type { Advice } from "./advice";
import type { TaskDefinition } from "./task-definitions";

export function agentAdvice(definitions: ReadonlyMap<string, TaskDefinition>): Advice[] {
    return [...definitions].flatMap(([task, { containerDefinitions }]) =>
        containerDefinitions.flatMap(({ environment = [] }) => {
            const values = Object.fromEntries(environment.map(({ name, value }) => [name, value]));
            if (values.ACAPY_WALLET_TYPE === undefined) return [];
            return [
                ...(values.ACAPY_WALLET_TYPE === "askar" ? [{ about: task, ...ASKAR }] : []),
                ...(isMultitenant(values) ? [{ about: task, ...POOLS }] : []),
                ...(values.ACAPY_TAILS_SERVER_BASE_URL?.startsWith("http://") ? [{ about: task, ...TAILS }] : []),
            ];
        }),
    );
}

/** Tenants with a wallet each, in a number that nobody has said. */
const isMultitenant = (values: Partial<Record<string, string>>) =>
    /^(true|yes|on|1)$/i.test(values.ACAPY_MULTITENANT ?? "") && values.ACAPY_MULTITENANCY_CONFIGURATION === undefined;

/** ACA-Py's CHANGELOG, 1.5.1. */
const ASKAR = {
    what: "its wallet is of the type askar, which ACA-Py has called deprecated since 1.5.1",
    fix: 'for a new wallet askar-anoncreds or kanon-anoncreds; one that exists is upgraded by ACA-Py (its docs, "Wallet Upgrade")',
};

const POOLS = {
    what: "each tenant in use opens a pool of connections of its own, up to 100 tenants, and none of them is counted",
    fix: "tenants: how many are in use at a time; or a single wallet for all (ACAPY_MULTITENANCY_CONFIGURATION)",
};

const TAILS = {
    what: "the address of its tails files is the load balancer's own, and each revocation registry has it for good",
    fix: "domain, before credentials are issued that outlive the stack's load balancer",
};
