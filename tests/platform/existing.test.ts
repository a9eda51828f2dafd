import { FileSystemNotFound } from "@aws-sdk/client-efs";
import { WAFNonexistentItemException } from "@aws-sdk/client-wafv2";
import { expect } from "chai";
import { readConfig } from "../../config/load";
import type { FoundNetwork } from "../../platform/existing-network/found";
import { lookUpCluster } from "../../platform/existing/cluster";
import { lookUpFileSystem } from "../../platform/existing/file-systems";
import { groupProblems } from "../../platform/existing/security-groups";
import { webAclProblems } from "../../platform/existing/web-acl";
import { DEV, handedOver } from "../config/support";

type Answer = (input: never) => unknown;

/** Answers by the name of what is asked. */
const aws = (answers: Record<string, Answer>) =>
    ({
        send: (command: { constructor: { name: string }; input: never }) =>
            Promise.resolve().then(() => answers[command.constructor.name.replace(/Command$/, "")]!(command.input)),
    }) as never;
const said = (problems: readonly { what: string; fix: string }[]) =>
    problems.map(({ what, fix }) => `${what} → ${fix}`);
const OWNER = { project: "identity", stack: "dev" };

function configOf(more = "") {
    const { config, problems } = readConfig(
        handedOver(`${DEV}agents: { issuer: {} }\n${more}`),
        "identity",
        () => true,
    );
    expect(problems).to.deep.equal([]);
    return config!;
}

describe("A cluster that exists", () => {
    const WELL = {
        clusterArn: "arn:aws:ecs:ap-northeast-1:111111111111:cluster/shared",
        clusterName: "shared",
        status: "ACTIVE",
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        settings: [{ name: "containerInsights", value: "enabled" }],
    };
    const found = (cluster: object | undefined, config = configOf()) =>
        lookUpCluster(
            aws({ DescribeClusters: () => ({ clusters: cluster ? [{ ...WELL, ...cluster }] : [] }) }),
            "shared",
            config,
            OWNER,
        );

    it("is taken with its ARN and its name", async () => {
        const { problems, cluster } = await found({});
        expect(problems).to.deep.equal([]);
        expect(cluster).to.deep.equal({ arn: WELL.clusterArn, name: "shared" });
    });

    it("is refused where it is not there, or no longer", async () => {
        for (const none of [undefined, { status: "INACTIVE" }]) {
            const [text] = said((await found(none)).problems);
            expect(text).to.match(/^there is no ECS cluster shared in ap-northeast-1.* → identity:cluster\.existing/);
        }
    });

    it("has what the stack's tasks want: Spot, and Container Insights", async () => {
        const withoutSpot = { capacityProviders: ["FARGATE"] };
        const [spot] = said((await found(withoutSpot)).problems);
        expect(spot).to.match(
            /no capacity provider FARGATE_SPOT.* → aws ecs put-cluster-capacity-providers --cluster shared/,
        );
        const onDemand = configOf().agents.issuer!;
        const config = { ...configOf(), agents: { issuer: { ...onDemand, spot: false as const } } };
        expect((await found(withoutSpot, config)).problems).to.deep.equal([]);
        const counted = { ...config, containerInsights: true };
        const [insights] = said((await found({ settings: [] }, counted)).problems);
        expect(insights).to.match(/Container Insights off.* → aws ecs update-cluster-settings --cluster shared/);
        const enhanced = { settings: [{ name: "containerInsights", value: "enhanced" }] };
        expect((await found(enhanced, counted)).problems).to.deep.equal([]);
    });

    it("is no stack's own, neither this one's nor another one's", async () => {
        const tags = (stack: string) =>
            Object.entries({ Project: "identity", Stack: stack, ManagedBy: "pulumi" }).map(([key, value]) => ({
                key,
                value,
            }));
        expect(said((await found({ tags: tags("dev") })).problems)[0]).to.match(
            /this stack made itself.*leave identity:cluster out/,
        );
        expect(said((await found({ tags: tags("prod") })).problems)[0]).to.match(
            /belongs to the stack prod of identity/,
        );
    });
});

describe("A web ACL that exists", () => {
    const ARN = "arn:aws:wafv2:ap-northeast-1:111111111111:regional/webacl/public/11111111-2222-3333-4444-555555555555";

    it("is asked for by its name and id", async () => {
        const asked: unknown[] = [];
        const GetWebACL = (input: unknown) => {
            asked.push(input);
            return {};
        };
        expect(await webAclProblems(aws({ GetWebACL }), ARN, "111111111111")).to.deep.equal([]);
        expect(asked).to.deep.equal([
            { Name: "public", Id: "11111111-2222-3333-4444-555555555555", Scope: "REGIONAL" },
        ]);
    });

    it("is refused where it is not there, or of another account", async () => {
        const GetWebACL = () => {
            throw new WAFNonexistentItemException({ message: "none", $metadata: {} });
        };
        const [none] = said(await webAclProblems(aws({ GetWebACL }), ARN, "111111111111"));
        expect(none).to.match(/^there is no web ACL arn:.* → .*aws wafv2 list-web-acls --scope REGIONAL/);
        const [other] = said(await webAclProblems(aws({}), ARN, "222222222222"));
        expect(other).to.match(/belongs to account 111111111111, and the stack to 222222222222/);
    });
});

const subnet = (zone: string) => ({ id: `subnet-${zone}`, zone, cidr: "10.9.0.0/24", wayOut: true });
const NETWORK: FoundNetwork = {
    vpcId: "vpc-1",
    cidrs: ["10.9.0.0/16"],
    subnets: { public: [], private: [subnet("a"), subnet("c")], database: [] },
    natAddresses: [],
};

describe("A file system that exists", () => {
    const target = (AvailabilityZoneName: string, more = {}) => ({
        MountTargetId: `fsmt-${AvailabilityZoneName}`,
        AvailabilityZoneName,
        VpcId: "vpc-1",
        LifeCycleState: "available",
        ...more,
    });
    const found = async ({
        system = {} as object | null,
        targets = [target("a"), target("c")],
        groups = { "fsmt-a": ["sg-x", "sg-1"], "fsmt-c": ["sg-1", "sg-y"] } as Record<string, string[]>,
    }) => {
        const well = { FileSystemArn: "arn:fs-1", LifeCycleState: "available", Encrypted: true };
        const DescribeFileSystems = () => {
            if (!system)
                throw new FileSystemNotFound({ ErrorCode: "FileSystemNotFound", message: "none", $metadata: {} });
            return { FileSystems: [{ ...well, ...system }] };
        };
        const { problems, fileSystem } = await lookUpFileSystem(
            aws({
                DescribeFileSystems,
                DescribeMountTargets: () => ({ MountTargets: targets }),
                DescribeMountTargetSecurityGroups: ({ MountTargetId }: { MountTargetId: string }) => ({
                    SecurityGroups: groups[MountTargetId],
                }),
            }),
            "fs-1",
            "volumes.media of heritages/blog.yml",
            NETWORK,
        );
        return { said: said(problems), fileSystem };
    };

    it("is taken with the security group that its mount targets have in common", async () => {
        const { said: problems, fileSystem } = await found({});
        expect(problems).to.deep.equal([]);
        expect(fileSystem).to.deep.equal({ id: "fs-1", arn: "arn:fs-1", groupId: "sg-1" });
    });

    const REFUSED: Record<string, [Parameters<typeof found>[0], RegExp]> = {
        "one that is not there": [{ system: null }, /there is no file system fs-1.*\(volumes\.media of heritages/],
        "one that is being made": [{ system: { LifeCycleState: "creating" } }, /the file system fs-1 is creating/],
        "one that is not encrypted": [{ system: { Encrypted: false } }, /is not encrypted.* → restore a backup/],
        "a zone without a mount target": [
            { targets: [target("a")] },
            /has no mount target in c of vpc-1.* → aws efs create-mount-target --file-system-id fs-1/,
        ],
        "mount targets in another VPC": [
            { targets: [target("a", { VpcId: "vpc-2" }), target("c", { VpcId: "vpc-2" })] },
            /no mount target in a, c of vpc-1/,
        ],
        "mount targets without a group in common": [
            { groups: { "fsmt-a": ["sg-1"], "fsmt-c": ["sg-2"] } },
            /have no security group in common/,
        ],
    };
    for (const [name, [facts, expected]] of Object.entries(REFUSED)) {
        it(`is refused for ${name}`, async () => {
            const { said: problems, fileSystem } = await found(facts);
            expect(problems).to.have.length(1);
            expect(problems[0]).to.match(expected);
            expect(fileSystem).to.equal(undefined);
        });
    }
});

describe("Security groups that bindings name", () => {
    it("are there, and in the stack's VPC", async () => {
        const DescribeSecurityGroups = () => ({
            SecurityGroups: [
                { GroupId: "sg-1", VpcId: "vpc-1" },
                { GroupId: "sg-2", VpcId: "vpc-2" },
            ],
        });
        const groups = new Map(["sg-1", "sg-2", "sg-3"].map((id) => [id, "uses.db of heritages/blog.yml"]));
        const problems = said(await groupProblems(aws({ DescribeSecurityGroups }), groups, "vpc-1"));
        expect(problems).to.have.length(2);
        expect(problems[0]).to.match(/sg-2 is in vpc-2, and the stack in vpc-1 \(uses\.db of heritages\/blog\.yml\)/);
        expect(problems[1]).to.match(/there is no security group sg-3/);
    });
});
