/** Checks each application with TLS up to its tasks. */
import { ENVOY_ADMIN_PORT, ENVOY_PORT } from "../../components/envoy/sidecar";
import { argumentsOf } from "../builds";
import type { PlatformConfig, ServiceConfig } from "../defaults";
import { buildProblems, imageNameProblems } from "./builds";
import { keyPairProblems } from "./certificate";
import { commandProblems, entrypointOf } from "./commands";
import {
    countPath,
    databaseProblems,
    imageProblems,
    maxTasks,
    type Path,
    type Problem,
    workloadProblems,
} from "./common";
import { environmentProblems, injectedProblems, type Managed, notSecretProblems, sourceProblems } from "./variables";
import { writableProblems } from "./writable";

const MANAGED: Managed = { HOST: "", PORT: "port", DISTRICT_CA_PEM: "", PARAMETER_STORE_PREFIX: "" };
export const DATABASE_MANAGED: Managed = {
    DB_USER: "database",
    DB_PASSWORD: "database",
    DB_HOST: "database",
    DB_PORT: "database",
    DB_NAME: "database",
    DB_POOL_MAX: "database.connections",
    DB_CA_PEM: "",
};
/** Names of databases and roles that RDS or PostgreSQL reserve. */
const KEPT_NAMES = ["postgres", "template0", "template1", "rdsadmin", "admin", "user", "public"];
/** A path pattern as a load balancer takes it (ELB user guide, "Path conditions"). */
const PATH_PATTERN = /^\/[A-Za-z0-9_\-.$/~"'@:+&*?]*$/;
const PATH = /^\/[^\s?#*]*$/;
/** A parameter's name below the service's path: at least two parts, none of them in capitals alone, which are variables. */
const PARAMETER = /^[a-z0-9._-]+(\/[a-z0-9._-]+)+$/;

export function checkServices(config: PlatformConfig): Problem[] {
    return [
        ...imageProblems(["envoyImage"], config.envoyImage, config),
        ...imageNameProblems(config),
        ...Object.entries(config.services).flatMap(([name, service]) => checkService(name, service, config)),
    ];
}

function checkService(name: string, service: ServiceConfig, config: PlatformConfig): Problem[] {
    const at = (...rest: (string | number)[]): Path => ["services", name, ...rest];
    const problems: Problem[] = [
        ...workloadProblems(at(), service, config),
        ...imageProblems(at("image"), service.image, config),
        ...buildProblems(at, service),
        ...healthPathProblems(at("healthCheckPath"), service.healthCheckPath),
        ...patternProblems(at("paths"), service.paths),
        ...commandProblems(at("command"), service.command, { entrypoint: entrypointOf(service.build) }),
        ...writableProblems(at("writable"), service),
        ...secretProblems(at, service),
    ];
    if (service.port === ENVOY_PORT || service.port === ENVOY_ADMIN_PORT) {
        problems.push({
            path: at("port"),
            what: `${service.port} is taken by Envoy, which stands beside the application in the task`,
            fix: `another port than ${ENVOY_PORT} and ${ENVOY_ADMIN_PORT}, such as 8080`,
        });
    }
    if (service.count < 2) {
        problems.push({
            path: countPath(at(), service),
            what: "one task is not enough: while it is replaced or moved, nothing answers",
            fix: "2 or more",
        });
    }
    if (service.certificate) problems.push(...keyPairProblems(at("certificate"), service.certificate));
    if (service.database) {
        const users = [{ name, connections: maxTasks(service) * service.database.connections }];
        problems.push(
            ...databaseProblems(at("database"), service.database, users, "its tasks", { key: "connections" }),
        );
        if (KEPT_NAMES.includes(service.database.name)) {
            problems.push({
                path: at("database", "name"),
                what: `${service.database.name} is a name that RDS or PostgreSQL keeps for itself`,
                fix: "another name, such as app",
            });
        }
    }
    return problems;
}

type At = (...rest: (string | number)[]) => Path;

export function healthPathProblems(path: Path, text: string): Problem[] {
    if (PATH.test(text)) return [];
    return [
        {
            path,
            what: text.startsWith("/")
                ? `${text} is not a path: a query, a pattern or a space in it`
                : `${text} has no slash in front`,
            fix: `/${text.replace(/^\/+|[\s?#*].*$/g, "")}`,
        },
    ];
}

export function patternProblems(path: Path, patterns: readonly string[] = []): Problem[] {
    return patterns.flatMap((pattern, i) => {
        if (PATH_PATTERN.test(pattern)) return [];
        return [
            {
                path: [...path, i],
                what: pattern.startsWith("/")
                    ? `${pattern} has a character that a load balancer's pattern does not take`
                    : `${pattern} has no slash in front`,
                fix: pattern.startsWith("/")
                    ? "letters, digits, _-.$/~\"'@:+& and the wildcards * and ?"
                    : `/${pattern}`,
            },
        ];
    });
}

function secretProblems(at: At, service: ServiceConfig): Problem[] {
    const problems: Problem[] = [];
    const managed = { ...MANAGED, ...(service.database ? DATABASE_MANAGED : {}) };
    problems.push(...environmentProblems(at("environment"), service, managed, "service"));
    problems.push(
        ...notSecretProblems(at("notSecret"), service, { ...argumentsOf(service.build), ...service.environment }),
    );
    problems.push(...injectedProblems(at("secrets"), service, managed, "service"));
    for (const [key, source] of Object.entries(service.parameters)) {
        const path = at("parameters", key);
        if (!PARAMETER.test(key)) {
            problems.push({
                path,
                what: "is not a name below PARAMETER_STORE_PREFIX",
                fix: "small letters, digits and ._- in at least two parts, e.g. mail/password",
            });
        }
        if (service.database?.credentials === "path" && key.startsWith("database/")) {
            problems.push({ path, what: "is where the database's own parameters are", fix: "another first part" });
        }
        if (source.parameter !== undefined || source.secret !== undefined) {
            problems.push({
                path,
                what: "a parameter or a secret that exists is under a name of its own, which the task role may not read",
                fix: "generate or value; or under secrets, where ECS injects it",
            });
        } else problems.push(...sourceProblems(path, source));
    }
    return problems;
}
