/** File systems of EFS that exist (`volumes: { uploads: { efs: { existing: fs-… } } }`): whether the stack's tasks can mount them. */
import type { EFSClient, MountTargetDescription } from "@aws-sdk/client-efs";
import { digits, Place } from "../../aws/simulated";
import type { Problem } from "../../components/aws-error";
import type { PlatformConfig } from "../../config/defaults";
import type { FoundNetwork } from "../existing-network/found";

export interface FoundFileSystem {
    readonly id: string;
    readonly arn: string;
    /** The security group that all of its mount targets in the stack's zones have. */
    readonly groupId: string;
}

export const FILE_SYSTEM_NEEDS =
    "elasticfilesystem:DescribeFileSystems, elasticfilesystem:DescribeMountTargets and elasticfilesystem:DescribeMountTargetSecurityGroups on it";

/** The file systems that the heritages name, each with the first place that names it. */
export function namedFileSystems({ heritages }: PlatformConfig): Map<string, string> {
    const all = Object.entries(heritages).flatMap(([heritage, { volumes }]) =>
        Object.entries(volumes).flatMap(([name, { efs }]): [string, string][] =>
            efs?.existing === undefined ? [] : [[efs.existing, `volumes.${name} of heritages/${heritage}.yml`]],
        ),
    );
    return new Map(all.reverse());
}

export async function lookUpFileSystem(
    efs: Pick<EFSClient, "send">,
    id: string,
    by: string,
    network: FoundNetwork,
): Promise<{ problems: Problem[]; fileSystem?: FoundFileSystem }> {
    const sdk = await import("@aws-sdk/client-efs");
    const says = (what: string, fix: string) => ({ problems: [{ what: `${what} (${by})`, fix }] });
    const described = await efs
        .send(new sdk.DescribeFileSystemsCommand({ FileSystemId: id }))
        .catch((error: unknown) => {
            if (error instanceof sdk.FileSystemNotFound) return { FileSystems: [] };
            throw error;
        });
    const [found] = described.FileSystems ?? [];
    if (found?.LifeCycleState !== "available") {
        const what = found ? `the file system ${id} is ${found.LifeCycleState}` : `there is no file system ${id}`;
        return says(
            `${what}, in this account and region`,
            "`aws efs describe-file-systems` names those that there are",
        );
    }
    if (!found.Encrypted) {
        const what = `the file system ${id} is not encrypted, and EFS encrypts one only when it is made`;
        return says(
            what,
            "restore a backup of it into an encrypted one, and name that one; or `efs: {}` and copy the files",
        );
    }
    const { MountTargets = [] } = await efs.send(new sdk.DescribeMountTargetsCommand({ FileSystemId: id }));
    const { targets, missing } = inZones(MountTargets, network);
    if (missing.length > 0) {
        const what = `the file system ${id} has no mount target in ${missing.join(", ")} of ${network.vpcId}, where the stack's tasks run`;
        return says(
            what,
            `aws efs create-mount-target --file-system-id ${id} --subnet-id SUBNET, for each of these zones`,
        );
    }
    const groups = await Promise.all(
        targets.map(async ({ MountTargetId }) => {
            const asked = new sdk.DescribeMountTargetSecurityGroupsCommand({ MountTargetId });
            return (await efs.send(asked)).SecurityGroups ?? [];
        }),
    );
    const groupId = groups[0]?.find((group) => groups.every((others) => others.includes(group)));
    if (groupId === undefined) {
        const what = `the mount targets of ${id} have no security group in common, which the stack's tasks could be let into`;
        return says(what, "aws efs modify-mount-target-security-groups, with one group for all of them");
    }
    return { problems: [], fileSystem: { id, arn: found.FileSystemArn!, groupId } };
}

/** A name of EFS leads to the mount target in the task's own zone, and to none where the zone has none (EFS user guide, "Mounting with DNS names"). */
function inZones(all: readonly MountTargetDescription[], { vpcId, subnets }: FoundNetwork) {
    const zones = [...new Set(subnets.private.map(({ zone }) => zone))];
    const here = all.filter((target) => target.VpcId === vpcId && target.LifeCycleState === "available");
    return {
        targets: here.filter(({ AvailabilityZoneName = "" }) => zones.includes(AvailabilityZoneName)),
        missing: zones.filter((zone) => !here.some(({ AvailabilityZoneName }) => AvailabilityZoneName === zone)),
    };
}

/** The file system that the plan assumes, where there is no AWS to ask. */
export const simulatedFileSystem = (id: string, { region }: PlatformConfig): FoundFileSystem => ({
    id,
    arn: new Place(region).arn("elasticfilesystem", `file-system/${id}`),
    groupId: `sg-${digits(id)}`,
});
