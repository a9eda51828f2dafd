/** Secrets of Secrets Manager, by name or ARN. */
import type { PlatformConfig } from "../defaults";
import { sourcesOf } from "../references";
import { homeOf, type Problem } from "./common";

/** ECS reads secrets in the task's own region. A secret of another region would stop when that region does. */
export function checkSecretsManager(config: PlatformConfig): Problem[] {
    return sourcesOf(config).flatMap(({ path, source: { secret } }): Problem[] => {
        if (!secret?.startsWith("arn:")) return [];
        const region = homeOf(secret);
        if (region === config.region) return [];
        return [
            {
                path: [...path, "secret"],
                what: `is a secret in ${region}, and the stack is in ${config.region}`,
                fix: `a secret in ${config.region}; Secrets Manager can replicate it there`,
            },
        ];
    });
}
