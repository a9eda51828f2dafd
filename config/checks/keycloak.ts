/** Keycloak: its version, its size, its connections, its settings. */
import { knownVulnerabilities } from "../../components/keycloak/advisories";
import { versionProblem } from "../../components/keycloak/versions";
import { SAFE_VERSION } from "../../policy/rules/keycloak";
import type { KeycloakConfig, PlatformConfig } from "../defaults";
import { environmentNamed } from "../environments";
import { databaseProblems, imageProblems, maxTasks, type Path, type Problem, workloadProblems } from "./common";
import { settingProblems } from "./keycloak-settings";
import { egressProblems } from "./egress";

export function checkKeycloak(config: PlatformConfig): Problem[] {
    const { keycloak } = config;
    if (!keycloak) return [];
    const at = (...rest: (string | number)[]): Path => ["keycloak", ...rest];
    const version = versionProblem(keycloak.version);
    const connections = maxTasks(keycloak) * keycloak.poolSize;
    const users = [{ name: "keycloak", connections }];
    return [
        ...(version ? [{ path: at("version"), ...version }] : []),
        ...workloadProblems(at(), keycloak, config),
        ...memoryProblems(at("memory"), keycloak, config),
        ...databaseProblems(at("database"), keycloak.database, users, "Keycloak's nodes", { key: "poolSize" }),
        ...imageProblems(at("image"), keycloak.image, config),
        ...settingProblems(at, config),
        ...egressProblems(at, { egress: keycloak.egress ?? [] }),
        ...(config.production ? prodProblems(at(), keycloak, config) : []),
    ];
}

/** What in dev a policy tells, and a plain `pulumi up`, which runs no policies, must not bring into prod. */
function prodProblems(path: Path, { version }: KeycloakConfig, { policyExceptions }: PlatformConfig): Problem[] {
    const hole = knownVulnerabilities(version);
    const excepted = policyExceptions.some((item) => item.policy === SAFE_VERSION && item.resource === "keycloak");
    if (!hole || excepted) return [];
    const exception = `or, with a reason, an exception to ${SAFE_VERSION} for keycloak (policyExceptions)`;
    return [{ path: [...path, "version"], what: hole.what, fix: `${hole.fix}; ${exception}` }];
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
