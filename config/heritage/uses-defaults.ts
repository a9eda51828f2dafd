import { QUEUE_VISIBILITY_SECONDS } from "../../components/queue";
import { REDIS_NODE_TYPE, REDIS_VERSION } from "../../components/redis";
import type { EachKey } from "../each-key";
import type { EnvironmentDefaults } from "../environments";
import type { BindingInput } from "./uses";

/** A binding with its defaults. */
export const bindingDefaults = (
    { host, redis, bucket, queue, service, agents, keycloak, variables }: BindingInput,
    d: EnvironmentDefaults,
) =>
    ({
        host:
            host &&
            ({ name: host.name, port: host.port, securityGroup: host.securityGroup } satisfies EachKey<typeof host>),
        redis:
            redis &&
            ({
                nodeType: redis.nodeType ?? REDIS_NODE_TYPE,
                version: redis.version ?? REDIS_VERSION,
                multiAz: redis.multiAz ?? d.multiAz,
            } satisfies EachKey<typeof redis>),
        bucket: bucket && ({ existing: bucket.existing } satisfies EachKey<typeof bucket>),
        queue:
            queue &&
            ({
                existing: queue.existing,
                visibilitySeconds: queue.visibilitySeconds ?? QUEUE_VISIBILITY_SECONDS,
                fifo: queue.fifo ?? false,
            } satisfies EachKey<typeof queue>),
        service,
        agents,
        keycloak: keycloak && ({ realm: keycloak.realm } satisfies EachKey<typeof keycloak>),
        variables,
    }) satisfies EachKey<BindingInput>;

export type BindingConfig = ReturnType<typeof bindingDefaults>;
