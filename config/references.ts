/** The parameters in SSM that a configuration names, and that are somebody else's to set. */
import type { PlatformConfig } from "./defaults";
import { DISTRICT_PLUGINS, pluginSecrets, pluginsOf } from "./plugins";
import type { SecretSource } from "./schema";

export interface Reference {
    readonly parameter: string;
    /** Whose secret it is, and as what: `posts`, `API_TOKEN`. */
    readonly owner: string;
    readonly variable: string;
    /** Whether `npx identity secrets set` puts it there, and not somebody outside the platform. */
    readonly set: boolean;
}

/** The parameter that holds a secret which somebody else sets; undefined for one that the program makes. */
export function referenceOf(
    prefix: string,
    owner: string,
    variable: string,
    source: SecretSource,
): Reference | undefined {
    if (source.parameter !== undefined) return { parameter: source.parameter, owner, variable, set: false };
    if (source.set !== undefined) return { parameter: `${prefix}/${owner}/${variable}`, owner, variable, set: true };
    return undefined;
}

/** All of a stack, in the order of their owners' names. */
export function references(prefix: string, config: PlatformConfig): Reference[] {
    const { agents, services, heritages, keycloak, plugins } = config;
    const sources = new Map<string, [variable: string, source: SecretSource][]>();
    for (const [owner, { secrets }] of Object.entries({
        ...agents,
        ...services,
        ...heritages,
        ...(keycloak && { keycloak }),
    })) {
        sources.set(owner, Object.entries(secrets));
    }
    const agentsBeside = [
        [DISTRICT_PLUGINS, plugins] as const,
        ...Object.entries(heritages).map(([name, heritage]) => [pluginsOf(name), heritage.plugins] as const),
    ];
    for (const [owner, one] of agentsBeside) {
        sources.set(
            owner,
            pluginSecrets(one).map(({ variable, source }) => [variable, source]),
        );
    }
    return [...sources]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([owner, own]) =>
            own.flatMap(([variable, source]) => referenceOf(prefix, owner, variable, source) ?? []),
        );
}
