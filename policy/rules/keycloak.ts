/** Policies for the inputs of Keycloak's component. `config/checks/keycloak.ts` refuses the file of a prod stack for the same reasons. */
import { knownVulnerabilities } from "../../components/keycloak/advisories";
import type { ResourcePolicy } from "../policy";

const KEYCLOAK = "identity:index:KeycloakHa";
export const SAFE_VERSION = "keycloak-safe-version";
export const BRUTE_FORCE = "keycloak-brute-force";

export const COUNTS_NO_FAILURES = "it counts no failed log-ins, so that anybody may try one password after the other";
export const COUNT_FAILURES = '"bruteForceProtected": true in its file';

export const KEYCLOAK_POLICIES: readonly ResourcePolicy[] = [
    {
        name: SAFE_VERSION,
        asks: "Keycloak's version has no known hole that lets strangers in.",
        fix: "a patch that has it mended",
        dev: "advisory",
        types: [KEYCLOAK],
        check: ({ inputs }) => {
            const found = knownVulnerabilities(String(inputs.version));
            return found ? [found] : [];
        },
    },
    {
        name: BRUTE_FORCE,
        asks: "Every realm of the repository counts failed log-ins.",
        fix: COUNT_FAILURES,
        dev: "advisory",
        types: [KEYCLOAK],
        check: ({ inputs }) =>
            ((inputs.unprotectedRealms as string[] | undefined) ?? []).map((part) => ({
                part,
                partIs: "realm",
                what: COUNTS_NO_FAILURES,
            })),
    },
];
