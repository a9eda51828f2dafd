/** Policies for TLS from the load balancers up to the tasks of a component (its input `tls`). */
import { findingUnless, type ResourcePolicy } from "../policy";

const tlsPolicy = (name: string, type: string, whose: string, key: string, otherwise: string): ResourcePolicy => ({
    name,
    asks: `Load balancers speak TLS up to ${whose}.`,
    fix: `no \`tls: false\` of ${key}; \`tls: both\` for one \`up\` of a stack that runs without`,
    dev: "advisory",
    types: [type],
    check: ({ inputs }) => findingUnless(inputs.tls !== false, otherwise),
});

export const TLS_POLICIES: readonly ResourcePolicy[] = [
    tlsPolicy(
        "keycloak-tls",
        "identity:index:KeycloakHa",
        "Keycloak's nodes",
        "keycloak",
        "passwords cross the network in the clear, and a client chooses its address in Keycloak's events",
    ),
    tlsPolicy(
        "agents-tls",
        "identity:index:AgentCluster",
        "agents",
        "the agents",
        "the admin API's key crosses the network in the clear",
    ),
];
