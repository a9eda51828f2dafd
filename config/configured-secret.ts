import * as pulumi from "@pulumi/pulumi";
import type { Secret, SecretStore } from "../components/secret-store";
import { SEED_LENGTH } from "./checks";
import type { SecretSource } from "./schema";

/** The secret that a stack file asks for; `checks.ts` saw that it has exactly one source. */
export function configuredSecret(
    store: SecretStore,
    service: string,
    variable: string,
    source: SecretSource,
    options: { protect: boolean },
): Secret {
    // Without its key a wallet cannot be opened again; every other secret may be made anew.
    const protect = options.protect && variable === "ACAPY_WALLET_KEY";
    if (source.parameter !== undefined) return store.existing(source.parameter, source);
    if (source.value !== undefined) return store.put(service, variable, pulumi.secret(source.value), { protect });
    const length = source.generate?.length ?? (variable === "ACAPY_WALLET_SEED" ? SEED_LENGTH : undefined);
    return store.generate(service, variable, { length, protect });
}
