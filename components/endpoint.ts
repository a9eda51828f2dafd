import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "./alarms";
import { certificateAlarms, loadBalancerAlarms } from "./alarms/load-balancer";
import type { CertificateAuthority } from "./certificate-authority";
import { hostOf, type Host, type NamedEndpoint } from "./endpoint/hosts";
import { Listeners, NOT_FOUND } from "./endpoint/listeners";
import { loginAction, tokensAction } from "./endpoint/login";
import { redirectTo } from "./endpoint/redirects";
import { conditions, literalPath, type Match, matchesOf, Priorities, ruleName, withTokens } from "./endpoint/rules";
import type { RequestsArgs, Route, RouteArgs } from "./endpoint/route";
import { forward, targetGroupArgs, targetGroupName, type TargetGroupSettings } from "./endpoint/target-group";
import type { Clients } from "./network/clients";
import { type Transform, transformed } from "./transform";
import { UserError } from "./user-error";

export type { RequestsArgs, Route, RouteArgs } from "./endpoint/route";

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
        | NamedEndpoint
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
    /** A bucket for access logs and connection logs (see `AccessLogBucket`). @default none are kept */
    accessLogBucket?: pulumi.Input<string>;
    /** Refuse to delete the load balancer. @default false */
    protect?: boolean;
    /** Makes the alarms of the load balancer and of its certificates. @default none */
    alarms?: Alarms;
    /** Seconds that a connection may be silent. @default 60, the load balancer's own */
    idleTimeoutSeconds?: number;
    /** The ARN of a regional web ACL of AWS WAF: it judges every request before a rule does. @default none */
    webAclArn?: pulumi.Input<string>;
    transform?: {
        loadBalancer?: Transform<aws.lb.LoadBalancerArgs>;
        listener?: Transform<aws.lb.ListenerArgs>;
    };
}

type Action = aws.types.input.lb.ListenerRuleAction;

/**
 * An application load balancer, public or internal, that several services share.
 *
 * Who may connect is said once, here; what does not match a route is answered with 404. The load balancer may open
 * connections to the members of one group, `targets`, and where a route asks for a log-in to the realm. So its own rules stay few,
 * whatever the number of services (a security group takes 60). Each service's group lets it in on the service's own ports alone.
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
    private readonly listeners: Listeners;
    private readonly priorities = new Priorities();
    private readonly recorded = new Set<string>();
    private readonly refusals: pulumi.Resource[] = [];
    private toRealms: pulumi.Resource | undefined;

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
        // Said when they are off, too: leaving it out leaves them on.
        const logs = args.accessLogBucket
            ? { bucket: args.accessLogBucket, prefix: name, enabled: true }
            : { bucket: "", enabled: false };
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
                    accessLogs: logs,
                    // Who failed to make a connection stands in these alone: a handshake that fails has no request. Their files' names
                    // begin with `conn_log`, so that one prefix holds both.
                    connectionLogs: logs,
                },
                { ...child, protect: args.protect },
            ),
        );
        this.dnsName = this.loadBalancer.dnsName;
        if (args.webAclArn) {
            new aws.wafv2.WebAclAssociation(
                name,
                { resourceArn: this.loadBalancer.arn, webAclArn: args.webAclArn },
                child,
            );
        }
        this.listeners = new Listeners(name, args, this.loadBalancer, this.groupId, this);
        if (args.https && "domain" in args.https) this.listeners.onHttps();
        if (args.alarms) {
            const of = { loadBalancer: this.loadBalancer.arnSuffix, https: args.https !== undefined };
            loadBalancerAlarms(args.alarms, name, of, child);
            if (args.https && "domain" in args.https) certificateAlarms(args.alarms, name, args.https, child);
        }
        this.registerOutputs({ dnsName: this.dnsName });
    }

    /** A target group, what leads to it, and its name in DNS. */
    route(name: string, args: RouteArgs): Route {
        const { https } = this.args;
        if (!https && args.httpsOnly) {
            throw new UserError(`${this.name}: ${name} is for HTTPS only, and this endpoint has no certificate`);
        }
        const targets = args.sharing ?? this.targets(name, args, args.transform);
        const waiting = args.waiting && ("endpoint" in args.waiting ? args.waiting : this.targets(name, args.waiting));
        const to = forward(targets.targetGroupArn, waiting?.targetGroupArn);
        const { every, withToken } = this.login(name, args);
        const actions = [...every, to];
        const programs = withToken && [withToken, to];
        const byRule = https && ("domain" in https || args.httpsOnly);
        const { listening, url: address } = byRule
            ? this.byRule(name, args, actions, programs)
            : this.byPort(args, actions);
        const url = args.webSockets ? address.apply((http) => http.replace(/^http/, "ws")) : address;
        return { ...targets, url, listening, waiting: waiting && { ...waiting, url, listening } };
    }

    /**
     * Answers 404 to paths of a host, whatever a route that is made afterwards has for them: what another endpoint alone leads to.
     * The endpoint has to have HTTPS. A path is matched as it was sent, so the target itself must take no other spelling for it.
     */
    refuse(name: string, requests: { host: string; paths: string[] }) {
        const { https } = this.args;
        if (!https) throw new UserError(`${this.name}: ${name} refuses paths, and this endpoint has no certificate`);
        const refusal = { type: "fixed-response", fixedResponse: NOT_FOUND };
        this.refusals.push(...this.rules(name, requests, [refusal]));
    }

    /** Sends requests on to another address, for good (301): see `redirectTo`. The endpoint has to have HTTPS. */
    redirect(name: string, { to, ...requests }: RequestsArgs & { to: string }) {
        if (!this.args.https)
            throw new UserError(`${this.name}: ${name} redirects, and this endpoint has no certificate`);
        this.rules(name, requests, [{ type: "redirect", redirect: redirectTo(to) }]);
        for (const host of this.hostsOf(requests.host)) this.record(host);
    }

    /** The ports that it listens on for what has been routed so far. */
    get ports(): readonly number[] {
        return this.listeners.ports;
    }

    /**
     * Lets in the members of one more security group, on every port that it listens on, now or later. Returns the rules that there are so
     * far. `name` is the group's: it is part of the rules' names.
     */
    allow(name: string, groupId: pulumi.Input<string>): pulumi.Resource[] {
        return this.listeners.allow(name, groupId);
    }

    /**
     * What is asked of every request, and of those that bring a token where those are another rule's. The load balancer has to reach the
     * realm by itself, at an address that its rules cannot name.
     */
    private login(name: string, { login, webSockets }: RouteArgs): { every: Action[]; withToken?: Action } {
        if (!login) return { every: [] };
        const { https } = this.args;
        if (!https || !("domain" in https) || webSockets) {
            throw new UserError(
                `${this.name}: ${name} asks for a log-in, and that needs HTTPS with a domain, and no webSockets`,
            );
        }
        this.toRealms ??= new aws.vpc.SecurityGroupEgressRule(
            `${this.name}-to-realms`,
            {
                securityGroupId: this.groupId,
                description: "Realms that it has users log in at",
                cidrIpv4: "0.0.0.0/0",
                ipProtocol: "tcp",
                fromPort: 443,
                toPort: 443,
            },
            { parent: this },
        );
        const { issuer, client, tokens } = login;
        if (!client && !tokens) {
            throw new UserError(`${this.name}: ${name} asks for a log-in of nobody: client, tokens, or both`);
        }
        if (tokens && tokens.client === undefined && tokens.scope === undefined) {
            throw new UserError(
                `${this.name}: ${name} takes any token of the realm: tokens.client, tokens.scope, or both`,
            );
        }
        const withToken = tokens && tokensAction({ issuer, tokens });
        return client ? { every: [loginAction({ issuer, client })], withToken } : { every: [withToken!] };
    }

    /** A target group, as a service registers its tasks with it. */
    private targets(
        name: string,
        args: TargetGroupSettings,
        transform?: RouteArgs["transform"],
    ): Omit<Route, "url" | "listening"> {
        const group = new aws.lb.TargetGroup(
            ...transformed<aws.lb.TargetGroupArgs>(
                transform?.targetGroup,
                targetGroupName(`${this.name}-${name}`, args),
                targetGroupArgs(name, this.args.vpc.id, args),
                { parent: this },
            ),
        );
        return {
            endpoint: this.name,
            metrics: { loadBalancer: this.loadBalancer.arnSuffix, targetGroup: group.arnSuffix },
            targetGroupArn: group.arn,
            port: args.port,
            healthCheckPort: args.healthCheck.port ?? args.port,
            loadBalancerGroupId: this.groupId,
            targetsGroupId: this.targetsGroupId,
        };
    }

    /** A listener of its own. */
    private byPort(
        { port: own, listenerPort: port = own, ownPortTls }: RouteArgs,
        defaultActions: Action[],
    ): Pick<Route, "url" | "listening"> {
        const { https } = this.args;
        const tls = ownPortTls && https ? this.listeners.tls(https) : undefined;
        return {
            listening: [this.listeners.listen(port, { ...(tls ?? { protocol: "HTTP" }), defaultActions })],
            url: pulumi.interpolate`${tls ? "https" : "http"}://${this.dnsName}:${port}`,
        };
    }

    /** Rules of the HTTPS listener. */
    private byRule(
        name: string,
        args: RouteArgs,
        actions: Action[],
        programs?: Action[],
    ): Pick<Route, "url" | "listening"> {
        const hosts = this.hostsOf(args.host);
        const listening = this.rules(name, args, actions, programs);
        for (const host of hosts) this.record(host);
        const address = hosts[0]?.name ?? this.dnsName;
        const [path] = args.paths ?? [];
        return { listening, url: pulumi.interpolate`https://${address}${literalPath(path)}` };
    }

    /** None where the endpoint has no names. */
    private hostsOf(host: RequestsArgs["host"]): Host[] {
        const { https } = this.args;
        if (!https || !("domain" in https)) return [];
        return [host].flat().map((hostName) => hostOf(hostName, https));
    }

    /** `programs`: what is done with requests that bring a token, where that is something else. Their rules are asked first. */
    private rules(
        name: string,
        args: RequestsArgs & Pick<RouteArgs, "webSockets">,
        actions: Action[],
        programs?: Action[],
    ) {
        const owner = `${this.name}: ${name}`;
        const hosts = this.hostsOf(args.host);
        const paths = args.paths ?? (hosts.length > 0 ? [] : ["/*"]);
        const keys = hosts.length > 0 ? hosts.map(({ key }) => key) : [undefined];
        const matches = matchesOf(keys, paths).map((requests) => ({
            match: args.webSockets ? { ...requests, webSockets: true } : requests,
            first: programs ? withTokens(requests) : [],
        }));
        const rule = (match: Match, priority: number, own: Action[]) => {
            const host = hosts.find(({ key }) => key === match.host)?.name;
            return this.rule(args.priority === undefined ? ruleName(match) : priority, match, host, own, priority);
        };
        const given = args.priority;
        let before = given === undefined ? 0 : given - matches.flatMap(({ first }) => first).length;
        return matches.flatMap(({ match, first }, i) => {
            const priority = this.priorities.of(owner, match, given === undefined ? undefined : given + i);
            const made = rule(match, priority, actions);
            const others = first.map((earlier) => {
                const own =
                    given === undefined
                        ? this.priorities.before(owner, earlier, priority)
                        : this.priorities.of(owner, earlier, before++);
                return rule(earlier, own, programs!);
            });
            return [made, ...others];
        });
    }

    /** What leads somewhere comes after what refuses, so that nothing is open for a moment. */
    private rule(name: string | number, match: Match, host: string | undefined, actions: Action[], priority: number) {
        return new aws.lb.ListenerRule(
            `${this.name}-${name}`,
            {
                listenerArn: this.listeners.onHttps().arn,
                priority,
                conditions: conditions(host, match),
                actions,
            },
            { parent: this, dependsOn: [...this.refusals] },
        );
    }

    /** The name of a host in DNS: once, however many routes lead there. */
    private record({ key, name, zoneId }: Host) {
        if (this.recorded.has(key)) return;
        this.recorded.add(key);
        const { dnsName, zoneId: targetZone } = this.loadBalancer;
        new aws.route53.Record(
            `${this.name}-${key}`,
            { zoneId, name, type: "A", aliases: [{ name: dnsName, zoneId: targetZone, evaluateTargetHealth: true }] },
            { parent: this },
        );
    }
}
