/** How a load balancer asks its targets, in seconds and in answers. Also what the container tests ask by. */
export const HEALTH_CHECKS = {
    matcher: "200",
    // A target that is gone without a word is left out after 30 s; by AWS's default of 30 it would take 90.
    interval: 10,
    timeout: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
} as const;

/** The status of gRPC that is OK. */
export const GRPC_OK = "0";

/**
 * What a target group may be told about its health check. The bounds are AWS's (ELB user guide, "Health checks for Application Load
 * Balancer target groups").
 *
 * @example
 * { codes: "200-299", intervalSeconds: 15, timeoutSeconds: 10, unhealthy: 5 }
 */
export interface HealthCheckSettings {
    /** Answers that mean well: of HTTP 200 to 499, of gRPC 0 to 99; `200`, `200,302`, `200-299`. @default 200, of gRPC 0 */
    codes?: string;
    /** Seconds between two questions, 5 to 300. @default 10: a target that is gone is left out after 30 s */
    intervalSeconds?: number;
    /** Seconds that an answer may take, 2 to 120, fewer than `intervalSeconds`. @default 5 */
    timeoutSeconds?: number;
    /** Good answers in a row after which a target gets requests, 2 to 10. @default 2 */
    healthy?: number;
    /** Bad answers in a row after which it gets none, and ECS replaces the task; 2 to 10. @default 3 */
    unhealthy?: number;
}

/** The same as a target group takes it. */
export const healthCheckOf = (settings: HealthCheckSettings, grpc: boolean) => ({
    matcher: settings.codes ?? (grpc ? GRPC_OK : HEALTH_CHECKS.matcher),
    interval: settings.intervalSeconds ?? HEALTH_CHECKS.interval,
    timeout: settings.timeoutSeconds ?? HEALTH_CHECKS.timeout,
    healthyThreshold: settings.healthy ?? HEALTH_CHECKS.healthyThreshold,
    unhealthyThreshold: settings.unhealthy ?? HEALTH_CHECKS.unhealthyThreshold,
});
