import { expect } from "chai";
import { FileSystem } from "../../components/file-system";
import { Heritage } from "../../components/heritage";
import { district, HERITAGE } from "./every-component";
import { make, VPC } from "./support";

const fileSystem = (args: object = {}) =>
    make(() => ({
        id: new FileSystem("uploads", { vpc: VPC, zones: 2, kmsKeyArn: "arn:key", user: "1000", ...args }).id,
    }));

describe("FileSystem", () => {
    it("is encrypted, with a mount target in each isolated subnet, into which nobody may connect by the way", async () => {
        const made = await fileSystem();
        expect(made.inputs("aws.efs.FileSystem")).to.include({ encrypted: true, kmsKeyId: "arn:key" });
        const targets = made.all("aws.efs.MountTarget");
        expect(targets.map(({ inputs }) => inputs.subnetId)).to.deep.equal(VPC.isolatedSubnetIds.slice(0, 2));
        expect(new Set(targets.map(({ inputs }) => String(inputs.securityGroups)))).to.have.length(1);
        expect(made.all("aws.vpc.SecurityGroupIngressRule")).to.deep.equal([]);
    });

    it("allows nobody anything by its policy, and denies what comes without TLS", async () => {
        const { Statement } = JSON.parse(String((await fileSystem()).inputs("aws.efs.FileSystemPolicy").policy));
        expect(Statement).to.have.length(1);
        expect(Statement[0]).to.deep.include({
            Effect: "Deny",
            Action: "*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        });
    });

    for (const [user, uid, gid] of [
        ["1000", 1000, 1000],
        ["1000:33", 1000, 33],
    ] as const) {
        it(`makes its directory the user's, of ${user}`, async () => {
            const { posixUser, rootDirectory } = (await fileSystem({ user })).inputs("aws.efs.AccessPoint");
            expect(posixUser).to.deep.equal({ uid, gid });
            expect(rootDirectory).to.deep.equal({
                path: "/files",
                creationInfo: { ownerUid: uid, ownerGid: gid, permissions: "0755" },
            });
        });
    }

    it("has backups and is kept where it is told so, and not otherwise", async () => {
        const [kept, other] = [await fileSystem({ backups: true, protect: true }), await fileSystem()];
        expect(kept.inputs("aws.efs.BackupPolicy").backupPolicy).to.deep.equal({ status: "ENABLED" });
        expect(kept.one("aws.efs.FileSystem").protect).to.equal(true);
        expect(other.all("aws.efs.BackupPolicy")).to.deep.equal([]);
        expect(other.one("aws.efs.FileSystem").protect).not.to.equal(true);
    });
});

describe("a Heritage with a file system", () => {
    const { services, scheduledTasks, beforeDeploy, ...rest } = HERITAGE;
    const heritage = () =>
        make(() => {
            const around = district();
            const { volume } = new FileSystem("blog-files", { vpc: VPC, zones: 2, kmsKeyArn: "k", user: "1000" });
            const made = new Heritage("blog", {
                ...rest,
                beforeDeploy,
                district: around,
                efsVolumes: { files: volume },
                services: {
                    web: { ...services!.plain!, mounts: { files: "/files" } },
                    worker: services!.worker!,
                },
                scheduledTasks: { nightly: { ...scheduledTasks!.nightly!, mounts: { files: "/files" } } },
            });
            return { services: made.serviceNames };
        });

    it("mounts it with the task's role, over TLS and through the access point, in the tasks that say so alone", async () => {
        const made = await heritage();
        const volumes = (name: string) => made.inputs("aws.ecs.TaskDefinition", name).volumes as object[];
        for (const name of ["blog-web", "blog-nightly"]) {
            const [volume] = volumes(name) as { name: string; efsVolumeConfiguration: Record<string, unknown> }[];
            expect(volume!.name).to.equal("volume-files");
            expect(volume!.efsVolumeConfiguration).to.deep.include({ transitEncryption: "ENABLED" });
            expect(volume!.efsVolumeConfiguration.authorizationConfig).to.include({ iam: "ENABLED" });
        }
        expect(volumes("blog-worker")).to.deep.equal([]);
        expect(volumes("blog-oneoff")).to.deep.equal([]);
    });

    it("lets those tasks connect, and their roles mount it through the access point alone", async () => {
        const made = await heritage();
        const into = made.all("aws.vpc.SecurityGroupIngressRule").filter(({ inputs }) => inputs.fromPort === 2049);
        expect(into.map(({ name }) => name).sort()).to.deep.equal([
            "blog-files-from-blog-nightly",
            "blog-files-from-blog-web",
        ]);
        const policies = made
            .all("aws.iam.RolePolicy")
            .filter(({ inputs }) => /elasticfilesystem/.test(String(inputs.policy)));
        expect(policies.map(({ name }) => name).sort()).to.deep.equal(["blog-nightly-task", "blog-web-task"]);
        const { Statement } = JSON.parse(String(policies[0]!.inputs.policy));
        const own = Statement.find(({ Action }: { Action: string[] }) =>
            Action.includes("elasticfilesystem:ClientMount"),
        );
        expect(own.Action).to.deep.equal(["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]);
        expect(own.Condition.StringEquals).to.have.all.keys("elasticfilesystem:AccessPointArn");
    });
});
