/** Whom a container trusts that is a client of something whose certificate is by this machine's authority here, and by a public one on AWS. */
import type { LocalAws } from "../local-aws";
import { FILES } from "../state";
import type { Bind } from "../tasks";

/** Where a container finds whom to trust. */
const TRUST = "/run/identity-local/trust.pem";

interface Trust {
    readonly environment: Readonly<Record<string, string>>;
    readonly volumes: readonly Bind[];
}

/**
 * What OpenSSL, Go and Node.js read in place of their own has the public authorities and this one. Only for a container that names one of
 * these hosts in what it is told. Keycloak is Java, and may have the host from a realm: it trusts this one besides where mail is sent at all.
 */
export function trustOfClients(
    { redises, mail }: LocalAws,
    environment: Readonly<Record<string, string>>,
    secrets: readonly string[],
): Trust {
    const volumes = [{ type: "bind", source: `./${FILES.trust}`, target: TRUST, read_only: true } as const];
    if (mail && KEYCLOAK in environment) {
        const own = environment[TRUSTSTORE];
        return { environment: { [TRUSTSTORE]: [...(own ? [own] : []), TRUST].join(",") }, volumes };
    }
    const hosts = [...redises.map(({ address }) => address), ...(mail?.hosts ?? [])];
    const isClient = [...Object.values(environment), ...secrets].some((value) =>
        hosts.some((host) => value.includes(host)),
    );
    if (!isClient) return { environment: {}, volumes: [] };
    return { environment: { SSL_CERT_FILE: TRUST, NODE_EXTRA_CA_CERTS: TRUST, ...environment }, volumes };
}

const [KEYCLOAK, TRUSTSTORE] = ["KC_HOSTNAME", "KC_TRUSTSTORE_PATHS"];
