import { expect } from "chai";
import { Database, type DatabaseArgs } from "../../components/database";
import { DATABASE, make, PROJECT, STACK, VPC } from "./support";

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1";
const ARGS: DatabaseArgs = {
    ...DATABASE,
    kmsKeyArn: KEY,
    username: "acapy",
    password: "hunter2",
};

const database = (args: Partial<DatabaseArgs> = {}) =>
    make(() => {
        const { host, port, clientsGroupId } = new Database("db", { ...ARGS, ...args });
        return { host, port, clientsGroupId };
    });

describe("Database", () => {
    it("is an instance with groups, parameters and logs of its own", async () => {
        const made = await database();
        expect(made.childrenOf("identity.Database")).to.deep.equal([
            "aws.cloudwatch.LogGroup db-postgresql",
            "aws.cloudwatch.LogGroup db-upgrade",
            "aws.ec2.SecurityGroup db",
            "aws.ec2.SecurityGroup db-clients",
            "aws.rds.Instance db",
            "aws.rds.ParameterGroup db",
            "aws.rds.SubnetGroup db",
            "aws.vpc.SecurityGroupEgressRule db-clients-to-database",
            "aws.vpc.SecurityGroupIngressRule db-from-clients",
            "random.RandomId db",
        ]);
    });

    it("is private, encrypted and backed up", async () => {
        const made = await database();
        const identifier = `${PROJECT}-${STACK}-db-${made.one("random.RandomId").outputs.hex}`;
        expect(made.inputs("aws.rds.Instance")).to.deep.equal({
            identifier,
            engine: "postgres",
            engineVersion: "17",
            autoMinorVersionUpgrade: true,
            allowMajorVersionUpgrade: true,
            instanceClass: "db.t4g.micro",
            username: "acapy",
            password: "[secret]",
            port: 5432,
            storageType: "gp3",
            allocatedStorage: 20,
            maxAllocatedStorage: 100,
            storageEncrypted: true,
            kmsKeyId: KEY,
            multiAz: false,
            dbSubnetGroupName: made.one("aws.rds.SubnetGroup").outputs.name,
            vpcSecurityGroupIds: [made.one("aws.ec2.SecurityGroup", "db").id],
            publiclyAccessible: false,
            parameterGroupName: made.one("aws.rds.ParameterGroup").outputs.name,
            caCertIdentifier: "rds-ca-rsa2048-g1",
            backupRetentionPeriod: 7,
            copyTagsToSnapshot: true,
            deleteAutomatedBackups: true,
            enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
            performanceInsightsEnabled: true,
            performanceInsightsKmsKeyId: KEY,
            performanceInsightsRetentionPeriod: 7,
            deletionProtection: false,
            skipFinalSnapshot: true,
            finalSnapshotIdentifier: `${identifier}-final`,
            applyImmediately: true,
        });
    });

    it("is what it is told to be", async () => {
        const told = { multiAz: true, backupDays: 14, instanceClass: "db.m7g.large", databaseName: "keycloak" };
        const made = await database(told);
        expect(made.inputs("aws.rds.Instance")).to.include({
            multiAz: true,
            backupRetentionPeriod: 14,
            instanceClass: "db.m7g.large",
            dbName: "keycloak",
        });
    });

    it("grows by itself only where it may", async () => {
        const made = await database({ storageGiB: 100, maxStorageGiB: 100 });
        expect(made.inputs("aws.rds.Instance")).to.include({ allocatedStorage: 100 });
        expect(made.inputs("aws.rds.Instance")).not.to.have.property("maxAllocatedStorage");
    });

    it("lets in its clients and nobody else, who may connect to it and, by that group, to nothing else", async () => {
        const made = await database();
        expect(made.rules()).to.deep.equal(["db-clients: out tcp 5432-5432 db", "db: in tcp 5432-5432 db-clients"]);
        for (const { inputs } of made.all("aws.ec2.SecurityGroup")) {
            expect(Object.keys(inputs).sort()).to.deep.equal(["description", "vpcId"]);
            expect(inputs.vpcId).to.equal(VPC.id);
        }
    });

    it("is in the subnets without a way out", async () => {
        const made = await database();
        expect(made.inputs("aws.rds.SubnetGroup")).to.deep.include({ subnetIds: VPC.isolatedSubnetIds });
    });

    for (const [engineVersion, family, logged] of [
        ["18.1", "postgres18", "receipt,authentication,authorization"],
        ["17", "postgres17", "1"],
        ["16.4", "postgres16", "1"],
    ] as const) {
        it(`takes connections over TLS only, and logs them (PostgreSQL ${engineVersion})`, async () => {
            const made = await database({ engineVersion });
            expect(made.inputs("aws.rds.ParameterGroup")).to.deep.equal({
                family,
                description: "Database db",
                parameters: [
                    { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
                    { name: "log_connections", value: logged },
                    { name: "log_disconnections", value: "1" },
                    { name: "log_min_duration_statement", value: "1000" },
                ],
            });
        });
    }

    for (const [engineVersion, libraries] of [
        ["17", "pg_tle,pg_stat_statements,pgaudit"],
        ["15.10", "pg_stat_statements,pgaudit"],
    ] as const) {
        it(`writes down statements of the kinds that it is told, beside what RDS loads (PostgreSQL ${engineVersion})`, async () => {
            const made = await database({ engineVersion, audit: ["role", "ddl", "role"] });
            const parameters = made.inputs("aws.rds.ParameterGroup").parameters as Record<string, string>[];
            expect(parameters.slice(4)).to.deep.equal([
                { name: "shared_preload_libraries", value: libraries, applyMethod: "pending-reboot" },
                { name: "pgaudit.log", value: "role,ddl" },
            ]);
        });
    }

    it("has its operating system measured as often as it is told, by a role that RDS assumes for this account", async () => {
        const made = await database({ monitoringSeconds: 15 });
        const role = made.one("aws.iam.Role", "db-monitoring");
        expect(made.inputs("aws.rds.Instance")).to.include({
            monitoringInterval: 15,
            monitoringRoleArn: role.outputs.arn,
        });
        const [statement] = JSON.parse(String(role.inputs.assumeRolePolicy)).Statement;
        expect(statement.Principal).to.deep.equal({ Service: "monitoring.rds.amazonaws.com" });
        expect(statement.Condition.StringEquals).to.have.property("aws:SourceAccount");
        expect(statement.Condition.ArnLike["aws:SourceArn"]).to.match(/^arn:aws:rds:.*:\*$/);
        expect(made.inputs("aws.iam.RolePolicyAttachment")).to.deep.equal({
            role: role.outputs.name,
            policyArn: "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        });
    });

    it("loads what RDS does where nothing is to be written down", async () => {
        const made = await database({ audit: [] });
        expect(made.inputs("aws.rds.ParameterGroup").parameters).to.have.length(4);
    });

    it("makes a change on a copy where it is told so, which follows it with a slot for each database", async () => {
        const made = await database({ blueGreen: true });
        expect(made.inputs("aws.rds.Instance").blueGreenUpdate).to.deep.equal({ enabled: true });
        const parameters = made.inputs("aws.rds.ParameterGroup").parameters as Record<string, string>[];
        const added = parameters.slice(4).map(({ name, value, applyMethod }) => [name, value, applyMethod]);
        expect(added).to.deep.equal([
            ["rds.logical_replication", "1", "pending-reboot"],
            ["max_replication_slots", "50", "pending-reboot"],
            ["max_wal_senders", "50", "pending-reboot"],
            ["max_logical_replication_workers", "50", "pending-reboot"],
            ["max_worker_processes", "60", "pending-reboot"],
        ]);
    });

    it("has its logs' groups, and so their retention, before RDS could make them itself", async () => {
        const made = await database();
        const { identifier } = made.inputs("aws.rds.Instance");
        for (const log of ["postgresql", "upgrade"]) {
            expect(made.inputs("aws.cloudwatch.LogGroup", `db-${log}`)).to.deep.equal({
                name: `/aws/rds/instance/${identifier}/${log}`,
                retentionInDays: 14,
            });
        }
        expect(made.waitsFor(made.one("aws.rds.Instance"))).to.include.members([
            "aws.cloudwatch.LogGroup db-postgresql",
            "aws.cloudwatch.LogGroup db-upgrade",
        ]);
    });

    it("has another name when what replaces it changes", async () => {
        const made = await database();
        expect(made.inputs("random.RandomId")).to.deep.include({ byteLength: 4 });
        expect(made.inputs("random.RandomId").keepers).to.include({ kmsKeyArn: KEY, username: "acapy" });
    });

    it("has another name when the first database is another, which replaces the instance, too", async () => {
        const made = await database({ databaseName: "keycloak" });
        expect(made.inputs("random.RandomId").keepers).to.include({ databaseName: "keycloak" });
    });

    for (const protect of [true, false, undefined]) {
        it(`may${protect ? " not" : ""} be deleted where protect is ${protect}`, async () => {
            const made = await database({ protect });
            expect(made.inputs("aws.rds.Instance").deletionProtection).to.equal(protect ?? false);
            expect(made.one("aws.rds.Instance").protect).to.equal(protect ?? false);
        });
    }

    for (const finalSnapshot of [true, false, undefined]) {
        it(`leaves ${finalSnapshot ? "a snapshot and its backups" : "nothing"} where finalSnapshot is ${finalSnapshot}`, async () => {
            const made = await database({ finalSnapshot });
            expect(made.inputs("aws.rds.Instance")).to.include({
                skipFinalSnapshot: !finalSnapshot,
                deleteAutomatedBackups: !finalSnapshot,
            });
        });
    }

    it("follows the minor versions of a major one, and stays at a minor one", async () => {
        const follows = async (engineVersion: string) =>
            (await database({ engineVersion })).inputs("aws.rds.Instance").autoMinorVersionUpgrade;
        expect(await follows("17")).to.equal(true);
        expect(await follows("17.6")).to.equal(false);
    });

    it("hands on where it is and the group that its clients carry, and its password to nobody", async () => {
        const made = await database();
        expect(made.outputs).to.deep.equal({
            host: made.one("aws.rds.Instance").outputs.address,
            port: 5432,
            clientsGroupId: made.one("aws.ec2.SecurityGroup", "db-clients").id,
        });
        expect(JSON.stringify(made.resources)).not.to.include("hunter2");
    });

    it("lets what it gives to the instance and the parameter group be changed", async () => {
        const made = await database({
            transform: {
                instance: (args, opts) => {
                    args.iops = 12_000;
                    opts.protect = true;
                },
                parameterGroup: { description: "ours" },
            },
        });
        expect(made.inputs("aws.rds.Instance")).to.include({ iops: 12_000, storageEncrypted: true });
        expect(made.one("aws.rds.Instance").protect).to.equal(true);
        expect(made.inputs("aws.rds.ParameterGroup")).to.include({ description: "ours", family: "postgres17" });
    });

    it("begins with a snapshot where it is told one, under another name than the instance before", async () => {
        const made = await database({ restoreFrom: "before-the-mistake" });
        expect(made.inputs("aws.rds.Instance")).to.include({
            snapshotIdentifier: "before-the-mistake",
            password: "[secret]", // set anew, so that it is the one that the stack has
        });
        expect(made.inputs("random.RandomId").keepers).to.include({ restoreFrom: "before-the-mistake" });
        const empty = await database();
        expect(empty.inputs("aws.rds.Instance")).not.to.have.property("snapshotIdentifier");
        expect(empty.inputs("random.RandomId").keepers).not.to.have.property("restoreFrom");
    });
});
