/** What exists already beside the network, and what is wrong with it: a cluster, a web ACL, file systems, security groups. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ECSClient } from "@aws-sdk/client-ecs";
import type { EFSClient } from "@aws-sdk/client-efs";
import type { WAFV2Client } from "@aws-sdk/client-wafv2";
import type { Problem, Question } from "../../components/aws-error";
import type { PlatformConfig } from "../../config/defaults";
import type { FoundNetwork } from "../existing-network/found";
import { CLUSTER_NEEDS, type FoundCluster, lookUpCluster, simulatedCluster } from "./cluster";
import {
    FILE_SYSTEM_NEEDS,
    type FoundFileSystem,
    lookUpFileSystem,
    namedFileSystems,
    simulatedFileSystem,
} from "./file-systems";
import type { Owner } from "./owner";
import { groupProblems, GROUPS_NEED, namedGroups } from "./security-groups";
import { existingWebAcl } from "../../config/checks/existing";
import { WEB_ACL_NEEDS, webAclProblems } from "./web-acl";

/** Made when they are asked: few stacks need them. */
export interface ExistingClients {
    readonly ec2: Pick<EC2Client, "send">;
    readonly ecs: () => Promise<Pick<ECSClient, "send">>;
    readonly efs: () => Promise<Pick<EFSClient, "send">>;
    readonly wafv2: () => Promise<Pick<WAFV2Client, "send">>;
}

/** What the program needs to know of it. */
export interface Existing {
    readonly cluster?: FoundCluster;
    /** By the ids that heritages name. */
    readonly fileSystems: ReadonlyMap<string, FoundFileSystem>;
}

export const NOTHING_EXISTS: Existing = { fileSystems: new Map() };

type Asked = <T extends object>(question: Question, ask: () => Promise<T>) => Promise<T | Problem>;

export async function lookUpExisting(
    { config, account, owner }: { config: PlatformConfig; account: string; owner: Owner },
    clients: ExistingClients,
    asked: Asked,
    network: FoundNetwork | undefined,
): Promise<{ problems: Problem[]; existing: Existing }> {
    const problems: Problem[] = [];
    const answerOrProblem = <T extends object>(answer: T | Problem): T | undefined => {
        if (!("fix" in answer)) return answer;
        problems.push(answer);
        return undefined;
    };
    const { cluster: named } = config;
    const cluster =
        named &&
        answerOrProblem(
            await asked({ about: `the cluster ${named.existing}`, needs: CLUSTER_NEEDS }, async () =>
                lookUpCluster(await clients.ecs(), named.existing, config, owner),
            ),
        );
    problems.push(...(cluster?.problems ?? []));
    const webAcl = existingWebAcl(config);
    if (webAcl !== undefined) {
        const question = { about: `the web ACL ${webAcl}`, needs: WEB_ACL_NEEDS };
        problems.push(
            ...(answerOrProblem(
                await asked(question, async () => webAclProblems(await clients.wafv2(), webAcl, account)),
            ) ?? []),
        );
    }
    const fileSystems = new Map<string, FoundFileSystem>();
    // Without the network nobody can tell whether they are in it.
    if (!network) return { problems, existing: { cluster: cluster?.cluster, fileSystems } };
    for (const [id, by] of namedFileSystems(config)) {
        const question = { about: `the file system ${id}`, needs: FILE_SYSTEM_NEEDS };
        const found = answerOrProblem(
            await asked(question, async () => lookUpFileSystem(await clients.efs(), id, by, network)),
        );
        problems.push(...(found?.problems ?? []));
        if (found?.fileSystem) fileSystems.set(id, found.fileSystem);
    }
    const groups = namedGroups(config);
    if (groups.size > 0) {
        const question = { about: "the security groups that bindings name", needs: GROUPS_NEED };
        problems.push(
            ...(answerOrProblem(await asked(question, () => groupProblems(clients.ec2, groups, network.vpcId))) ?? []),
        );
    }
    return { problems, existing: { cluster: cluster?.cluster, fileSystems } };
}

/** What the plan assumes, where there is no AWS to ask. */
export const simulatedExisting = (config: PlatformConfig): Existing => ({
    cluster: config.cluster && simulatedCluster(config.cluster.existing, config),
    fileSystems: new Map([...namedFileSystems(config).keys()].map((id) => [id, simulatedFileSystem(id, config)])),
});
