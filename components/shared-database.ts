import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { before } from "./before-deploy";
import { Database, type DatabaseAccess, type DatabaseArgs } from "./database";
import { FargateTask, type FargateTaskArgs } from "./fargate-task";
import { loginOf, passwordVariable, rolesPlan, SHARED_MASTER, type SharedRoleArgs } from "./rds/shared-roles";
import type { Secret, SecretStore } from "./secret-store";
import { UserError } from "./user-error";

/**
 * @example
 * const image = new ContainerImage("database-roles", {
 *     context: imageFolder("database-roles"),
 *     args: { RDS_CA_PEM: rdsCertificateAuthorities("eu-central-1") },
 * });
 * const shared = new SharedDatabase("shared-db", {
 *     cluster,
 *     vpc,
 *     secrets,
 *     image: image.reference,
 *     roles: { shop: { database: "shop", connections: 45 }, wallet_issuer: { connections: 33 } },
 *     engineVersion: "17",
 *     instanceClass: "db.t4g.small",
 *     storageGiB: 20,
 *     maxStorageGiB: 100,
 *     multiAz: false,
 *     backupDays: 7,
 *     logRetentionDays: 14,
 * });
 * const { host, user, secret } = shared.login("shop");
 */
export interface SharedDatabaseArgs extends Omit<
    DatabaseArgs,
    "vpc" | "username" | "password" | "databaseName" | "kmsKeyArn"
> {
    /** Where the task runs that makes the roles. */
    cluster: FargateTaskArgs["cluster"];
    vpc: DatabaseArgs["vpc"] & FargateTaskArgs["vpc"];
    secrets: SecretStore;
    /** An image made like `images/database-roles`, by digest. */
    image: pulumi.Input<string>;
    /** The processors that the image is built for (see `TaskArgs`). @default "x86_64" */
    architecture?: FargateTaskArgs["architecture"];
    /**
     * Counted up by one, it gives each owner of a database another user and another password, while those before go on until the next
     * rotation: nothing that runs is locked out. Two at once lock out what runs. Roles without a database (agents) keep theirs.
     * @default 0
     */
    rotation?: number;
    /** By name, small letters, digits and `_`. One that is not here any more may not log in any more; its database stays. */
    roles: Readonly<Record<string, SharedRoleArgs>>;
}

/** A role on an instance that several databases share, for whoever connects. Its outputs are known once the role is there. */
export interface DatabaseLogin {
    readonly host: pulumi.Output<string>;
    readonly port: number;
    /** The security group that tasks join. */
    readonly clientsGroupId: pulumi.Output<string>;
    readonly user: pulumi.Output<string>;
    /** Its database; that of PostgreSQL's own for a role that makes its databases itself. */
    readonly name: string;
    readonly password: pulumi.Output<string>;
    /** The password; of a role that makes its databases itself `{"account": …, "password": …}`, as ACA-Py reads it. */
    readonly secret: Secret;
    /** For a person who looks into the database. */
    readonly access: DatabaseAccess;
}

/** 0.25 vCPU and 512 MiB, Fargate's least. */
const SIZE = { cpu: 256, memory: 512 };
/** Seconds that making roles and databases may take: seconds, and a minute until a task runs. */
const TIMEOUT_SECONDS = 600;
const PASSWORD_LENGTH = 32;
/** Who the image runs as. */
const USER = "1000";
/** PostgreSQL's own database. */
const MAINTENANCE = "postgres";

/**
 * One instance for several databases. A task in the VPC makes the roles and databases before anything that uses them is made or
 * changed; where it fails, the `up` fails with its log. It alone gets the password of the master user.
 *
 * Each role reaches its own database and no other, and opens no more connections than it is given. Nothing is dropped.
 *
 * **Cost**: that of one `Database`, and less than a cent for each run of the task.
 */
export class SharedDatabase extends pulumi.ComponentResource {
    readonly clientsGroupId: pulumi.Output<string>;
    /** For the master user, whose password nobody needs but the task. */
    readonly access: DatabaseAccess;
    /** Makes the roles. */
    readonly task: FargateTask;
    private readonly rotation: number;
    /** Known once the roles are made. */
    private readonly made: pulumi.Output<string>;
    private readonly database: Database;
    private readonly passwords: Record<string, pulumi.Output<string>>;
    private readonly parameters: Record<string, Secret>;

    constructor(
        private readonly name: string,
        private readonly args: SharedDatabaseArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("identity:index:SharedDatabase", name, {}, opts);
        const { cluster, secrets, image, roles, rotation = 0, ...settings } = args;
        this.rotation = rotation;
        const newPassword = (of: string, generation?: number) =>
            secrets.password(`${name}-${of}-password`, { length: PASSWORD_LENGTH, generation });
        const master = newPassword(SHARED_MASTER);
        this.database = new Database(
            name,
            { ...settings, username: SHARED_MASTER, password: master, kmsKeyArn: secrets.keyArn },
            { parent: this },
        );
        this.clientsGroupId = this.database.clientsGroupId;
        this.passwords = {};
        this.parameters = {};
        for (const [role, { database }] of Object.entries(roles)) {
            if (database === undefined) {
                const password = newPassword(role);
                const credentials = pulumi.jsonStringify({ account: role, password });
                this.passwords[role] = password;
                this.parameters[role] = secrets.put(`${name}/${role}`, "ACAPY_WALLET_STORAGE_CREDS", credentials);
                continue;
            }
            // Those of this rotation and of the one before: a task that starts again finds its own password where it was.
            for (const generation of rotation === 0 ? [0] : [rotation - 1, rotation]) {
                const second = generation % 2 === 1;
                const password = newPassword(second ? `${role}-b` : role, generation);
                this.passwords[role] = password;
                this.parameters[role] = secrets.put(`${name}/${role}`, second ? "PASSWORD_B" : "PASSWORD", password);
            }
        }
        const masterPassword = secrets.put(name, "MASTER_PASSWORD", master);
        this.access = this.database.access(MAINTENANCE, masterPassword.parameterName);
        this.task = this.rolesTask(masterPassword);
        const run = this.runs("made", "The task definition that made the roles", pulumi.output(undefined));
        this.made = run.id;
        this.registerOutputs({ host: this.afterRoles(this.database.host) });
    }

    /** For one of the roles. */
    login(role: string): DatabaseLogin {
        const args = this.args.roles[role];
        if (args === undefined) throw new UserError(`${this.name} has no role ${role}`);
        const { clientsGroupId } = this;
        const { host, port } = this.database;
        const name = args.database ?? MAINTENANCE;
        const secret = this.parameters[role]!;
        const user = loginOf(role, args, this.rotation);
        const access = { ...this.database.access(name, secret.parameterName), user };
        return {
            host: this.afterRoles(host),
            port,
            clientsGroupId,
            user: this.afterRoles(user),
            name,
            password: this.afterRoles(this.passwords[role]!),
            secret,
            access,
        };
    }

    /** Whoever connects comes after the roles. */
    private afterRoles(value: pulumi.Input<string>): pulumi.Output<string> {
        return pulumi.all([value, this.made]).apply(([known]) => known);
    }

    /**
     * Runs the task again once something is there: it closes the databases that roles made themselves to the other roles, since
     * PostgreSQL lets everybody connect to a new database.
     */
    closeAfter(there: pulumi.Input<unknown>) {
        this.runs("closed", "The task definition that closed the databases", pulumi.output(there));
    }

    private rolesTask(masterPassword: Secret): FargateTask {
        const { cluster, vpc, image, architecture, roles, logRetentionDays } = this.args;
        const passwords = Object.entries(this.parameters).map(([role, secret]) => [passwordVariable(role), secret]);
        return new FargateTask(
            `${this.name}-roles`,
            {
                ...SIZE,
                architecture,
                cluster,
                vpc,
                logRetentionDays,
                securityGroupIds: [this.clientsGroupId],
                containers: {
                    app: {
                        image,
                        user: USER,
                        command: ["provision"],
                        environment: {
                            DB_HOST: this.database.host,
                            DB_PORT: String(this.database.port),
                            DB_USER: SHARED_MASTER,
                            ROLES: rolesPlan(roles, this.rotation),
                        },
                        secrets: { DB_PASSWORD: masterPassword, ...Object.fromEntries(passwords) },
                    },
                },
            },
            { parent: this },
        );
    }

    /**
     * A parameter that has the task definition which ran last. It changes where the roles do, a password among them, and the task
     * runs before it changes: where the task fails, the parameter stays as it was, and the next `up` runs the task again.
     */
    private runs(which: "made" | "closed", description: string, after: pulumi.Output<unknown>) {
        const { name, task, args } = this;
        const run = before(`${name}-${which}`, `${name}: roles`, task, TIMEOUT_SECONDS, "insecureValue");
        return new aws.ssm.Parameter(
            `${name}-${which}`,
            {
                name: `${args.secrets.prefix}/${name}/${which}`,
                description,
                type: "String",
                insecureValue: pulumi.all([task.taskDefinitionArn, after]).apply(([arn]) => arn),
            },
            {
                parent: this,
                dependsOn: run.dependsOn,
                hooks: { beforeCreate: run.hooks, beforeUpdate: run.hooks },
            },
        );
    }
}
