/** TLS from the load balancers up to an Envoy beside each task, and how a cluster that has none gets it. */
import type * as pulumi from "@pulumi/pulumi";
import type { RouteArgs } from "../endpoint";
import type { TargetGroupSettings } from "../endpoint/target-group";
import type { EnvoyCertificate } from "./key-pair";

export interface TlsArgs {
    /** An image made like `images/envoy`, by digest: it takes TLS from the load balancers, and reaches the task's own program over loopback. */
    envoyImage: pulumi.Input<string>;
    /** Who signs Envoy's certificate, which the program then renews; or a certificate from elsewhere with its key. */
    certificate: EnvoyCertificate;
    /**
     * Requests still come over plain HTTP; the Envoys are in target groups of their own, and wait. For one `up` of a cluster that had no TLS:
     * the next one, without it, leads to Envoys that are healthy. @default false
     */
    waiting?: boolean;
}

/** Whether Envoy alone reaches the program, which then listens on loopback. */
export const onLoopback = (tls: TlsArgs | false): tls is TlsArgs => tls !== false && !tls.waiting;

/**
 * Of a route that leads to Envoys. Its target group has not the name of the one without TLS: AWS would have to change its protocol, and so a
 * new one would take its place.
 */
export const encrypted = (port: number, healthCheck: TargetGroupSettings["healthCheck"]) =>
    ({ port, targetProtocol: "HTTPS", healthCheck, suffix: "tls" }) as const;

/** Where a route leads, of what it would without TLS and with it. */
export function targets(
    tls: TlsArgs | false,
    plain: TargetGroupSettings,
    withTls: TargetGroupSettings,
): TargetGroupSettings & Pick<RouteArgs, "waiting"> {
    if (!tls) return plain;
    return tls.waiting ? { ...plain, waiting: withTls } : withTls;
}
