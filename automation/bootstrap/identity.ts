/** GitHub's identity provider, and the roles that workflows assume. */
import type { IAM } from "@aws-sdk/client-iam";
import { boundary } from "./boundary";
import { deployPolicies } from "./deploy-policy";
import { sameDocument } from "./document";
import {
    type Account,
    AUDIENCE,
    boundaryName,
    environmentOf,
    GITHUB,
    iamArn,
    ownPath,
    providerArn,
    type RoleKind,
    roleName,
    type StackName,
    tags,
} from "./names";
import { rolePolicy, trustPolicy } from "./policies";
import type { Known } from "./state";
import { type Difference, unlessMissing, type AccountSetting } from "./account-setting";

/** Seconds that a job's credentials are valid. For deployments twice the longest first `up`, which waits for databases and load balancers. */
const SESSION_SECONDS: Record<RoleKind, number> = { preview: 3600, drift: 3600, deploy: 7200 };
/** The name of the one inline policy of a role. Another one was added by hand, and is removed. */
const OWN = "own";
/** The number of versions of a managed policy that IAM keeps. */
const MOST_VERSIONS = 5;

const ownTags = (account: Account) => Object.entries(tags(account)).map(([Key, Value]) => ({ Key, Value }));

/** An account has one provider for GitHub, whoever created it. This adds the audience that CI's tokens have, and leaves the rest. */
export function githubProvider(client: IAM, account: Account): AccountSetting {
    const OpenIDConnectProviderArn = providerArn(account);
    const look = async (): Promise<Difference[]> => {
        const found = await unlessMissing(
            client.getOpenIDConnectProvider({ OpenIDConnectProviderArn }),
            "NoSuchEntityException",
        );
        if (!found) {
            const put = () =>
                client.createOpenIDConnectProvider({
                    Url: `https://${GITHUB}`,
                    ClientIDList: [AUDIENCE],
                    Tags: ownTags(account),
                });
            return [{ what: `make it, for ${AUDIENCE}`, put }];
        }
        if (found.ClientIDList?.includes(AUDIENCE)) return [];
        const put = () => client.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: AUDIENCE });
        return [{ what: `let tokens for ${AUDIENCE} in, too`, put }];
    };
    return { what: "identity provider", name: GITHUB, look };
}

/** What roles that a stack's program makes may do at most. */
export const stackBoundary = (client: IAM, account: Account, stack: StackName) =>
    managedPolicy(client, account, boundaryName(account, stack.name), boundary(account, stack), {
        what: "permissions boundary",
        about: `What roles of the stack ${stack.name} may do at most`,
    });

/** What the deploy role may do. */
export const managedDeployPolicies = (client: IAM, account: Account, stack: StackName) =>
    Object.entries(deployPolicies(account, stack)).map(([end, { about, document }]) =>
        managedPolicy(client, account, `${roleName(account, stack.name, "deploy")}${end}`, document, {
            what: "policy",
            about: `What a deployment of the stack ${stack.name} ${about}`,
        }),
    );

/** The stacks that have a deploy role in the account, by its name. */
export async function stacksWithRoles(client: IAM, account: Account): Promise<string[]> {
    const { paginateListRoles } = await import("@aws-sdk/client-iam");
    const names: string[] = [];
    for await (const { Roles = [] } of paginateListRoles({ client }, { PathPrefix: ownPath(account) }))
        names.push(...Roles.flatMap(({ RoleName }) => RoleName ?? []));
    const [before, after] = roleName(account, "/", "deploy").split("/") as [string, string];
    return names
        .filter((name) => name.startsWith(before) && name.endsWith(after))
        .map((name) => name.slice(before.length, name.length - after.length));
}

function managedPolicy(
    client: IAM,
    account: Account,
    name: string,
    text: string,
    { what, about }: { what: string; about: string },
): AccountSetting {
    const PolicyArn = iamArn(account, `policy${ownPath(account)}${name}`);
    const look = async (): Promise<Difference[]> => {
        const found = await unlessMissing(client.getPolicy({ PolicyArn }), "NoSuchEntityException");
        if (!found) {
            const put = () =>
                client.createPolicy({
                    PolicyName: name,
                    Path: ownPath(account),
                    PolicyDocument: text,
                    Description: about,
                    Tags: ownTags(account),
                });
            return [{ what: "make it", put }];
        }
        const VersionId = found.Policy!.DefaultVersionId!;
        const { PolicyVersion } = await client.getPolicyVersion({ PolicyArn, VersionId });
        if (sameDocument(PolicyVersion!.Document, text)) return [];
        return [{ what: "set it as it should be", put: () => newVersion(client, PolicyArn, text) }];
    };
    return { what, name, look };
}

async function newVersion(client: IAM, PolicyArn: string, PolicyDocument: string) {
    const { Versions = [] } = await client.listPolicyVersions({ PolicyArn });
    const old = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).sort(
        (a, b) => Number(a.CreateDate) - Number(b.CreateDate),
    );
    if (Versions.length >= MOST_VERSIONS) {
        await client.deletePolicyVersion({ PolicyArn, VersionId: old[0]!.VersionId });
    }
    await client.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true });
}

export interface RoleArgs {
    /** On GitHub, as it is in the tokens of its workflows. */
    repository: string;
    stack: StackName;
    kind: RoleKind;
}

/** A role of one environment's workflows. */
export function workflowRole(client: IAM, account: Account, known: Known, args: RoleArgs): AccountSetting {
    const { stack, kind, repository } = args;
    const RoleName = roleName(account, stack.name, kind);
    const trust = trustPolicy(account, repository, stack.name, kind);
    const MaxSessionDuration = SESSION_SECONDS[kind];
    const make = () =>
        client.createRole({
            RoleName,
            Path: ownPath(account),
            AssumeRolePolicyDocument: trust,
            MaxSessionDuration,
            Description: `${kind} of the stack ${stack.name}, from workflows of ${repository}`.slice(0, 1000),
            Tags: ownTags(account),
        });
    const look = async (): Promise<Difference[]> => {
        const found = await unlessMissing(client.getRole({ RoleName }), "NoSuchEntityException");
        const role = found?.Role;
        if (!role) {
            const subject = `${repository}, environment ${environmentOf(stack.name, kind)}`;
            return [{ what: `make it, for ${subject}`, put: make }];
        }
        const differences: Difference[] = [];
        if (!sameDocument(role.AssumeRolePolicyDocument, trust)) {
            const put = () => client.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust });
            differences.push({ what: `trust ${repository}, environment ${environmentOf(stack.name, kind)}`, put });
        }
        if (role.MaxSessionDuration !== MaxSessionDuration) {
            const put = () => client.updateRole({ RoleName, MaxSessionDuration });
            differences.push({ what: `let its credentials hold for ${MaxSessionDuration / 3600} h`, put });
        }
        const wanted = rolePolicy(account, stack, known.keyArn ?? "*", kind);
        const attached =
            kind === "deploy"
                ? Object.keys(deployPolicies(account, stack)).map((end) =>
                      iamArn(account, `policy${ownPath(account)}${RoleName}${end}`),
                  )
                : [];
        return [
            ...differences,
            ...(await inlinePolicies(client, RoleName, wanted)),
            ...(await attachedPolicies(client, RoleName, attached)),
        ];
    };
    return { what: "role", name: RoleName, look };
}

async function inlinePolicies(client: IAM, RoleName: string, PolicyDocument: string): Promise<Difference[]> {
    const { PolicyNames = [] } = await client.listRolePolicies({ RoleName });
    const differences: Difference[] = PolicyNames.filter((name) => name !== OWN).map((PolicyName) => ({
        what: `take out the policy ${PolicyName}, which was put in by hand`,
        put: () => client.deleteRolePolicy({ RoleName, PolicyName }),
    }));
    const inline = PolicyNames.includes(OWN) ? await client.getRolePolicy({ RoleName, PolicyName: OWN }) : undefined;
    if (!sameDocument(inline?.PolicyDocument, PolicyDocument)) {
        const put = () => client.putRolePolicy({ RoleName, PolicyName: OWN, PolicyDocument });
        differences.push({ what: "set what it may do", put });
    }
    return differences;
}

async function attachedPolicies(client: IAM, RoleName: string, wanted: string[]): Promise<Difference[]> {
    const { AttachedPolicies = [] } = await client.listAttachedRolePolicies({ RoleName });
    const attached = AttachedPolicies.map(({ PolicyArn }) => PolicyArn!);
    return [
        ...attached
            .filter((arn) => !wanted.includes(arn))
            .map((PolicyArn) => ({
                what: `detach ${PolicyArn.split("/").pop()}, which was attached by hand`,
                put: () => client.detachRolePolicy({ RoleName, PolicyArn }),
            })),
        ...wanted
            .filter((arn) => !attached.includes(arn))
            .map((PolicyArn) => ({
                what: `attach ${PolicyArn.split("/").pop()}`,
                put: () => client.attachRolePolicy({ RoleName, PolicyArn }),
            })),
    ];
}
