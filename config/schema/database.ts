/** A PostgreSQL instance, and how an application learns its credentials. */
import { z } from "zod";
import { AUDIT_CLASSES } from "../../components/rds/audit";
import { MONITORING_SECONDS } from "../../components/rds/monitoring";

/** The settings of an instance. */
const instance = {
    engineVersion: z
        .string()
        .regex(/^1[5-8](\.\d+)?$/, "PostgreSQL version")
        .optional()
        .describe('PostgreSQL on RDS, as text: "17" follows the minor versions. Default: "17".'),
    instanceClass: z
        .string()
        .regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, "instance class")
        .optional()
        .describe("Default: db.t4g.micro in dev, db.t4g.medium in prod."),
    storageGiB: z.int().min(20).max(65536).optional().describe("gp3. Default: 20."),
    maxStorageGiB: z.int().min(20).max(65536).optional().describe("How far storage grows by itself. Default: 100."),
    multiAz: z.boolean().optional().describe("A standby in another zone. Default: prod."),
    blueGreen: z
        .boolean()
        .optional()
        .describe(
            "A change of version, class, storage or standby is made on a copy that then takes the instance's place, in about a minute. Every " +
                "table needs a primary key, and an instance that is there one restart: see docs/operations.md, Upgrading PostgreSQL. " +
                "Default: false.",
        ),
    backupDays: z
        .int()
        .min(1)
        .max(35)
        .optional()
        .describe("Days of point-in-time recovery. Default: 7 in dev, 14 in prod."),
    audit: z
        .array(z.enum(AUDIT_CLASSES))
        .optional()
        .describe(
            "The kinds of statements that pgaudit writes to the instance's log, by whom and from where: ddl, role (roles and rights), read, " +
                "write, function, misc; [] for none. An instance that is there restarts once: see docs/operations.md, Who did what in a " +
                "database. Default: none in dev, [ddl, role] in prod.",
        ),
    monitoringSeconds: z
        .literal(MONITORING_SECONDS)
        .optional()
        .describe(
            "Enhanced Monitoring: seconds from one measurement of the instance's operating system to the next; 0 for none. Default: 0 in dev and " +
                "with blueGreen, 60 in prod.",
        ),
    finalSnapshot: z
        .boolean()
        .optional()
        .describe(
            "Take a last snapshot, and keep the backups and the key, where the instance is deleted. Default: prod.",
        ),
    restoreFrom: z
        .string()
        .regex(/^(arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:snapshot:)?(rds:)?[A-Za-z][A-Za-z0-9-]{0,254}$/, "snapshot")
        .optional()
        .describe(
            "A snapshot of this stack's, by its name: a new instance is made of it and takes the old one's place, with the password that " +
                "the stack has. It stays in the file: without it the next instance is an empty one. Default: none.",
        ),
};

/** The keys that an instance has, and a database on a shared instance has not. */
export const INSTANCE_KEYS = Object.keys(instance) as (keyof typeof instance)[];

export const database = z.strictObject({
    ...instance,
    shared: z
        .boolean()
        .optional()
        .describe(
            "On the stack's shared instance (sharedDatabase), with a role and a database of its own, in place of an instance of its " +
                "own. Data do not move: an instance of its own that the stack has is deleted. Default: false.",
        ),
});

export const sharedDatabase = z
    .strictObject({
        ...instance,
        rotation: z
            .union([z.int().min(0), z.strictObject({ everyDays: z.int().min(1).max(3650) })])
            .optional()
            .describe(
                "Count it up by one, and the next `up` gives each database's tasks another user and another password, while those before go " +
                    "on until the next rotation. With everyDays the first `up` after so many days counts. Agents keep theirs (npx identity " +
                    "secrets rotate). Default: 0.",
            ),
    })
    .describe(
        "One PostgreSQL instance for several databases: those that say `shared: true`. Each has a role of its own, which reaches its own " +
            "database and no other. Default: none.",
    );

export const databaseCredentials = z
    .enum(["environment", "path"])
    .optional()
    .describe(
        "How it learns user, password, host, name and port: as DB_USER and so on, which ECS injects; or to read by itself at " +
            "database/<name>/user and so on below PARAMETER_STORE_PREFIX (database/app/user on a shared instance). Default: environment.",
    );

export type InstanceInput = Omit<DatabaseInput, "shared">;
export type DatabaseInput = z.infer<typeof database>;
