import * as pulumi from "@pulumi/pulumi";
import { Database, type DatabaseAccess, type DatabaseArgs } from "./database";
import type { Secret, SecretStore } from "./secret-store";

/**
 * @example
 * const walletDb = new WalletDb("wallet-db", {
 *     vpc,
 *     secrets,
 *     engineVersion: "17",
 *     instanceClass: "db.t4g.micro",
 *     storageGiB: 20,
 *     maxStorageGiB: 100,
 *     multiAz: false,
 *     backupDays: 7,
 *     logRetentionDays: 14,
 * });
 */
export interface WalletDbArgs extends Omit<DatabaseArgs, "username" | "password" | "databaseName" | "kmsKeyArn"> {
    secrets: SecretStore;
}

/** Where a cluster of agents keeps its wallet. */
export interface WalletStorage {
    readonly host: pulumi.Output<string>;
    readonly port: number;
    readonly clientsGroupId: pulumi.Output<string>;
    /** Account and password as ACA-Py reads them. One JSON text, since ECS puts no secret inside another value. */
    readonly credentials: Secret;
}

/** The role of the agents. Askar keeps its tables in a schema of this name, so it stays what it is for ever. */
const ROLE = "acapy";

/**
 * A `Database` for the wallets of agents.
 *
 * ACA-Py makes a wallet's database itself, and an empty one that exists already fails for ever (`relation "config" does
 * not exist`). So nothing but RDS's own `postgres` is in the instance at first, and the role is one that may make databases.
 */
export class WalletDb extends pulumi.ComponentResource implements WalletStorage {
    readonly host: pulumi.Output<string>;
    readonly port: number;
    readonly clientsGroupId: pulumi.Output<string>;
    readonly credentials: Secret;
    readonly access: DatabaseAccess;

    constructor(name: string, args: WalletDbArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:WalletDb", name, {}, opts);
        const { secrets, ...rest } = args;
        const password = secrets.password(`${name}-password`, { length: 32, protect: args.protect });
        const database = new Database(
            name,
            { ...rest, username: ROLE, password, kmsKeyArn: secrets.keyArn },
            { parent: this },
        );
        this.host = database.host;
        this.port = database.port;
        this.clientsGroupId = database.clientsGroupId;
        this.credentials = secrets.put(
            name,
            "ACAPY_WALLET_STORAGE_CREDS",
            pulumi.jsonStringify({ account: ROLE, password }),
        );
        this.access = database.access("postgres", this.credentials.parameterName);
        this.registerOutputs({ host: this.host });
    }
}
