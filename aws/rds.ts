/** Databases. */
import { type ByClass, type ByRegion, HOURS, type PriceList } from "./prices";
import { type Find, type Inputs, items, PART, type ResourceTypes, stopping } from "./resource-type";
import { digits, named, PLAIN } from "./simulated";
import { shown } from "./state";
import { filled, READABLE, type TextRule, upTo } from "./texts";

/** The price of PostgreSQL for an hour in one zone, by instance class. A standby (Multi-AZ) doubles it, and the price of the storage. */
const DATABASE: ByRegion<ByClass> = {
    "us-east-1": { "db.t4g.micro": 0.016, "db.t4g.small": 0.032, "db.t4g.medium": 0.065, "db.t4g.large": 0.129 },
    "eu-west-1": { "db.t4g.micro": 0.017, "db.t4g.small": 0.035, "db.t4g.medium": 0.069 },
    "eu-central-1": { "db.t4g.micro": 0.019 },
    "ap-northeast-1": { "db.t4g.micro": 0.025 },
};
/** The price of a GiB of gp3 for a month. */
const STORAGE_GIB: ByRegion = {
    "us-east-1": 0.115,
    "eu-west-1": 0.127,
    "eu-central-1": 0.137,
    "ap-northeast-1": 0.138,
};

/** The price of a database for an hour in one zone; undefined where it is not known. */
export const databaseHour = (instanceClass: string, prices: PriceList): number | undefined =>
    prices.ofClass(DATABASE, instanceClass, "db.t4g.micro");

/** The price of its storage for a month, in one zone. */
export const storageMonth = (gib: number, prices: PriceList): number => gib * prices.of(STORAGE_GIB);

/** The settings of a database that the plan shows. */
export function databaseFacts(inputs: Inputs, find: Find) {
    const group = find("aws:rds/parameterGroup:ParameterGroup", inputs.parameterGroupName);
    const parameters = (group?.parameters ?? []) as { name: string; value: string }[];
    return {
        engine: `${inputs.engine} ${inputs.engineVersion}`,
        multiAz: inputs.multiAz === true,
        backupDays: Number(inputs.backupRetentionPeriod ?? 0),
        /** Whether it refuses a connection without TLS. */
        tlsForced: parameters.find(({ name }) => name === "rds.force_ssl")?.value === "1",
        encrypted: inputs.storageEncrypted === true,
    };
}

/** The names of instances, snapshots and parameter groups. */
const NAME: TextRule = {
    takes: /^[A-Za-z](-?[A-Za-z0-9])*$/,
    most: 255,
    words: "letters, digits and single dashes, a letter first and no dash last",
};
const NAME_IN_POSTGRESQL: TextRule = {
    takes: /^[A-Za-z_][A-Za-z0-9_]*$/,
    most: 63,
    words: "letters, digits and _, no digit first",
};

const READS = ["rds:Describe*", "rds:ListTagsForResource"];

export const RDS = {
    "aws:rds/instance:Instance": {
        ...PART,
        // RDS user guide, "Quotas and constraints for Amazon RDS".
        quota: { what: "databases of RDS", service: "rds", code: "L-7B6409FD", least: 40 },
        simulated: {
            id: named,
            outputs: ({ inputs }, place) => {
                const address = `${inputs.identifier}.c${digits(place.region, 11)}.${place.region}.rds.amazonaws.com`;
                return {
                    address,
                    endpoint: `${address}:${inputs.port}`,
                    arn: place.arn("rds", `db:${inputs.identifier}`),
                };
            },
        },
        cost: {
            month: ({ instanceClass, multiAz, storageType, allocatedStorage }, prices) => {
                const copies = multiAz === true ? 2 : 1;
                const what = `RDS ${String(instanceClass)}${copies > 1 ? " with a standby" : ""}`;
                const hour = databaseHour(String(instanceClass), prices);
                return [
                    hour === undefined ? { unpriced: what } : stopping(what, 1, hour * copies * HOURS),
                    storageType === "gp3"
                        ? items("GiB of gp3 for it", Number(allocatedStorage), prices.of(STORAGE_GIB) * copies)
                        : { unpriced: `RDS storage ${String(storageType)}` },
                ];
            },
            use: () => "backups beyond the size of the database, storage that grows",
        },
        // 5:02 to 8:32 in nine logs of PostgreSQL; 10 to 20 with a standby.
        minutes: ({ multiAz }) => (multiAz === true ? 13 : 6.5),
        picture: {
            card: (inputs, find) => {
                const { engine, multiAz, encrypted, tlsForced, backupDays } = databaseFacts(inputs, find);
                return {
                    kind: "database",
                    detail: engine.replace("postgres", "PostgreSQL"),
                    amount: multiAz ? "with a standby" : "no standby",
                    copies: multiAz ? "standby" : "one",
                    notes: [
                        `${encrypted ? "encrypted" : "NOT encrypted"}, ${tlsForced ? "TLS only" : "TLS not forced"}`,
                        `backups kept ${backupDays} days`,
                    ],
                };
            },
        },
        address: ({ vpcSecurityGroupIds, dbSubnetGroupName, publiclyAccessible }) => ({
            kind: "database",
            securityGroups: vpcSecurityGroupIds as string[] | undefined,
            subnets: { type: "aws:rds/subnetGroup:SubnetGroup", id: dbSubnetGroupName },
            isPublic: publiclyAccessible === true,
        }),
        ifLost: "a database, with its data",
        deletionSwitch: "deletionProtection",
        stays: ({ finalSnapshotIdentifier, skipFinalSnapshot, deleteAutomatedBackups }) => [
            ...(skipFinalSnapshot === true ? [] : [`a last snapshot, ${shown(finalSnapshotIdentifier)}`]),
            ...(deleteAutomatedBackups === false ? ["its automated backups, until they expire"] : []),
        ],
        texts: {
            identifier: filled(upTo(63, NAME)),
            finalSnapshotIdentifier: NAME,
            dbName: NAME_IN_POSTGRESQL,
            username: NAME_IN_POSTGRESQL,
        },
        laptop: "real",
        reads: READS,
        writes: [
            "rds:CreateDBInstance",
            "rds:ModifyDBInstance",
            "rds:DeleteDBInstance",
            "rds:RebootDBInstance",
            "rds:*BlueGreenDeployment", // to create, to switch over, to delete, which together need the next two besides
            "rds:CreateDBInstanceReadReplica",
            "rds:PromoteReadReplica",
            "rds:CreateDBSnapshot",
            "rds:RestoreDBInstanceFromDBSnapshot",
            "rds:AddTagsToResource",
            "rds:RemoveTagsFromResource",
        ],
        // AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html
        linkedRole: { service: "rds.amazonaws.com", role: "AWSServiceRoleForRDS" },
    },
    "aws:rds/parameterGroup:ParameterGroup": {
        ...PART,
        simulated: PLAIN,
        texts: {
            name: filled(NAME),
            description: READABLE,
            family: { takes: /^[a-z-]+\d+(\.\d+)?$/, most: 255, words: "an engine and its version, e.g. postgres17" },
        },
        laptop: "rendered",
        reads: READS,
        writes: [
            "rds:CreateDBParameterGroup",
            "rds:ModifyDBParameterGroup",
            "rds:ResetDBParameterGroup",
            "rds:DeleteDBParameterGroup",
        ],
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        ...PART,
        simulated: PLAIN,
        texts: {
            name: filled({
                takes: /^[a-z][a-z0-9_. -]*$/,
                most: 255,
                words: "small letters, digits, spaces and . _ -",
            }),
            description: READABLE,
        },
        laptop: "left out",
        reads: READS,
        writes: ["rds:CreateDBSubnetGroup", "rds:ModifyDBSubnetGroup", "rds:DeleteDBSubnetGroup"],
    },
} satisfies ResourceTypes;
