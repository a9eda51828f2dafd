import { QUEUE_VISIBILITY_SECONDS } from "../../components/queue";
import { REDIS_NODE_TYPE, REDIS_VERSION } from "../../components/redis";
import type { EnvironmentDefaults } from "../environments";
import type { BindingInput } from "./uses";

/** A binding with its defaults. */
export const bindingDefaults = ({ redis, queue, ...others }: BindingInput, d: EnvironmentDefaults) => ({
    ...others,
    redis: redis && {
        nodeType: redis.nodeType ?? REDIS_NODE_TYPE,
        version: redis.version ?? REDIS_VERSION,
        multiAz: redis.multiAz ?? d.multiAz,
    },
    queue: queue && {
        existing: queue.existing,
        visibilitySeconds: queue.visibilitySeconds ?? QUEUE_VISIBILITY_SECONDS,
        fifo: queue.fifo ?? false,
    },
});

export type BindingConfig = ReturnType<typeof bindingDefaults>;
