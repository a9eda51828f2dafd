/** Names, hosts and rules that two workloads of a stack may not both have. */
import { TAILS_PATHS } from "../../components/agent-tails";
import { APEX } from "../../components/endpoint/hosts";
import { matchesOf, ruleName } from "../../components/endpoint/rules";
import { pathsBelow } from "../../components/keycloak/container";
import type { PlatformConfig } from "../defaults";
import { placeAsWritten } from "../heritage/as-written";
import { instancesOf } from "../instances";
import type { Path, Problem } from "./common";

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

/** A rule of an endpoint: the place in the file that sets it, and which requests it matches. */
export interface EndpointRoute {
    /** The path of the listener, which has the keys `paths` and `priority`. Rules of one listener have the same path. */
    readonly path: Path;
    readonly hostPath: Path;
    readonly name: string;
    readonly endpoint: "public" | "internal";
    /** As the file has it; rules are named after it (`components/endpoint/hosts.ts`). */
    readonly host: string;
    readonly key: string;
    readonly paths: readonly string[];
    /** The index of the first path among the listener's paths. */
    readonly first: number;
    readonly priority?: number;
    /** Whether it has its own port where there is no domain. */
    readonly ownPort: boolean;
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
        ...(keycloak ? [{ path: ["keycloak"], names: ["keycloak", "keycloak-db"] }] : []),
        ...Object.entries(agents).map(([name, { tails }]) => ({
            path: ["agents", name],
            names: [name, ...(tails ? [`${name}-tails`] : [])],
        })),
        ...Object.keys(services).map((name) => ({
            path: ["services", name],
            names: [name, `${name}-tls`, `${name}-db`],
        })),
        ...Object.entries(heritages).flatMap(([name, heritage]) => [
            {
                path: ["heritages", name],
                names: [
                    ...[name, `${name}-oneoff`, `${name}-deploy`, `${name}-plugins`],
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

type Way = Omit<EndpointRoute, "hostPath" | "host" | "key" | "first"> & {
    readonly hosts: readonly string[];
    /** The key of the hosts, if not `host`. */
    readonly hostsPath?: Path;
};

/** The rules of a listener: one for each host and each group of paths, since a rule takes only a few. */
export function endpointRoutes(config: PlatformConfig): EndpointRoute[] {
    const { domain } = config;
    return waysOf(config).flatMap(({ hosts, hostsPath, ...way }) => {
        const hostPath = (i: number) =>
            hostsPath ? [...hostsPath, i] : hosts[i] === way.name ? way.path : [...way.path, "host"];
        // Without a domain rules do not match by host.
        const told = domain ? [...new Set(hosts)] : hosts.slice(0, 1);
        let priority = way.priority;
        return told.flatMap((host, i) => {
            let first = 0;
            return matchesOf([domain && host], way.paths).map(({ paths }) => {
                const rule = {
                    ...way,
                    hostPath: hostPath(i),
                    host,
                    key: keyOfHost(host, config),
                    paths,
                    first,
                    priority,
                };
                first += paths.length;
                if (priority !== undefined) priority++;
                return rule;
            });
        });
    });
}

const keyOfHost = (host: string, { domain }: PlatformConfig) => (host === APEX && domain ? domain.name : host);

function waysOf({ agents, services, keycloak, heritages }: PlatformConfig): Way[] {
    const both = ["public", "internal"] as const;
    return [
        ...(keycloak
            ? both.map((endpoint) => ({
                  path: ["keycloak"],
                  name: "keycloak",
                  endpoint,
                  hosts: [keycloak.host],
                  ownPort: false,
                  paths: endpoint === "public" ? pathsBelow(keycloak.relativePath).public : [],
              }))
            : []),
        ...both.flatMap((endpoint) =>
            Object.entries(agents).map(([name, { host }]) => ({
                path: ["agents", name],
                name,
                endpoint,
                hosts: [host],
                paths: [],
                ownPort: true,
            })),
        ),
        ...Object.entries(agents)
            .filter(([, { tails }]) => tails)
            .map(([name, { host }]) => ({
                path: ["agents", name],
                name: `${name}-tails`,
                endpoint: "public" as const,
                hosts: [host],
                paths: [TAILS_PATHS],
                ownPort: true,
            })),
        ...Object.entries(services).map(([name, { host, paths = [], priority }]) => ({
            path: ["services", name],
            name,
            endpoint: "public" as const,
            hosts: [host],
            paths,
            priority,
            ownPort: false,
        })),
        ...Object.entries(heritages).flatMap(([name, heritage]) =>
            Object.entries(heritage.services).flatMap(([key, service]) =>
                service.listeners.map(({ endpoint, host, hosts, paths = [], priority }, i) => {
                    const path = ["heritages", name, "services", key, "listeners", i];
                    const named = host !== undefined || (hosts.length === 1 && hosts[0] === name);
                    const hostsPath = named ? undefined : [...path, "hosts"];
                    return {
                        path,
                        name: `${name}-${key}`,
                        endpoint,
                        hosts,
                        hostsPath,
                        paths,
                        priority,
                        ownPort: false,
                    };
                }),
            ),
        ),
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
        const zone = domain && (endpoint === "internal" ? `internal.${domain.name}` : domain.name);
        if (domain && endpoint === "public" && host === "internal") {
            problems.push({
                path: hostPath,
                what: `internal.${domain.name} is the zone of the admin API's names`,
                fix: "another host",
            });
        }
        if (ownPort && !domain) continue;
        const beside = new Set(
            ways.filter((other) => !other.ownPort && other.endpoint === endpoint).map((other) => other.path),
        );
        const told = endpoint === "public" || name !== "keycloak"; // Keycloak's console has every path of the internal endpoint
        if (!domain && told && paths.length === 0 && beside.size > 1) {
            problems.push({
                path: [...path, "paths"],
                what: "is missing: without a domain the services of a load balancer are told apart by their paths",
                fix: `paths: [/${name}, /${name}/*]`,
            });
        }
        for (const [i, one] of (paths.length > 0 ? paths : domain ? [""] : ["/*"]).entries()) {
            const rule = `${endpoint} ${ruleName({ host: domain && key, paths: one ? [one] : [] })}`;
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
                            ? `${one} is there twice`
                            : `${first} has the same rule: ${zone ? (key.includes(".") ? key : `${host}.${zone}`) + one : one}`,
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
    return problems;
}

function quotaProblems(ways: readonly EndpointRoute[], { domain }: PlatformConfig): Problem[] {
    return (["public", "internal"] as const).flatMap((endpoint) => {
        const here = ways.filter((way) => way.endpoint === endpoint);
        const ports = domain ? 0 : here.filter(({ ownPort }) => ownPort).length;
        const rules = here.length - ports;
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

/** Characters of a database's identifier (RDS API reference, CreateDBInstance), and those of the suffix that the program gives it. */
const IDENTIFIER = { most: 63, suffix: "-db-01234567".length };

/** Characters of a bucket's name (S3 guide, "Bucket naming rules"), and those that the program adds to the names of heritage and bucket. */
const BUCKET = { most: 63, around: "--".length + "-".length + "-123456789012".length };

/** Names of buckets that S3 would refuse. `prefix`: `<project>-<stack>`. */
export function checkBucketNames({ heritages }: PlatformConfig, prefix: string): Problem[] {
    return Object.entries(heritages).flatMap(([heritage, { uses }]) =>
        Object.entries(uses).flatMap(([name, { bucket }]): Problem[] => {
            const length = prefix.length + heritage.length + name.length + BUCKET.around;
            if (!bucket || bucket.existing !== undefined || length <= BUCKET.most) return [];
            const what = `the bucket ${prefix}--${heritage}-${name}-<account> would have a name of ${length} characters: S3 takes ${BUCKET.most}`;
            return [{ path: ["heritages", heritage, "uses", name], what, fix: "a shorter name" }];
        }),
    );
}

/** What RDS adds to the identifier of a blue/green deployment's copy (RDS user guide, "Creating a blue/green deployment"). */
const COPY = "-green-abc123".length;

/** Databases whose copy would have an identifier that is too long. `prefix`: `<project>-<stack>`. */
export function checkCopies(config: PlatformConfig, prefix: string): Problem[] {
    return instancesOf(config).flatMap(({ path, name, settings }): Problem[] => {
        const length = `${prefix}-${name}-01234567`.length + COPY;
        if (!settings.blueGreen || length <= IDENTIFIER.most) return [];
        const what = `makes a copy, whose identifier ${prefix}-${name}-…-green-… would have ${length} characters: RDS takes ${IDENTIFIER.most}`;
        return [{ path: [...path, "blueGreen"], what, fix: "leave it out, or a stack with a shorter name" }];
    });
}

/** Identifiers of databases that RDS would refuse. They contain the names of the stack and the workload. `prefix`: `<project>-<stack>`. */
export function checkIdentifiers({ services, heritages }: PlatformConfig, prefix: string): Problem[] {
    const owners = { services, heritages };
    return Object.entries(owners).flatMap(([kind, named]) =>
        Object.entries(named).flatMap(([name, { database }]): Problem[] => {
            if (!database || database.shared) return [];
            const path = [kind, name];
            if (name.includes("--")) {
                const what = "has a database, whose identifier may not have two dashes in a row";
                return [{ path, what, fix: `another name, such as ${name.replaceAll(/-+/g, "-")}` }];
            }
            const length = prefix.length + 1 + name.length + IDENTIFIER.suffix;
            if (length <= IDENTIFIER.most) return [];
            const what = `has a database, whose identifier ${prefix}-${name}-db-… would have ${length} characters: RDS takes ${IDENTIFIER.most}`;
            return [
                {
                    path,
                    what,
                    fix: `a name of ${Math.max(IDENTIFIER.most - length + name.length, 0)} characters, or a shorter stack's name`,
                },
            ];
        }),
    );
}
