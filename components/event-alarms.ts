import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "./alarms";
import { eventQueue, letEventsIn } from "./event-queue";
import { accountAndRegion } from "./iam";

/**
 * @example
 * const alarms = new Alarms();
 * new EventAlarms("platform", { alarms, cluster, databases: ["shop-db-1a2b3c4d"] });
 */
export interface EventAlarmsArgs {
    alarms: Alarms;
    cluster: { arn: pulumi.Input<string>; name: pulumi.Input<string> };
    /** The identifiers of RDS instances. @default none */
    databases?: pulumi.Input<string>[];
    /** A vault of AWS Backup, and whether its backups are copied to others. @default none */
    vault?: { arn: pulumi.Input<string>; copied: boolean } | undefined;
}

/**
 * Alarms on what ECS, RDS and AWS Backup tell of, and measure not: a deployment that failed, a task that was killed for lack of memory, a
 * database that failed over, a backup that failed. Each event stays in the queue `queueUrl` for two weeks, and says there what happened to whom.
 */
export class EventAlarms extends pulumi.ComponentResource {
    readonly queueUrl: pulumi.Output<string>;

    constructor(name: string, args: EventAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:EventAlarms", name, {}, opts);
        const child = { parent: this };
        const queue = eventQueue(`${name}-events`, child);
        const rules = this.patterns(args).map(({ event, says, pattern }) => {
            const rule = new aws.cloudwatch.EventRule(
                `${name}-${event}`,
                { description: says, eventPattern: pulumi.jsonStringify(pattern) },
                child,
            );
            new aws.cloudwatch.EventTarget(`${name}-${event}`, { rule: rule.name, arn: queue.arn }, child);
            const metric = {
                namespace: "AWS/Events",
                name: "TriggeredRules",
                stat: "Sum" as const,
                dimensions: { RuleName: rule.name },
            };
            args.alarms.make({ name, kind: "event", suffix: event, says, measured: { metric } }, child);
            return rule;
        });
        letEventsIn(
            `${name}-events`,
            queue,
            rules.map((rule) => rule.arn),
            child,
        );
        this.queueUrl = queue.url;
        this.registerOutputs({ queueUrl: this.queueUrl });
    }

    private patterns({ cluster, databases = [], vault }: EventAlarmsArgs) {
        const { account, partition, region } = accountAndRegion(this);
        const services = pulumi.interpolate`arn:${partition}:ecs:${region}:${account}:service/${cluster.name}/`;
        const ecs = [
            {
                event: "deployment-failed",
                says: "a deployment failed, and ECS went back to the version before where it could",
                pattern: {
                    source: ["aws.ecs"],
                    "detail-type": ["ECS Deployment State Change"],
                    resources: [{ prefix: services }],
                    detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
                },
            },
            {
                event: "out-of-memory",
                says: "a task was stopped since a container took more memory than it has",
                pattern: {
                    source: ["aws.ecs"],
                    "detail-type": ["ECS Task State Change"],
                    detail: {
                        clusterArn: [cluster.arn],
                        lastStatus: ["STOPPED"],
                        containers: { reason: [{ prefix: "OutOfMemoryError" }] },
                    },
                },
            },
        ];
        const rds = {
            event: "database",
            says: "a database failed, failed over, or has too little storage",
            pattern: {
                source: ["aws.rds"],
                "detail-type": ["RDS DB Instance Event"],
                detail: {
                    SourceIdentifier: databases,
                    EventCategories: ["failover", "failure", "low storage"],
                },
            },
        };
        // AWS Backup developer guide, "Monitoring AWS Backup events using Amazon EventBridge".
        const backup = (event: string, says: string, job: string, ofVault: string) => ({
            event,
            says,
            pattern: {
                source: ["aws.backup"],
                "detail-type": [`${job} Job State Change`],
                detail: { [ofVault]: [vault?.arn], state: ["ABORTED", "EXPIRED", "FAILED"] },
            },
        });
        return [
            ...ecs,
            ...(databases.length > 0 ? [rds] : []),
            ...(vault
                ? [backup("backup", "a backup failed, or could not begin in time", "Backup", "backupVaultArn")]
                : []),
            ...(vault?.copied
                ? [backup("backup-copy", "a backup was not copied", "Copy", "sourceBackupVaultArn")]
                : []),
        ];
    }
}
