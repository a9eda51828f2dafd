import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "./certificate";
import { type CertificateAuthority, qualifiedName } from "./certificate-authority";
import { conditions, literalPath, Priorities, ruleName } from "./endpoint/rules";
import { targetGroupArgs, targetGroupName, type TargetGroupSettings } from "./endpoint/target-group";
import { type Clients, allowIngress } from "./network/clients";
import { type Transform, transformed } from "./transform";
import { UserError } from "./user-error";

/** TLS 1.2 and 1.3 with forward secrecy: what AWS recommends for listeners (ELB user guide, "Security policies"). */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/**
 * @example
 * const endpoint = new Endpoint("public", { vpc, https: { authority }, allowedCidrs: ["0.0.0.0/0"] });
 * const route = endpoint.route("web", { host: "web", port: 8080, healthCheck: { path: "/healthz" } });
 */
export interface EndpointArgs {
    vpc: {
        id: pulumi.Input<string>;
        publicSubnetIds: pulumi.Input<string[]>;
        privateSubnetIds: pulumi.Input<string[]>;
    };
    /** In the private subnets, without a public address. @default false */
    internal?: boolean;
    /**
     * HTTPS on 443, and plain HTTP redirected to it. With a domain, routes are told apart by host name under it, and by path
     * where they name paths; without one by path alone.
     * @default plain HTTP: each route has a listener on a port of its own
     */
    https?:
        | {
              /** The certificate for `*.domain`. */
              certificateArn: pulumi.Input<string>;
              domain: string;
              /** The hosted zone that gets a record for each host: a public one, or the VPC's own for an internal endpoint. */
              zoneId: pulumi.Input<string>;
          }
        | {
              /**
               * For development, where there is no domain: issues a certificate for the load balancer's own name. There is a listener on
               * 443 once a route needs it.
               */
              authority: CertificateAuthority;
          };
    /** Networks that may connect. An endpoint that names none, and no group, is reached by nobody but whom `allow` lets in. */
    allowedCidrs: readonly string[];
    /** Security groups whose members may connect. @default none */
    allowedSecurityGroupIds?: readonly string[];
    /** Single addresses that may connect, e.g. of NAT gateways: tasks reach a public endpoint by these. @default none */
    allowedAddresses?: readonly pulumi.Input<string>[];
    /** A bucket for access logs (see `AccessLogBucket`). @default none are kept */
    accessLogBucket?: pulumi.Input<string>;
    /** Refuse to delete the load balancer. @default false */
    protect?: boolean;
    /** Seconds that a connection may be silent. @default 60, the load balancer's own */
    idleTimeoutSeconds?: number;
    transform?: {
        loadBalancer?: Transform<aws.lb.LoadBalancerArgs>;
        listener?: Transform<aws.lb.ListenerArgs>;
    };
}

export interface RouteArgs extends TargetGroupSettings {
    /** With a domain: the name under it, one label. */
    host: string;
    /** Path patterns, `*` for any characters: `/posts`, `/posts/*`. @default every path of the host */
    paths?: string[];
    /** Which rule comes first where two match, the lowest number. @default the more specific path */
    priority?: number;
    /** Where the target listens; without HTTPS the endpoint's listener is on the same port. */
    port: number;
    /** Never over plain HTTP: of an endpoint without a domain it uses the HTTPS listener, told apart by path. @default false */
    httpsOnly?: boolean;
    /** Where the endpoint has an authority and no domain: the listener of its own speaks TLS. @default false, plain HTTP */
    ownPortTls?: boolean;
    transform?: { targetGroup?: Transform<aws.lb.TargetGroupArgs> };
}

/** A way from an endpoint to a service: what a `FargateService` registers its tasks with. */
export interface Route {
    readonly url: pulumi.Output<string>;
    readonly targetGroupArn: pulumi.Output<string>;
    readonly port: number;
    readonly healthCheckPort: number;
    /** The load balancer's security group: whom a task lets in, on the two ports. */
    readonly loadBalancerGroupId: pulumi.Output<string>;
    /** The security group that a task joins for the load balancer to be able to reach it. */
    readonly targetsGroupId: pulumi.Output<string>;
    /** ECS refuses a target group that no listener forwards to, so a service waits for this. */
    readonly listening: pulumi.Resource;
}

const NOT_FOUND = { contentType: "text/plain", statusCode: "404", messageBody: "Not found" };

type Action = { type: string; targetGroupArn: pulumi.Output<string> };

/**
 * An application load balancer, public or internal, that several services share.
 *
 * Who may connect is said once, here; what does not match a route is answered with 404. The load balancer may open
 * connections to the members of one group, `targets`, and to nothing else: its own rules stay two whatever the number of
 * services (a security group takes 60), and each service's group lets it in on the service's own ports alone.
 */
export class Endpoint extends pulumi.ComponentResource {
    readonly dnsName: pulumi.Output<string>;
    /** Who may connect. */
    readonly clients: Clients;
    readonly name: string;
    private readonly args: EndpointArgs;
    private readonly loadBalancer: aws.lb.LoadBalancer;
    /** The load balancer's own security group. */
    readonly groupId: pulumi.Output<string>;
    private readonly targetsGroupId: pulumi.Output<string>;
    private httpsListener: aws.lb.Listener | undefined;
    private ownCertificate: pulumi.Input<string> | undefined;
    private readonly members: { name: string; groupId: pulumi.Input<string> }[] = [];
    private readonly priorities = new Priorities();
    private readonly recorded = new Set<string>();
    private readonly listening: number[] = [];
    private readonly refusals: pulumi.Resource[] = [];

    constructor(name: string, args: EndpointArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Endpoint", name, {}, opts);
        this.name = name;
        this.args = args;
        this.clients = args;
        const child = { parent: this };

        const group = new aws.ec2.SecurityGroup(
            name,
            { vpcId: args.vpc.id, description: `Load balancer ${name}` },
            child,
        );
        const targets = new aws.ec2.SecurityGroup(
            `${name}-targets`,
            { vpcId: args.vpc.id, description: `What the load balancer ${name} may connect to` },
            child,
        );
        this.groupId = group.id;
        this.targetsGroupId = targets.id;
        new aws.vpc.SecurityGroupEgressRule(
            `${name}-to-targets`,
            {
                securityGroupId: group.id,
                referencedSecurityGroupId: targets.id,
                description: "Its targets, which let it in on their own ports",
                ipProtocol: "tcp",
                fromPort: 1,
                toPort: 65535,
            },
            child,
        );
        this.loadBalancer = new aws.lb.LoadBalancer(
            ...transformed<aws.lb.LoadBalancerArgs>(
                args.transform?.loadBalancer,
                name,
                {
                    loadBalancerType: "application",
                    internal: args.internal ?? false,
                    subnets: args.internal ? args.vpc.privateSubnetIds : args.vpc.publicSubnetIds,
                    securityGroups: [group.id],
                    dropInvalidHeaderFields: true,
                    enableDeletionProtection: args.protect ?? false,
                    idleTimeout: args.idleTimeoutSeconds ?? 60,
                    // Said when they are off, too: leaving it out leaves them on.
                    accessLogs: args.accessLogBucket
                        ? { bucket: args.accessLogBucket, prefix: name, enabled: true }
                        : { bucket: "", enabled: false },
                },
                { ...child, protect: args.protect },
            ),
        );
        this.dnsName = this.loadBalancer.dnsName;
        if (args.https && "domain" in args.https) this.onHttps();
        this.registerOutputs({ dnsName: this.dnsName });
    }

    /** A target group, what leads to it, and its name in DNS. */
    route(name: string, args: RouteArgs): Route {
        const { https } = this.args;
        if (!https && args.httpsOnly) {
            throw new UserError(`${this.name}: ${name} is for HTTPS only, and this endpoint has no certificate`);
        }
        const targetGroup = this.targetGroup(name, args);
        const forward = [{ type: "forward", targetGroupArn: targetGroup.arn }];
        const byRule = https && ("domain" in https || args.httpsOnly);
        const { listening, url } = byRule ? this.byRule(name, args, forward) : this.byPort(args, forward);
        return {
            url,
            targetGroupArn: targetGroup.arn,
            port: args.port,
            healthCheckPort: args.healthCheck.port ?? args.port,
            loadBalancerGroupId: this.groupId,
            targetsGroupId: this.targetsGroupId,
            listening,
        };
    }

    /**
     * Answers 404 to paths of a host, whatever a route that is made afterwards has for them: what another endpoint alone leads to.
     * The endpoint has to have HTTPS. A path is matched as it was sent, so the target itself must take no other spelling for it.
     */
    refuse(name: string, { host: label, paths }: { host: string; paths: string[] }) {
        const { https } = this.args;
        if (!https) throw new UserError(`${this.name}: ${name} refuses paths, and this endpoint has no certificate`);
        const host = "domain" in https ? `${label}.${https.domain}` : undefined;
        const refusal = { type: "fixed-response", fixedResponse: NOT_FOUND };
        this.refusals.push(this.rule(`${this.name}: ${name}`, { label, host, paths }, [refusal], undefined));
    }

    /** The ports that it listens on for what has been routed so far. */
    get ports(): readonly number[] {
        return this.listening;
    }

    /**
     * Lets in the members of one more security group, on every port that it listens on, now or later. Returns the rules that there are so
     * far. `name` is the group's: it is part of the rules' names.
     */
    allow(name: string, groupId: pulumi.Input<string>): pulumi.Resource[] {
        this.members.push({ name, groupId });
        return this.listening.map((port) => this.letIn(port, name, groupId));
    }

    private targetGroup(name: string, args: RouteArgs): aws.lb.TargetGroup {
        return new aws.lb.TargetGroup(
            ...transformed<aws.lb.TargetGroupArgs>(
                args.transform?.targetGroup,
                targetGroupName(`${this.name}-${name}`, args),
                targetGroupArgs(name, this.args.vpc.id, args),
                { parent: this },
            ),
        );
    }

    /** A listener of its own, on the port of the target. */
    private byPort({ port, ownPortTls }: RouteArgs, defaultActions: Action[]): Pick<Route, "url" | "listening"> {
        const { https } = this.args;
        const tls = ownPortTls && https ? this.tls(https) : undefined;
        return {
            listening: this.listen(port, { ...(tls ?? { protocol: "HTTP" }), defaultActions }),
            url: pulumi.interpolate`${tls ? "https" : "http"}://${this.dnsName}:${port}`,
        };
    }

    /** A rule of the HTTPS listener. */
    private byRule(name: string, args: RouteArgs, actions: Action[]): Pick<Route, "url" | "listening"> {
        const https = this.args.https!;
        const host = "domain" in https ? `${args.host}.${https.domain}` : undefined;
        const paths = args.paths ?? (host ? [] : ["/*"]);
        const listening = this.rule(`${this.name}: ${name}`, { label: args.host, host, paths }, actions, args.priority);
        if (host && "domain" in https) this.record(args.host, host, https.zoneId);
        return { listening, url: pulumi.interpolate`https://${host ?? this.dnsName}${literalPath(paths[0])}` };
    }

    /** What leads somewhere comes after what refuses, so that nothing is open for a moment. */
    private rule(
        owner: string,
        { label, host, paths }: { label: string; host: string | undefined; paths: string[] },
        actions: aws.types.input.lb.ListenerRuleAction[],
        priority: number | undefined,
    ) {
        const match = { host: host && label, paths };
        return new aws.lb.ListenerRule(
            `${this.name}-${priority ?? ruleName(match)}`,
            {
                listenerArn: this.onHttps().arn,
                priority: this.priorities.of(owner, match, priority),
                conditions: conditions(host, paths),
                actions,
            },
            { parent: this, dependsOn: [...this.refusals] },
        );
    }

    /** The name of a host in DNS: once, however many routes lead there. */
    private record(label: string, name: string, zoneId: pulumi.Input<string>) {
        if (this.recorded.has(label)) return;
        this.recorded.add(label);
        const { dnsName, zoneId: targetZone } = this.loadBalancer;
        new aws.route53.Record(
            `${this.name}-${label}`,
            { zoneId, name, type: "A", aliases: [{ name: dnsName, zoneId: targetZone, evaluateTargetHealth: true }] },
            { parent: this },
        );
    }

    /** How a listener speaks TLS, by the endpoint's one certificate. */
    private tls(https: NonNullable<EndpointArgs["https"]>) {
        this.ownCertificate ??= this.certificateArn(https);
        return { protocol: "HTTPS", sslPolicy: TLS_POLICY, certificateArn: this.ownCertificate };
    }

    private certificateArn(https: NonNullable<EndpointArgs["https"]>): pulumi.Input<string> {
        if ("domain" in https) return https.certificateArn;
        const { certificate, chain, privateKey } = https.authority.issue(
            this.name,
            [this.dnsName],
            qualifiedName(this.name),
        );
        return new Certificate(this.name, { certificate, chain, privateKey }, { parent: this }).arn;
    }

    /** The listener on 443, which is made once. */
    private onHttps(): aws.lb.Listener {
        return (this.httpsListener ??= this.listenOnHttps(this.tls(this.args.https!)));
    }

    private listenOnHttps(tls: ReturnType<Endpoint["tls"]>): aws.lb.Listener {
        if (!this.args.internal) {
            this.listen(80, {
                protocol: "HTTP",
                defaultActions: [
                    { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
                ],
            });
        }
        return this.listen(443, {
            ...tls,
            defaultActions: [{ type: "fixed-response", fixedResponse: NOT_FOUND }],
        });
    }

    /**
     * A listener, and the rules that let in who may connect to it. Like the rules and records of `route`, they are named after
     * what there can be only one of: a service of another name on the same port changes them, where a new one would be refused.
     */
    private listen(port: number, args: Omit<aws.lb.ListenerArgs, "loadBalancerArn" | "port">): aws.lb.Listener {
        const child = { parent: this };
        this.listening.push(port);
        const rule = { groupId: this.groupId, port, description: "Who may connect" };
        allowIngress(`${this.name}-${port}`, this.clients, rule, child);
        for (const { name, groupId } of this.members) this.letIn(port, name, groupId);
        return new aws.lb.Listener(
            ...transformed<aws.lb.ListenerArgs>(
                this.args.transform?.listener,
                `${this.name}-${port}`,
                { loadBalancerArn: this.loadBalancer.arn, port, ...args },
                child,
            ),
        );
    }

    private letIn(port: number, name: string, groupId: pulumi.Input<string>): aws.vpc.SecurityGroupIngressRule {
        return new aws.vpc.SecurityGroupIngressRule(
            `${this.name}-${port}-from-${name}`,
            {
                securityGroupId: this.groupId,
                referencedSecurityGroupId: groupId,
                description: "Who may connect",
                ipProtocol: "tcp",
                fromPort: port,
                toPort: port,
            },
            { parent: this },
        );
    }
}
