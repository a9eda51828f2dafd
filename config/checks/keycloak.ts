/** Keycloak: its version, its size, its connections, and the realm files that are built into its image. */
import { knownVulnerabilities } from "../../components/keycloak/advisories";
import { unprotectedRealms } from "../../components/keycloak/brute-force";
import { MANAGED_PREFIX } from "../../components/keycloak/container";
import { realmProblems } from "../../components/keycloak/realms";
import { versionProblem } from "../../components/keycloak/versions";
import { BRUTE_FORCE, COUNT_FAILURES, COUNTS_NO_FAILURES, SAFE_VERSION } from "../../policy/rules/keycloak";
import { hasReachable, type KeycloakConfig, type PlatformConfig } from "../defaults";
import { environmentNamed } from "../environments";
import { databaseProblems, imageProblems, maxTasks, type Path, type Problem, workloadProblems } from "./common";
import { type Managed, managedProblem, sourceProblems } from "./variables";

/** From the project's root, where Pulumi runs a program. */
export const REALMS = "images/keycloak/realms";

/** As `components/keycloak/realms.ts` finds it in a realm file. */
const PLACEHOLDER_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function checkKeycloak(config: PlatformConfig): Problem[] {
    const { keycloak } = config;
    if (!keycloak) return [];
    const at = (...rest: string[]): Path => ["keycloak", ...rest];
    const version = versionProblem(keycloak.version);
    const connections = maxTasks(keycloak) * keycloak.poolSize;
    const users = [{ name: "keycloak", connections }];
    return [
        ...(version ? [{ path: at("version"), ...version }] : []),
        ...workloadProblems(at(), keycloak, config),
        ...memoryProblems(at("memory"), keycloak, config),
        ...databaseProblems(at("database"), keycloak.database, users, "Keycloak's nodes", { key: "poolSize" }),
        ...imageProblems(at("image"), keycloak.image, config),
        ...secretProblems(at("secrets"), config),
        ...realmFileProblems(at(), keycloak),
        ...(config.production ? prodProblems(at(), keycloak, config) : []),
    ];
}

/** What in dev a policy tells, and a plain `pulumi up`, which runs no policies, must not bring into prod. */
function prodProblems(path: Path, { version, image }: KeycloakConfig, { policyExceptions }: PlatformConfig): Problem[] {
    const excepted = (policy: string, part?: string) =>
        policyExceptions.some(
            (item) => item.policy === policy && ["keycloak", `keycloak/${part}`].includes(item.resource),
        );
    const exception = (policy: string, resource: string) =>
        `or, with a reason, an exception to ${policy} for ${resource} (policyExceptions)`;
    const hole = knownVulnerabilities(version);
    const realms = image === undefined ? unprotectedRealms(REALMS) : [];
    return [
        ...(hole && !excepted(SAFE_VERSION)
            ? [
                  {
                      path: [...path, "version"],
                      what: hole.what,
                      fix: `${hole.fix}; ${exception(SAFE_VERSION, "keycloak")}`,
                  },
              ]
            : []),
        ...realms
            .filter((realm) => !excepted(BRUTE_FORCE, realm))
            .map((realm) => ({
                path,
                what: `the realm ${realm} in ${REALMS}: ${COUNTS_NO_FAILURES}`,
                fix: `${COUNT_FAILURES}; ${exception(BRUTE_FORCE, `keycloak/${realm}`)}`,
            })),
    ];
}

function memoryProblems(path: Path, { memory }: KeycloakConfig, { environment }: PlatformConfig): Problem[] {
    const least = environmentNamed(environment).keycloakMemory;
    if (memory >= least) return [];
    return [
        {
            path,
            what: `${memory} MiB is too little for a node in ${environment}: at rest it takes 460 to 630, and its heap is 70 % of what it has`,
            fix: `${least} or more`,
        },
    ];
}

function secretProblems(path: Path, config: PlatformConfig): Problem[] {
    const managedVariables: Managed = hasReachable(config) ? { DISTRICT_CA_PEM: "" } : {};
    return Object.entries(config.keycloak?.secrets ?? {}).flatMap(([variable, source]) => {
        const at = [...path, variable];
        const managed = variable.startsWith(MANAGED_PREFIX);
        return [
            ...(PLACEHOLDER_NAME.test(variable)
                ? []
                : [
                      {
                          path: at,
                          what: "is no name that a realm file can have in ${…}",
                          fix: "letters, digits and _, no digit in front",
                      },
                  ]),
            ...(managed
                ? [
                      {
                          path: at,
                          what: "would be a setting of Keycloak's own, and these secrets are for realm files",
                          fix: `a name without ${MANAGED_PREFIX} in front`,
                      },
                  ]
                : []),
            ...managedProblem(at, variable, managedVariables, "keycloak", ", in the clear"),
            ...sourceProblems(at, source),
        ];
    });
}

/** The files are in the image that is built here; what is in one that exists already cannot be seen. */
function realmFileProblems(path: Path, { image, secrets }: KeycloakConfig): Problem[] {
    if (image !== undefined) return [];
    return realmProblems(REALMS, Object.keys(secrets)).map(({ file, what, fix }) => ({
        path,
        what: `${file} ${what}`,
        fix,
    }));
}
