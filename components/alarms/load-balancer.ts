/** The alarms of a load balancer, whatever service answers behind it, and of its certificates. */
import type * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "../alarms";
import { furtherCertificates, type NamedEndpoint } from "../endpoint/hosts";

export function loadBalancerAlarms(
    alarms: Alarms,
    name: string,
    { loadBalancer, https }: { loadBalancer: pulumi.Input<string>; https: boolean },
    opts: pulumi.CustomResourceOptions,
): void {
    const sum = (of: string) => ({
        metric: {
            namespace: "AWS/ApplicationELB",
            name: of,
            stat: "Sum" as const,
            dimensions: { LoadBalancer: loadBalancer },
        },
    });
    alarms.make({ name, kind: "balancer-errors", measured: sum("HTTPCode_ELB_5XX_Count") }, opts);
    alarms.make({ name, kind: "rejected-connections", measured: sum("RejectedConnectionCount") }, opts);
    alarms.make({ name, kind: "target-tls", measured: sum("TargetTLSNegotiationErrorCount") }, opts);
    if (https) alarms.make({ name, kind: "client-tls", measured: sum("ClientTLSNegotiationErrorCount") }, opts);
}

/** Of every certificate that it listens with, also of one that was brought along: nobody renews that one but who issued it. */
export function certificateAlarms(
    alarms: Alarms,
    name: string,
    endpoint: NamedEndpoint,
    opts: pulumi.CustomResourceOptions,
): void {
    const certificates = [
        { suffix: undefined, certificateArn: endpoint.certificateArn },
        ...furtherCertificates(endpoint).map((certificate) => ({
            suffix: certificate.name,
            certificateArn: certificate.certificateArn,
        })),
    ];
    for (const { suffix, certificateArn } of certificates) {
        const metric = {
            namespace: "AWS/CertificateManager",
            name: "DaysToExpiry",
            stat: "Minimum" as const,
            dimensions: { CertificateArn: certificateArn },
        };
        alarms.make({ name, kind: "certificate", suffix, measured: { metric } }, opts);
    }
}
