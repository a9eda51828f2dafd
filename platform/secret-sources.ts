import * as pulumi from "@pulumi/pulumi";
import { SECRET_TRAITS } from "../components/agent-variables";
import type { Plugins } from "../components/plugins";
import type { FoundSecret, Secret, SecretStore } from "../components/secret-store";
import { referenceOf } from "../config/references";
import type { PluginsInput } from "../config/schema/plugins";
import type { SecretSource } from "../config/schema/secrets";

/** Creates the secrets that the configuration names, or refers to those that exist. */
export class SecretSources {
    constructor(
        private readonly store: SecretStore,
        private readonly protect: boolean,
        /** Of the parameters that others set, by name. */
        private readonly versions: ReadonlyMap<string, number>,
        /** Of the secrets in Secrets Manager, by name or ARN. */
        private readonly found: ReadonlyMap<string, FoundSecret> = new Map(),
    ) {}

    /** The secrets of a workload, by variable. */
    secretsOf(owner: string, sources: Record<string, SecretSource>): Record<string, Secret> {
        return Object.fromEntries(
            Object.entries(sources).map(([variable, source]) => [variable, this.secretOf(owner, variable, source)]),
        );
    }

    /** The plugins with their keys as secrets. */
    pluginsOf(owner: string, input: PluginsInput | undefined): Plugins | undefined {
        if (!input) return undefined;
        const { datadog, newrelic, firelens, otel } = input;
        return {
            datadog: datadog && { ...datadog, apiKey: this.secretOf(owner, "DD_API_KEY", datadog.apiKey) },
            newrelic: newrelic && {
                ...newrelic,
                licenseKey: this.secretOf(owner, "NRIA_LICENSE_KEY", newrelic.licenseKey),
            },
            firelens: firelens && { ...firelens, secretOptions: this.secretsOf(owner, firelens.secretOptions ?? {}) },
            otel: otel && { ...otel, secrets: this.secretsOf(owner, otel.secrets ?? {}) },
        };
    }

    private secretOf(owner: string, variable: string, source: SecretSource): Secret {
        const { store } = this;
        if (source.secret !== undefined) {
            const { secret, key, keyArn } = source;
            return store.inSecretsManager(secret, { key, keyArn, found: this.found.get(secret) });
        }
        const reference = referenceOf(store.prefix, owner, variable, source);
        if (reference) {
            const version = this.versions.get(reference.parameter);
            return store.existing(reference.parameter, { keyArn: source.keyArn, version });
        }
        const { irreplaceable = false, length } = SECRET_TRAITS.get(variable) ?? {};
        const protect = this.protect && irreplaceable;
        if (source.value !== undefined) return store.put(owner, variable, pulumi.secret(source.value), { protect });
        return store.generate(owner, variable, { length: source.generate?.length ?? length, protect });
    }
}
