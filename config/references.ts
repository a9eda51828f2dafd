/** The parameters in SSM that a configuration names, and that are somebody else's to set. */
import type { PlatformConfig } from "./defaults";
import { DISTRICT_PLUGINS, pluginSecrets, pluginsOf } from "./plugins";
import type { SecretSource } from "./schema/secrets";

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

/** A secret with its place in the configuration. */
export interface NamedSource {
    readonly path: readonly string[];
    readonly owner: string;
    readonly variable: string;
    readonly source: SecretSource;
}

/** Every secret of a stack, in the order of their owners' names. */
export function sourcesOf({ agents, services, heritages, keycloak, plugins }: PlatformConfig): NamedSource[] {
    const owners = new Map<string, NamedSource[]>();
    const own = (owner: string, path: readonly string[], secrets: Record<string, SecretSource>) =>
        owners.set(
            owner,
            Object.entries(secrets).map(([variable, source]) => ({
                path: [...path, variable],
                owner,
                variable,
                source,
            })),
        );
    for (const [kind, workloads] of Object.entries({ agents, services, heritages })) {
        for (const [owner, { secrets }] of Object.entries(workloads)) own(owner, [kind, owner, "secrets"], secrets);
    }
    if (keycloak) own("keycloak", ["keycloak", "secrets"], keycloak.secrets);
    for (const [name, heritage] of Object.entries(heritages)) {
        for (const [key, { sidecars }] of Object.entries(heritage.services)) {
            for (const [sidecar, { secrets }] of Object.entries(sidecars)) {
                const path = ["heritages", name, "services", key, "sidecars", sidecar, "secrets"];
                own(partOf(partOf(name, key), sidecar), path, secrets);
            }
        }
        for (const kind of ["services", "scheduledTasks"] as const) {
            for (const [key, { secrets }] of Object.entries(heritage[kind])) {
                own(partOf(name, key), ["heritages", name, kind, key, "secrets"], secrets);
            }
        }
    }
    const beside = [
        { owner: DISTRICT_PLUGINS, path: ["plugins"], plugins },
        ...Object.entries(heritages).map(([name, heritage]) => ({
            owner: pluginsOf(name),
            path: ["heritages", name, "plugins"],
            plugins: heritage.plugins,
        })),
    ];
    for (const { owner, path, plugins: own } of beside) {
        owners.set(
            owner,
            pluginSecrets(own).map(({ at, ...secret }) => ({ path: [...path, ...at], owner, ...secret })),
        );
    }
    return [...owners].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, sources]) => sources);
}

/** Whose the secrets are that one service or scheduled task of a heritage, or a sidecar of a service, has for itself. */
export const partOf = (heritage: string, key: string) => `${heritage}-${key}`;

/** The parameters of a stack that others set, in the order of their owners' names. */
export const references = (prefix: string, config: PlatformConfig): Reference[] =>
    sourcesOf(config).flatMap(({ owner, variable, source }) => referenceOf(prefix, owner, variable, source) ?? []);

/** The secrets in Secrets Manager that a stack names, each with who reads it first. */
export const inSecretsManager = (config: PlatformConfig): (NamedSource & { readonly secret: string })[] => [
    ...new Map(
        sourcesOf(config)
            .flatMap((named) => (named.source.secret === undefined ? [] : [{ ...named, secret: named.source.secret }]))
            .reverse()
            .map((named) => [named.secret, named]),
    ).values(),
];
