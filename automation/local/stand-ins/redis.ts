/** A Valkey in place of each Redis of ElastiCache. */
import type { LocalRedis } from "../local-aws";
import { FILES } from "../state";
import type { Bind, ComposeServices } from "../tasks";
import type { Variables } from "../variables";
import { CONFINED, STAND_IN_CHECK, standInImage, type StandIns } from "./stand-in";

/** The password is in the environment of the container, and so on no command line. */
const PING = 'REDISCLI_AUTH="$PASSWORD" valkey-cli --tls --insecure ping | grep -q PONG';

/** MiB of data, and MiB of the container: the server writes its file anew beside what it holds. */
const [MAX_MEMORY, MEMORY] = ["128mb", "256m"];

export function redisStandIns(redises: readonly LocalRedis[], project: string, variables: Variables): StandIns {
    const image = standInImage(project, "valkey");
    const composed: ComposeServices = Object.fromEntries(
        redises.map(({ name, address, password, certificate }) => [
            name,
            {
                ...CONFINED,
                image: image.reference,
                environment: {
                    PASSWORD: variables.reference(`${name} password`, password),
                    TLS_CERTIFICATE: certificate.certificate,
                    TLS_KEY: variables.reference(`${name} key`, certificate.privateKey),
                    MAX_MEMORY,
                },
                healthcheck: { test: ["CMD-SHELL", PING], ...STAND_IN_CHECK },
                volumes: [{ type: "volume", source: name, target: "/data" }],
                tmpfs: ["/tmp:mode=1777"],
                networks: { default: { aliases: [address] } },
                mem_limit: MEMORY,
            },
        ]),
    );
    return { composed, images: redises.length > 0 ? [image] : [] };
}

/** Where a container finds whom to trust. */
const TRUST = "/run/identity-local/trust.pem";

/**
 * ElastiCache's certificates are by an authority that every system trusts; here they are by this machine's. What OpenSSL, Go and Node.js
 * read in their place has the public authorities and this one. Only for a container that names a Redis.
 */
export function trustOfClients(
    redises: readonly LocalRedis[],
    values: readonly string[],
): { environment: Record<string, string>; volumes: readonly Bind[] } {
    const isClient = redises.some(({ address }) => values.some((value) => value.includes(address)));
    if (!isClient) return { environment: {}, volumes: [] };
    return {
        environment: { SSL_CERT_FILE: TRUST, NODE_EXTRA_CA_CERTS: TRUST },
        volumes: [{ type: "bind", source: `./${FILES.trust}`, target: TRUST, read_only: true }],
    };
}
