import type { Finding, Policy, PolicyResource } from "../policy";
import { findingUnless } from "../policy";

/** `aws.alb` is an alias of `aws.lb`. */
export const LOAD_BALANCERS = ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"];
export const TARGET_GROUPS = ["aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"];
export const LISTENERS = ["aws:lb/listener:Listener", "aws:alb/listener:Listener"];

interface LoadBalancer {
    loadBalancerType?: string;
    internal?: boolean;
    dropInvalidHeaderFields?: boolean;
    enableDeletionProtection?: boolean;
    accessLogs?: { enabled?: boolean };
    connectionLogs?: { enabled?: boolean };
}
interface Listener {
    protocol?: string;
    sslPolicy?: string;
    defaultActions?: { type: string; redirect?: { protocol?: string } }[];
}

/** Security policies with TLS 1.2 and 1.3 only, also the FIPS ones. Names with 1-0 and 1-1 still accept TLS 1.0 and 1.1. */
const MODERN = /^ELBSecurityPolicy-TLS13-1-[23]-/;

/** Those of September 2025 and later, with ML-KEM beside an elliptic curve; older clients agree on the curve alone. */
const POST_QUANTUM = /-PQ-/;

/** Finds listeners with TLS whose security policy is another one. */
const securityPolicy =
    (wanted: RegExp, otherwise: string) =>
    ({ inputs }: PolicyResource): Finding[] => {
        const { protocol, sslPolicy } = inputs as Listener;
        if (protocol !== "HTTPS" && protocol !== "TLS") return [];
        return findingUnless(sslPolicy && wanted.test(sslPolicy), `${sslPolicy ?? "AWS's default"} ${otherwise}`);
    };

export const isApplication = ({ loadBalancerType = "application" }: LoadBalancer) => loadBalancerType === "application";

export const LOAD_BALANCER_POLICIES: readonly Policy[] = [
    {
        name: "lb-tls-policy",
        asks: "A listener takes TLS 1.2 and 1.3, and nothing older.",
        fix: "sslPolicy: ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 or a later one",
        dev: "mandatory",
        types: LISTENERS,
        check: securityPolicy(MODERN, "takes older versions of TLS"),
    },
    {
        name: "lb-tls-post-quantum",
        asks: "In prod a listener agrees on keys that a quantum computer does not find, with clients that can.",
        fix: "sslPolicy: ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 or a later one",
        dev: "off",
        types: LISTENERS,
        check: securityPolicy(POST_QUANTUM, "has no post-quantum key exchange"),
    },
    {
        name: "lb-https",
        asks: "A listener on plain HTTP does nothing but redirect to HTTPS.",
        fix: "a domain (`domain` of a stack file): its endpoints speak HTTPS",
        dev: "advisory",
        types: LISTENERS,
        check: ({ inputs }) => {
            const { protocol = "HTTP", defaultActions = [] } = inputs as Listener;
            if (protocol !== "HTTP") return [];
            const redirects = defaultActions.every(
                ({ type, redirect }) => type === "redirect" && redirect?.protocol === "HTTPS",
            );
            return findingUnless(
                redirects,
                "it answers over plain HTTP: who is on the way reads and changes what it says",
            );
        },
    },
    {
        name: "lb-invalid-headers",
        asks: "An application load balancer drops header fields that are not valid.",
        fix: "dropInvalidHeaderFields: true",
        dev: "mandatory",
        types: LOAD_BALANCERS,
        check: ({ inputs }) => {
            const balancer = inputs as LoadBalancer;
            return findingUnless(
                balancer.dropInvalidHeaderFields === true || !isApplication(balancer),
                "it hands on header fields that are not valid, by which requests are smuggled",
            );
        },
    },
    {
        name: "lb-deletion-protection",
        asks: "In prod AWS refuses to delete a load balancer.",
        fix: "enableDeletionProtection: true (`protect` of a stack file, its default in prod)",
        dev: "off",
        types: LOAD_BALANCERS,
        check: ({ inputs }) =>
            findingUnless((inputs as LoadBalancer).enableDeletionProtection === true, "one call deletes it"),
    },
    {
        name: "lb-web-acl",
        asks: "In prod a web ACL judges the requests to a public load balancer.",
        fix: "a web ACL before it (`publicEndpoint.webAcl` of a stack file, its default in prod)",
        dev: "off",
        types: LOAD_BALANCERS,
        checkInStack: ({ urn, inputs }, stack) => {
            const balancer = inputs as LoadBalancer;
            if (balancer.internal || !isApplication(balancer)) return [];
            const isJudged = stack
                .ofType(["aws:wafv2/webAclAssociation:WebAclAssociation"])
                .some((association) => association.refersTo("resourceArn").some((other) => other.urn === urn));
            return findingUnless(isJudged, "nobody sees who attacks, and nothing can be blocked");
        },
    },
    {
        name: "lb-access-logs",
        asks: "In prod a load balancer keeps access logs.",
        fix: "accessLogs: { bucket, enabled: true } (`publicEndpoint.accessLogs` of a stack file, its default in prod)",
        dev: "off",
        types: LOAD_BALANCERS,
        check: ({ inputs }) =>
            findingUnless(
                (inputs as LoadBalancer).accessLogs?.enabled === true,
                "nobody can say afterwards who asked for what",
            ),
    },
    {
        name: "lb-connection-logs",
        asks: "In prod an application load balancer keeps connection logs.",
        fix: "connectionLogs: { bucket, enabled: true } (`publicEndpoint.accessLogs` of a stack file keeps both, its default in prod)",
        dev: "off",
        types: LOAD_BALANCERS,
        check: ({ inputs }) => {
            const balancer = inputs as LoadBalancer;
            return findingUnless(
                !isApplication(balancer) || balancer.connectionLogs?.enabled === true,
                "nobody can say afterwards whose TLS handshake failed, and with which version and cipher",
            );
        },
    },
];
