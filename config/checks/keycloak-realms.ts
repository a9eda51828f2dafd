/** The realm files that are built into Keycloak's image. What is in an image that exists already cannot be seen. */
import { unprotectedRealms } from "../../components/keycloak/brute-force";
import { isPartOfJson } from "../../components/keycloak/realm-secrets";
import { realmProblems } from "../../components/keycloak/realms";
import { BRUTE_FORCE, COUNT_FAILURES, COUNTS_NO_FAILURES } from "../../policy/rules/keycloak";
import type { KeycloakConfig, PlatformConfig } from "../defaults";
import { REALMS, realmFolders } from "../keycloak/realm-folders";
import { callbackVariables } from "../logins";
import type { Problem } from "./common";

export function checkRealms(config: PlatformConfig, stack: string): Problem[] {
    const { keycloak } = config;
    if (!keycloak || keycloak.image !== undefined) return [];
    const folders = realmFolders(stack);
    const { environment, secrets } = keycloak;
    const variables = {
        known: Object.keys({ ...environment, ...secrets, ...callbackVariables(config) }),
        generated: Object.keys(secrets).filter((variable) => secrets[variable]!.generate !== undefined),
        unfit: Object.entries(valuesOf(keycloak)).flatMap(([variable, value]) => (isPartOfJson(value) ? [] : variable)),
    };
    return [
        ...realmProblems(folders, variables).map(({ file, what, fix }) => ({
            path: ["keycloak"],
            what: `${file} ${what}`,
            fix,
        })),
        ...(config.production ? unprotectedProblems(folders, config) : []),
    ];
}

/** The values that the stack file itself has: those in SSM are known to AWS alone. */
const valuesOf = ({ environment, secrets }: KeycloakConfig): Record<string, string> => ({
    ...environment,
    ...Object.fromEntries(
        Object.entries(secrets).flatMap(([variable, { value }]) => (value ? [[variable, value]] : [])),
    ),
});

/** What in dev a policy tells, and a plain `pulumi up`, which runs no policies, must not bring into prod. */
function unprotectedProblems(folders: readonly string[], { policyExceptions }: PlatformConfig): Problem[] {
    const excepted = (realm: string) =>
        policyExceptions.some(
            (item) => item.policy === BRUTE_FORCE && ["keycloak", `keycloak/${realm}`].includes(item.resource),
        );
    return unprotectedRealms(folders)
        .filter((realm) => !excepted(realm))
        .map((realm) => ({
            path: ["keycloak"],
            what: `the realm ${realm} in ${REALMS}: ${COUNTS_NO_FAILURES}`,
            fix: `${COUNT_FAILURES}; or, with a reason, an exception to ${BRUTE_FORCE} for keycloak/${realm} (policyExceptions)`,
        }));
}
