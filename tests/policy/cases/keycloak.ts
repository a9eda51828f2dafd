import type { Cases, Given } from "../support";

const keycloak = (inputs: Record<string, unknown>): Given => ({ type: "identity:index:KeycloakHa", inputs });
const agents = (inputs: Record<string, unknown>): Given => ({ type: "identity:index:AgentCluster", inputs });
const hole = (version: string) =>
    `Keycloak ${version} has a known hole: CVE-2026-18963, anybody sets a new password for any user whose name he knows, where a ` +
    "realm has Forgot password (critical, 9.1)";

export const KEYCLOAK_AND_AGENTS: Record<string, Cases> = {
    "keycloak-safe-version": {
        passes: [keycloak({ version: "26.7.2" }), keycloak({ version: "26.8.0" })],
        fails: [
            [keycloak({ version: "26.7.1" }), hole("26.7.1")],
            [keycloak({ version: "26.6.4" }), hole("26.6.4")],
        ],
    },
    "keycloak-brute-force": {
        passes: [keycloak({ unprotectedRealms: [] }), keycloak({})],
        fails: [
            [
                keycloak({ unprotectedRealms: ["shop", "staff"] }),
                "realm shop: it counts no failed log-ins, so that anybody may try one password after the other",
                "realm staff: it counts no failed log-ins, so that anybody may try one password after the other",
            ],
        ],
    },
    "agents-tls": {
        passes: [agents({ tls: true }), agents({})],
        fails: [[agents({ tls: false }), "the admin API's key crosses the network in the clear"]],
    },
    "keycloak-tls": {
        passes: [keycloak({ tls: true }), keycloak({})],
        fails: [
            [
                keycloak({ tls: false }),
                "passwords cross the network in the clear, and a client chooses its address in Keycloak's events",
            ],
        ],
    },
};
