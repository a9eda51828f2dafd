/** How a load balancer asks its targets, in seconds and in answers. Also what the container tests ask by. */
export const HEALTH_CHECKS = {
    matcher: "200",
    // A target that is gone without a word is left out after 30 s; by AWS's default of 30 it would take 90.
    interval: 10,
    timeout: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
} as const;
