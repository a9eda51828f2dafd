/** The alarms of a database on RDS. */
import type * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "../alarms";
import { maxConnections } from "../rds/connections";

interface Database {
    identifier: pulumi.Input<string>;
    instanceClass: string;
    storageGiB: number;
}

const GIB = 1024 ** 3;

export function databaseAlarms(
    alarms: Alarms,
    name: string,
    { identifier, instanceClass, storageGiB }: Database,
    opts: pulumi.CustomResourceOptions,
): void {
    const metric = (of: string, stat: "Average" | "Minimum" | "Maximum" | "Sum" | "SampleCount" = "Average") => ({
        namespace: "AWS/RDS",
        name: of,
        stat,
        dimensions: { DBInstanceIdentifier: identifier },
    });
    alarms.make({ name, kind: "database-down", measured: { metric: metric("CPUUtilization", "SampleCount") } }, opts);
    alarms.make({ name, kind: "database-cpu", measured: { metric: metric("CPUUtilization") } }, opts);
    alarms.make(
        {
            name,
            kind: "database-storage",
            measured: { metric: metric("FreeStorageSpace", "Minimum") },
            toMetric: (percent) => (percent / 100) * storageGiB * GIB,
        },
        opts,
    );
    alarms.make(
        {
            name,
            kind: "database-latency",
            measured: {
                expression: "MAX([read, write])",
                metrics: { read: metric("ReadLatency"), write: metric("WriteLatency") },
            },
        },
        opts,
    );
    const most = maxConnections(instanceClass);
    if (most !== undefined) {
        alarms.make(
            {
                name,
                kind: "database-connections",
                measured: { metric: metric("DatabaseConnections", "Maximum") },
                toMetric: (percent) => Math.floor((percent / 100) * most),
            },
            opts,
        );
    }
    if (instanceClass.startsWith("db.t")) {
        alarms.make(
            { name, kind: "database-credits", measured: { metric: metric("CPUSurplusCreditsCharged", "Maximum") } },
            opts,
        );
    }
}
