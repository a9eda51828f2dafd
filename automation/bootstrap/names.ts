import { bucketName as bucketNameOf } from "../../components/bucket";

/** Names of everything that `npx identity bootstrap` creates. A second run finds it by them. */

/** The account of the stacks, and of their state. */
export interface Account {
    readonly id: string;
    readonly partition: string;
    /** The region of the state's bucket and key. */
    readonly region: string;
    readonly project: string;
}

/** A stack with its region, and the names that it uses outside of its own paths and prefixes. */
export interface StackName {
    readonly name: string;
    readonly region: string;
    /** Whether GitHub asks for an approval, and previews come from the deployed branch alone. @default false */
    readonly production?: boolean;
    /** Names in public DNS zones that it may write, with all names below them, e.g. `dev.example.com`. @default none */
    readonly domains?: readonly string[];
    /** Parameters outside of its path that its tasks may read; `*` at the end for all that begin so. @default none */
    readonly parameters?: readonly string[];
    /** Secrets in Secrets Manager outside of its path that its tasks may read, as ends of ARNs: `prod/stripe-??????`. @default none */
    readonly secrets?: readonly string[];
    /** Keys that encrypt such secrets, by ARN. @default none */
    readonly secretKeys?: readonly string[];
    /** What its heritages' tasks may do besides (`permissions`). @default nothing */
    readonly permissions?: readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[];
    /** Whether it has off hours (`schedule`). @default false */
    readonly offHours?: boolean;
    /** Whether it has backups beyond its databases (`backup`). @default false */
    readonly backup?: boolean;
    /** Whether RDS measures the operating systems of its databases (`monitoringSeconds`). @default false */
    readonly monitoring?: boolean;
    /** Whether its alarms tell channels of Slack or Teams (`alarms`). @default false */
    readonly chat?: boolean;
    /** Whether the nightly run compares its realms with their files, by a tunnel through its workbench. @default false */
    readonly realms?: boolean;
    /** Buckets that it created before bucket names had the stack in them. @default none */
    readonly buckets?: readonly string[];
}

export const ROLES = ["preview", "drift", "deploy"] as const;
export type RoleKind = (typeof ROLES)[number];

export const GITHUB = "token.actions.githubusercontent.com";
export const AUDIENCE = "sts.amazonaws.com";

/** Lower case and hyphens, as a bucket's name has to be. */
const plain = (project: string) => project.toLowerCase().replace(/[^a-z0-9-]+/g, "-");

export const bucketName = ({ project, id, region }: Account) => `${plain(project)}-state-${id}-${region}`;
export const keyAlias = ({ project }: Account) => `alias/${plain(project)}-state`;

/**
 * The IAM path of CI's roles and of the boundaries. A deployment may change roles below `/<project>/<stack>/`, so it can change none of these.
 */
export const ownPath = ({ project }: Account) => `/${plain(project)}-bootstrap/`;

export const roleName = ({ project }: Account, stack: string, kind: RoleKind) => `${plain(project)}-${stack}-${kind}`;
export const boundaryName = ({ project }: Account, stack: string) => `${plain(project)}-${stack}-boundary`;

/** ARNs in the stack's region. */
export const arnsOf =
    ({ partition, id }: Account, { region }: StackName) =>
    (service: string, resource: string) =>
        `arn:${partition}:${service}:${region}:${id}:${resource}`;
export const iamArn = ({ partition, id }: Account, resource: string) => `arn:${partition}:iam::${id}:${resource}`;
export const roleArn = (account: Account, stack: string, kind: RoleKind) =>
    iamArn(account, `role${ownPath(account)}${roleName(account, stack, kind)}`);
export const boundaryArn = (account: Account, stack: string) =>
    iamArn(account, `policy${ownPath(account)}${boundaryName(account, stack)}`);
/** The parameters that a stack's tasks may read, as patterns of ARNs. */
export const parameterArns = (account: Account, stack: StackName) =>
    [`/${account.project}/${stack.name}/*`, ...(stack.parameters ?? [])].map((parameter) =>
        arnsOf(account, stack)("ssm", `parameter${parameter.startsWith("/") ? parameter : `/${parameter}`}`),
    );
/** The buckets of its heritages, as a pattern. */
export const ownBuckets = ({ partition, id, project }: Account, { name }: StackName) =>
    `arn:${partition}:s3:::${bucketNameOf("*", project, name, id)}`;
export const providerArn = (account: Account) => iamArn(account, `oidc-provider/${GITHUB}`);

/**
 * The environment on GitHub that a role is for. Previews and drift have environments of their own, because they need no approval.
 */
export const environmentOf = (stack: string, kind: RoleKind) => (kind === "deploy" ? stack : `${stack}-${kind}`);

/** `awssdk=v2`: the version of the AWS SDK in Pulumi that reads profiles with single sign-on. */
export const backendUrl = (account: Account) => `s3://${bucketName(account)}?region=${account.region}&awssdk=v2`;
/** By the encryption context a stack's role can decrypt what was encrypted for that stack, and nothing else. */
export const secretsProvider = (account: Account, stack: string) =>
    `awskms://${keyAlias(account)}?region=${account.region}&awssdk=v2&context_stack=${stack}`;

/**
 * A later run finds a key by them that an interrupted run left without an alias. `ManagedBy` keeps the value of the first release: another one
 * would change the tags of all that is there.
 */
export const tags = ({ project }: Account) => ({ Project: project, ManagedBy: "npm run bootstrap" });
