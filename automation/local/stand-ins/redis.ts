/** A Valkey in place of each Redis of ElastiCache. */
import type { LocalRedis } from "../local-aws";
import type { ComposeServices } from "../tasks";
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
