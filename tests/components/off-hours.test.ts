import { expect } from "chai";
import { boundary } from "../../automation/bootstrap/boundary";
import { FargateService } from "../../components/fargate-service";
import { OffHours, type OffHoursArgs } from "../../components/off-hours";
import { ScheduledTask } from "../../components/scheduled-task";
import { ask, type Question } from "../iam";
import { ACCOUNT, CLUSTER, make, type Made, PROJECT, REGION, STACK, VPC } from "./support";

const container = { image: "example.com/app@sha256:00", user: "1000" };
const TASK = { cluster: CLUSTER, vpc: VPC, cpu: 256, memory: 512, containers: { app: container } };
const HOURS = { off: "19:05", on: "07:00", days: ["mon", "fri"], zone: "Asia/Tokyo" } as const;
const TAGS = { Project: PROJECT, Stack: STACK };

const everything = (changes: Partial<OffHoursArgs> = {}) =>
    make(() => {
        const scaled = new FargateService("web", { ...TASK, count: 2, autoscaling: { max: 4, cpuPercent: 70 } });
        const worker = new FargateService("worker", { ...TASK, count: 1 });
        const stopped = new FargateService("stopped", { ...TASK, count: 0 });
        const nightly = new ScheduledTask("nightly", { ...TASK, schedule: "rate(1 hour)", groupName: "acme-test" });
        new OffHours("off-hours", {
            hours: HOURS,
            cluster: CLUSTER,
            services: { web: scaled, worker, stopped },
            databases: { "web-db": "acme-test-web-db-1" },
            machines: { ledger: "i-0123456789abcdef0" },
            scheduledTasks: { nightly },
            alarms: { names: Array.from({ length: 101 }, (_, i) => `alarm-${i}`), tags: TAGS },
            machineName: "acme-test-off-hours",
            groupName: "acme-test",
            ...changes,
        });
    });

type States = Record<string, Record<string, unknown>>;
const statesOf = (made: Made) =>
    (JSON.parse(String(made.inputs("aws.sfn.StateMachine").definition)) as { StartAt: string; States: States }).States;

/** The states from one on, by the way that `Next` and the last choice say. */
function way(states: States, from: string): string[] {
    const found: string[] = [];
    for (let name: string | undefined = from; name !== undefined;) {
        found.push(name);
        name = (states[name]!.Next ?? states[name]!.Default) as string | undefined;
    }
    return found;
}

const start = (states: States, word: string) =>
    (states["Sleep or wake"]!.Choices as { And: { StringEquals?: string }[]; Next: string }[]).find(({ And }) =>
        And.some(({ StringEquals }) => StringEquals === word),
    )!.Next;

/** The requests of a state, those of its branches too, as `service:action`. */
function requestsOf(state: Record<string, unknown>): string[] {
    const own = state.Type === "Task" ? [String(state.Resource).replace("arn:aws:states:::aws-sdk:", "")] : [];
    const branches = (state.Branches ?? []) as { States: States }[];
    return [...own, ...branches.flatMap(({ States }) => Object.values(States).flatMap(requestsOf))];
}

describe("OffHours", () => {
    let made: Made;
    let states: States;
    before(async () => {
        made = await everything();
        states = statesOf(made);
    });

    it("stops tasks before databases and machines, and starts them in the other order", () => {
        expect(way(states, start(states, "sleep"))).to.deep.equal([
            "Alarms tell nobody, 1",
            "Alarms tell nobody, 2",
            "Read the schedule nightly (DISABLED)",
            "Set the schedule nightly (DISABLED)",
            "Suspend the autoscaling of web",
            "Stop the tasks",
            "Wait until no task runs",
            "Let the last tasks end",
            "Stop the databases",
            "Stop the machines",
            "Asleep",
        ]);
        expect(way(states, start(states, "wake"))).to.deep.equal([
            "Start the machines",
            "Start the databases",
            "Start the tasks",
            "Resume the autoscaling of web",
            "Read the schedule nightly (ENABLED)",
            "Set the schedule nightly (ENABLED)",
            "Wait until the tasks run",
            "Alarms tell again, 1",
            "Alarms tell again, 2",
            "Do all tasks run",
            "Awake",
        ]);
    });

    it("leaves a service alone that has no task when it is awake", () => {
        expect(JSON.stringify(states)).not.to.contain("stopped-");
        const { Branches } = states["Start the tasks"] as { Branches: { States: States }[] };
        const counts = Branches.flatMap(({ States }) =>
            Object.values(States).map(({ Parameters }) => (Parameters as { DesiredCount: number }).DesiredCount),
        );
        expect(counts).to.deep.equal([2, 1]);
    });

    it("wakes all else where a service does not come up, and fails then", () => {
        expect(states["Wait until the tasks run"]!.Catch).to.deep.equal([
            { ErrorEquals: ["States.ALL"], ResultPath: "$.failed", Next: "Alarms tell again, 1" },
        ]);
        expect(states["Do all tasks run"]!.Choices).to.deep.equal([
            { Variable: "$.failed", IsPresent: true, Next: "Not all tasks run" },
        ]);
        expect(states["Not all tasks run"]).to.include({ Type: "Fail", Error: "NotAllTasksRun" });
    });

    it("has a way to go from each state, and names that are its own", () => {
        const names: string[] = [];
        const check = (all: States) => {
            names.push(...Object.keys(all));
            const next = new Set<unknown>();
            JSON.stringify(Object.values(all), (key, value: unknown) => {
                if (key === "Branches") return (value as { States: States }[]).forEach(({ States }) => check(States));
                if (key === "Next" || key === "Default") next.add(value);
                return value;
            });
            for (const name of next) expect(all).to.have.property(String(name));
        };
        check(states);
        expect(new Set(names).size).to.equal(names.length);
        for (const name of names) expect(name.length, name).to.be.at.most(80);
    });

    it("falls asleep on every day, and wakes on those of the schedule, by the clock of its zone", () => {
        const schedule = (name: string) => {
            const { scheduleExpression, scheduleExpressionTimezone, target } = made.inputs(
                "aws.scheduler.Schedule",
                `off-hours-${name}`,
            ) as { scheduleExpression: string; scheduleExpressionTimezone: string; target: { input: string } };
            return [scheduleExpression, scheduleExpressionTimezone, target.input];
        };
        expect(schedule("sleep")).to.deep.equal(["cron(5 19 ? * * *)", "Asia/Tokyo", '{"do":"sleep"}']);
        expect(schedule("wake")).to.deep.equal(["cron(0 7 ? * MON,FRI *)", "Asia/Tokyo", '{"do":"wake"}']);
    });

    it("may make each of its requests, on what is the stack's own, within the boundary too", async () => {
        const { policy: written } = made.inputs("aws.iam.RolePolicy", "off-hours") as { policy: string };
        // The simulated AWS has no groups of schedules, and no paths of roles.
        const [schedule, starter] = [
            `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${PROJECT}-${STACK}/nightly-1`,
            `arn:aws:iam::${ACCOUNT}:role/${PROJECT}/${STACK}/nightly-schedule-1`,
        ];
        const policy = written
            .replace(String(made.one("aws.scheduler.Schedule", "nightly").outputs.arn), schedule)
            .replace(String(made.one("aws.iam.Role", "nightly-schedule").outputs.arn), starter);
        const asker = {
            principal: `arn:aws:iam::${ACCOUNT}:role/off-hours`,
            policies: [policy],
            boundary: boundary(
                { partition: "aws", id: ACCOUNT, region: REGION, project: PROJECT },
                { name: STACK, region: REGION, offHours: true },
            ),
            context: { "aws:RequestedRegion": REGION, "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/off-hours` },
        };
        const own = { "aws:ResourceTag/Project": PROJECT, "aws:ResourceTag/Stack": STACK };
        const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
        const scaled = made.one("aws.appautoscaling.Target").outputs.arn as string;
        const questions: Record<string, Question> = {
            "sfn:listExecutions": ["states:ListExecutions", arn("states", "stateMachine:acme-test-off-hours"), own],
            "cloudwatch:disableAlarmActions": [
                "cloudwatch:DisableAlarmActions",
                arn("cloudwatch", "alarm:alarm-1"),
                own,
            ],
            "cloudwatch:enableAlarmActions": ["cloudwatch:EnableAlarmActions", arn("cloudwatch", "alarm:alarm-1"), own],
            "scheduler:getSchedule": ["scheduler:GetSchedule", schedule, own],
            "scheduler:updateSchedule": ["scheduler:UpdateSchedule", schedule, own],
            "ecs:updateService": ["ecs:UpdateService", arn("ecs", "service/cluster/web-1"), own],
            "ecs:describeServices": ["ecs:DescribeServices", arn("ecs", "service/cluster/web-1"), own],
            "rds:describeDBInstances": ["rds:DescribeDBInstances", arn("rds", "db:acme-test-web-db-1"), own],
            "rds:stopDBInstance": ["rds:StopDBInstance", arn("rds", "db:acme-test-web-db-1"), own],
            "rds:startDBInstance": ["rds:StartDBInstance", arn("rds", "db:acme-test-web-db-1"), own],
            "ec2:describeInstanceStatus": ["ec2:DescribeInstanceStatus", "*"],
            "ec2:stopInstances": ["ec2:StopInstances", arn("ec2", "instance/i-0123456789abcdef0"), own],
            "ec2:startInstances": ["ec2:StartInstances", arn("ec2", "instance/i-0123456789abcdef0"), own],
        };
        const scaling = "applicationautoscaling:registerScalableTarget"; // the simulated AWS has another ARN of its target
        expect([...new Set(Object.values(states).flatMap(requestsOf))]).to.have.members([
            ...Object.keys(questions),
            scaling,
        ]);
        const pass: Question = ["iam:PassRole", starter, { "iam:PassedToService": "scheduler.amazonaws.com" }];
        for (const question of [...Object.values(questions), pass]) {
            expect(await ask(asker, question), question[0]).to.equal("Allowed");
        }
        expect(policy).to.contain(scaled);
        const others: Question[] = [
            ["rds:StopDBInstance", arn("rds", "db:acme-prod-web-db-1"), own],
            ["ecs:UpdateService", arn("ecs", "service/other/web-1"), own],
            ["iam:PassRole", starter, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }],
            [
                "cloudwatch:DisableAlarmActions",
                arn("cloudwatch", "alarm:alarm-1"),
                { ...own, "aws:ResourceTag/Stack": "prod" },
            ],
        ];
        for (const question of others) expect(await ask(asker, question), question[1]).not.to.equal("Allowed");
    });

    it("has no rights on what it has not", async () => {
        const bare = await everything({
            services: {},
            databases: {},
            machines: {},
            scheduledTasks: {},
            alarms: undefined,
        });
        const { policy } = bare.inputs("aws.iam.RolePolicy", "off-hours") as { policy: string };
        expect(policy).not.to.match(/rds:|ec2:|scheduler:|cloudwatch:|application-autoscaling:|iam:/);
        const bareStates = statesOf(bare);
        expect(way(bareStates, start(bareStates, "sleep"))).to.deep.equal(["Let the last tasks end", "Asleep"]);
    });
});
