import { expect } from "chai";
import { boundary } from "../../../automation/bootstrap/boundary";
import { boundaryArn, type StackName } from "../../../automation/bootstrap/names";
import { permissionsOf } from "../../../automation/bootstrap/stack";
import { beyondBoundary } from "../../../automation/runner/boundary";
import type { PlannedStack } from "../../../automation/plan/plan-stack";
import type { StackFile } from "../../../automation/plan/stack-file";
import type { PlatformConfig } from "../../../config/defaults";

const ACCOUNT = { id: "111111111111", partition: "aws", region: "eu-west-1", project: "identity" };
const STACK: StackName = { name: "dev", region: "eu-west-1" };

/** What a heritage says of rights, as the whole configuration has it. */
const config = (heritage: object) =>
    ({
        agents: {},
        alarms: { slack: [], teams: [] },
        services: {},
        heritages: { blog: { permissions: [], uses: {}, volumes: {}, services: {}, ...heritage } },
    }) as unknown as PlatformConfig;

async function beyond(document: string, wanted: PlatformConfig) {
    const answers: Record<string, object> = {
        GetPolicyCommand: { Policy: { DefaultVersionId: "v1" } },
        GetPolicyVersionCommand: { PolicyVersion: { Document: encodeURIComponent(document) } },
    };
    const iam = { send: (command: object) => Promise.resolve(answers[command.constructor.name]) };
    const file = {
        project: "identity",
        stack: "dev",
        config: { "identity:permissionsBoundary": boundaryArn(ACCOUNT, "dev") },
    } as unknown as StackFile;
    const planned = { model: { secrets: [] } } as unknown as PlannedStack;
    const here = { account: ACCOUNT.id, region: ACCOUNT.region };
    return (await beyondBoundary(iam as never, planned, file, here, wanted)).map(({ what }) => what);
}

const WANTED: Record<string, [heritage: object, what: RegExp[]]> = {
    "permissions of its own": [
        { permissions: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"] }] },
        [/do s3:GetObject on arn:aws:s3:::reports\/\*/],
    ],
    "a bucket that exists": [
        { uses: { files: { bucket: { existing: "acme-inbox" } } } },
        [/s3:ListBucket.* on arn:aws:s3:::acme-inbox:/, /s3:GetObject.* on arn:aws:s3:::acme-inbox\/\*:/],
    ],
    "a queue that exists": [
        { uses: { jobs: { queue: { existing: "acme-jobs" } } } },
        [/sqs:SendMessage.* on arn:aws:sqs:\*:\*:acme-jobs/],
    ],
    "a file system": [
        { volumes: { files: { efs: {} } } },
        [/elasticfilesystem:ClientMount.* on arn:aws:elasticfilesystem/],
    ],
};

describe("what tasks may do beyond the permissions boundary", () => {
    for (const [name, [heritage, whats]] of Object.entries(WANTED)) {
        it(`is told of ${name}, and not where the boundary was made for it`, async () => {
            const wanted = config(heritage);
            const found = await beyond(boundary(ACCOUNT, STACK), wanted);
            expect(found).to.have.length(whats.length);
            whats.forEach((what, i) => expect(found[i]).to.match(what));
            expect(await beyond(boundary(ACCOUNT, { ...STACK, ...permissionsOf(wanted) }), wanted)).to.deep.equal([]);
        });
    }

    it("is nothing where a heritage asks for nothing but its own", async () => {
        const own = config({ uses: { files: { bucket: {} }, jobs: { queue: {} } }, volumes: { pages: {} } });
        expect(await beyond(boundary(ACCOUNT, STACK), own)).to.deep.equal([]);
    });

    it("is told of off hours in a boundary of before them", async () => {
        const schedule = { off: "19:00", on: "07:00", days: ["mon"], zone: "UTC" };
        const wanted = { ...config({}), schedule } as unknown as PlatformConfig;
        expect(await beyond(boundary(ACCOUNT, STACK), wanted)).to.deep.equal([
            "the permissions boundary does not let off hours stop and start what the stack has",
        ]);
        expect(await beyond(boundary(ACCOUNT, { ...STACK, offHours: true }), wanted)).to.deep.equal([]);
        const everything = JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });
        expect(await beyond(everything, wanted)).to.deep.equal([]);
    });

    it("is told of what RDS measures in a boundary of before it", async () => {
        const sharedDatabase = { monitoringSeconds: 60 };
        const wanted = { ...config({}), sharedDatabase } as unknown as PlatformConfig;
        expect(await beyond(boundary(ACCOUNT, STACK), wanted)).to.deep.equal([
            "the permissions boundary does not let RDS write what it measures of databases (monitoringSeconds)",
        ]);
        expect(await beyond(boundary(ACCOUNT, { ...STACK, monitoring: true }), wanted)).to.deep.equal([]);
    });

    it("is told of backups in a boundary of before them", async () => {
        const wanted = { ...config({}), backup: {} } as unknown as PlatformConfig;
        expect(await beyond(boundary(ACCOUNT, STACK), wanted)).to.deep.equal([
            "the permissions boundary does not let backups be made: each would fail",
        ]);
        expect(await beyond(boundary(ACCOUNT, { ...STACK, backup: true }), wanted)).to.deep.equal([]);
    });

    it("is told of channels in a boundary of before them", async () => {
        const alarms = { slack: [{ workspace: "T07EA123LEP", channel: "C07EZ1ABC23" }], teams: [] };
        const wanted = { ...config({}), alarms } as unknown as PlatformConfig;
        expect(await beyond(boundary(ACCOUNT, STACK), wanted)).to.deep.equal([
            "the permissions boundary does not let channels see an alarm's graph",
        ]);
        expect(await beyond(boundary(ACCOUNT, { ...STACK, chat: true }), wanted)).to.deep.equal([]);
    });

    it("is nothing in a boundary that allows everything", async () => {
        const everything = JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });
        const wanted = config({ uses: { files: { bucket: { existing: "acme-inbox" } } } });
        expect(await beyond(everything, wanted)).to.deep.equal([]);
        const but = JSON.stringify({ Statement: { Effect: "Allow", NotAction: ["iam:*"], Resource: "*" } });
        expect(await beyond(but, wanted)).to.deep.equal([]);
    });
});
