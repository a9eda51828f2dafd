/** Log-ins that listeners of heritages ask for, as Keycloak's realms see them. */
import { internalZone, wholeName } from "../components/endpoint/hosts";
import { LOGIN_CALLBACK } from "../components/endpoint/login";
import type { HeritageConfig, PlatformConfig } from "./defaults";

type Listener = HeritageConfig["services"][string]["listeners"][number];

/** Whether programs' requests are another rule's than browsers', which the load balancer tells apart by their token. */
export const asksBoth = (login: Listener["login"]): boolean =>
    login?.client !== undefined && login.tokens !== undefined;

/** Where a realm sends browsers back to: the load balancer's own path on each of the listener's hosts. */
export function callbacksOf({ endpoint, hosts }: Listener, { domain }: Pick<PlatformConfig, "domain">): string[] {
    if (!domain) return [];
    const zone = endpoint === "internal" ? internalZone(domain.name) : domain.name;
    return hosts.map((host) => `https://${wholeName(host, zone)}${LOGIN_CALLBACK}`);
}

/** The log-in at the address that a service's URL is, by `<heritage>-<service>`; none of those that ask for none there. */
export function loginsOf({ heritages }: Pick<PlatformConfig, "heritages">) {
    return Object.fromEntries(
        Object.entries(heritages).flatMap(([heritage, { services }]) =>
            Object.entries(services).flatMap(([key, { listeners }]) => {
                const login = listeners.find(({ redirect }) => redirect === undefined)?.login;
                if (!login) return [];
                const { realm, client, tokens } = login;
                return [
                    [`${heritage}-${key}`, { realm, ...(client && { client }), ...(tokens && { tokens }) }] as const,
                ];
            }),
        ),
    );
}

/** `LOGIN_BLOG` for the client `blog`; of a further address of it `LOGIN_BLOG_2`. */
export const callbackVariable = (client: string, i = 0) =>
    `LOGIN_${client.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_")}${i === 0 ? "" : `_${i + 1}`}`;

/**
 * What Keycloak's nodes are given so that a realm file can name where browsers come back to, wherever the stack runs:
 * `"redirectUris": ["${LOGIN_BLOG}"]`. None where no listener asks for a log-in of browsers.
 */
export function callbackVariables(config: Pick<PlatformConfig, "domain" | "heritages">): Record<string, string> {
    const byClient = new Map<string, string[]>();
    for (const { services } of Object.values(config.heritages)) {
        for (const listener of Object.values(services).flatMap(({ listeners }) => listeners)) {
            const client = listener.login?.client;
            if (client === undefined) continue;
            byClient.set(client, [...(byClient.get(client) ?? []), ...callbacksOf(listener, config)]);
        }
    }
    return Object.fromEntries(
        [...byClient].flatMap(([client, all]) => all.map((url, i) => [callbackVariable(client, i), url])),
    );
}
