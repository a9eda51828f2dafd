import { expect } from "chai";
import { Backups, type BackupsArgs } from "../../components/backups";
import { ACCOUNT, make, REGION } from "./support";

const OTHER = "arn:aws:backup:eu-west-1:210987654321:backup-vault:identity";
const DATABASE = `arn:aws:rds:${REGION}:${ACCOUNT}:db:shop-db-1`;

const backups = (args: Partial<BackupsArgs> = {}) =>
    make(() => ({
        arn: new Backups("backups", {
            databases: ["shop-db-1"],
            days: { daily: 35, weekly: undefined, monthly: 400 },
            ...args,
        }).arn,
    }));

interface Rule {
    ruleName: string;
    lifecycle: { deleteAfter: number };
    copyActions: { destinationVaultArn: string; lifecycle: { deleteAfter: number } }[];
}

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

    it("are made by a role with AWS's policy for that and no other, before the first of them is due", async () => {
        const made = await backups({ fileSystems: ["arn:fs"] });
        expect(made.inputs("aws.iam.RolePolicyAttachment").policyArn).to.equal(
            "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
        );
        expect(made.all("aws.iam.RolePolicy")).to.deep.equal([]);
        expect(made.inputs("aws.backup.Selection").resources).to.deep.equal([DATABASE, "arn:fs"]);
    });
});
