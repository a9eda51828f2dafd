/** What `npx identity bootstrap` makes is called by these names, so that a second run finds it. */

/** The account that the stacks live in, and where their state does. */
export interface Account {
    readonly id: string;
    readonly partition: string;
    /** The region of the state's bucket and key. */
    readonly region: string;
    readonly project: string;
}

/** A stack, the region that its stack file names, and what of the account it uses by name that is not below its own names. */
export interface StackName {
    readonly name: string;
    readonly region: string;
    /** Whether what is in it is worth more than a test: approvals on GitHub, previews from the deployed branch alone. @default false */
    readonly production?: boolean;
    /** Names in public DNS zones that it may write, e.g. `dev.example.com`; those below each, too. @default none */
    readonly domains?: readonly string[];
    /** Parameters of others that its tasks may read; `*` at the end stands for whatever is below. @default none */
    readonly parameters?: readonly string[];
    /** Buckets that it made before their names said whose they are. @default none */
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
 * A path of its own, so that what a deployment may change (roles below `/<project>/<stack>/`) never is a role or a boundary
 * that says what a deployment may do.
 */
export const ownPath = ({ project }: Account) => `/${plain(project)}-bootstrap/`;

export const roleName = ({ project }: Account, stack: string, kind: RoleKind) => `${plain(project)}-${stack}-${kind}`;
export const boundaryName = ({ project }: Account, stack: string) => `${plain(project)}-${stack}-boundary`;

export const deployOwnName = (account: Account, stack: string) => `${roleName(account, stack, "deploy")}-own`;

export const iamArn = ({ partition, id }: Account, resource: string) => `arn:${partition}:iam::${id}:${resource}`;
export const roleArn = (account: Account, stack: string, kind: RoleKind) =>
    iamArn(account, `role${ownPath(account)}${roleName(account, stack, kind)}`);
export const boundaryArn = (account: Account, stack: string) =>
    iamArn(account, `policy${ownPath(account)}${boundaryName(account, stack)}`);
/** The parameters that a stack's tasks may read, as patterns of ARNs. */
export const parameterArns = ({ partition, id, project }: Account, { name, region, parameters = [] }: StackName) =>
    [`/${project}/${name}/*`, ...parameters].map(
        (parameter) =>
            `arn:${partition}:ssm:${region}:${id}:parameter${parameter.startsWith("/") ? parameter : `/${parameter}`}`,
    );
export const providerArn = (account: Account) => iamArn(account, `oidc-provider/${GITHUB}`);

/**
 * The environment on GitHub that a role is for. A preview and the search for drift have one each, so that the approval which
 * protects `prod` holds up neither.
 */
export const environmentOf = (stack: string, kind: RoleKind) => (kind === "deploy" ? stack : `${stack}-${kind}`);

/** `awssdk=v2`: the newer one of the two that Pulumi has, which knows profiles of a single sign-on. */
export const backendUrl = (account: Account) => `s3://${bucketName(account)}?region=${account.region}&awssdk=v2`;
/** The context has KMS decrypt with a stack's role what was encrypted for this stack, and nothing else. */
export const secretsProvider = (account: Account, stack: string) =>
    `awskms://${keyAlias(account)}?region=${account.region}&awssdk=v2&context_stack=${stack}`;

/** For finding a key that a run was interrupted in making, and for who wonders where something comes from. */
/** `ManagedBy` keeps the value of the first release: another one would change the tags of all that is there. */
export const tags = ({ project }: Account) => ({ Project: project, ManagedBy: "npm run bootstrap" });
