import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BeforeDeploy } from "./before-deploy";
import type { Route } from "./endpoint";
import type { ContainerArgs } from "./fargate/container";
import { type Deployment, deploymentSettings } from "./fargate/deployment-settings";
import { waitForRollout } from "./fargate/rollout";
import { makeTask, type TaskArgs } from "./fargate/task";
import { type Transform, transformed } from "./transform";
import { UserError } from "./user-error";

/**
 * @example
 * new FargateService("web", {
 *     cluster,
 *     vpc,
 *     cpu: 256,
 *     memory: 512,
 *     count: 2,
 *     autoscaling: { min: 2, max: 6, cpuPercent: 70 },
 *     containers: { web: { image: image.reference, user: "1000", ports: [8080] } },
 *     routes: [endpoint.route("web", { host: "web", port: 8080, healthCheck: { path: "/healthz" } })],
 * });
 */
export interface FargateServiceArgs extends TaskArgs {
    cluster: { arn: pulumi.Input<string>; name: pulumi.Input<string> };
    /** Tasks, spread over the zones. With `autoscaling`: how many the service is created with. */
    count: number;
    /**
     * Target tracking between `min` (default: `count`) and `max` tasks, by percent of the task's CPU and memory; without
     * `memoryPercent` by CPU alone. An `up` leaves the number of tasks as it is. @default none
     */
    autoscaling?: { min?: number; max: number; cpuPercent: number; memoryPercent?: number };
    /** The ways in: what load balancers send to the tasks. @default none, a worker */
    routes?: Route[];
    /** TCP ports on which the tasks reach one another, and nobody else reaches them, by what for. @default none */
    peerPorts?: Record<string, number>;
    /**
     * How a new version takes over: `rolling` starts its tasks before it stops those of the old one, and goes back to that one
     * where they do not come up; `replace` stops every task first, for versions that may not run side by side, and does not go
     * back, since what the new one did to its data the old one may not understand. Once it is over the service rolls again.
     * `stop-first` stops every task first in every deployment, and goes back where the new ones do not come up.
     * @default "rolling"
     */
    deployment?: pulumi.Input<Deployment>;
    /** Seconds after a task's start in which load balancers may find it unhealthy. @default 60 */
    healthCheckGraceSeconds?: number;
    /**
     * On Fargate Spot: 50 to 70 % cheaper, and AWS may take a task away two minutes after SIGTERM. Another choice later makes the
     * service anew. The cluster has to have the capacity provider FARGATE_SPOT. @default false
     */
    spot?: boolean;
    /** A name within the VPC, by which other tasks find its own (see `Discovery`). @default none */
    discovery?: ServiceDiscoveryArgs;
    /** A task that has to end well before the service is made or gets another task definition. @default none */
    before?: BeforeDeploy;
    /** Seconds that a rollout may take before the `up` fails. @default 1200 */
    rolloutTimeoutSeconds?: number;
    transform?: {
        taskDefinition?: Transform<aws.ecs.TaskDefinitionArgs>;
        service?: Transform<aws.ecs.ServiceArgs>;
    };
}

export interface ServiceDiscoveryArgs {
    /** A private DNS namespace of Cloud Map; the tasks' addresses are at `<name>.<namespace>`. */
    namespaceId: pulumi.Input<string>;
    /** Where they listen. */
    port: number;
    /** Whose members may connect there. */
    callersGroupId: pulumi.Input<string>;
    /**
     * More groups whose members may, by what they are: of tasks that are in five groups already, the most that AWS takes, and whose way
     * out is open. @default none
     */
    alsoFrom?: Record<string, pulumi.Input<string>>;
}

/** Seconds that a resolver keeps the addresses: as long, at most, a caller may try a task that has gone. */
const DISCOVERY_TTL = 10;
const ROLLOUT_TIMEOUT_SECONDS = 1200;
/** AWS's default quota of security groups for a network interface. */
const GROUPS_PER_TASK = 5;

/**
 * A service on Fargate: its task definition, its two roles, its log group, its security group, autoscaling.
 *
 * The roles are two since their holders are two: ECS itself starts a task with the execution role (this image, these
 * secrets, this log group and nothing else), the application runs with the task role. A deployment rolls, starting new tasks
 * before it stops old ones; where the new ones do not come up, ECS's circuit breaker goes back to the old version, **and the
 * `up` fails** with the reason (see `fargate/rollout.ts`).
 */
export class FargateService extends pulumi.ComponentResource {
    /** Known once its tasks run the new version: whoever depends on it waits for that. */
    readonly serviceName: pulumi.Output<string>;
    readonly taskDefinitionArn: pulumi.Output<string>;
    readonly taskDefinition: aws.ecs.TaskDefinition;
    readonly logGroupName: pulumi.Output<string>;
    /** The tasks' own security group. */
    readonly securityGroupId: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
    /** Both roles: whoever deploys it has to be allowed to pass them on. */
    readonly roleArns: pulumi.Output<string>[];

    constructor(name: string, args: FargateServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:FargateService", name, {}, opts);
        const routes = args.routes ?? [];
        // Two routes of one endpoint are one group to join. Refused before anything is created.
        const joined = [...new Set([...routes.map((route) => route.targetsGroupId), ...(args.securityGroupIds ?? [])])];
        if (joined.length >= GROUPS_PER_TASK) {
            throw new UserError(
                `${name}: ${joined.length + 1} security groups are more than a task takes, ${GROUPS_PER_TASK}: its own, one for each ` +
                    "endpoint that leads to it, and those of securityGroupIds",
            );
        }
        const { autoscaling } = args;
        const min = autoscaling?.min ?? args.count;
        if (autoscaling && (min > args.count || args.count > autoscaling.max)) {
            throw new UserError(
                `${name}: count, ${args.count}, is not between autoscaling's min, ${min}, and max, ${autoscaling.max}`,
            );
        }
        const targets = routes.map((route) => ({
            route,
            containerName: containerOf(name, args.containers, route.port),
        }));
        const task = makeTask(name, args, this);
        const rules = [
            ...this.fromBalancers(name, task.group.id, routes),
            ...this.amongPeers(name, task.group.id, args),
            ...this.fromCallers(name, task.group.id, args.discovery),
        ];
        const groups = [task.group.id, ...joined];
        const way = pulumi.output(args.deployment ?? "rolling");
        const deployment = way.apply(deploymentSettings);
        const service = new aws.ecs.Service(
            ...transformed<aws.ecs.ServiceArgs>(
                args.transform?.service,
                name,
                {
                    cluster: args.cluster.arn,
                    taskDefinition: task.definition.arn,
                    desiredCount: args.count,
                    ...(args.spot
                        ? { capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] }
                        : { launchType: "FARGATE" }),
                    serviceRegistries: args.discovery && this.register(name, args.discovery),
                    platformVersion: "LATEST",
                    networkConfiguration: {
                        subnets: args.vpc.privateSubnetIds,
                        securityGroups: groups,
                        assignPublicIp: false,
                    },
                    loadBalancers: targets.map(({ route, containerName }) => ({
                        targetGroupArn: route.targetGroupArn,
                        containerName,
                        containerPort: route.port,
                    })),
                    healthCheckGracePeriodSeconds: routes.length > 0 ? (args.healthCheckGraceSeconds ?? 60) : undefined,
                    deploymentMinimumHealthyPercent: deployment.minimumHealthyPercent,
                    deploymentMaximumPercent: deployment.maximumPercent,
                    deploymentCircuitBreaker: { enable: true, rollback: deployment.rollback },
                    availabilityZoneRebalancing: deployment.availabilityZoneRebalancing,
                    enableExecuteCommand: args.exec ?? false,
                    enableEcsManagedTags: true,
                    propagateTags: "SERVICE",
                    waitForSteadyState: false, // `rolledOut` waits, and knows a rollback from a success
                },
                {
                    parent: this,
                    dependsOn: [
                        ...routes.flatMap((route) => route.listening),
                        ...rules,
                        ...task.needed,
                        ...(args.before?.dependsOn ?? []),
                    ],
                    hooks: args.before && { beforeCreate: args.before.hooks, beforeUpdate: args.before.hooks },
                    // What the autoscaler set must not be set back by an `up`.
                    ignoreChanges: autoscaling ? ["desiredCount"] : [],
                },
            ),
        );
        if (autoscaling) this.scale(name, args.cluster.name, service.name, { ...autoscaling, min });

        const timeout = args.rolloutTimeoutSeconds ?? ROLLOUT_TIMEOUT_SECONDS;
        this.serviceName = waitForRollout(name, service, task.definition, timeout, way);
        this.taskDefinitionArn = task.definition.arn;
        this.taskDefinition = task.definition;
        this.logGroupName = task.logGroup.name;
        this.securityGroupId = task.group.id;
        this.arn = service.id;
        this.roleArns = [task.executionRole.arn, task.taskRole.arn];
        this.registerOutputs({ serviceName: this.serviceName, taskDefinitionArn: this.taskDefinitionArn });
    }

    private fromBalancers(name: string, groupId: pulumi.Output<string>, routes: Route[]) {
        // A rule for each load balancer and port, however many routes of an endpoint lead there.
        const balancers = [...new Set(routes.map((route) => route.loadBalancerGroupId))];
        return balancers.flatMap((balancer, i) => {
            const balancerRoutes = routes.filter((route) => route.loadBalancerGroupId === balancer);
            const ports = new Set(balancerRoutes.flatMap((route) => [route.port, route.healthCheckPort]));
            return [...ports].map(
                (port) =>
                    new aws.vpc.SecurityGroupIngressRule(
                        `${name}-from-lb-${i + 1}-${port}`,
                        {
                            securityGroupId: groupId,
                            referencedSecurityGroupId: balancer,
                            description: balancerRoutes.some((route) => route.port === port)
                                ? "Requests from the load balancer"
                                : "Health checks of the load balancer",
                            ipProtocol: "tcp",
                            fromPort: port,
                            toPort: port,
                        },
                        { parent: this },
                    ),
            );
        });
    }

    /** Both directions of each port: the way out is needed where `egressPorts` does not happen to cover it. */
    private amongPeers(name: string, groupId: pulumi.Output<string>, { peerPorts = {} }: FargateServiceArgs) {
        return Object.entries(peerPorts).flatMap(([what, port]) => {
            const rule = {
                securityGroupId: groupId,
                referencedSecurityGroupId: groupId,
                description: `${what}, among the tasks of ${name}`,
                ipProtocol: "tcp",
                fromPort: port,
                toPort: port,
            };
            return [
                new aws.vpc.SecurityGroupIngressRule(`${name}-from-peers-${port}`, rule, { parent: this }),
                new aws.vpc.SecurityGroupEgressRule(`${name}-to-peers-${port}`, rule, { parent: this }),
            ];
        });
    }

    private fromCallers(name: string, groupId: pulumi.Output<string>, discovery: ServiceDiscoveryArgs | undefined) {
        if (!discovery) return [];
        const { port, callersGroupId, alsoFrom } = discovery;
        return Object.entries({ callers: callersGroupId, ...alsoFrom }).map(
            ([who, referencedSecurityGroupId]) =>
                new aws.vpc.SecurityGroupIngressRule(
                    `${name}-from-${who}`,
                    {
                        securityGroupId: groupId,
                        referencedSecurityGroupId,
                        description: "Other tasks, by name",
                        ipProtocol: "tcp",
                        fromPort: port,
                        toPort: port,
                    },
                    { parent: this },
                ),
        );
    }

    private register(name: string, { namespaceId }: ServiceDiscoveryArgs) {
        const registry = new aws.servicediscovery.Service(
            name,
            {
                name,
                dnsConfig: {
                    namespaceId,
                    dnsRecords: [{ type: "A", ttl: DISCOVERY_TTL }],
                    routingPolicy: "MULTIVALUE",
                },
                // ECS tells Cloud Map when a task runs and its containers' health checks pass; without this the name leads to it before
                // (ECS guide, "Service discovery"). AWS takes 1 alone, and the provider warns of that; without a number it sends nothing.
                healthCheckCustomConfig: { failureThreshold: 1 },
                forceDestroy: true, // ECS takes a task's record away a moment after the task
            },
            // A registry that was created without it is left alone: adding it replaces the registry, and the old record goes first.
            { parent: this, ignoreChanges: ["healthCheckCustomConfig"] },
        );
        return { registryArn: registry.arn };
    }

    private scale(
        name: string,
        cluster: pulumi.Input<string>,
        service: pulumi.Output<string>,
        args: NonNullable<FargateServiceArgs["autoscaling"]> & { min: number },
    ) {
        const target = new aws.appautoscaling.Target(
            name,
            {
                serviceNamespace: "ecs",
                scalableDimension: "ecs:service:DesiredCount",
                resourceId: pulumi.interpolate`service/${cluster}/${service}`,
                minCapacity: args.min,
                maxCapacity: args.max,
            },
            { parent: this },
        );
        for (const [metric, type, percent] of [
            ["cpu", "ECSServiceAverageCPUUtilization", args.cpuPercent],
            ["memory", "ECSServiceAverageMemoryUtilization", args.memoryPercent],
        ] as const) {
            if (percent === undefined) continue;
            new aws.appautoscaling.Policy(
                `${name}-${metric}`,
                {
                    policyType: "TargetTrackingScaling",
                    serviceNamespace: target.serviceNamespace,
                    scalableDimension: target.scalableDimension,
                    resourceId: target.resourceId,
                    targetTrackingScalingPolicyConfiguration: {
                        predefinedMetricSpecification: { predefinedMetricType: type },
                        targetValue: percent,
                        scaleOutCooldown: 60,
                        scaleInCooldown: 300, // out at once, in with care: a load that comes in waves would otherwise make tasks flap
                    },
                },
                { parent: this },
            );
        }
    }
}

function containerOf(name: string, containers: Record<string, ContainerArgs>, port: number): string {
    const container = Object.keys(containers).find((key) => containers[key]!.ports?.includes(port));
    if (container) return container;
    throw new UserError(`${name}: a route leads to port ${port}, which no container of the service has`);
}
