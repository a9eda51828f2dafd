import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { AlarmTopic } from "../../components/alarm-topic";
import { Alarms, type AlarmsArgs, type Watched } from "../../components/alarms";
import { alarmDashboard } from "../../components/alarms/dashboard";
import { pages } from "../../components/alarms/pages";
import { ALARM_KIND_NAMES, ALARM_KINDS, type AlarmKind } from "../../components/alarms/kinds";
import { Database } from "../../components/database";
import { Endpoint } from "../../components/endpoint";
import { EventAlarms } from "../../components/event-alarms";
import { FargateService, type FargateServiceArgs } from "../../components/fargate-service";
import { ACCOUNT, CLUSTER, DATABASE, make, type Made, REGION, STACK, PROJECT, VPC } from "./support";

const ALARM = "aws.cloudwatch.MetricAlarm";
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:on-call`;

const service = (args: AlarmsArgs = {}, changes: Partial<FargateServiceArgs> = {}) =>
    make(() => {
        const alarms = new Alarms(args);
        const [everybody, staff] = ["public", "admin"].map(
            (name) => new Endpoint(name, { vpc: VPC, allowedCidrs: ["0.0.0.0/0"], internal: name === "admin" }),
        );
        const route = { host: "web", port: 8080, healthCheck: { path: "/" } };
        const web = new FargateService("web", {
            alarms,
            cluster: CLUSTER,
            vpc: VPC,
            cpu: 256,
            memory: 512,
            count: 3,
            containers: { web: { image: "example.com/web@sha256:00", user: "1000", ports: [8080] } },
            routes: [everybody!.route("web", route), staff!.route("web", route)],
            ...changes,
        });
        return { name: web.serviceName };
    });

const thresholds = (made: Made) =>
    Object.fromEntries(made.all(ALARM).map(({ name, inputs }) => [name, inputs.threshold]));

describe("Alarms", () => {
    it("watch a service by what load balancers and ECS measure, each route by itself", async () => {
        const made = await service({ containerInsights: true });
        expect(thresholds(made)).to.deep.equal({
            "web-admin-errors": 1,
            "web-admin-latency": 3,
            "web-cpu": 90,
            "web-memory": 90,
            "web-public-errors": 1,
            "web-public-latency": 3,
            "web-unhealthy": 3, // as many as it never goes below
            "web-tasks": 0,
        });
        const [balancer] = made.all("aws.lb.LoadBalancer").filter(({ name }) => name === "public");
        const [group] = made.all("aws.lb.TargetGroup").filter(({ name }) => name === "public-web");
        const dimensions = { LoadBalancer: balancer!.outputs.arnSuffix, TargetGroup: group!.outputs.arnSuffix };
        expect(made.one(ALARM, "web-public-latency").inputs).to.deep.include({
            namespace: "AWS/ApplicationELB",
            metricName: "TargetResponseTime",
            extendedStatistic: "p95",
            dimensions,
        });
        const queries = made.one(ALARM, "web-public-errors").inputs.metricQueries as Record<string, unknown>[];
        expect(queries.map(({ id }) => id)).to.deep.equal(["result", "errors", "requests"]);
        expect(queries[0]!.expression).to.equal("IF(errors >= 5, 100 * errors / requests, 0)");
        expect(queries[1]!.metric).to.deep.include({ metricName: "HTTPCode_Target_5XX_Count", dimensions });
        expect(made.one(ALARM, "web-cpu").inputs.dimensions).to.deep.equal({
            ClusterName: CLUSTER.name,
            ServiceName: made.one("aws.ecs.Service").outputs.name,
        });
    });

    it("have nobody count tasks without Container Insights, and a worker has no load balancer's", async () => {
        const made = await service({}, { routes: [] });
        expect(Object.keys(thresholds(made))).to.deep.equal(["web-cpu", "web-memory"]);
        expect(made.inputs("aws.ecs.Service")).not.to.have.property("alarms");
    });

    it("have ECS go back where requests fail, unless the alarm is muted", async () => {
        const made = await service();
        const names = ["web-public-errors", "web-admin-errors"].map((name) => made.one(ALARM, name).outputs.name);
        expect(made.inputs("aws.ecs.Service").alarms).to.deep.equal({
            enable: true,
            rollback: true,
            alarmNames: names,
        });
        const muted = await service({ settings: { "web/errors": { muted: "moves to another host" } } });
        expect(muted.inputs("aws.ecs.Service")).not.to.have.property("alarms");
    });

    it("do not have a deployment go back that has to stop every task first", async () => {
        const made = await service({}, { deployment: "replace" });
        expect(made.inputs("aws.ecs.Service").alarms).to.include({ enable: true, rollback: false });
    });

    it("tell the topic when they begin and end, and what to do; a muted one tells nobody", async () => {
        const made = await service({
            topicArn: TOPIC,
            settings: {
                latency: { threshold: 10 },
                cpu: { muted: "a batch" },
                "web/latency": { muted: "slow by nature" },
            },
        });
        expect(made.one(ALARM, "web-memory").inputs).to.deep.include({ alarmActions: [TOPIC], okActions: [TOPIC] });
        expect(made.one(ALARM, "web-memory").inputs.alarmDescription).to.equal(
            "web: its tasks use more than 90 % of their memory; at 100 % Fargate kills them. What to do: docs/alarms.md#memory",
        );
        const { threshold, alarmActions, alarmDescription } = made.one(ALARM, "web-public-latency").inputs;
        expect({ threshold, alarmActions }).to.deep.equal({ threshold: 10, alarmActions: [] });
        expect(alarmDescription).to.match(/longer than 10 s.*Muted: slow by nature$/);
        expect(made.one(ALARM, "web-cpu").inputs.alarmActions).to.deep.equal([]);
    });

    it("are one page for a service, which waits for its database's; a load balancer's waits for any", async () => {
        const made = await make(() => {
            const settings = { "shop/latency": { muted: "slow by nature" } };
            const alarms = new Alarms({ topicArn: TOPIC, onePage: true, settings });
            const everybody = new Endpoint("public", { vpc: VPC, allowedCidrs: ["0.0.0.0/0"], alarms });
            const route = (name: string, port: number) =>
                everybody.route(name, { host: name, port, healthCheck: { path: "/" } });
            const image = "example.com/web@sha256:00";
            for (const [name, port] of Object.entries({ shop: 8080, site: 8081 })) {
                const containers = { web: { image, user: "1000", ports: [port] } };
                const size = { vpc: VPC, cpu: 256, memory: 512, count: 1 };
                new FargateService(name, {
                    alarms,
                    cluster: CLUSTER,
                    ...size,
                    containers,
                    routes: [route(name, port)],
                });
            }
            const database = { ...DATABASE, kmsKeyArn: "arn:key", username: "app", password: "secret", alarms };
            new Database("shop-db", database);
            new Database("blog-db", database);
            pages(alarms, { shop: "shop-db" }, {});
            return {};
        });
        const named = (name: string) => String(made.one(ALARM, name).outputs.name);
        const rule = (...names: string[]) => names.map((name) => `ALARM("${named(name)}")`).join(" OR ");
        const composites = Object.fromEntries(
            made.all("aws.cloudwatch.CompositeAlarm").map((one) => [one.name, one.inputs]),
        );
        expect(Object.keys(composites).sort()).to.deep.equal([
            "databases-down",
            "public-failing",
            "shop-failing",
            "site-failing",
        ]);
        expect(composites["shop-failing"]).to.deep.include({
            alarmName: `${PROJECT}-${STACK}-shop-failing`,
            alarmRule: rule("shop-unhealthy", "shop-errors"), // not what is muted, nor what no user notices
            alarmActions: [TOPIC],
            okActions: [TOPIC],
            actionsSuppressor: { alarm: named("shop-db-database-down"), waitPeriod: 240, extensionPeriod: 600 },
        });
        expect(composites["site-failing"]).not.to.have.property("actionsSuppressor");
        expect(composites["public-failing"]!.alarmRule).to.equal(rule("public-balancer-errors"));
        expect(composites["public-failing"]!.actionsSuppressor).to.include({
            alarm: `${PROJECT}-${STACK}-databases-down`,
        });
        expect(composites["databases-down"]!.alarmRule).to.equal(
            rule("shop-db-database-down", "blog-db-database-down"),
        );
        expect(composites["databases-down"]).not.to.have.property("alarmActions");
        expect(made.one(ALARM, "shop-errors").inputs.alarmActions).to.deep.equal([]);
        expect(made.one(ALARM, "shop-db-database-down").inputs.alarmActions).to.deep.equal([TOPIC]);
    });

    it("tell of a promise where its budget is used up too fast, in a long window and a short one", async () => {
        const made = await make(() => {
            const slo = { web: { availability: 99.9, latency: { ms: 500, percent: 99 } } };
            const alarms = new Alarms({ topicArn: TOPIC, onePage: true, slo });
            const everybody = new Endpoint("public", { vpc: VPC, allowedCidrs: ["0.0.0.0/0"] });
            const containers = { web: { image: "example.com/web@sha256:00", user: "1000", ports: [8080] } };
            const routes = [everybody.route("web", { host: "web", port: 8080, healthCheck: { path: "/" } })];
            const size = { vpc: VPC, cpu: 256, memory: 512, count: 1 };
            new FargateService("web", { alarms, cluster: CLUSTER, ...size, containers, routes });
            pages(alarms, {}, {});
            return {};
        });
        expect(thresholds(made)).to.deep.include({
            "web-1h-availability": 1.44,
            "web-5m-availability": 1.44,
            "web-6h-availability": 0.6,
            "web-30m-availability": 0.6,
            "web-1h-latency-target": 14.4,
            "web-30m-latency-target": 6,
        });
        const { metricQueries, alarmActions } = made.one(ALARM, "web-6h-latency-target").inputs;
        expect(alarmActions).to.deep.equal([]);
        expect((metricQueries as { metric?: object }[])[1]!.metric).to.deep.include({
            stat: "PR(:0.5)",
            period: 21600,
        });
        const name = (one: string) => String(made.one(ALARM, one).outputs.name);
        const { alarmRule } = made.one("aws.cloudwatch.CompositeAlarm").inputs;
        expect(alarmRule).to.contain(
            ` OR (ALARM("${name("web-1h-availability")}") AND ALARM("${name("web-5m-availability")}")) OR `,
        );
    });

    it("watch a database by its class and its storage", async () => {
        const args = { ...DATABASE, kmsKeyArn: "arn:key", username: "app", password: "secret" };
        const made = await make(() => {
            const alarms = new Alarms({ settings: { "shop-db/database-storage": { threshold: 20 } } });
            const large = { instanceClass: "db.m7g.large", storageGiB: 100, maxStorageGiB: 500 };
            new Database("shop-db", { ...args, alarms });
            new Database("large-db", { ...args, ...large, alarms });
            return {};
        });
        const GIB = 1024 ** 3;
        expect(thresholds(made)).to.deep.include({
            "shop-db-database-storage": 4 * GIB,
            "large-db-database-storage": 10 * GIB,
            "shop-db-database-credits": 0,
            "shop-db-database-connections": 62, // 80 % of the 78 that a db.t4g.micro takes
            "shop-db-database-down": 1,
        });
        expect(thresholds(made)).not.to.have.property("large-db-database-credits");
        const identifier = made.one("aws.rds.Instance", "shop-db").inputs.identifier;
        expect(made.one(ALARM, "shop-db-database-down").inputs).to.deep.include({
            statistic: "SampleCount",
            treatMissingData: "breaching",
            dimensions: { DBInstanceIdentifier: identifier },
        });
    });

    it("watch a load balancer, and every certificate that it listens with", async () => {
        const made = await make(() => {
            const https = {
                certificateArn: "arn:first",
                domain: "id.example.com",
                zoneId: "Z1",
                apexCertificateArn: "arn:apex",
                domains: [{ name: "shop.example", zoneId: "Z2", certificateArn: "arn:further" }],
            };
            new Endpoint("public", { vpc: VPC, allowedCidrs: ["0.0.0.0/0"], https, alarms: new Alarms() });
            return {};
        });
        const watched = made.all(ALARM).flatMap(({ inputs }) => Object.values(inputs.dimensions as object));
        expect(watched).to.include.members(["arn:first", "arn:apex", "arn:further"]);
        expect(made.all(ALARM)).to.have.length(7);
    });

    it("hear of failed deployments of the cluster, of tasks without memory, and of its databases alone", async () => {
        const made = await make(() => {
            const args = { alarms: new Alarms(), cluster: CLUSTER, databases: ["shop-db-1"] };
            return { queue: new EventAlarms("platform", args).queueUrl };
        });
        const patterns = Object.fromEntries(
            made
                .all("aws.cloudwatch.EventRule")
                .map(({ name, inputs }) => [name, JSON.parse(String(inputs.eventPattern)) as Record<string, unknown>]),
        );
        expect(Object.keys(patterns)).to.deep.equal([
            "platform-database",
            "platform-deployment-failed",
            "platform-out-of-memory",
        ]);
        expect(patterns["platform-deployment-failed"]!.resources).to.deep.equal([
            { prefix: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${CLUSTER.name}/` },
        ]);
        expect(patterns["platform-database"]!.detail).to.deep.include({ SourceIdentifier: ["shop-db-1"] });
        expect(patterns["platform-out-of-memory"]!.detail).to.deep.include({ clusterArn: [CLUSTER.arn] });
        expect(Object.keys(thresholds(made))).to.have.length(3);
    });

    it("hear of failed backups of the vault, and of copies where there are any", async () => {
        const details = async (copied: boolean) => {
            const made = await make(() => {
                const args = { alarms: new Alarms(), cluster: CLUSTER, vault: { arn: "arn:vault", copied } };
                return { queue: new EventAlarms("platform", args).queueUrl };
            });
            return made.all("aws.cloudwatch.EventRule").flatMap(({ name, inputs }) => {
                const pattern = JSON.parse(String(inputs.eventPattern)) as Record<string, unknown>;
                return String(pattern.source) === "aws.backup" ? [[name, pattern["detail-type"], pattern.detail]] : [];
            });
        };
        const state = ["ABORTED", "EXPIRED", "FAILED"];
        const failed = ["platform-backup", ["Backup Job State Change"], { backupVaultArn: ["arn:vault"], state }];
        expect(await details(false)).to.deep.equal([failed]);
        expect(await details(true)).to.deep.equal([
            failed,
            ["platform-backup-copy", ["Copy Job State Change"], { sourceBackupVaultArn: ["arn:vault"], state }],
        ]);
    });

    it("reach people by a topic whose key lets CloudWatch in, for this account's alarms alone", async () => {
        const made = await make(() => {
            const webhooks = ["https://events.example.com/4711"];
            return { arn: new AlarmTopic("alarms", { emails: ["on-call@example.com"], webhooks }).arn };
        });
        const subscribers = made
            .all("aws.sns.TopicSubscription")
            .map(({ inputs }) => [inputs.protocol, inputs.endpoint]);
        expect(subscribers).to.have.deep.members([
            ["email", "on-call@example.com"],
            ["https", "https://events.example.com/4711"],
        ]);
        expect(made.one("aws.sns.Topic").inputs.kmsMasterKeyId).to.equal(made.one("aws.kms.Key").outputs.arn);
        const policyOf = (kind: string) => JSON.parse(String(made.one(kind).inputs.policy)) as { Statement: object[] };
        for (const kind of ["aws.kms.Key", "aws.sns.TopicPolicy"]) {
            expect(policyOf(kind).Statement.at(-1)).to.deep.include({
                Principal: { Service: "cloudwatch.amazonaws.com" },
                Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
            });
        }
    });

    it("reach channels by a role that reads metrics and nothing else", async () => {
        const made = await make(() => {
            const teams = [{ tenant: "tenant", team: "team", channel: "19:abc@thread.tacv2" }];
            const slack = [{ workspace: "T07EA123LEP", channel: "C07EZ1ABC23" }];
            return { arn: new AlarmTopic("alarms", { slack, teams }).arn };
        });
        const role = made.one("aws.iam.Role");
        const told = {
            iamRoleArn: role.outputs.arn,
            snsTopicArns: [made.one("aws.sns.Topic").outputs.arn],
            guardrailPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"],
        };
        expect(made.inputs("aws.chatbot.SlackChannelConfiguration")).to.deep.include({
            ...told,
            configurationName: `${PROJECT}-${STACK}-C07EZ1ABC23`,
            slackTeamId: "T07EA123LEP",
            slackChannelId: "C07EZ1ABC23",
        });
        expect(made.inputs("aws.chatbot.TeamsChannelConfiguration")).to.deep.include({
            ...told,
            configurationName: `${PROJECT}-${STACK}-team`,
            tenantId: "tenant",
            teamId: "team",
            channelId: "19%3Aabc%40thread.tacv2",
        });
        const { Statement } = JSON.parse(String(made.inputs("aws.iam.RolePolicy").policy)) as { Statement: object[] };
        expect(Statement).to.deep.equal([
            {
                Effect: "Allow",
                Action: ["cloudwatch:GetMetricStatistics", "cloudwatch:GetMetricWidgetImage"],
                Resource: "*",
            },
            {
                Effect: "Allow",
                Action: "cloudwatch:DescribeAlarms",
                Resource: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:*`,
            },
        ]);
        const trust = JSON.parse(String(role.inputs.assumeRolePolicy)) as { Statement: { Principal: object }[] };
        expect(trust.Statement.map(({ Principal }) => Principal)).to.deep.equal([{ Service: "chatbot.amazonaws.com" }]);
    });

    // A channel drops what is neither CloudWatch's own message nor an event as EventBridge has it.
    it("tell the topic of events by an alarm alone: the events themselves go to a queue", async () => {
        const made = await make(() => {
            const alarms = new Alarms({ topicArn: "arn:topic" });
            const args = { alarms, cluster: CLUSTER, databases: ["db"], vault: { arn: "arn:vault", copied: true } };
            return { queue: new EventAlarms("platform", args).queueUrl };
        });
        const targets = made.all("aws.cloudwatch.EventTarget").map(({ inputs }) => inputs);
        const rules = made.all("aws.cloudwatch.EventRule");
        expect(targets).to.have.length(rules.length).and.not.be.empty;
        for (const target of targets) expect(target.arn).to.equal(made.one("aws.sqs.Queue").outputs.arn);
        const told = made.all("aws.cloudwatch.MetricAlarm").filter(({ inputs }) => inputs.alarmActions);
        expect(told.map(({ inputs }) => inputs.alarmActions)).to.deep.equal(rules.map(() => ["arn:topic"]));
    });

    it("are drawn on a dashboard, by the metrics that they watch", async () => {
        const made = await make(() => {
            const alarms = new Alarms();
            const args = { ...DATABASE, kmsKeyArn: "arn:key", username: "app", password: "secret", alarms };
            new Database("shop-db", args);
            new Database("blog-db", args);
            alarmDashboard(`${PROJECT}-${STACK}`, { alarms, region: REGION }, {});
            return {};
        });
        const body = JSON.parse(String(made.inputs("aws.cloudwatch.Dashboard").dashboardBody)) as {
            widgets: { type: string; x: number; y: number; properties: { title: string; metrics: unknown[][] } }[];
        };
        const [states, ...graphs] = body.widgets;
        expect(states).to.include({ type: "alarm", x: 0, y: 0 });
        expect(graphs.map(({ x, y }) => [x, y])).to.deep.equal([
            [0, 6],
            [12, 6],
            [0, 12],
            [12, 12],
        ]);
        const latency = graphs.find(({ properties }) => properties.title.startsWith("Time of a read"))!;
        const lines = latency.properties.metrics.flat().filter((part) => typeof part === "object") as { id: string }[];
        expect(lines.map(({ id }) => id)).to.deep.equal(["result0", "read0", "write0", "result1", "read1", "write1"]);
        expect(latency.properties.metrics[3]).to.deep.equal([
            { expression: "MAX([read1, write1])", label: "blog-db", id: "result1" },
        ]);
    });

    it("are drawn with their requests, deployments and tasks, as far as a dashboard has room", async () => {
        const made = await make(() => {
            const alarms = new Alarms();
            // Thousands are registered in seconds, and the dashboard asks only for their ARNs.
            const watch = (watched: Watched) =>
                alarms.made.push({ watched, alarm: { arn: watched.name } as never, muted: false });
            const metric = { namespace: "N", stat: "Sum" as const, dimensions: { ClusterName: "c" } };
            for (let i = 0; i < 250; i++) {
                const errors = {
                    expression: "errors / requests",
                    metrics: { errors: { ...metric, name: "Errors" }, requests: { ...metric, name: "Requests" } },
                };
                const tasks = {
                    expression: "desired - running",
                    metrics: { desired: { ...metric, name: "Desired" }, running: { ...metric, name: "Running" } },
                };
                watch({ name: `web-${i}`, kind: "errors", measured: errors });
                watch({ name: `web-${i}`, kind: "tasks", measured: tasks });
                for (const kind of ["latency", "unhealthy", "cpu", "memory", "database-cpu"] as const) {
                    watch({ name: `web-${i}`, kind, measured: { metric: { ...metric, name: kind } } });
                }
            }
            alarmDashboard("all", { alarms, region: REGION }, {});
            return {};
        });
        const body = JSON.parse(String(made.inputs("aws.cloudwatch.Dashboard").dashboardBody)) as {
            widgets: { type: string; properties: { title: string; metrics: unknown[][] } }[];
        };
        const graphs = body.widgets.filter(({ type }) => type === "metric").map(({ properties }) => properties);
        expect(graphs.map(({ title, metrics }) => [title, metrics.length])).to.deep.equal([
            ["Errors, % of requests (the first 166 of 250)", 498],
            ["Requests a minute", 250],
            ["Time to answer, 95th percentile, seconds", 250],
            ["Healthy targets", 250],
            ["Deployments under way", 250],
            ["Tasks that should run and do not (the first 166 of 250)", 498],
            ["CPU of tasks, %", 250],
            ["Memory of tasks, %", 250],
            ["CPU of databases, % (the first 4 of 250)", 4],
        ]);
        expect(graphs[1]!.metrics[0]).to.deep.equal([
            "N",
            "Requests",
            "ClusterName",
            "c",
            { label: "web-0", stat: "Sum" },
        ]);
        expect(graphs[4]!.metrics[0]!.slice(0, 2)).to.deep.equal(["N", "DeploymentCount"]);
    });

    it("are refused as one page where they are more than a composite alarm looks at", async () => {
        const made = make(() => {
            const alarms = new Alarms({ topicArn: TOPIC, onePage: true });
            const measured = { metric: { namespace: "N", name: "n", stat: "Sum" as const, dimensions: {} } };
            for (let i = 0; i <= 100; i++) alarms.make({ name: `db-${i}`, kind: "database-down", measured }, {});
            pages(alarms, {}, {});
            return {};
        });
        const error = await made.then(
            () => undefined,
            (e: Error) => e,
        );
        expect(error?.message).to.match(/databases-down: .* 100 alarms at most, .* 101: have databases share/);
    });

    it("look back for a day at most, as CloudWatch does, and have a section each in the docs", () => {
        const docs = readFileSync(path.join(__dirname, "../../docs/alarms.md"), "utf8");
        for (const kind of ALARM_KIND_NAMES) {
            const { period, periods, datapoints }: AlarmKind = ALARM_KINDS[kind];
            expect(period * periods, kind).to.be.at.most(24 * 3600);
            expect(datapoints, kind).to.be.at.most(periods);
            expect(docs).to.match(new RegExp(`^### ${kind}$`, "m"));
        }
        const sections = [...docs.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
        expect(sections).to.have.members(ALARM_KIND_NAMES);
    });
});
