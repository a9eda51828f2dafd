import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "./alarms";
import { routeAlarms, serviceAlarms } from "./alarms/service";
import type { BeforeDeploy } from "./before-deploy";
import type { Route } from "./endpoint";
import { type AutoscalingArgs, autoscale } from "./fargate/autoscaling";
import type { ContainerArgs } from "./fargate/container";
import { type Deployment, deploymentSettings } from "./fargate/deployment-settings";
import { registerService, type ServiceDiscoveryArgs } from "./fargate/discovery";
import { amongPeers, fromBalancers, fromCallers } from "./fargate/ingress";
import { waitForRollout } from "./fargate/rollout";
import { placement, type Spot } from "./fargate/spot";
import { makeTask, type TaskArgs } from "./fargate/task";
import { type Transform, transformed } from "./transform";
import { UserError } from "./user-error";

export type { ServiceDiscoveryArgs } from "./fargate/discovery";
export type { Spot, SpotShare } from "./fargate/spot";

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
    autoscaling?: AutoscalingArgs;
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
     * Fargate Spot, for all tasks or for some: 50 to 70 % cheaper, and AWS may take a task away two minutes after SIGTERM. Without free
     * capacity in the zone no other task takes its place. Another choice later replaces the service: the new one starts before the old one
     * stops. The cluster has to have the capacity provider FARGATE_SPOT. @default false
     * @example { base: 1 } // one task on demand, all others on Spot
     */
    spot?: Spot;
    /** A name within the VPC, by which other tasks find its own (see `Discovery`). @default none */
    discovery?: ServiceDiscoveryArgs;
    /** A task that has to end well before the service is made or gets another task definition. @default none */
    before?: BeforeDeploy;
    /**
     * Makes the service's alarms. Where too many requests fail during a rolling deployment, ECS goes back to the version before, and the `up`
     * fails with the alarm's name. A deployment then takes some minutes longer: ECS watches the alarm once all tasks run. @default none
     */
    alarms?: Alarms;
    /** Seconds that a rollout may take before the `up` fails. @default 1200 */
    rolloutTimeoutSeconds?: number;
    transform?: {
        taskDefinition?: Transform<aws.ecs.TaskDefinitionArgs>;
        service?: Transform<aws.ecs.ServiceArgs>;
    };
}

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
    /** How many tasks it is created with. */
    readonly count: number;
    /** Its autoscaling; undefined where it has none. */
    readonly scalableTarget: aws.appautoscaling.Target | undefined;
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
        const tasks = { name, groupId: task.group.id, parent: this };
        const rules = [
            ...fromBalancers(tasks, routes),
            ...amongPeers(tasks, args.peerPorts),
            ...fromCallers(tasks, args.discovery),
        ];
        const groups = [task.group.id, ...joined];
        const way = pulumi.output(args.deployment ?? "rolling");
        const child = { parent: this };
        const rollbackAlarms = args.alarms
            ? routeAlarms(args.alarms, name, routes, min, child).filter(({ muted }) => !muted)
            : [];
        const deployment = way.apply(deploymentSettings);
        const placed = placement(args.spot);
        const service = new aws.ecs.Service(
            ...transformed<aws.ecs.ServiceArgs>(
                args.transform?.service,
                name,
                {
                    cluster: args.cluster.arn,
                    taskDefinition: task.definition.arn,
                    desiredCount: args.count,
                    ...placed,
                    serviceRegistries: args.discovery && registerService(name, args.discovery, this),
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
                    alarms:
                        rollbackAlarms.length > 0
                            ? {
                                  enable: true,
                                  rollback: deployment.rollback,
                                  alarmNames: rollbackAlarms.map((alarm) => alarm.name),
                              }
                            : undefined,
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
                    // The provider refuses to change it, unless each change of the service is to restart its tasks (forceNewDeployment).
                    replacementTrigger: placed,
                    // What the autoscaler set must not be set back by an `up`.
                    ignoreChanges: autoscaling ? ["desiredCount"] : [],
                },
            ),
        );
        if (args.alarms) {
            serviceAlarms(args.alarms, name, { cluster: args.cluster.name, service: service.name }, child);
        }
        this.count = args.count;
        this.scalableTarget =
            autoscaling && autoscale(name, args.cluster.name, service.name, { ...autoscaling, min }, routes, this);

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
}

function containerOf(name: string, containers: Record<string, ContainerArgs>, port: number): string {
    const container = Object.keys(containers).find((key) => containers[key]!.ports?.includes(port));
    if (container) return container;
    throw new UserError(`${name}: a route leads to port ${port}, which no container of the service has`);
}
