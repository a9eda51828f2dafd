import type { Cases, Given } from "../support";

const balancer = (inputs: Record<string, unknown>): Given => ({ type: "aws:lb/loadBalancer:LoadBalancer", inputs });
/** Behind a web ACL: this one or another. */
const judged = (resourceArn: string): Given => ({
    ...balancer({}),
    beside: [{ type: "aws:wafv2/webAclAssociation:WebAclAssociation", name: "association", inputs: { resourceArn } }],
});
const listener = (inputs: Record<string, unknown>): Given => ({ type: "aws:lb/listener:Listener", inputs });
const forward = [{ type: "forward", targetGroupArn: "arn" }];
const redirect = (protocol: string) => [
    { type: "redirect", redirect: { protocol, port: "443", statusCode: "HTTP_301" } },
];
const PLAIN = "it answers over plain HTTP: who is on the way reads and changes what it says";

export const LOAD_BALANCERS: Record<string, Cases> = {
    "lb-tls-policy": {
        passes: [
            listener({ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" }),
            listener({ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" }),
            listener({ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" }),
            listener({ protocol: "HTTP" }),
        ],
        fails: [
            [listener({ protocol: "HTTPS" }), "AWS's default takes older versions of TLS"],
            [
                listener({ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" }),
                "ELBSecurityPolicy-TLS13-1-0-2021-06 takes older versions of TLS",
            ],
            [
                listener({ protocol: "TLS", sslPolicy: "ELBSecurityPolicy-2016-08" }),
                "ELBSecurityPolicy-2016-08 takes older versions of TLS",
            ],
        ],
    },
    "lb-tls-post-quantum": {
        passes: [
            listener({ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" }),
            listener({ protocol: "TLS", sslPolicy: "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09" }),
            listener({ protocol: "HTTP" }),
        ],
        fails: [
            [listener({ protocol: "TLS" }), "AWS's default has no post-quantum key exchange"],
            [
                listener({ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" }),
                "ELBSecurityPolicy-TLS13-1-2-Res-2021-06 has no post-quantum key exchange",
            ],
        ],
    },
    "lb-https": {
        passes: [
            listener({ protocol: "HTTP", defaultActions: redirect("HTTPS") }),
            listener({ protocol: "HTTPS", defaultActions: forward }),
            listener({ protocol: "TCP", defaultActions: forward }),
        ],
        fails: [
            [listener({ protocol: "HTTP", defaultActions: forward }), PLAIN],
            [listener({ defaultActions: redirect("HTTP") }), PLAIN],
            [listener({ defaultActions: [...redirect("HTTPS"), ...forward] }), PLAIN],
        ],
    },
    "lb-invalid-headers": {
        passes: [balancer({ dropInvalidHeaderFields: true }), balancer({ loadBalancerType: "network" })],
        fails: [
            [balancer({}), "it hands on header fields that are not valid, by which requests are smuggled"],
            [
                { ...balancer({ dropInvalidHeaderFields: false }), type: "aws:alb/loadBalancer:LoadBalancer" },
                "it hands on header fields that are not valid, by which requests are smuggled",
            ],
        ],
    },
    "lb-deletion-protection": {
        passes: [balancer({ enableDeletionProtection: true })],
        fails: [[balancer({}), "one call deletes it"]],
    },
    "lb-web-acl": {
        passes: [judged("it"), balancer({ internal: true }), balancer({ loadBalancerType: "network" })],
        fails: [
            [balancer({}), "nobody sees who attacks, and nothing can be blocked"],
            [judged("another"), "nobody sees who attacks, and nothing can be blocked"],
        ],
    },
    "lb-access-logs": {
        passes: [balancer({ accessLogs: { bucket: "logs", enabled: true } })],
        fails: [
            [balancer({ accessLogs: { bucket: "", enabled: false } }), "nobody can say afterwards who asked for what"],
            [balancer({}), "nobody can say afterwards who asked for what"],
        ],
    },
    "lb-connection-logs": {
        passes: [
            balancer({ connectionLogs: { bucket: "logs", enabled: true } }),
            balancer({ loadBalancerType: "network" }),
        ],
        fails: [
            [
                balancer({ connectionLogs: { bucket: "", enabled: false } }),
                "nobody can say afterwards whose TLS handshake failed, and with which version and cipher",
            ],
            [
                balancer({ accessLogs: { bucket: "logs", enabled: true } }),
                "nobody can say afterwards whose TLS handshake failed, and with which version and cipher",
            ],
        ],
    },
};
