import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventQueue, letEventsIn } from "./event-queue";
import { anyRevision, tasksOf } from "./fargate/task";
import { FargateTask, type FargateTaskArgs } from "./fargate-task";
import { passToTasks, policyDocument, roleFor, accountAndRegion } from "./iam";

/**
 * @example
 * new ScheduledTask("nightly", {
 *     cluster,
 *     vpc,
 *     cpu: 256,
 *     memory: 512,
 *     containers: { app: { image: image.reference, user: "1000", command: ["node", "nightly.js"] } },
 *     schedule: "cron(0 3 * * ? *)",
 *     timeZone: "Europe/Berlin",
 * });
 */
export interface ScheduledTaskArgs extends FargateTaskArgs {
    /** `cron(0 3 * * ? *)`, `rate(1 hour)` or `at(2027-01-31T03:00:00)`, as EventBridge Scheduler has them. */
    schedule: string;
    /** The zone that a cron expression is read in, by its IANA name; summer time is taken care of. @default UTC */
    timeZone?: string;
    /** How often a run that could not be started is tried again, within an hour. A run that failed is not. @default 2 */
    retries?: number;
    /** The schedule group, by which a policy tells one stack's schedules from another's. Another one makes the schedule anew. @default "default" */
    groupName?: pulumi.Input<string>;
    /** Whom the alarm tells, an SNS topic. @default nobody: it is seen in CloudWatch alone */
    alarmTopicArn?: pulumi.Input<string>;
}

/** The group of a stack's schedules: a schedule has no tags of its own, its group is in its ARN. */
export const scheduleGroupName = (project: string, stack: string) => `${project}-${stack}`;

const RETRIES = 2;
/** Seconds in which a run that could not be started is tried again; later it would meet the next one. */
const RETRY_SECONDS = 3600;
/** Of the alarm's metrics, and how far it looks back. */
const PERIOD_SECONDS = 300;
const LOOK_BACK_SECONDS = 1800;

/**
 * A task that EventBridge Scheduler starts. A run that could not be started, after its retries, and a run that ended with another
 * exit code than 0 both leave a message in the queue `failures`, which says what and when; and each raises the alarm.
 *
 * It starts the latest revision of its task definition, which another than this program may have registered: the application's own CI, say
 * (see `DeployMachine`).
 *
 * Two runs may overlap where one takes longer than the time to the next, and the Scheduler may start one twice: the task has to
 * bear both, as everything that is delivered at least once.
 */
export class ScheduledTask extends pulumi.ComponentResource {
    readonly taskDefinitionArn: pulumi.Output<string>;
    readonly logGroupName: pulumi.Output<string>;
    readonly scheduleName: pulumi.Output<string>;
    readonly scheduleArn: pulumi.Output<string>;
    readonly groupName: pulumi.Output<string>;
    /** The role by which the schedule starts the task. */
    readonly starterRoleArn: pulumi.Output<string>;
    /** Where failed runs leave word. */
    readonly failuresUrl: pulumi.Output<string>;
    readonly alarmName: pulumi.Output<string>;
    readonly task: FargateTask;

    constructor(name: string, args: ScheduledTaskArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:ScheduledTask", name, {}, opts);
        this.task = new FargateTask(name, args, { parent: this });
        const failures = eventQueue(`${name}-failures`, { parent: this });
        const starter = this.starter(name, failures.arn);
        const schedule = new aws.scheduler.Schedule(
            name,
            {
                description: `Starts the task ${name}`,
                groupName: args.groupName,
                scheduleExpression: args.schedule,
                scheduleExpressionTimezone: args.timeZone ?? "UTC",
                flexibleTimeWindow: { mode: "OFF" },
                target: {
                    arn: this.task.clusterArn,
                    roleArn: starter.role.arn,
                    ecsParameters: {
                        taskDefinitionArn: this.family(),
                        launchType: "FARGATE",
                        platformVersion: "LATEST",
                        networkConfiguration: {
                            subnets: this.task.subnetIds,
                            securityGroups: this.task.securityGroupIds,
                            assignPublicIp: false,
                        },
                        enableEcsManagedTags: true,
                        propagateTags: "TASK_DEFINITION",
                    },
                    retryPolicy: {
                        maximumRetryAttempts: args.retries ?? RETRIES,
                        maximumEventAgeInSeconds: RETRY_SECONDS,
                    },
                    deadLetterConfig: { arn: failures.arn },
                },
            },
            { parent: this, dependsOn: [starter.policy, ...this.task.ready] },
        );
        const failedRuns = this.reportFailedRuns(name, failures);
        const alarm = this.alarm(name, failedRuns.name, failures.name, args.alarmTopicArn);

        this.taskDefinitionArn = this.task.taskDefinitionArn;
        this.logGroupName = this.task.logGroupName;
        this.scheduleName = schedule.name;
        this.scheduleArn = schedule.arn;
        this.groupName = schedule.groupName;
        this.starterRoleArn = starter.role.arn;
        this.failuresUrl = failures.url;
        this.alarmName = alarm.name;
        this.registerOutputs({ scheduleName: this.scheduleName, failuresUrl: this.failuresUrl });
    }

    /** The task definition without a revision, by which ECS takes the latest one (ECS API reference, RunTask). */
    private family() {
        const { account, partition, region } = accountAndRegion(this);
        return pulumi.interpolate`arn:${partition}:ecs:${region}:${account}:task-definition/${this.task.taskDefinition.family}`;
    }

    /** What the Scheduler may do: start any revision of this task in this cluster, with these roles. */
    private starter(name: string, failuresArn: pulumi.Output<string>) {
        const role = roleFor(`${name}-schedule`, "scheduler.amazonaws.com", { parent: this });
        const policy = new aws.iam.RolePolicy(
            `${name}-schedule`,
            {
                role: role.id,
                policy: policyDocument([
                    {
                        Effect: "Allow",
                        Action: "ecs:RunTask",
                        // ECS has taken a call without a revision for either of these (aws-cdk, issue 30390).
                        Resource: [anyRevision(this.task.taskDefinitionArn), this.family()],
                        Condition: { ArnEquals: { "ecs:cluster": this.task.clusterArn } },
                    },
                    {
                        Effect: "Allow",
                        Action: "ecs:TagResource",
                        Resource: tasksOf(this.task.clusterArn),
                        Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
                    },
                    passToTasks(this.task.roleArns),
                    { Effect: "Allow", Action: "sqs:SendMessage", Resource: failuresArn },
                ]),
            },
            { parent: this },
        );
        return { role, policy };
    }

    /** The Scheduler is done once ECS has taken the task; that it ended badly only ECS's own events say. */
    private reportFailedRuns(name: string, failures: aws.sqs.Queue): aws.cloudwatch.EventRule {
        const revisions = pulumi.interpolate`${this.family()}:`;
        const stopped = {
            clusterArn: [this.task.clusterArn],
            lastStatus: ["STOPPED"],
            taskDefinitionArn: [{ prefix: revisions }],
        };
        const rule = new aws.cloudwatch.EventRule(
            `${name}-failed`,
            {
                description: `Runs of ${name} that ended with an exit code other than 0, or could not start`,
                eventPattern: pulumi.jsonStringify({
                    source: ["aws.ecs"],
                    "detail-type": ["ECS Task State Change"],
                    detail: {
                        ...stopped,
                        $or: [
                            { containers: { exitCode: [{ "anything-but": 0 }] } },
                            { stopCode: ["TaskFailedToStart"] },
                        ],
                    },
                }),
            },
            { parent: this },
        );
        letEventsIn(`${name}-failures`, failures, rule.arn, { parent: this });
        new aws.cloudwatch.EventTarget(`${name}-failed`, { rule: rule.name, arn: failures.arn }, { parent: this });
        return rule;
    }

    /**
     * By what happens, not by the messages that lie there: it is over by itself, and rings again at the next failure. A run that ended
     * badly counts by the rule that it matched, within a minute. One that could not be started counts by its message. SQS tells the metrics
     * of a queue that was idle for six hours up to 15 minutes late (SQS guide, "Available CloudWatch metrics"). So the alarm looks back for
     * half an hour, and two failures within that time are one alarm.
     */
    private alarm(
        name: string,
        ruleName: pulumi.Output<string>,
        queueName: pulumi.Output<string>,
        topic: pulumi.Input<string> | undefined,
    ) {
        const sum = (
            id: string,
            namespace: string,
            metricName: string,
            dimensions: Record<string, pulumi.Output<string>>,
        ) => ({
            id,
            metric: { namespace, metricName, dimensions, stat: "Sum", period: PERIOD_SECONDS },
        });
        return new aws.cloudwatch.MetricAlarm(
            `${name}-failed`,
            {
                alarmDescription: `A run of ${name} failed. What and when is in its queue of failures, why in its log.`,
                metricQueries: [
                    {
                        id: "failures",
                        expression: "FILL(ended, 0) + FILL(sent, 0)",
                        label: "failures",
                        returnData: true,
                    },
                    sum("ended", "AWS/Events", "TriggeredRules", { RuleName: ruleName }),
                    sum("sent", "AWS/SQS", "NumberOfMessagesSent", { QueueName: queueName }),
                ],
                evaluationPeriods: LOOK_BACK_SECONDS / PERIOD_SECONDS,
                datapointsToAlarm: 1,
                threshold: 1,
                comparisonOperator: "GreaterThanOrEqualToThreshold",
                treatMissingData: "notBreaching",
                alarmActions: topic === undefined ? [] : [topic],
            },
            { parent: this },
        );
    }
}
