/** A Valkey in place of each Redis of ElastiCache. */
import { text } from "../local-aws";
import {
    CONFINED,
    dataVolume,
    healthcheck,
    reachedAs,
    type StandIn,
    type StandInContext,
    standInImage,
} from "./stand-in";

/** The password is in the environment of the container, and so on no command line. */
const PING = 'REDISCLI_AUTH="$PASSWORD" valkey-cli --tls --insecure ping | grep -q PONG';

/** MiB of data, and MiB of the container: the server writes its file anew beside what it holds. */
const [MAX_MEMORY, MEMORY] = ["128mb", "256m"];

export const redisStandIns = ({ aws, project, variables }: StandInContext): StandIn[] =>
    aws.redises.map((redis) => {
        const { name, address, certificate } = redis;
        const image = standInImage(project, "valkey");
        return {
            name,
            of: "Redis",
            image,
            service: {
                ...CONFINED,
                image: image.reference,
                environment: {
                    PASSWORD: variables.reference(`${name} password`, text(redis, "authToken")),
                    TLS_CERTIFICATE: certificate.certificate,
                    TLS_KEY: variables.reference(`${name} key`, certificate.privateKey),
                    MAX_MEMORY,
                },
                ...healthcheck("CMD-SHELL", PING),
                ...dataVolume(name),
                ...reachedAs(address),
                mem_limit: MEMORY,
            },
        };
    });
