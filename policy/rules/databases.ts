/** Policies for databases on RDS: instances, and clusters of Aurora. */
import type { Policy } from "../policy";
import { findingUnless } from "../policy";

export const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const PARAMETER_GROUPS = [
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
];
export const DATABASES = [INSTANCE, CLUSTER];

interface Database {
    storageEncrypted?: boolean;
    publiclyAccessible?: boolean;
    backupRetentionPeriod?: number;
    deletionProtection?: boolean;
    multiAz?: boolean;
    parameterGroupName?: string;
    /** The source of a read replica. A replica has no backups and no standby of its own. */
    replicateSourceDb?: string;
}

const BACKUP_DAYS = 7;

interface Parameters {
    family?: string;
    parameters?: { name: string; value: string }[];
}

const POSTGRESQL = /^(aurora-)?postgres/;

/** The parameter that makes an engine refuse connections without TLS, by the family of its parameter group. */
const TLS = [
    { family: POSTGRESQL, parameter: "rds.force_ssl", on: ["1"] },
    { family: /^(aurora-)?(mysql|mariadb)/, parameter: "require_secure_transport", on: ["1", "ON"] },
];

export const DATABASE_POLICIES: readonly Policy[] = [
    {
        name: "rds-encrypted",
        asks: "A database's storage is encrypted.",
        fix: "storageEncrypted: true; an instance that exists is encrypted by way of a snapshot, copied encrypted and restored",
        dev: "mandatory",
        types: DATABASES,
        check: ({ inputs }) =>
            findingUnless((inputs as Database).storageEncrypted === true, "its storage is not encrypted"),
    },
    {
        name: "rds-not-public",
        asks: "A database has no public address.",
        fix: "publiclyAccessible: false, in isolated subnets",
        dev: "mandatory",
        types: [INSTANCE, CLUSTER_INSTANCE],
        check: ({ inputs }) =>
            findingUnless((inputs as Database).publiclyAccessible !== true, "it has a public address"),
    },
    {
        name: "rds-tls",
        asks: "A database refuses connections without TLS.",
        fix: "a parameter group with rds.force_ssl = 1 (MySQL and MariaDB: require_secure_transport = 1)",
        dev: "mandatory",
        types: [INSTANCE, ...PARAMETER_GROUPS],
        check: ({ type, inputs }) => {
            if (type === INSTANCE) {
                const what = "it has the engine's own parameter group, which may take connections without TLS";
                return findingUnless((inputs as Database).parameterGroupName !== undefined, what);
            }
            const { family = "", parameters = [] } = inputs as Parameters;
            const tls = TLS.find((tl) => tl.family.test(family));
            if (!tls) return [];
            const forced = parameters.some(({ name, value }) => name === tls.parameter && tls.on.includes(value));
            return findingUnless(forced, `${tls.parameter} is not on: databases with it take connections without TLS`);
        },
    },
    {
        name: "rds-audit",
        asks: "In prod PostgreSQL writes down who changed tables, roles and rights.",
        fix: "pgaudit in shared_preload_libraries, and ddl and role in pgaudit.log (`audit: [ddl, role]` of a stack file's database, its default in prod)",
        dev: "off",
        types: PARAMETER_GROUPS,
        check: ({ inputs }) => {
            const { family = "", parameters = [] } = inputs as Parameters;
            if (!POSTGRESQL.test(family)) return [];
            const listed = (name: string) =>
                parameters.find((parameter) => parameter.name === name)?.value.split(/\s*,\s*/) ?? [];
            const classes = listed("pgaudit.log");
            const missing = classes.includes("all")
                ? []
                : ["ddl", "role"].filter((auditClass) => !classes.includes(auditClass));
            return [
                ...findingUnless(
                    listed("shared_preload_libraries").includes("pgaudit"),
                    "pgaudit is not in shared_preload_libraries: nobody learns who changed what",
                ),
                ...findingUnless(missing.length === 0, `pgaudit.log has no ${missing.join(" and no ")}`),
            ];
        },
    },
    {
        name: "rds-backups",
        asks: `A database can be restored to any moment of the last ${BACKUP_DAYS} days or more.`,
        fix: `backupRetentionPeriod: ${BACKUP_DAYS} or more (\`backupDays\` of a stack file's database)`,
        dev: "advisory",
        types: DATABASES,
        check: ({ inputs }) => {
            const { backupRetentionPeriod: days = 0, replicateSourceDb } = inputs as Database;
            const what =
                days === 0 ? "it has no backups" : `its backups go back ${days} ${days === 1 ? "day" : "days"}`;
            return findingUnless(replicateSourceDb !== undefined || days >= BACKUP_DAYS, what);
        },
    },
    {
        name: "rds-multi-az",
        asks: "In prod a database has a standby in another zone.",
        fix: "multiAz: true, which is a stack file's default in prod",
        dev: "off",
        types: [INSTANCE],
        check: ({ inputs }) => {
            const { multiAz, replicateSourceDb } = inputs as Database;
            return findingUnless(multiAz === true || replicateSourceDb !== undefined, "it is gone while its zone is");
        },
    },
    {
        name: "rds-deletion-protection",
        asks: "In prod AWS refuses to delete a database.",
        fix: "deletionProtection: true (`protect` of a stack file, its default in prod)",
        dev: "off",
        types: DATABASES,
        check: ({ inputs }) => findingUnless((inputs as Database).deletionProtection === true, "one call deletes it"),
    },
];
