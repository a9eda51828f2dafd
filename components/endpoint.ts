import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "./transform";

/** TLS 1.2 and 1.3 with forward secrecy: what AWS recommends for listeners (ELB user guide, "Security policies"). */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

export interface EndpointArgs {
    vpc: {
        id: pulumi.Input<string>;
        publicSubnetIds: pulumi.Input<string[]>;
        privateSubnetIds: pulumi.Input<string[]>;
    };
    /** In the private subnets, without a public address. @default false */
    internal?: boolean;
    /**
     * HTTPS on 443, its routes told apart by host name under `domain`. Without it every route has a plain HTTP listener on
     * a port of its own.
     */
    https?: {
        /** The certificate for `*.domain`. */
        certificateArn: pulumi.Input<string>;
        domain: string;
        /** The hosted zone that gets a record for each route: a public one, or the VPC's own for an internal endpoint. */
        zoneId: pulumi.Input<string>;
    };
    /** Networks that may connect. An endpoint that names none, and no group, is reached by nobody. */
    allowedCidrs: string[];
    /** Security groups whose members may connect. @default none */
    allowedSecurityGroupIds?: string[];
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

export interface RouteArgs {
    /** With HTTPS: the name under the endpoint's domain, one label. */
    host: string;
    /** Where the target listens; without HTTPS the endpoint's listener is on the same port. */
    port: number;
    healthCheck: {
        path: string;
        /** @default the port of the target */
        port?: number;
    };
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

/**
 * An application load balancer, public or internal, that several services share.
 *
 * Who may connect is said once, here; what does not match a route is answered with 404. The load balancer may open
 * connections to the members of one group, `targets`, and to nothing else: its own rules stay two whatever the number of
 * services (a security group takes 60), and each service's group lets it in on the service's own ports alone.
 */
export class Endpoint extends pulumi.ComponentResource {
    readonly dnsName: pulumi.Output<string>;
    private readonly name: string;
    private readonly args: EndpointArgs;
    private readonly loadBalancer: aws.lb.LoadBalancer;
    private readonly groupId: pulumi.Output<string>;
    private readonly targetsGroupId: pulumi.Output<string>;
    private readonly httpsListener: aws.lb.Listener | undefined;

    constructor(name: string, args: EndpointArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Endpoint", name, {}, opts);
        this.name = name;
        this.args = args;
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
        this.httpsListener = args.https && this.listenOnHttps(args.https.certificateArn);
        this.registerOutputs({ dnsName: this.dnsName });
    }

    /** A target group, what leads to it, and its name in DNS. */
    route(name: string, args: RouteArgs): Route {
        const child = { parent: this };
        const { https } = this.args;
        const healthCheckPort = args.healthCheck.port ?? args.port;
        const targetGroup = new aws.lb.TargetGroup(
            ...transformed<aws.lb.TargetGroupArgs>(
                args.transform?.targetGroup,
                `${this.name}-${name}`,
                {
                    // A prefix and no name: a change that replaces the group makes the new one before the old one goes.
                    namePrefix: name.replaceAll("-", "").slice(0, 6),
                    vpcId: this.args.vpc.id,
                    targetType: "ip",
                    protocol: "HTTP",
                    port: 80, // of no use: ECS registers each task with the port of its container. Another one here replaces the group
                    deregistrationDelay: 30,
                    healthCheck: {
                        protocol: "HTTP",
                        port: String(healthCheckPort),
                        path: args.healthCheck.path,
                        matcher: "200",
                        interval: 15,
                        timeout: 5,
                        healthyThreshold: 2,
                        unhealthyThreshold: 3,
                    },
                },
                child,
            ),
        );
        const forward = [{ type: "forward", targetGroupArn: targetGroup.arn }];
        let listening: pulumi.Resource;
        let url: pulumi.Output<string>;
        if (https && this.httpsListener) {
            const host = `${args.host}.${https.domain}`;
            // No priority: each rule is for a host of its own, so their order means nothing, and AWS gives the next free one.
            listening = new aws.lb.ListenerRule(
                `${this.name}-${args.host}`,
                {
                    listenerArn: this.httpsListener.arn,
                    conditions: [{ hostHeader: { values: [host] } }],
                    actions: forward,
                },
                child,
            );
            new aws.route53.Record(
                `${this.name}-${args.host}`,
                {
                    zoneId: https.zoneId,
                    name: host,
                    type: "A",
                    aliases: [
                        {
                            name: this.loadBalancer.dnsName,
                            zoneId: this.loadBalancer.zoneId,
                            evaluateTargetHealth: true,
                        },
                    ],
                },
                child,
            );
            url = pulumi.output(`https://${host}`);
        } else {
            listening = this.listen(args.port, { protocol: "HTTP", defaultActions: forward });
            url = pulumi.interpolate`http://${this.dnsName}:${args.port}`;
        }
        return {
            url,
            targetGroupArn: targetGroup.arn,
            port: args.port,
            healthCheckPort,
            loadBalancerGroupId: this.groupId,
            targetsGroupId: this.targetsGroupId,
            listening,
        };
    }

    private listenOnHttps(certificateArn: pulumi.Input<string>): aws.lb.Listener {
        if (!this.args.internal) {
            this.listen(80, {
                protocol: "HTTP",
                defaultActions: [
                    { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
                ],
            });
        }
        return this.listen(443, {
            protocol: "HTTPS",
            sslPolicy: TLS_POLICY,
            certificateArn,
            defaultActions: [
                {
                    type: "fixed-response",
                    fixedResponse: { contentType: "text/plain", statusCode: "404", messageBody: "Not found" },
                },
            ],
        });
    }

    /**
     * A listener, and the rules that let in who may connect to it. Like the rules and records of `route`, they are named after
     * what there can be only one of: a service of another name on the same port changes them, where a new one would be refused.
     */
    private listen(port: number, args: Omit<aws.lb.ListenerArgs, "loadBalancerArn" | "port">): aws.lb.Listener {
        const child = { parent: this };
        const allow = (suffix: string, from: Partial<aws.vpc.SecurityGroupIngressRuleArgs>) =>
            new aws.vpc.SecurityGroupIngressRule(
                `${this.name}-${port}-from-${suffix}`,
                {
                    securityGroupId: this.groupId,
                    description: "Who may connect",
                    ipProtocol: "tcp",
                    fromPort: port,
                    toPort: port,
                    ...from,
                },
                child,
            );
        for (const cidrIpv4 of this.args.allowedCidrs) allow(cidrIpv4.replaceAll(/[./]/g, "-"), { cidrIpv4 });
        for (const group of this.args.allowedSecurityGroupIds ?? []) allow(group, { referencedSecurityGroupId: group });
        return new aws.lb.Listener(
            ...transformed<aws.lb.ListenerArgs>(
                this.args.transform?.listener,
                `${this.name}-${port}`,
                { loadBalancerArn: this.loadBalancer.arn, port, ...args },
                child,
            ),
        );
    }
}
