/** The secrets of plugins: where each is in the configuration, and what its parameter is called. */
import type { PluginsInput } from "./schema/plugins";
import type { SecretSource } from "./schema/secrets";

export interface PluginSecret {
    /** Below `plugins`. */
    readonly at: string[];
    readonly variable: string;
    readonly source: SecretSource;
}

/** Whose the parameters are of the district's plugins, and of a heritage's. */
export const DISTRICT_PLUGINS = "plugins";
export const pluginsOf = (heritage: string) => `${heritage}-plugins`;

export function pluginSecrets(plugins: PluginsInput | undefined): PluginSecret[] {
    const { datadog, newrelic, firelens, otel } = plugins ?? {};
    const each = (at: string[], sources: Record<string, SecretSource> = {}) =>
        Object.entries(sources).map(([variable, source]) => ({ at: [...at, variable], variable, source }));
    return [
        ...(datadog ? [{ at: ["datadog", "apiKey"], variable: "DD_API_KEY", source: datadog.apiKey }] : []),
        ...(newrelic
            ? [{ at: ["newrelic", "licenseKey"], variable: "NRIA_LICENSE_KEY", source: newrelic.licenseKey }]
            : []),
        ...each(["firelens", "secretOptions"], firelens?.secretOptions),
        ...each(["otel", "secrets"], otel?.secrets),
    ];
}
