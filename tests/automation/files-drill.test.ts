import { FileSystemInUse, FileSystemNotFound } from "@aws-sdk/client-efs";
import { expect } from "chai";
import { drill } from "../../automation/commands/files/drill";
import type { CommandContext } from "../../automation/shared/context";
import { Exit } from "../../automation/shared/errors";

const ARN = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/";
const OWN = "fs-0123456789abcdef0";
const MADE = "fs-0fedcba9876543210";
const DEFAULT_ROLE = "arn:aws:iam::123456789012:role/service-role/AWSBackupDefaultServiceRole";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1";
const INPUT = { stack: "dev", name: "blog-uploads", role: undefined, yes: true, json: false };

const resource = (type: string, name: string, id: string) => ({
    urn: `urn:pulumi:dev::identity::${type}::${name}`,
    type,
    outputs: { arn: `${ARN}${id}` },
});
const RESOURCES = [
    resource("aws:efs/fileSystem:FileSystem", "blog-uploads", OWN),
    resource("aws:efs/fileSystem:FileSystem", "issuer-tails", "fs-2"),
    resource("aws:efs/accessPoint:AccessPoint", "blog-uploads", "fsap-1"),
];
const point = (id: string, Status: string, day: number, BackupVaultName = "backups-1234abcd") => ({
    RecoveryPointArn: `arn:aws:backup:eu-west-1:123456789012:recovery-point:${id}`,
    Status,
    CreationDate: new Date(Date.UTC(2026, 10, day, 5)),
    BackupVaultName,
});
/** On two pages; the newest is not whole. */
const POINTS = [point("one", "COMPLETED", 1), point("three", "PARTIAL", 3), point("two", "COMPLETED", 2)];

/** What the restore job says at each look: the last of it from then on. */
type Look = [Status: string, CreatedResourceArn?: string, BackupSizeInBytes?: number];
const COMPLETED: Look = ["COMPLETED", ARN + MADE, 2_500_000_000];

describe("npx identity files drill", () => {
    function listener() {
        const said = { out: "", err: "" };
        const abort = new AbortController();
        const context = {
            root: ".",
            out: (text: string) => void (said.out += text),
            err: (text: string) => void (said.err += text),
            signal: abort.signal,
        } as unknown as CommandContext;
        return { said, abort, context };
    }
    const refused = async (ended: Promise<number>) => {
        const error = await ended.then(
            () => undefined,
            (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(Exit);
        return error as Exit;
    };

    /** AWS with these looks at a restore job; each time that a new file system is in use, it can be deleted the next time. */
    function account(
        looks: readonly Look[],
        { points = POINTS, others = [] as string[], inUse = 0, refusal = undefined as string | undefined } = {},
    ) {
        const left = [...looks];
        const asked: string[] = [];
        let [busy, there] = [inUse, true];
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the input of each command
        const answers: Record<string, (input: any) => unknown> = {
            ListRecoveryPointsByResourceCommand({ ResourceArn, NextToken }) {
                expect(ResourceArn).to.equal(ARN + OWN);
                const page = NextToken === undefined ? points.slice(0, 2) : points.slice(2);
                return { RecoveryPoints: page, NextToken: NextToken === undefined ? "2" : undefined };
            },
            DescribeFileSystemsCommand({ FileSystemId, Marker }) {
                if (FileSystemId === undefined) {
                    if (Marker === undefined) return { FileSystems: [{ FileSystemId: OWN }], NextMarker: "2" };
                    return {
                        FileSystems: others.map((CreationToken, i) => ({ CreationToken, FileSystemId: `fs-${i}` })),
                    };
                }
                if (FileSystemId !== OWN && !there)
                    throw new FileSystemNotFound({ $metadata: {}, ErrorCode: "x", message: "no" });
                if (FileSystemId === MADE) {
                    there = false; // by the next look
                    return { FileSystems: [{ FileSystemId, LifeCycleState: "deleting" }] };
                }
                const held = { SizeInBytes: { Value: 2_600_000_000 }, PerformanceMode: "generalPurpose" };
                return { FileSystems: [{ FileSystemId, Encrypted: true, KmsKeyId: KEY, ...held }] };
            },
            StartRestoreJobCommand({ RecoveryPointArn, IamRoleArn, ResourceType, Metadata, IdempotencyToken }) {
                if (refusal) throw new Error(refusal);
                const { CreationToken, ...metadata } = Metadata as Record<string, string>;
                expect(CreationToken)
                    .to.match(new RegExp(`^${OWN}-drill-\\d{14}$`))
                    .and.to.equal(IdempotencyToken);
                expect(metadata).to.deep.equal({
                    "file-system-id": OWN,
                    newFileSystem: "true",
                    Encrypted: "true",
                    KmsKeyId: KEY,
                    PerformanceMode: "generalPurpose",
                });
                asked.push(`${RecoveryPointArn.split(":").at(-1)} ${ResourceType} by ${IamRoleArn}`);
                return { RestoreJobId: "job-1" };
            },
            DescribeRestoreJobCommand({ RestoreJobId }) {
                expect(RestoreJobId).to.equal("job-1");
                const [Status, CreatedResourceArn, BackupSizeInBytes] = left.length > 1 ? left.shift()! : left[0]!;
                return {
                    Status,
                    CreatedResourceArn,
                    BackupSizeInBytes,
                    PercentDone: "40.00%",
                    StatusMessage: "no room",
                };
            },
            DeleteFileSystemCommand({ FileSystemId }) {
                if (busy-- > 0) throw new FileSystemInUse({ $metadata: {}, ErrorCode: "x", message: "in use" });
                asked.push(`delete ${FileSystemId}`);
            },
        };
        const send = async (command: never) => answers[Object(command).constructor.name]!(Object(command).input);
        const client = { send } as never;
        return { asked, left, on: { backup: client, efs: client, resources: RESOURCES, pollMilliseconds: 1 } };
    }

    it("restores the newest backup that is whole into a new file system, and deletes that", async () => {
        const { said, context } = listener();
        const { asked, on } = account([["PENDING"], ["RUNNING", ARN + MADE], COMPLETED]);
        expect(await drill(INPUT, context, on)).to.equal(0);
        expect(asked).to.deep.equal([`two EFS by ${DEFAULT_ROLE}`, `delete ${MADE}`]);
        expect(said.out.replaceAll(/\d+ s$/gm, "n s").replace(/-?\d+ (h|days) old/, "n old")).to.equal(
            "recovery-point:two of 2026-11-02T05:00:00.000Z, n old, can be brought back\n" +
                "  2.500 GB came back; the file system has 2.600 GB now\n" +
                ["restored", "asked", "deleted"].map((step) => `  ${step.padEnd(10)}       n s\n`).join(""),
        );
        expect(said.err).to.match(
            /: pending 40\.00%\n.*: running 40\.00%\n.*: deleting fs-0f\w+\n.*: fs-0f\w+: deleting\n$/s,
        );
    });

    it("says as JSON what came back, with a role of the user's", async () => {
        const { said, context } = listener();
        const { asked, on } = account([["COMPLETED", ARN + MADE]]);
        const role = "arn:aws:iam::123456789012:role/restores";
        expect(await drill({ ...INPUT, role, json: true }, context, on)).to.equal(0);
        expect(asked[0]).to.equal(`two EFS by ${role}`);
        const { seconds, ...rest } = JSON.parse(said.out) as { seconds: object };
        expect(rest).to.deep.equal({
            stack: "dev",
            name: "blog-uploads",
            backup: { name: "recovery-point:two", made: "2026-11-02T05:00:00.000Z" },
            found: [{ bytes: null, bytesNow: 2_600_000_000 }],
        });
        expect(seconds).to.have.all.keys("restored", "asked", "deleted");
    });

    it("deletes what it made where nothing came back or the restore failed, also what is in use for a while", async () => {
        const run = async (looks: Look[], inUse = 0) => {
            const { asked, on } = account(looks, { inUse });
            const { said, context } = listener();
            const { message } = await refused(drill(INPUT, context, on));
            return { message, asked, said };
        };
        const empty = await run([["COMPLETED", ARN + MADE, 0]], 2);
        expect(empty.message).to.equal("the backup of blog-uploads has no bytes");
        expect(empty.asked.at(-1)).to.equal(`delete ${MADE}`);
        expect(empty.said.err).to.contain(`waiting until ${MADE} can be deleted: in use\n`);
        const failed = await run([
            ["RUNNING", ARN + MADE],
            ["FAILED", ARN + MADE],
        ]);
        expect(failed.message).to.equal("the restore is failed: no room");
        expect(failed.asked.at(-1)).to.equal(`delete ${MADE}`);
        const early = await run([["ABORTED"]]);
        expect(early.message).to.equal("the restore is aborted: no room");
        expect(early.asked).to.deep.equal([`two EFS by ${DEFAULT_ROLE}`]);
    });

    it("waits, interrupted, until AWS Backup has made a file system, and deletes it", async () => {
        const { abort, context, said } = listener();
        const { asked, left, on } = account([["RUNNING"]]);
        const err = (text: string) => {
            said.err += text;
            if (text.includes(": running")) abort.abort();
            if (text.includes("waiting until")) left.splice(0, left.length, ["RUNNING", ARN + MADE]);
        };
        expect((await refused(drill(INPUT, { ...context, err }, on))).code).to.equal(130);
        expect(said.err).to.contain(": waiting until AWS Backup has made a file system\n");
        expect(asked.at(-1)).to.equal(`delete ${MADE}`);
    });

    it("says why AWS Backup does not begin, and what helps", async () => {
        const of = async (points: typeof POINTS) => {
            const { asked, on } = account([], { points, refusal: "Access Denied" });
            const { message } = await refused(drill(INPUT, listener().context, on));
            expect(asked).to.deep.equal([]);
            return message;
        };
        expect(await of(POINTS)).to.equal(
            `AWS Backup restores nothing: Access Denied\n  ${DEFAULT_ROLE} has to be there, with AWS's policy ` +
                "AWSBackupServiceRolePolicyForRestores: --role names another one",
        );
        expect(await of([point("a", "COMPLETED", 1, "aws/efs/automatic-backup-vault")])).to.match(
            /\n {2}the policy of aws\/efs\/automatic-backup-vault denies backup:StartRestoreJob until /,
        );
    });

    it("says all that is in the way, and makes nothing", async () => {
        const others = [`${OWN}-drill-20261101000000`, "fs-1-drill-20261101000000"];
        const { asked, on } = account([], { points: [], others });
        const error = await refused(drill(INPUT, listener().context, on));
        expect(error.code).to.equal(3);
        expect(error.message)
            .to.match(/blog-uploads has no backup yet\n +→ wait for the first one/)
            .and.to.match(/fs-0 is there, of another drill\n +→ wait[^✗]*aws efs delete-file-system/)
            .and.not.to.contain("fs-1 is there");
        const other = await drill({ ...INPUT, name: "blog" }, listener().context, on).catch(
            (reason: Error) => reason.message,
        );
        expect(other).to.equal("there is no file system blog; there are: blog-uploads, issuer-tails");
        expect(asked).to.deep.equal([]);
    });
});
