/** Names, hosts and rules that two workloads of a stack may not both have. */
import { internalZone } from "../../components/endpoint/hosts";
import { ruleName } from "../../components/endpoint/rules";
import type { PlatformConfig } from "../defaults";
import { placeAsWritten } from "../heritage/as-written";
import type { Path, Problem } from "./common";
import { type EndpointRoute, endpointRoutes } from "./endpoint-routes";

/** Names under which the platform itself keeps logs, parameters and certificates. */
const TAKEN_NAMES = ["wallet-db", "vpc-flow-logs", "images", "versions", "plugins", "public", "admin"];
/** AWS's quotas for one application load balancer, adjustable on request (Service Quotas). */
const QUOTA = { listeners: 50, rules: 100 };

/** The name of log groups, task definitions and parameters, and the place in the stack file that sets it. */
interface Named {
    readonly path: Path;
    /** Its own name first, then the names of its parts. */
    readonly names: readonly string[];
}

export function checkNames(config: PlatformConfig): Problem[] {
    const named = namesOf(config);
    if (named.length === 0) {
        return [
            {
                path: ["agents"],
                what: "is missing, and so are services, heritages and keycloak: nothing would run in the stack",
                fix: "at least one, e.g. agents: { issuer: {} }",
                also: [["services"], ["heritages"], ["keycloak"]],
            },
        ];
    }
    const ways = endpointRoutes(config);
    const shared = { path: ["sharedDatabase"], names: ["shared-db", "shared-db-roles"] };
    return [
        ...nameProblems(config.sharedDatabase ? [shared, ...named] : named),
        ...ruleProblems(ways, config),
        ...quotaProblems(ways, config),
    ];
}

function namesOf({ agents, services, keycloak, heritages }: PlatformConfig): Named[] {
    return [
        ...(keycloak ? [{ path: ["keycloak"], names: ["keycloak", "keycloak-tls", "keycloak-db"] }] : []),
        ...Object.entries(agents).map(([name, { tails, tls }]) => ({
            path: ["agents", name],
            names: [name, ...(tls ? [`${name}-tls`] : []), ...(tails ? [`${name}-tails`] : [])],
        })),
        ...Object.keys(services).map((name) => ({
            path: ["services", name],
            names: [name, `${name}-tls`, `${name}-db`],
        })),
        ...Object.entries(heritages).flatMap(([name, heritage]) => [
            {
                path: ["heritages", name],
                names: [
                    name,
                    `${name}-oneoff`,
                    `${name}-deploy`,
                    `${name}-plugins`,
                    ...(heritage.database ? [`${name}-db`] : []),
                ],
            },
            ...Object.keys(heritage.uses).map((key) => ({
                path: ["heritages", name, "uses", key],
                names: [`${name}-${key}`],
            })),
            ...Object.keys(heritage.volumes)
                .filter((key) => heritage.volumes[key]!.efs)
                .map((key) => ({ path: ["heritages", name, "volumes", key], names: [`${name}-${key}`] })),
            ...Object.keys(heritage.services).map((key) => ({
                path: ["heritages", name, "services", key],
                names: [`${name}-${key}`, `${name}-${key}-tls`],
            })),
            ...Object.entries(heritage.services).flatMap(([key, { sidecars }]) =>
                Object.entries(sidecars)
                    .filter(([, { secrets }]) => Object.keys(secrets).length > 0)
                    .map(([sidecar]) => ({
                        path: ["heritages", name, "services", key, "sidecars", sidecar],
                        names: [`${name}-${key}-${sidecar}`],
                    })),
            ),
            ...Object.keys(heritage.scheduledTasks).map((key) => ({
                path: ["heritages", name, "scheduledTasks", key],
                names: [`${name}-${key}`],
            })),
        ]),
    ];
}

function nameProblems(named: readonly Named[]): Problem[] {
    const owners = new Map<string, string>();
    return named.flatMap(({ path, names }) => {
        if (TAKEN_NAMES.includes(names[0]!)) {
            return [{ path, what: "the platform uses this name itself", fix: "another name" }];
        }
        const taken = names.find((name) => owners.has(name));
        for (const name of names) if (!owners.has(name)) owners.set(name, placeAsWritten(path).join("."));
        if (taken === undefined) return [];
        return [{ path, what: `${taken} is taken by ${owners.get(taken)}`, fix: "another name" }];
    });
}

function ruleProblems(ways: readonly EndpointRoute[], { domain }: PlatformConfig): Problem[] {
    const problems: Problem[] = [];
    const rules = new Map<string, string>();
    const priorities = new Map<string, string>();
    const refused = new Set<string>(); // an agent's host is on both endpoints, and reported once
    for (const { path, hostPath, name, endpoint, host, key, paths, first: offset, priority, ownPort } of ways) {
        const zone = domain && (endpoint === "internal" ? internalZone(domain.name) : domain.name);
        if (domain && endpoint === "public" && host === "internal") {
            problems.push({
                path: hostPath,
                what: `${internalZone(domain.name)} is the zone of the admin API's names`,
                fix: "another host",
            });
        }
        if (ownPort && !domain) continue;
        const beside = new Set(
            ways.filter((other) => !other.ownPort && other.endpoint === endpoint).map((other) => other.path),
        );
        const needsPaths = endpoint === "public" || name !== "keycloak"; // Keycloak's console has every path of the internal endpoint
        if (!domain && needsPaths && paths.length === 0 && beside.size > 1) {
            problems.push({
                path: [...path, "paths"],
                what: "is missing: without a domain the services of a load balancer are told apart by their paths",
                fix: `paths: [/${name}, /${name}/*]`,
            });
        }
        for (const [i, requestPath] of (paths.length > 0 ? paths : domain ? [""] : ["/*"]).entries()) {
            const rule = `${endpoint} ${ruleName({ host: domain && key, paths: requestPath ? [requestPath] : [] })}`;
            const first = rules.get(rule);
            if (first === undefined) rules.set(rule, name);
            else if (!(ownPort && refused.has(path.join(".")))) {
                refused.add(path.join("."));
                problems.push({
                    path:
                        paths.length > 0
                            ? [...path, "paths", offset + i]
                            : hostPath.at(-2) === "hosts"
                              ? hostPath
                              : path,
                    what:
                        first === name
                            ? `${requestPath} is there twice`
                            : `${first} has the same rule: ${zone ? (key.includes(".") ? key : `${host}.${zone}`) + requestPath : requestPath}`,
                    fix: first === name ? "once" : "another host, or other paths, for one of the two",
                });
            }
        }
        if (priority === undefined) continue;
        const number = `${endpoint} ${priority}`;
        const other = priorities.get(number);
        if (other === undefined) priorities.set(number, name);
        else
            problems.push({
                path: [...path, "priority"],
                what: `${priority} is taken by ${other}: a listener has each once`,
                fix: "another one, or none",
            });
    }
    return [...problems, ...numbersBefore(ways, priorities)];
}

/** Rules for tokens have the numbers before their listener's `priority`. `taken`: whose the others are. */
function numbersBefore(ways: readonly EndpointRoute[], taken: ReadonlyMap<string, string>): Problem[] {
    const listeners = ways.filter((way, i) => way.priority !== undefined && ways[i - 1]?.path !== way.path);
    return listeners.flatMap(({ path, endpoint, priority }) => {
        const count = ways.filter((way) => way.path === path).reduce((sum, { before }) => sum + before, 0);
        const numbers = Array.from({ length: count }, (_, i) => priority! - 1 - i);
        const wrong = numbers.find((number) => number < 1 || taken.has(`${endpoint} ${number}`));
        if (wrong === undefined) return [];
        const why = wrong < 1 ? "there is none" : `${wrong} is ${taken.get(`${endpoint} ${wrong}`)!}'s`;
        const what = `the rules for tokens have the ${count === 1 ? "number" : `${count} numbers`} before ${priority}, and ${why}`;
        return [{ path: [...path, "priority"], what, fix: "a higher one, or none" }];
    });
}

function quotaProblems(ways: readonly EndpointRoute[], { domain }: PlatformConfig): Problem[] {
    return (["public", "internal"] as const).flatMap((endpoint) => {
        const here = ways.filter((way) => way.endpoint === endpoint);
        const ports = domain ? 0 : here.filter(({ ownPort }) => ownPort).length;
        const rules = here.reduce((sum, { before }) => sum + 1 + before, 0) - ports;
        const over = (key: string, count: number, quota: number, what: string): Problem[] =>
            count <= quota
                ? []
                : [
                      {
                          path: [key],
                          what: `${count} ${key === "agents" ? "clusters" : "services"} are more than a load balancer takes: ${quota} ${what} by AWS's quota`,
                          fix: "two stacks",
                      },
                  ];
        const last = here.at(-1)?.path[0] as string;
        return [
            ...(endpoint === "public" ? over("agents", ports, QUOTA.listeners, "listeners") : []),
            ...over(last, rules, QUOTA.rules, "rules"),
        ];
    });
}
