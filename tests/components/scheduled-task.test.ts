import { expect } from "chai";
import { ScheduledTask, type ScheduledTaskArgs } from "../../components/scheduled-task";
import { ACCOUNT, CLUSTER, make, REGION, statementsOf, VPC } from "./support";

const scheduled = (changes: Partial<ScheduledTaskArgs> = {}) =>
    make(() => {
        const task = new ScheduledTask("nightly", {
            cluster: CLUSTER,
            vpc: VPC,
            cpu: 256,
            memory: 512,
            schedule: "cron(0 3 * * ? *)",
            containers: { app: { image: "example.com/app@sha256:00", user: "1000", command: ["night"] } },
            securityGroupIds: ["sg-database"],
            ...changes,
        });
        return { arn: task.taskDefinitionArn, failures: task.failuresUrl, alarm: task.alarmName };
    });

interface Schedule {
    scheduleExpression: string;
    scheduleExpressionTimezone: string;
    target: {
        arn: string;
        ecsParameters: { taskDefinitionArn: string; networkConfiguration: Record<string, unknown> };
        retryPolicy: Record<string, number>;
        deadLetterConfig: { arn: string };
    };
}

describe("ScheduledTask", () => {
    it("starts its task by the clock of its zone, in private subnets, and tries again for an hour", async () => {
        const made = await scheduled({ timeZone: "Asia/Tokyo", retries: 5 });
        const schedule = made.inputs("aws.scheduler.Schedule") as unknown as Schedule;
        expect(schedule).to.include({
            scheduleExpression: "cron(0 3 * * ? *)",
            scheduleExpressionTimezone: "Asia/Tokyo",
        });
        const { arn, ecsParameters, retryPolicy, deadLetterConfig } = schedule.target;
        expect(arn).to.equal(CLUSTER.arn);
        // The latest revision, whoever registered it.
        expect(`${ecsParameters.taskDefinitionArn}:1`).to.equal(made.outputs.arn);
        expect(ecsParameters.networkConfiguration).to.deep.include({
            subnets: VPC.privateSubnetIds,
            assignPublicIp: false,
        });
        const own = made.one("aws.ec2.SecurityGroup").id;
        expect(ecsParameters.networkConfiguration.securityGroups).to.deep.equal([own, "sg-database"]);
        expect(retryPolicy).to.deep.equal({ maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3600 });
        expect(deadLetterConfig.arn).to.equal(made.one("aws.sqs.Queue").outputs.arn);
        expect((await scheduled()).inputs("aws.scheduler.Schedule")).to.include({ scheduleExpressionTimezone: "UTC" });
    });

    it("lets the Scheduler run any revision of this task in this cluster, with its roles, and nothing else", async () => {
        const made = await scheduled();
        const policy = made.one("aws.iam.RolePolicy", "nightly-schedule");
        const [run, tag, pass, send, ...more] = statementsOf(policy);
        expect(more).to.deep.equal([]);
        expect(run).to.deep.equal({
            Effect: "Allow",
            Action: "ecs:RunTask",
            Resource: [":*", ""].map((revision) => String(made.outputs.arn).replace(/:\d+$/, revision)),
            Condition: { ArnEquals: { "ecs:cluster": CLUSTER.arn } },
        });
        expect(tag).to.deep.include({
            Action: "ecs:TagResource",
            Resource: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/cluster/*`,
        });
        expect(pass!.Resource).to.deep.equal(
            ["execution", "task"].map((kind) => made.one("aws.iam.Role", `nightly-${kind}`).outputs.arn),
        );
        expect(pass!.Condition).to.deep.equal({ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } });
        expect(send).to.deep.include({ Action: "sqs:SendMessage", Resource: made.one("aws.sqs.Queue").outputs.arn });
        expect(made.waitsFor(made.one("aws.scheduler.Schedule"))).to.include("aws.iam.RolePolicy nightly-schedule");
    });

    it("keeps word of runs that ended badly or could not start, of this task alone", async () => {
        const made = await scheduled();
        const pattern = JSON.parse(String(made.inputs("aws.cloudwatch.EventRule").eventPattern));
        expect(pattern["detail-type"]).to.deep.equal(["ECS Task State Change"]);
        expect(pattern.detail).to.deep.equal({
            clusterArn: [CLUSTER.arn],
            lastStatus: ["STOPPED"],
            taskDefinitionArn: [{ prefix: String(made.outputs.arn).replace(/\d+$/, "") }],
            $or: [{ containers: { exitCode: [{ "anything-but": 0 }] } }, { stopCode: ["TaskFailedToStart"] }],
        });
        const queue = made.one("aws.sqs.Queue");
        expect(made.inputs("aws.cloudwatch.EventTarget").arn).to.equal(queue.outputs.arn);
        const [{ Principal, Condition }] = JSON.parse(String(made.inputs("aws.sqs.QueuePolicy").policy)).Statement;
        expect(Principal).to.deep.equal({ Service: "events.amazonaws.com" });
        expect(Condition.ArnEquals["aws:SourceArn"]).to.equal(made.one("aws.cloudwatch.EventRule").outputs.arn);
    });

    it("rings at each failure, and tells whom it is told to", async () => {
        const made = await scheduled({ alarmTopicArn: "arn:topic" });
        const alarm = made.inputs("aws.cloudwatch.MetricAlarm");
        const metric = (namespace: string, metricName: string, dimensions: object) => ({
            namespace,
            metricName,
            dimensions,
            stat: "Sum",
            period: 300,
        });
        expect(alarm.metricQueries).to.deep.equal([
            { id: "failures", expression: "FILL(ended, 0) + FILL(sent, 0)", label: "failures", returnData: true },
            {
                id: "ended",
                metric: metric("AWS/Events", "TriggeredRules", {
                    RuleName: made.one("aws.cloudwatch.EventRule").outputs.name,
                }),
            },
            {
                id: "sent",
                metric: metric("AWS/SQS", "NumberOfMessagesSent", {
                    QueueName: made.one("aws.sqs.Queue").outputs.name,
                }),
            },
        ]);
        // SQS tells of a queue that was idle up to 15 minutes late.
        expect(alarm).to.include({ evaluationPeriods: 6, datapointsToAlarm: 1, threshold: 1 });
        expect(alarm).to.include({ treatMissingData: "notBreaching" });
        expect(alarm.alarmActions).to.deep.equal(["arn:topic"]);
        expect((await scheduled()).inputs("aws.cloudwatch.MetricAlarm").alarmActions).to.deep.equal([]);
    });
});
