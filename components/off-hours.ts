import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { FargateService } from "./fargate-service";
import { accountAndRegion, policyDocument, roleFor, type Statement } from "./iam";
import { type Day, DAYS } from "./off-hours/days";
import { definition } from "./off-hours/definition";
import type { ScheduledTask } from "./scheduled-task";

/**
 * @example
 * new OffHours("off-hours", {
 *     hours: { off: "19:00", on: "07:00", days: ["mon", "tue", "wed", "thu", "fri"], zone: "Asia/Tokyo" },
 *     cluster,
 *     services: { web: service },
 *     databases: { "wallet-db": walletDb.access.identifier },
 * });
 */
export interface OffHoursArgs {
    hours: {
        /** When it falls asleep, on every day: `19:00`. */
        off: string;
        /** When it wakes: `07:00`. */
        on: string;
        /** The days on which it wakes. */
        days: readonly Day[];
        /** The zone of these times, by its IANA name; summer time is taken care of. */
        zone: string;
    };
    /** The cluster of the services. */
    cluster: { arn: pulumi.Input<string> };
    /** What is stopped and started, by its name. Those whose `count` is 0 are left alone. */
    services: Readonly<Record<string, FargateService>>;
    /** RDS instances, by their identifiers. @default none */
    databases?: Readonly<Record<string, pulumi.Input<string>>>;
    /** EC2 instances that tasks need, by their ids. They stop last and start first. @default none */
    machines?: Readonly<Record<string, pulumi.Input<string>>>;
    /** Tasks that are not started meanwhile, nor afterwards for a time that has passed. @default none */
    scheduledTasks?: Readonly<Record<string, ScheduledTask>>;
    /** Alarms that tell nobody meanwhile, and the tags that tell them from others. @default none */
    alarms?: { names: readonly pulumi.Input<string>[]; tags: Readonly<Record<string, string>> };
    /** The state machine's name in AWS, by which it is found. @default one that Pulumi makes up */
    machineName?: string;
    /** The group of the schedules. @default "default" */
    groupName?: pulumi.Input<string>;
    /** Whom the alarm tells that sleeping or waking failed, an SNS topic. @default nobody: it is seen in CloudWatch alone */
    alarmTopicArn?: pulumi.Input<string>;
}

/** The name of a stack's state machine for its off hours: the commands and the program find it by that. */
export const offHoursMachineName = (project: string, stack: string) =>
    `${project}-${stack.replaceAll(".", "-")}-off-hours`;

/** Seconds in which EventBridge Scheduler tries again to start the state machine. */
const RETRY_SECONDS = 3600;
const RETRIES = 10;
const PERIOD_SECONDS = 300;

/**
 * Stops a stack's tasks, and then its databases and machines, for the night and on days off, and starts them again in the other order: one
 * state machine of Step Functions and two schedules. Load balancers, addresses, storage and keys stay, and are paid for.
 *
 * It falls asleep on every day, those off included: what was woken by hand sleeps again, and so does a database that RDS has started by
 * itself after seven days (RDS user guide, "Stopping an Amazon RDS DB instance temporarily").
 *
 * **Cost**: some hundred state transitions a day, a cent a month; 0.20 USD a month for its alarm.
 */
export class OffHours extends pulumi.ComponentResource {
    readonly machineArn: pulumi.Output<string>;

    constructor(name: string, args: OffHoursArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:OffHours", name, { hours: args.hours }, opts); // the plan reads them
        const child = { parent: this };
        const role = roleFor(name, "states.amazonaws.com", child);
        const policy = policyDocument(this.statements(args));
        const allowed = new aws.iam.RolePolicy(name, { role: role.id, policy }, child);
        const machine = new aws.sfn.StateMachine(
            name,
            {
                name: args.machineName,
                type: "STANDARD",
                roleArn: role.arn,
                definition: planOf(args).apply(definition),
            },
            { parent: this, dependsOn: [allowed] },
        );
        this.schedules(name, args, machine);
        this.alarm(name, machine, args.alarmTopicArn);
        this.machineArn = machine.arn;
        this.registerOutputs({ machineArn: this.machineArn });
    }

    private schedules(name: string, { hours, groupName }: OffHoursArgs, machine: aws.sfn.StateMachine) {
        const role = roleFor(`${name}-schedule`, "scheduler.amazonaws.com", { parent: this });
        const policy = policyDocument([{ Effect: "Allow", Action: "states:StartExecution", Resource: machine.arn }]);
        const allowed = new aws.iam.RolePolicy(`${name}-schedule`, { role: role.id, policy }, { parent: this });
        for (const [word, expression] of Object.entries(expressions(hours))) {
            new aws.scheduler.Schedule(
                `${name}-${word}`,
                {
                    description: word === "sleep" ? "The stack's off hours begin" : "The stack's off hours end",
                    groupName,
                    scheduleExpression: expression,
                    scheduleExpressionTimezone: hours.zone,
                    flexibleTimeWindow: { mode: "OFF" },
                    target: {
                        arn: machine.arn,
                        roleArn: role.arn,
                        input: JSON.stringify({ do: word }),
                        retryPolicy: { maximumRetryAttempts: RETRIES, maximumEventAgeInSeconds: RETRY_SECONDS },
                    },
                },
                { parent: this, dependsOn: [allowed] },
            );
        }
    }

    /** An execution that fails leaves something that runs, or that does not. */
    private alarm(name: string, machine: aws.sfn.StateMachine, topic: pulumi.Input<string> | undefined) {
        const sum = (id: string, metricName: string) => ({
            id,
            metric: {
                namespace: "AWS/States",
                metricName,
                dimensions: { StateMachineArn: machine.arn },
                stat: "Sum",
                period: PERIOD_SECONDS,
            },
        });
        new aws.cloudwatch.MetricAlarm(
            `${name}-failed`,
            {
                alarmDescription:
                    "The stack did not fall asleep, or did not wake. The state machine's last execution says why.",
                metricQueries: [
                    {
                        id: "failures",
                        expression: "FILL(failed, 0) + FILL(stopped, 0)",
                        label: "failures",
                        returnData: true,
                    },
                    sum("failed", "ExecutionsFailed"),
                    sum("stopped", "ExecutionsAborted"),
                ],
                evaluationPeriods: 1,
                threshold: 1,
                comparisonOperator: "GreaterThanOrEqualToThreshold",
                treatMissingData: "notBreaching",
                alarmActions: topic === undefined ? [] : [topic],
            },
            { parent: this },
        );
    }

    private statements(args: OffHoursArgs): Statement[] {
        const { services, databases = {}, machines = {}, scheduledTasks = {}, alarms } = args;
        const { account, partition, region } = accountAndRegion(this);
        const arn = (service: string, resource: pulumi.Input<string>) =>
            pulumi.interpolate`arn:${partition}:${service}:${region}:${account}:${resource}`;
        const allow = (Action: string | string[], Resource: Statement["Resource"], more = {}): Statement => ({
            Effect: "Allow",
            Action,
            Resource,
            ...more,
        });
        const scaled = Object.values(services).flatMap(({ scalableTarget }) => scalableTarget?.arn ?? []);
        const tasks = Object.values(scheduledTasks);
        const [databaseIds, machineIds] = [Object.values(databases), Object.values(machines)];
        const inCluster = pulumi
            .output(args.cluster.arn)
            .apply((cluster) => cluster.replace(":cluster/", ":service/").concat("/*"));
        return [
            allow(["ecs:UpdateService", "ecs:DescribeServices"], inCluster),
            allow("states:ListExecutions", arn("states", `stateMachine:${args.machineName ?? "*"}`)),
            ...(scaled.length > 0 ? [allow("application-autoscaling:RegisterScalableTarget", scaled)] : []),
            ...(databaseIds.length > 0
                ? [
                      allow(
                          ["rds:StartDBInstance", "rds:StopDBInstance", "rds:DescribeDBInstances"],
                          databaseIds.map((id) => arn("rds", pulumi.interpolate`db:${id}`)),
                      ),
                  ]
                : []),
            ...(machineIds.length > 0
                ? [
                      allow(
                          ["ec2:StartInstances", "ec2:StopInstances"],
                          machineIds.map((id) => arn("ec2", pulumi.interpolate`instance/${id}`)),
                      ),
                      allow("ec2:DescribeInstanceStatus", "*"), // it has no resource to name
                  ]
                : []),
            ...(tasks.length > 0
                ? [
                      allow(
                          ["scheduler:GetSchedule", "scheduler:UpdateSchedule"],
                          tasks.map(({ scheduleArn }) => scheduleArn),
                      ),
                      allow(
                          "iam:PassRole",
                          tasks.map(({ starterRoleArn }) => starterRoleArn),
                          { Condition: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } } },
                      ),
                  ]
                : []),
            ...(alarms && alarms.names.length > 0
                ? [
                      // By tags: a policy would be too small for the names of all.
                      allow(
                          ["cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"],
                          arn("cloudwatch", "alarm:*"),
                          {
                              Condition: {
                                  StringEquals: Object.fromEntries(
                                      Object.entries(alarms.tags).map(([key, value]) => [
                                          `aws:ResourceTag/${key}`,
                                          value,
                                      ]),
                                  ),
                              },
                          },
                      ),
                  ]
                : []),
        ];
    }
}

function planOf({ cluster, services, databases = {}, machines = {}, scheduledTasks = {}, alarms }: OffHoursArgs) {
    const running = Object.entries(services).filter(([, { count }]) => count > 0);
    return pulumi.output({
        alarms: pulumi.all([...(alarms?.names ?? [])]),
        schedules: Object.fromEntries(
            Object.entries(scheduledTasks).map(([name, task]) => [
                name,
                { name: task.scheduleName, group: task.groupName },
            ]),
        ),
        services: Object.fromEntries(
            running.map(([name, { arn, count, scalableTarget }]) => [
                name,
                {
                    cluster: cluster.arn,
                    service: arn,
                    count,
                    scaling: scalableTarget && {
                        resourceId: scalableTarget.resourceId,
                        min: scalableTarget.minCapacity,
                    },
                },
            ]),
        ),
        databases,
        machines,
    });
}

/** As EventBridge Scheduler reads them: it sleeps on every day, and wakes on some. */
function expressions({ off, on, days }: OffHoursArgs["hours"]): Record<"sleep" | "wake", string> {
    const at = (time: string) => time.split(":").map(Number).reverse().join(" ");
    const week = days.length === DAYS.length ? "*" : days.map((day) => day.toUpperCase()).join(",");
    return { sleep: `cron(${at(off)} ? * * *)`, wake: `cron(${at(on)} ? * ${week} *)` };
}
