import * as pulumi from "@pulumi/pulumi";
import type { Secret, SecretStore } from "../components/secret-store";
import type { SecretSource } from "./schema";

/** The secret that a stack file asks for; `checks.ts` saw that it has exactly one source. */
export function configuredSecret(store: SecretStore, service: string, variable: string, source: SecretSource): Secret {
    if (source.parameter !== undefined) return store.existing(source.parameter, source);
    if (source.value !== undefined) return store.put(service, variable, pulumi.secret(source.value));
    return store.generate(service, variable, source.generate);
}
