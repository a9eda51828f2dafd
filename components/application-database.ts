import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "./alarms";
import { Database, type DatabaseAccess, type DatabaseArgs } from "./database";
import type { Secret, SecretStore } from "./secret-store";
import type { DatabaseLogin } from "./shared-database";

/** How the tasks of an application learn to connect. */
interface ConnectionArgs {
    /** Connections that one task may open (DB_POOL_MAX). @default 5 */
    connections?: number;
    /**
     * `environment`: ECS injects DB_USER, DB_PASSWORD, DB_HOST, DB_PORT and DB_NAME. `path`: the application reads them by itself, at
     * `database/<name>/user` and so on below PARAMETER_STORE_PREFIX. @default "environment"
     */
    credentials?: "environment" | "path";
    /**
     * Variables by the application's own names, e.g. `{ DATABASE_URL: "url", PGHOST: "host" }`: exactly these, and none of DB_USER and so
     * on. `url` and `password` are secrets. @default DB_USER, DB_PASSWORD, DB_HOST, DB_PORT, DB_NAME, DB_POOL_MAX and DB_CA_PEM
     */
    variables?: Record<string, DatabaseAttribute>;
    /** PEM of the authorities that sign the database's certificate (DB_CA_PEM). @default DB_CA_PEM is not set */
    authorities?: string;
}

export interface ApplicationDatabaseArgs
    extends
        ConnectionArgs,
        Omit<
            DatabaseArgs,
            "vpc" | "username" | "password" | "databaseName" | "kmsKeyArn" | "logRetentionDays" | "protect" | "alarms"
        > {
    /** The database that is created, and the name of the role that owns it. @default "app" */
    name?: string;
}

/** A role and a database on a `SharedDatabase`, in place of an instance of its own. */
export interface SharedApplicationDatabaseArgs extends ConnectionArgs {
    login: DatabaseLogin;
}

export const DATABASE_ATTRIBUTES = ["url", "host", "port", "user", "password", "name", "ca"] as const;
export type DatabaseAttribute = (typeof DATABASE_ATTRIBUTES)[number];

/** Where the database is created, and what encrypts it. */
export interface DatabasePlace {
    vpc: DatabaseArgs["vpc"];
    secrets: SecretStore;
    /** Days. */
    logRetentionDays: number;
    protect?: boolean;
    /** Makes its alarms. @default none */
    alarms?: Alarms;
}

/** What the tasks of an application need to connect to its database. */
export interface DatabaseConnection {
    /** The security group that the tasks join. */
    readonly clientsGroupId: pulumi.Output<string>;
    /** Variables in the clear. */
    readonly environment: Record<string, pulumi.Input<string>>;
    /** Variables that ECS injects from SSM. */
    readonly secrets: Record<string, Secret>;
    /** Parameters to put below PARAMETER_STORE_PREFIX. */
    readonly parameters: Record<string, pulumi.Input<string>>;
    /** For a person who looks into the database. */
    readonly access: DatabaseAccess;
}

/** Connections that a task of an application may open. */
export const CONNECTIONS = 5;
export const DATABASE_NAME = "app";
const PASSWORD_LENGTH = 32;

/**
 * The database of one application, and how its tasks learn to connect to it: `<application>-db`, with a generated password, or a role
 * on a shared instance. The role that owns the database has the database's name.
 */
export function applicationDatabase(
    application: string,
    args: ApplicationDatabaseArgs | SharedApplicationDatabaseArgs,
    place: DatabasePlace,
    opts: pulumi.ComponentResourceOptions,
): DatabaseConnection {
    const { connections = CONNECTIONS, credentials, variables, authorities } = args;
    const { secrets: store } = place;
    const login = "login" in args ? args.login : ownDatabase(application, args, place, opts);
    const { clientsGroupId, host, user, name, password } = login;
    const environment: Record<string, pulumi.Input<string>> = { DB_POOL_MAX: String(connections) };
    if (authorities) environment.DB_CA_PEM = authorities;
    const coordinates = { user, host, name, port: String(login.port) };
    if (credentials === "path") {
        const path = `database/${name}`;
        const values = Object.entries({ ...coordinates, password }).map(([key, value]) => [`${path}/${key}`, value]);
        const passwordParameter = pulumi.output(`${store.prefix}/${application}/${path}/password`);
        const access = { ...login.access, passwordParameter };
        return { clientsGroupId, environment, secrets: {}, parameters: Object.fromEntries(values), access };
    }
    const injected = "secret" in login ? login.secret : store.put(application, "DB_PASSWORD", password);
    const access = { ...login.access, passwordParameter: injected.parameterName };
    if (variables) {
        const own = ownVariables(variables, { ...coordinates, ca: authorities ?? "" });
        // Letters and digits alone: nothing in it is to be escaped.
        const url = pulumi.interpolate`postgresql://${user}:${password}@${host}:${coordinates.port}/${name}`;
        const put = (variable: string, attribute: "url" | "password") =>
            attribute === "password" ? injected : store.put(application, variable, url);
        const secrets = own.secret.map(([variable, attribute]) => [variable, put(variable, attribute)]);
        return { clientsGroupId, environment: own.clear, secrets: Object.fromEntries(secrets), parameters: {}, access };
    }
    for (const [key, value] of Object.entries(coordinates)) environment[`DB_${key.toUpperCase()}`] = value;
    return { clientsGroupId, environment, secrets: { DB_PASSWORD: injected }, parameters: {}, access };
}

/** An instance of its own. Its password is in no parameter yet. */
function ownDatabase(
    application: string,
    args: ApplicationDatabaseArgs,
    { vpc, secrets: store, logRetentionDays, protect, alarms }: DatabasePlace,
    opts: pulumi.ComponentResourceOptions,
): Omit<DatabaseLogin, "secret" | "access"> & { access: Omit<DatabaseAccess, "passwordParameter"> } {
    const {
        name = DATABASE_NAME,
        connections: _,
        credentials: __,
        variables: ___,
        authorities: ____,
        ...settings
    } = args;
    const resource = `${application}-db`;
    const password = store.password(`${resource}-password`, { length: PASSWORD_LENGTH });
    const database = new Database(
        resource,
        {
            ...settings,
            vpc,
            logRetentionDays,
            protect,
            alarms,
            username: name,
            password,
            databaseName: name,
            kmsKeyArn: store.keyArn,
        },
        opts,
    );
    const { host, port, clientsGroupId } = database;
    const access = database.access(name, pulumi.output(""));
    return { host, port, clientsGroupId, user: pulumi.output(name), name, password, access };
}

/** Those in the clear with their values, and those that are secrets. */
function ownVariables(
    variables: Record<string, DatabaseAttribute>,
    values: Record<Exclude<DatabaseAttribute, "url" | "password">, pulumi.Input<string>>,
) {
    const clear: Record<string, pulumi.Input<string>> = {};
    const secret: [variable: string, attribute: "url" | "password"][] = [];
    for (const [variable, attribute] of Object.entries(variables)) {
        if (attribute === "url" || attribute === "password") secret.push([variable, attribute]);
        else clear[variable] = values[attribute];
    }
    return { clear, secret };
}
