import { expect } from "chai";
import { Backups, type BackupsArgs } from "../../components/backups";
import { ACCOUNT, make, REGION } from "./support";

const OTHER = "arn:aws:backup:eu-west-1:210987654321:backup-vault:identity";
const DATABASE = `arn:aws:rds:${REGION}:${ACCOUNT}:db:shop-db-1`;

const backups = (args: Partial<BackupsArgs> = {}) =>
    make(() => ({
        arn: new Backups("backups", {
            databases: ["shop-db-1"],
            kmsKeyArn: "arn:key",
            days: { daily: 35, weekly: undefined, monthly: 400 },
            ...args,
        }).arn,
    }));

interface Rule {
    ruleName: string;
    lifecycle: { deleteAfter: number };
    copyActions: { destinationVaultArn: string; lifecycle: { deleteAfter: number } }[];
}

const statements = (made: Awaited<ReturnType<typeof backups>>) =>
    Object.fromEntries(
        (JSON.parse(String(made.inputs("aws.iam.RolePolicy").policy)).Statement as { Sid: string }[]).map(
            ({ Sid, ...statement }) => [Sid, statement as { Action: string[]; Resource: unknown }],
        ),
    );

describe("Backups", () => {
    it("have a vault under a key of its own, and a rule for each of their days", async () => {
        const made = await backups();
        expect(made.inputs("aws.backup.Vault").kmsKeyArn).to.equal(made.one("aws.kms.Key").outputs.arn);
        const rules = made.inputs("aws.backup.Plan").rules as Rule[];
        expect(rules.map(({ ruleName, lifecycle }) => [ruleName, lifecycle.deleteAfter])).to.deep.equal([
            ["daily", 35],
            ["monthly", 400],
        ]);
        expect(made.inputs("aws.backup.Selection").resources).to.deep.equal([DATABASE]);
    });

    it("are copied to each vault, and are kept there as long", async () => {
        const made = await backups({ copyTo: [OTHER] });
        for (const { lifecycle, copyActions } of made.inputs("aws.backup.Plan").rules as Rule[]) {
            expect(copyActions).to.deep.equal([{ destinationVaultArn: OTHER, lifecycle }]);
        }
        expect(statements(made).Vaults!.Resource).to.include(OTHER);
    });

    it("are locked for the days of their rules, by what no deployment takes away", async () => {
        const lock = "aws.backup.VaultLockConfiguration";
        const [locked, open] = [await backups({ lock: true }), await backups()];
        // With `changeableForDays` it would be for ever, AWS's own support included.
        expect(locked.inputs(lock)).to.include({ minRetentionDays: 35, maxRetentionDays: 400 });
        expect(locked.inputs(lock)).not.to.have.property("changeableForDays");
        expect(open.all(lock)).to.deep.equal([]);
    });

    it("go with their vault unless that is protected", async () => {
        const [kept, other] = [await backups({ protect: true }), await backups()];
        expect([kept, other].map((made) => made.inputs("aws.backup.Vault").forceDestroy)).to.deep.equal([false, true]);
        for (const type of ["aws.backup.Vault", "aws.kms.Key"]) {
            expect(kept.one(type).protect).to.equal(true);
            expect(other.one(type).protect).not.to.equal(true);
        }
    });

    it("are made by a role that backs up these databases and file systems, and no others", async () => {
        const ofDatabases = statements(await backups());
        const snapshots = `arn:aws:rds:*:${ACCOUNT}:snapshot:awsbackup:*`;
        expect(ofDatabases.Snapshots!.Resource).to.deep.equal([DATABASE, snapshots]);
        expect(ofDatabases.OldSnapshots!.Resource).to.equal(snapshots);
        expect(ofDatabases).not.to.have.property("Files");
        const ofFiles = statements(await backups({ databases: [], fileSystems: ["arn:fs"] }));
        expect(ofFiles.Files!.Resource).to.deep.equal(["arn:fs"]);
        expect(JSON.stringify(ofFiles)).not.to.include("rds:CreateDBSnapshot");
    });
});
