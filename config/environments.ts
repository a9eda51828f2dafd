/**
 * The environments that a stack may be of, one object each: everything that differs between them, with its reason. `dev` is the cheapest
 * thing that works; `prod` survives the loss of a zone and of a careless hand. Another one is another entry.
 */

import type { AuditClass } from "../components/rds/audit";
import type { MonitoringSeconds } from "../components/rds/monitoring";

export interface Environment {
    /**
     * Whether users depend on it. Then every policy is mandatory, each zone has a task of every service, the endpoints speak HTTPS alone,
     * and there is no ledger for development. The guard refuses to replace what holds data, `npx identity verify` stops no task unless it is
     * asked to, and on GitHub somebody approves each deployment.
     */
    readonly production: boolean;
    /** The least memory of a Keycloak node, in MiB. At rest it takes 460 to 630; below these there is nothing left for sessions and log-ins. */
    readonly keycloakMemory: number;
    /** What a stack takes where its file is silent. */
    readonly defaults: EnvironmentDefaults;
}

export interface EnvironmentDefaults {
    readonly zones: number;
    readonly nat: "none" | "instance" | "single" | "per-zone";
    readonly flowLogs: boolean;
    readonly accessLogs: boolean;
    /** A web ACL of the stack's own before the public endpoint. */
    readonly webAcl: boolean;
    readonly instanceClass: string;
    /** Connections of an agent to its wallet, and of a Keycloak node to its database. */
    readonly walletConnections: number;
    /** CPU units and MiB of an agent. */
    readonly agentSize: { readonly cpu: number; readonly memory: number };
    readonly keycloakPool: number;
    readonly multiAz: boolean;
    readonly backupDays: number;
    readonly finalSnapshot: boolean;
    /** Statements that databases write down. */
    readonly databaseAudit: readonly AuditClass[];
    /** Seconds between two measurements of a database's operating system; 0 for none. */
    readonly databaseMonitoring: MonitoringSeconds;
    readonly exec: boolean;
    /** Fargate Spot for all tasks of every service. */
    readonly spot: boolean;
    readonly logRetentionDays: number;
    /** A KMS key for the log groups. */
    readonly logKey: boolean;
    readonly protect: boolean;
    /** Daily backups of file systems. */
    readonly fileBackups: boolean;
    readonly containerInsights: boolean;
    readonly alarms: boolean;
}

export const ENVIRONMENTS = {
    dev: {
        production: false,
        keycloakMemory: 1024,
        defaults: {
            zones: 2, // a load balancer and a database's subnet group need two
            nat: "instance", // 9 instead of 49 USD a month; without NAT there is no ECR, no other agent and no ledger to reach
            flowLogs: false,
            accessLogs: false,
            webAcl: false, // 10 USD a month
            instanceClass: "db.t4g.micro", // 1 GiB: about 75 connections, enough for three clusters of two at five for each task
            walletConnections: 5,
            agentSize: { cpu: 256, memory: 512 }, // an idle agent takes about 100 MiB, and starts in some 10 s
            keycloakPool: 10, // two nodes and two more while a deployment rolls: 40 of the 78 connections of a db.t4g.micro
            multiAz: false,
            backupDays: 7,
            finalSnapshot: false,
            databaseAudit: [],
            databaseMonitoring: 0,
            spot: true, // a third of the price; an interruption takes a task for a minute, and a single one is an outage for that long
            exec: true, // a shell in a task is how one learns what it does
            logRetentionDays: 14,
            logKey: false, // 1 USD a month
            protect: false, // `pulumi destroy` must just work
            fileBackups: false,
            containerInsights: false,
            alarms: false, // some 8 USD a month, and nobody gets up for it
        },
    },
    prod: {
        production: true,
        keycloakMemory: 2048,
        defaults: {
            zones: 3, // with two zones, the loss of one takes half of the capacity
            nat: "per-zone", // with a single one, the loss of its zone takes every zone's way out
            flowLogs: true, // who talked to whom, for the day when somebody asks
            accessLogs: true,
            webAcl: true, // it counts: who attacks is in its log, and blocking is one word away
            instanceClass: "db.t4g.medium", // 4 GiB: about 300 connections, enough for five clusters of three
            keycloakPool: 30, // what Keycloak's sizing guide has; three nodes rolling: 180 of the 310 of a db.t4g.medium
            agentSize: { cpu: 512, memory: 1024 }, // starts in 2 to 4 s
            walletConnections: 10, // what ACA-Py's own chart gives an agent
            multiAz: true, // fails over in a minute or two; the agents' pools heal by themselves
            backupDays: 14,
            finalSnapshot: true,
            databaseMonitoring: 60, // which process took the memory; some 0.20 USD a month for each instance
            databaseAudit: ["ddl", "role"], // who changed tables and rights; data are read and written by programs alone, at length
            spot: false, // AWS may take every Spot task of a zone at once, and nothing says when there is capacity again
            exec: false, // an audited deployment is the way to change a task
            logRetentionDays: 365, // an intruder is found after months; Security Hub's CloudWatch.16 asks for a year
            logKey: true,
            protect: true,
            fileBackups: true,
            containerInsights: true,
            alarms: true, // told before the users are
        },
    },
} satisfies Record<string, Environment>;

export type EnvironmentName = keyof typeof ENVIRONMENTS;

export const ENVIRONMENT_NAMES = Object.keys(ENVIRONMENTS) as EnvironmentName[];

/** The environment of a name. A stack that says none, or one that is not known, is treated as production: that is the safe side. */
export const environmentNamed = (name: string | undefined): Environment =>
    Object.hasOwn(ENVIRONMENTS, name ?? "") ? ENVIRONMENTS[name as EnvironmentName] : ENVIRONMENTS.prod;
