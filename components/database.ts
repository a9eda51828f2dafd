import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Alarms } from "./alarms";
import { databaseAlarms } from "./alarms/database";
import { type AuditClass, auditParameters } from "./rds/audit";
import { monitoring, type MonitoringSeconds } from "./rds/monitoring";
import { type Transform, transformed } from "./transform";

/**
 * @example
 * const database = new Database("shop-db", {
 *     vpc,
 *     kmsKeyArn: secrets.keyArn,
 *     username: "shop",
 *     password: secrets.password("shop-db"),
 *     databaseName: "shop",
 *     engineVersion: "17",
 *     instanceClass: "db.t4g.micro",
 *     storageGiB: 20,
 *     maxStorageGiB: 100,
 *     multiAz: false,
 *     backupDays: 7,
 *     logRetentionDays: 14,
 * });
 * // tasks with securityGroupIds: [database.clientsGroupId] may connect
 */
export interface DatabaseArgs {
    vpc: { id: pulumi.Input<string>; isolatedSubnetIds: pulumi.Input<string[]> };
    /** The key that storage, snapshots and Performance Insights are encrypted by. */
    kmsKeyArn: pulumi.Input<string>;
    /** The role that RDS makes: it may log in and make databases and roles, but is no superuser. */
    username: string;
    password: pulumi.Input<string>;
    /** A database that RDS makes beside its own `postgres`. @default none */
    databaseName?: string;
    /** "17" follows the minor versions, "17.6" stays. Another major version upgrades the instance in place, with an outage. */
    engineVersion: string;
    instanceClass: string;
    /** GiB of gp3, and how far it grows by itself (equal: not at all). */
    storageGiB: number;
    maxStorageGiB: number;
    /** A standby in another zone, which takes over in a minute or two. */
    multiAz: boolean;
    /**
     * A change of the instance is made on a copy that takes its place in about a minute (RDS user guide, "Blue/Green Deployments"), and the
     * old instance is deleted without a snapshot. Not a change of the password or of `protect`, which stay in place. An instance that is
     * there needs a restart first. @default false
     */
    blueGreen?: boolean;
    /** Days of point-in-time recovery. */
    backupDays: number;
    /** Days that the exported logs are kept. */
    logRetentionDays: number;
    /**
     * The kinds of statements that pgaudit writes to the log, by whom and from where. An instance that is there has to restart once, and
     * writes nothing until then. `function` writes whole DO blocks, with what is in them. @default none
     */
    audit?: readonly AuditClass[];
    /**
     * Seconds from one measurement of Enhanced Monitoring to the next, which write processes, memory and disks of the instance's operating
     * system to the account's log group RDSOSMetrics: 1, 5, 10, 15, 30 or 60; 0 for none. It makes a role. @default 0
     */
    monitoringSeconds?: MonitoringSeconds;
    /** Take a last snapshot, and keep the backups, where the instance is deleted. The key has to be kept, too. @default false */
    finalSnapshot?: boolean;
    /**
     * A snapshot that the instance begins with, by its name or ARN; encrypted by this key, and of this role. Another one, or none any
     * more, is another instance. @default an empty one
     */
    restoreFrom?: string;
    /** Makes the instance's alarms. @default none */
    alarms?: Alarms;
    /** Refuse to delete or replace the instance. @default false */
    protect?: boolean;
    transform?: {
        instance?: Transform<aws.rds.InstanceArgs>;
        parameterGroup?: Transform<aws.rds.ParameterGroupArgs>;
    };
}

export const POSTGRES_PORT = 5432;

/** The copy is made of a snapshot, upgraded, and catches up; the provider's 80 minutes are too few for a large one. */
const BLUE_GREEN = { customTimeouts: { update: "4h" } };

/**
 * A copy of another major version follows its original by logical replication: a slot and a worker for each database (RDS user guide,
 * "Preparing an RDS for PostgreSQL DB instance for a blue/green deployment"). On a shared instance these are many.
 */
const DATABASES = 50;
const REPLICATION = Object.entries({
    "rds.logical_replication": 1,
    max_replication_slots: DATABASES,
    max_wal_senders: DATABASES,
    max_logical_replication_workers: DATABASES,
    max_worker_processes: DATABASES + 10,
}).map(([name, value]) => ({ name, value: String(value), applyMethod: "pending-reboot" }));

/** How somebody gets at a database who is allowed to: all but the password, and where that is. */
export interface DatabaseAccess {
    /** The instance's identifier. */
    readonly identifier: pulumi.Output<string>;
    readonly host: pulumi.Output<string>;
    readonly port: number;
    readonly groupId: pulumi.Output<string>;
    readonly user: string;
    /** The database to begin with. */
    readonly name: string;
    /** The SSM parameter that holds the password, by itself or as `password` of a JSON object. */
    readonly passwordParameter: pulumi.Output<string>;
    /** The log group that has what pgaudit writes; undefined where it writes nothing. */
    readonly auditLogGroup: pulumi.Output<string> | undefined;
}

/**
 * PostgreSQL on RDS: in isolated subnets, encrypted, backed up, TLS forced, reached only by who carries `clientsGroupId`.
 *
 * **Cost**: the instance by the hour (db.t4g.micro about 15 USD a month, db.t4g.medium about 60 USD; Multi-AZ doubles it)
 * and its storage.
 */
export class Database extends pulumi.ComponentResource {
    /** The instance's own name, the one that its certificate is for. */
    readonly host: pulumi.Output<string>;
    readonly port = POSTGRES_PORT;
    /** The instance's own security group. */
    readonly groupId: pulumi.Output<string>;
    /** The security group that a client carries to be let in. One rule serves any number of clients. */
    readonly clientsGroupId: pulumi.Output<string>;
    private readonly identifier: pulumi.Output<string>;
    private readonly username: string;
    private readonly auditLogGroup: pulumi.Output<string> | undefined;

    constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Database", name, {}, opts);
        const child = { parent: this };

        const { groupId, clientsGroupId } = this.groups(name, args.vpc.id);
        this.groupId = groupId;
        this.clientsGroupId = clientsGroupId;
        const subnets = new aws.rds.SubnetGroup(name, { subnetIds: args.vpc.isolatedSubnetIds }, child);
        const parameters = this.parameters(name, args);

        // What replaces an instance makes a new suffix, so that the new one and the last snapshot of the old one have names
        // of their own. The name has to be known beforehand: RDS would make the log groups itself, and keep logs for ever.
        const suffix = new random.RandomId(
            name,
            {
                byteLength: 4,
                keepers: {
                    kmsKeyArn: args.kmsKeyArn,
                    username: args.username,
                    ...(args.databaseName ? { databaseName: args.databaseName } : {}),
                    ...(args.restoreFrom ? { restoreFrom: args.restoreFrom } : {}),
                },
            },
            child,
        );
        const identifier = pulumi.interpolate`${pulumi.getProject()}-${pulumi.getStack()}-${name}-${suffix.hex}`;
        const [log, upgrades] = (["postgresql", "upgrade"] as const).map(
            (kind) =>
                new aws.cloudwatch.LogGroup(
                    `${name}-${kind}`,
                    {
                        name: pulumi.interpolate`/aws/rds/instance/${identifier}/${kind}`,
                        retentionInDays: args.logRetentionDays,
                    },
                    child,
                ),
        );
        const measured = monitoring(name, args.monitoringSeconds ?? 0, this);
        const instance = new aws.rds.Instance(
            ...transformed<aws.rds.InstanceArgs>(
                args.transform?.instance,
                name,
                {
                    identifier,
                    engine: "postgres",
                    engineVersion: args.engineVersion,
                    autoMinorVersionUpgrade: !args.engineVersion.includes("."),
                    allowMajorVersionUpgrade: true, // who writes another version into the configuration means it
                    instanceClass: args.instanceClass,
                    username: args.username,
                    password: pulumi.secret(args.password),
                    dbName: args.databaseName,
                    ...(args.restoreFrom ? { snapshotIdentifier: args.restoreFrom } : {}),
                    port: POSTGRES_PORT,
                    storageType: "gp3",
                    allocatedStorage: args.storageGiB,
                    maxAllocatedStorage: args.maxStorageGiB > args.storageGiB ? args.maxStorageGiB : undefined,
                    storageEncrypted: true,
                    kmsKeyId: args.kmsKeyArn,
                    multiAz: args.multiAz,
                    dbSubnetGroupName: subnets.name,
                    vpcSecurityGroupIds: [groupId],
                    publiclyAccessible: false,
                    parameterGroupName: parameters.name,
                    caCertIdentifier: "rds-ca-rsa2048-g1",
                    backupRetentionPeriod: args.backupDays,
                    copyTagsToSnapshot: true,
                    deleteAutomatedBackups: !args.finalSnapshot,
                    enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
                    performanceInsightsEnabled: true, // seven days of it are free
                    performanceInsightsKmsKeyId: args.kmsKeyArn,
                    performanceInsightsRetentionPeriod: 7,
                    ...measured.args,
                    deletionProtection: args.protect ?? false,
                    skipFinalSnapshot: !args.finalSnapshot,
                    finalSnapshotIdentifier: pulumi.interpolate`${identifier}-final`,
                    ...(args.blueGreen ? { blueGreenUpdate: { enabled: true } } : {}),
                    applyImmediately: true, // an `up` that passed has happened; otherwise it would wait for the weekly window
                },
                {
                    ...child,
                    protect: args.protect,
                    dependsOn: [log!, upgrades!, ...measured.dependsOn],
                    ...(args.blueGreen ? BLUE_GREEN : {}),
                },
            ),
        );
        if (args.alarms) {
            const { instanceClass, storageGiB } = args;
            databaseAlarms(args.alarms, name, { identifier: instance.identifier, instanceClass, storageGiB }, child);
        }
        this.host = instance.address;
        this.identifier = instance.identifier;
        this.username = args.username;
        this.auditLogGroup = args.audit?.length ? log!.name : undefined;
        this.registerOutputs({ host: this.host });
    }

    /** For somebody who looks into it, beginning with a database. */
    access(name: string, passwordParameter: pulumi.Output<string>): DatabaseAccess {
        const { identifier, host, port, groupId, username: user, auditLogGroup } = this;
        return { identifier, host, port, groupId, user, name, passwordParameter, auditLogGroup };
    }

    /** The instance's own group and its clients': a connection is let out of the one and into the other, and nothing else. */
    private groups(name: string, vpcId: pulumi.Input<string>) {
        const child = { parent: this };
        const group = new aws.ec2.SecurityGroup(name, { vpcId, description: `Database ${name}` }, child);
        const clients = new aws.ec2.SecurityGroup(
            `${name}-clients`,
            { vpcId, description: `Who may connect to the database ${name}` },
            child,
        );
        const postgres = { ipProtocol: "tcp", fromPort: POSTGRES_PORT, toPort: POSTGRES_PORT };
        new aws.vpc.SecurityGroupIngressRule(
            `${name}-from-clients`,
            {
                securityGroupId: group.id,
                referencedSecurityGroupId: clients.id,
                description: "PostgreSQL from its clients",
                ...postgres,
            },
            child,
        );
        new aws.vpc.SecurityGroupEgressRule(
            `${name}-clients-to-database`,
            {
                securityGroupId: clients.id,
                referencedSecurityGroupId: group.id,
                description: "PostgreSQL",
                ...postgres,
            },
            child,
        );
        return { groupId: group.id, clientsGroupId: clients.id };
    }

    private parameters(name: string, args: DatabaseArgs) {
        const major = Number(args.engineVersion.split(".")[0]);
        return new aws.rds.ParameterGroup(
            ...transformed<aws.rds.ParameterGroupArgs>(
                args.transform?.parameterGroup,
                name,
                {
                    family: `postgres${major}`,
                    description: `Database ${name}`,
                    parameters: [
                        // RDS reports a value that is the default anyway as pending-reboot; another method here would be a change
                        // in every preview (terraform-provider-aws #39252). It is the default since PostgreSQL 15, so no reboot is due.
                        { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
                        // Since 18 a list of what is logged; RDS refuses the 1 of before, which meant these three.
                        { name: "log_connections", value: major >= 18 ? "receipt,authentication,authorization" : "1" },
                        { name: "log_disconnections", value: "1" },
                        { name: "log_min_duration_statement", value: "1000" }, // milliseconds
                        ...auditParameters(args.audit ?? [], major),
                        ...(args.blueGreen ? REPLICATION : []),
                    ],
                },
                { parent: this },
            ),
        );
    }
}
