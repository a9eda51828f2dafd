/** What an endpoint's route says of its targets, as a target group takes it. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type HealthCheckSettings, healthCheckOf } from "./health-checks";

export interface TargetGroupSettings {
    /** Where the target listens. */
    port: number;
    /** How the load balancer speaks to the target. It does not verify the target's certificate (ELB user guide). @default "HTTP" */
    targetProtocol?: "HTTP" | "HTTPS";
    /**
     * Which HTTP it speaks to the target. HTTP2 and GRPC are for the HTTPS listener alone (ELB user guide, "Target groups"). WebSockets need
     * HTTP1. Another one is another target group: until the service's new tasks are in it, its requests are answered with 503.
     * @default "HTTP1"
     */
    protocolVersion?: "HTTP1" | "HTTP2" | "GRPC";
    healthCheck: HealthCheckSettings & {
        /** Of gRPC `/package.Service/Method`. */
        path: string;
        /** @default the port of the target */
        port?: number;
    };
    /** Seconds that a target which is going has for the requests under way, 0 to 3600. @default 30 */
    deregistrationSeconds?: number;
    /**
     * Sends a client to the same target for so many seconds since its last request, 1 to 604800, by the cookie AWSALB. 0 turns that off
     * again: without a number, the provider leaves the setting of a target group as it is. @default any target
     */
    stickySeconds?: number;
    /**
     * What its name as a resource ends in. AWS changes no group's protocol: one of another name can be there beside the old one, where one
     * of the same name replaces it. @default nothing
     */
    suffix?: string;
}

/** Seconds for the requests under way: AWS's default of 300 would make a deployment of every service take five minutes more. */
const DEREGISTRATION_SECONDS = 30;

/**
 * The name of a target group as a resource. The provider does not see that `protocolVersion` is no longer said, so that a group of another
 * version has another name.
 */
export const targetGroupName = (name: string, { protocolVersion = "HTTP1", suffix }: TargetGroupSettings) =>
    [name, ...(protocolVersion === "HTTP1" ? [] : [protocolVersion.toLowerCase()]), ...(suffix ? [suffix] : [])].join(
        "-",
    );

export function targetGroupArgs(
    name: string,
    vpcId: pulumi.Input<string>,
    args: TargetGroupSettings,
): aws.lb.TargetGroupArgs {
    const { healthCheck, protocolVersion, stickySeconds } = args;
    const protocol = args.targetProtocol ?? "HTTP";
    return {
        // A prefix and no name: a change that replaces the group makes the new one before the old one goes.
        namePrefix: name.replaceAll("-", "").slice(0, 6),
        vpcId,
        targetType: "ip",
        protocol,
        // Left out where it is HTTP1, AWS's own default.
        ...(protocolVersion && protocolVersion !== "HTTP1" && { protocolVersion }),
        port: protocol === "HTTPS" ? 443 : 80, // of no use: ECS registers each task with the port of its container. Another one here replaces the group
        deregistrationDelay: args.deregistrationSeconds ?? DEREGISTRATION_SECONDS,
        ...(stickySeconds !== undefined && {
            stickiness:
                stickySeconds > 0
                    ? { type: "lb_cookie", enabled: true, cookieDuration: stickySeconds }
                    : { type: "lb_cookie", enabled: false },
        }),
        healthCheck: {
            protocol,
            port: String(healthCheck.port ?? args.port),
            path: healthCheck.path,
            ...healthCheckOf(healthCheck, protocolVersion === "GRPC"),
        },
    };
}

/** The action that hands requests on; a group that waits gets none, but is a group of the load balancer, as ECS asks of a service's. */
export function forward(to: pulumi.Output<string>, waiting?: pulumi.Output<string>) {
    if (!waiting) return { type: "forward", targetGroupArn: to };
    return {
        type: "forward",
        forward: {
            targetGroups: [
                { arn: to, weight: 1 },
                { arn: waiting, weight: 0 },
            ],
        },
    };
}
