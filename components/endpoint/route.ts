/** What an endpoint's routes are told, and what they are to a service. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { LoginArgs } from "./login";
import type { Transform } from "../transform";
import type { TargetGroupSettings } from "./target-group";

/** Which requests are meant. */
export interface RequestsArgs {
    /**
     * With a domain: the name under it, one label; `@` for the domain itself; a whole name in one of `https.domains`; or several of
     * these.
     */
    host: string | readonly string[];
    /** Path patterns, `*` for any characters: `/posts`, `/posts/*`. A rule of AWS's takes few: more make more rules. @default every path of the host */
    paths?: readonly string[];
    /**
     * Which rule comes first where two match, the lowest number. Several hosts, or more paths than one rule takes, have this number and
     * those behind it; rules for tokens beside a log-in of browsers have the numbers before it. @default the more specific path
     */
    priority?: number;
}

export interface RouteArgs extends RequestsArgs, TargetGroupSettings {
    /** Where the target listens. */
    port: number;
    /** Where the endpoint listens for this route, if it has a listener of its own for it. @default `port` */
    listenerPort?: number;
    /** Who may come in, by a log-in. The endpoint has to have a domain. @default everybody who may connect */
    login?: LoginArgs;
    /** Never over plain HTTP: of an endpoint without a domain it uses the HTTPS listener, told apart by path. @default false */
    httpsOnly?: boolean;
    /** Where the endpoint has an authority and no domain: the listener of its own speaks TLS. @default false, plain HTTP */
    ownPortTls?: boolean;
    /**
     * WebSockets alone: with a domain, requests with `Upgrade: websocket` to a host whose other requests another route takes; without HTTPS
     * a listener like any. It takes no paths, and its URL begins with wss or ws. @default false
     */
    webSockets?: boolean;
    /**
     * A second target group, with a `suffix` of its own, which gets no requests: it has the weight 0 where the route's has 1. A service's
     * tasks are in both, so that a later `up` may lead to this one alone, and finds healthy targets in it. It may be the one that another
     * route of the endpoint leads to, or that waits there. @default none
     */
    waiting?: TargetGroupSettings | Route;
    /** Another route of the endpoint: this one leads to its target group. @default a target group of its own */
    sharing?: Route;
    transform?: { targetGroup?: Transform<aws.lb.TargetGroupArgs> };
}

/** A way from an endpoint to a service: what a `FargateService` registers its tasks with. */
export interface Route {
    /** The endpoint's name. */
    readonly endpoint: string;
    /** How CloudWatch names the load balancer and the target group in what it measures. */
    readonly metrics: { readonly loadBalancer: pulumi.Output<string>; readonly targetGroup: pulumi.Output<string> };
    readonly url: pulumi.Output<string>;
    readonly targetGroupArn: pulumi.Output<string>;
    readonly port: number;
    readonly healthCheckPort: number;
    /** The load balancer's security group: whom a task lets in, on the two ports. */
    readonly loadBalancerGroupId: pulumi.Output<string>;
    /** The security group that a task joins for the load balancer to be able to reach it. */
    readonly targetsGroupId: pulumi.Output<string>;
    /** ECS refuses a target group that no listener forwards to, so a service waits for this. */
    readonly listening: readonly pulumi.Resource[];
    /** To the target group that waits, for the same service. */
    readonly waiting?: Route;
}
