import { expect } from "chai";
import { Alarms } from "../../components/alarms";
import { EventAlarms } from "../../components/event-alarms";
import { ACCOUNT, CLUSTER, make, REGION } from "../components/support";
import { matches, type Pattern } from "./events";

const DATABASE = "shop-db-1";
const head = (source: string, type: string, arn: string) => ({
    version: "0",
    id: "ddca6449-b258-46c0-8653-e0e3aEXAMPLE",
    "detail-type": type,
    source,
    account: ACCOUNT,
    time: "2020-05-23T12:31:14Z",
    region: REGION,
    resources: [arn],
});

/** AWS's samples (ECS developer guide, "Amazon ECS service deployment state change events" and "task state change events"; RDS user guide). */
const deployment = (eventName: string, cluster = CLUSTER.name) => ({
    ...head(
        "aws.ecs",
        "ECS Deployment State Change",
        `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${cluster}/servicetest`,
    ),
    detail: {
        eventType: eventName.endsWith("FAILED") ? "ERROR" : "INFO",
        eventName,
        deploymentId: "ecs-svc/123",
        updatedAt: "2020-05-23T11:11:11Z",
        reason: "ECS deployment circuit breaker: task failed to start.",
    },
});
const task = (lastStatus: string, reason?: string) => ({
    ...head(
        "aws.ecs",
        "ECS Task State Change",
        `arn:aws:ecs:${REGION}:${ACCOUNT}:task/${CLUSTER.name}/c13b4cb40f1f4fe4a2971f76ae5a47ad`,
    ),
    detail: {
        clusterArn: CLUSTER.arn,
        containers: [
            { name: "envoy", lastStatus, exitCode: 0 },
            { name: "app", lastStatus, exitCode: 137, ...(reason && { reason }) },
        ],
        desiredStatus: "STOPPED",
        lastStatus,
        launchType: "FARGATE",
        stoppedReason: "Essential container in task exited",
    },
});
const database = (category: string, SourceIdentifier = DATABASE) => ({
    ...head("aws.rds", "RDS DB Instance Event", `arn:aws:rds:${REGION}:${ACCOUNT}:db:${SourceIdentifier}`),
    detail: {
        EventCategories: [category],
        SourceType: "DB_INSTANCE",
        SourceArn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:${SourceIdentifier}`,
        Date: "2021-03-19T19:34:09.293Z",
        Message: "…",
        SourceIdentifier,
        EventID: "RDS-EVENT-0087",
    },
});
const KILLED = "OutOfMemoryError: Container killed due to memory usage";

/** Whom each event wakes: the rule that it triggers. */
const EVENTS: readonly [string, object, string | undefined][] = [
    ["a deployment that failed", deployment("SERVICE_DEPLOYMENT_FAILED"), "deployment-failed"],
    ["one that went well", deployment("SERVICE_DEPLOYMENT_COMPLETED"), undefined],
    [
        "one of a cluster whose name begins alike",
        deployment("SERVICE_DEPLOYMENT_FAILED", `${CLUSTER.name}-2`),
        undefined,
    ],
    ["a task without memory", task("STOPPED", KILLED), "out-of-memory"],
    ["the same before it has stopped", task("DEPROVISIONING", KILLED), undefined],
    ["a task that stopped", task("STOPPED"), undefined],
    ["a failover", database("failover"), "database"],
    ["a failure", database("failure"), "database"],
    ["too little storage", database("low storage"), "database"],
    ["a backup", database("backup"), undefined],
    ["another stack's failover", database("failover", "other-db"), undefined],
];

describe("the rules of EventBridge", () => {
    let patterns: [string, Pattern][];

    before(async () => {
        const made = await make(() => {
            new EventAlarms("platform", { alarms: new Alarms(), cluster: CLUSTER, databases: [DATABASE] });
            return {};
        });
        patterns = made
            .all("aws.cloudwatch.EventRule")
            .map(({ name, inputs }) => [name.replace(/^platform-/, ""), JSON.parse(String(inputs.eventPattern))]);
    });

    for (const [what, event, rule] of EVENTS) {
        it(`${rule ? "let through, one of them" : "do not let through"}: ${what}`, () => {
            const through = patterns.filter(([, pattern]) => matches(pattern, event)).map(([name]) => name);
            expect(through).to.deep.equal(rule ? [rule] : []);
        });
    }
});
