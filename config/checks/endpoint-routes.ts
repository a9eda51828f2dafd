/** The rules of the two endpoints' listeners, each with the place in the file that sets it. */
import { TAILS_PATHS } from "../../components/agent-tails";
import { APEX } from "../../components/endpoint/hosts";
import { matchesOf, withTokens } from "../../components/endpoint/rules";
import { pathsBelow } from "../../components/keycloak/container";
import type { PlatformConfig } from "../defaults";
import { asksBoth } from "../logins";
import type { Path } from "./common";

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
    /** How many rules are asked before it for the same requests, those with a token. */
    readonly before: number;
    /** Whether it has its own port where there is no domain. */
    readonly ownPort: boolean;
}

type Entrance = Omit<EndpointRoute, "hostPath" | "host" | "key" | "first" | "before"> & {
    readonly hosts: readonly string[];
    /** The key of the hosts, if not `host`. */
    readonly hostsPath?: Path;
    /** Whether requests with a token are another rule's. */
    readonly tokens?: boolean;
};

/** The rules of a listener: one for each host and each group of paths, since a rule takes only a few. */
export function endpointRoutes(config: PlatformConfig): EndpointRoute[] {
    const { domain } = config;
    return waysOf(config).flatMap(({ hosts, hostsPath, tokens, ...way }) => {
        const hostPath = (i: number) =>
            hostsPath ? [...hostsPath, i] : hosts[i] === way.name ? way.path : [...way.path, "host"];
        // Without a domain rules do not match by host.
        const ruleHosts = domain ? [...new Set(hosts)] : hosts.slice(0, 1);
        let priority = way.priority;
        return ruleHosts.flatMap((host, i) => {
            let first = 0;
            return matchesOf([domain && host], way.paths).map((match) => {
                const { paths } = match;
                const rule = {
                    ...way,
                    hostPath: hostPath(i),
                    host,
                    key: keyOfHost(host, config),
                    paths,
                    first,
                    priority,
                    before: tokens ? withTokens(match).length : 0,
                };
                first += paths.length;
                if (priority !== undefined) priority++;
                return rule;
            });
        });
    });
}

const keyOfHost = (host: string, { domain }: PlatformConfig) => (host === APEX && domain ? domain.name : host);

function waysOf({ agents, services, keycloak, heritages }: PlatformConfig): Entrance[] {
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
                service.listeners.map(({ endpoint, host, hosts, paths = [], priority, login }, i) => {
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
                        tokens: asksBoth(login),
                        ownPort: false,
                    };
                }),
            ),
        ),
    ];
}
