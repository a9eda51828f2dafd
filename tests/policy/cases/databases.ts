import type { Cases, Given } from "../support";

const instance = (inputs: Record<string, unknown>): Given => ({ type: "aws:rds/instance:Instance", inputs });
const cluster = (inputs: Record<string, unknown>): Given => ({ type: "aws:rds/cluster:Cluster", inputs });
const group = (family: string, name?: string, value?: string): Given => ({
    type: "aws:rds/parameterGroup:ParameterGroup",
    inputs: { family, parameters: name === undefined ? undefined : [{ name, value }] },
});
const audited = (log: string, libraries = "pg_stat_statements,pgaudit", family = "postgres17"): Given => ({
    type: "aws:rds/parameterGroup:ParameterGroup",
    inputs: {
        family,
        parameters: [
            { name: "shared_preload_libraries", value: libraries },
            { name: "pgaudit.log", value: log },
        ],
    },
});
const REPLICA = { replicateSourceDb: "wallet-db" };

export const DATABASES: Record<string, Cases> = {
    "rds-encrypted": {
        passes: [instance({ storageEncrypted: true }), cluster({ storageEncrypted: true })],
        fails: [
            [instance({}), "its storage is not encrypted"],
            [cluster({ storageEncrypted: false }), "its storage is not encrypted"],
        ],
    },
    "rds-not-public": {
        passes: [instance({ publiclyAccessible: false }), instance({})],
        fails: [
            [instance({ publiclyAccessible: true }), "it has a public address"],
            [
                { type: "aws:rds/clusterInstance:ClusterInstance", inputs: { publiclyAccessible: true } },
                "it has a public address",
            ],
        ],
    },
    "rds-tls": {
        passes: [
            instance({ parameterGroupName: "wallet-db" }),
            group("postgres17", "rds.force_ssl", "1"),
            group("mysql8.4", "require_secure_transport", "ON"),
            group("redis7"), // another engine's, of which this says nothing
        ],
        fails: [
            [instance({}), "it has the engine's own parameter group, which may take connections without TLS"],
            [group("postgres17"), "rds.force_ssl is not on: databases with it take connections without TLS"],
            [
                group("aurora-postgresql16", "rds.force_ssl", "0"),
                "rds.force_ssl is not on: databases with it take connections without TLS",
            ],
            [
                group("mysql8.4", "log_output", "FILE"),
                "require_secure_transport is not on: databases with it take connections without TLS",
            ],
        ],
    },
    "rds-audit": {
        passes: [
            audited("ddl,role"),
            audited("read, role, ddl", "pgaudit, pg_stat_statements"),
            audited("all", "pgaudit", "aurora-postgresql16"),
            group("mysql8.4"), // another engine's
        ],
        fails: [
            [audited("ddl"), "pgaudit.log has no role"],
            [audited("none"), "pgaudit.log has no ddl and no role"],
            [
                audited("ddl,role", "pg_stat_statements"),
                "pgaudit is not in shared_preload_libraries: nobody learns who changed what",
            ],
        ],
    },
    "rds-backups": {
        passes: [instance({ backupRetentionPeriod: 7 }), cluster({ backupRetentionPeriod: 35 }), instance(REPLICA)],
        fails: [
            [instance({}), "it has no backups"],
            [instance({ backupRetentionPeriod: 1 }), "its backups go back 1 day"],
            [cluster({ backupRetentionPeriod: 6 }), "its backups go back 6 days"],
        ],
    },
    "rds-multi-az": {
        passes: [instance({ multiAz: true }), instance(REPLICA)],
        fails: [[instance({ multiAz: false }), "it is gone while its zone is"]],
    },
    "rds-deletion-protection": {
        passes: [instance({ deletionProtection: true }), cluster({ deletionProtection: true })],
        fails: [[instance({ deletionProtection: false }), "one call deletes it"]],
    },
};
