import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Connection } from "./fargate/egress";

/**
 * @example
 * const password = secrets.password("blog-cache", { length: 48 });
 * const cache = new Redis("blog-cache", { vpc, password, kmsKeyArn: secrets.keyArn });
 * // a FargateService with connections: [cache.connection] reaches it at rediss://:<password>@<cache.host>:6379
 */
export interface RedisArgs {
    vpc: { id: pulumi.Input<string>; isolatedSubnetIds: pulumi.Input<string[]> };
    /** What clients log in with: 16 to 128 letters and digits. */
    password: pulumi.Input<string>;
    /** Encrypts what is on disk. */
    kmsKeyArn: pulumi.Input<string>;
    /** @default "cache.t4g.micro", with 0.5 GiB */
    nodeType?: string;
    /** Of Valkey: "7.2", "8.0" and so on; "8" is 8.0. @default "8.0" */
    version?: string;
    /** A second node in another zone, which takes over. @default false */
    multiAz?: boolean;
    /** Refuse to delete or replace it. @default false */
    protect?: boolean;
}

export const REDIS_PORT = 6379;
export const REDIS_NODE_TYPE = "cache.t4g.micro";
export const REDIS_VERSION = "8";
/** Of a version without its minor part, the first one that ElastiCache has (ElastiCache guide, "Comparing node-based Valkey"). */
const FIRST_MINOR: Readonly<Record<string, string>> = { "7": "7.2", "8": "8.0", "9": "9.0" };

/**
 * A Valkey of ElastiCache, which speaks Redis's protocol: in isolated subnets, over TLS alone, with a password, encrypted. Another
 * password leaves the one before valid until the next change, so that tasks may roll (ElastiCache guide, "Authenticating with the AUTH
 * command").
 *
 * What is in it does not outlive it: there are no backups.
 */
export class Redis extends pulumi.ComponentResource {
    /** Where the node is that may be written to. */
    readonly host: pulumi.Output<string>;
    readonly port = REDIS_PORT;
    /** For the tasks that may connect: both sides of the way. */
    readonly connection: Connection;

    constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Redis", name, {}, opts);
        const child = { parent: this };
        const group = new aws.ec2.SecurityGroup(name, { vpcId: args.vpc.id, description: `Redis ${name}` }, child);
        const subnets = new aws.elasticache.SubnetGroup(
            name,
            { subnetIds: args.vpc.isolatedSubnetIds, description: `Redis ${name}` },
            child,
        );
        const { version = REDIS_VERSION, multiAz = false } = args;
        // What replaces the nodes makes a new suffix: the new ones are there before the old ones go.
        const suffix = new random.RandomId(name, { byteLength: 4, keepers: { kmsKeyArn: args.kmsKeyArn } }, child);
        const cluster = new aws.elasticache.ReplicationGroup(
            name,
            {
                replicationGroupId: pulumi.interpolate`${prefix(name)}-${suffix.hex}`,
                description: `Redis ${name}`,
                engine: "valkey",
                engineVersion: FIRST_MINOR[version] ?? version,
                autoMinorVersionUpgrade: false, // the version is what the program says
                nodeType: args.nodeType ?? REDIS_NODE_TYPE,
                numCacheClusters: multiAz ? 2 : 1,
                automaticFailoverEnabled: multiAz,
                multiAzEnabled: multiAz,
                port: REDIS_PORT,
                subnetGroupName: subnets.name,
                securityGroupIds: [group.id],
                atRestEncryptionEnabled: true,
                kmsKeyId: args.kmsKeyArn,
                transitEncryptionEnabled: true,
                transitEncryptionMode: "required",
                authToken: pulumi.secret(args.password),
                authTokenUpdateStrategy: "ROTATE",
                applyImmediately: true,
            },
            { ...child, protect: args.protect, additionalSecretOutputs: ["authToken"] },
        );
        this.host = cluster.primaryEndpointAddress;
        this.connection = { name, groupId: group.id, port: REDIS_PORT, description: `Redis ${name}` };
        this.registerOutputs({ host: this.host });
    }
}

/** Of 40 characters that the name of a replication group has, nine are the suffix's (ElastiCache API reference, CreateReplicationGroup). */
const prefix = (name: string) => name.slice(0, 31).replace(/-+$/, "");
