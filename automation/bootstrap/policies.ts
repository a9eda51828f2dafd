/**
 * The policy documents of everything that `npx identity bootstrap` creates. They are pure functions of names, so that the tests can hand them to
 * IAM's simulator.
 */
import { READ } from "./actions";
import { ownTags } from "./boundary";
import { deploy } from "./deploy-policy";
import { document, type Statement } from "./document";
import {
    type Account,
    AUDIENCE,
    bucketName,
    environmentOf,
    GITHUB,
    providerArn,
    type RoleKind,
    type StackName,
} from "./names";

const bucketArn = (account: Account) => `arn:${account.partition}:s3:::${bucketName(account)}`;

/** Leaves to IAM who may use the key. S3's and Pulumi's uses differ in their encryption context. */
export const keyPolicy = ({ partition, id }: Account) =>
    document([
        {
            Sid: "TheAccountsIamDecides",
            Effect: "Allow",
            Principal: { AWS: `arn:${partition}:iam::${id}:root` },
            Action: "kms:*",
            Resource: "*",
        },
    ]);

/** Denies requests without TLS. The roles decide everything else. */
export const bucketPolicy = (account: Account) =>
    document([
        {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*", // the statement only denies
            Action: "s3:*",
            Resource: [bucketArn(account), `${bucketArn(account)}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
    ]);

/**
 * The token of a workflow's job names its repository and its environment, and both have to match exactly. A fork is another repository. The
 * environment's settings on GitHub say which branches may use it and who has to approve.
 */
export const trustPolicy = (account: Account, repository: string, stack: string, kind: RoleKind) =>
    document([
        {
            Effect: "Allow",
            Principal: { Federated: providerArn(account) },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
                StringEquals: {
                    [`${GITHUB}:aud`]: AUDIENCE,
                    [`${GITHUB}:sub`]: `repo:${repository}:environment:${environmentOf(stack, kind)}`,
                },
            },
        },
    ]);

/** The inline policy of a role of CI. */
export function rolePolicy(account: Account, stack: StackName, keyArn: string, kind: RoleKind) {
    const all = [...read(stack), ...state(account, stack.name, keyArn, kind === "deploy")];
    if (kind === "preview") return document([...all, noDecryption()]);
    if (kind === "drift") {
        const tunnels = stack.realms ? tunnelsOf(account, stack) : [];
        return document([...all, ...ownParameters(account, stack), scanImages(account, stack), ...tunnels]);
    }
    return document([...all, ...ownParameters(account, stack), ...deploy(account, stack)]);
}

const read = (stack: StackName): Statement[] => [
    {
        Sid: "SeeHowThingsAreSet",
        Effect: "Allow",
        Action: [...READ],
        Resource: "*", // most of these have no resource to be narrowed to
        Condition: { StringEquals: { "aws:RequestedRegion": [stack.region, ...GLOBAL_REGIONS] } },
    },
];

/** The region in requests to global services, in each partition. */
const GLOBAL_REGIONS = ["us-east-1", "cn-north-1", "us-gov-west-1"];

/**
 * The stack's own state, in the layout of Pulumi's backend. Only a deployment writes: previews and drift take no lock. A preview has to
 * decrypt the state's secrets, so whoever can run a preview can read them.
 */
function state(account: Account, stack: string, keyArn: string, write: boolean): Statement[] {
    const { project } = account;
    const objects = (...keys: string[]) => keys.map((key) => `${bucketArn(account)}/.pulumi/${key}`);
    const locks = objects(`locks/organization/${project}/${stack}/*`);
    // `dev.*` has the state, its backup (.bak) and a compressed one (.gz). The dot keeps out the state of a stack `dev-2`.
    const ownState = objects(
        `stacks/${project}/${stack}.*`,
        `history/${project}/${stack}/*`,
        `backups/${project}/${stack}/*`,
    );
    const writeState: Statement = {
        Sid: "WriteTheState",
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:DeleteObject"],
        Resource: [...ownState, ...locks],
    };
    return [
        {
            Sid: "FindTheState",
            Effect: "Allow",
            Action: ["s3:ListBucket", "s3:GetBucketLocation"],
            Resource: bucketArn(account),
        },
        {
            Sid: "ReadTheState",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: [...objects("meta.yaml"), ...ownState, ...locks],
        },
        ...(write ? [writeState] : []),
        {
            Sid: "TheBucketsKey",
            Effect: "Allow",
            Action: write ? ["kms:Decrypt", "kms:GenerateDataKey"] : "kms:Decrypt",
            Resource: keyArn,
            Condition: {
                StringEquals: {
                    "kms:ViaService": `s3.${account.region}.amazonaws.com`,
                    "kms:EncryptionContext:aws:s3:arn": bucketArn(account),
                },
            },
        },
        {
            Sid: "TheStacksSecretsInItsState",
            Effect: "Allow",
            Action: write ? ["kms:Decrypt", "kms:Encrypt"] : "kms:Decrypt",
            Resource: keyArn,
            Condition: { StringEquals: { "kms:EncryptionContext:stack": stack } },
        },
    ];
}

/** The AWS managed key aws/ssm decrypts for everybody in the account who may read the parameter, so this needs a denial. */
const noDecryption = (): Statement => ({
    Sid: "NoParametersInTheClear",
    Effect: "Deny",
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: { StringLike: { "kms:ViaService": "ssm.*.amazonaws.com" } },
});

/** `npx identity images check --rescan`, each night: ECR looks again at what it has, and nothing is changed. */
const scanImages = (account: Account, stack: StackName): Statement => ({
    Sid: "ScanOwnImagesAgain",
    Effect: "Allow",
    Action: "ecr:StartImageScan",
    Resource: "*",
    Condition: { StringEquals: ownTags(account, stack) },
});

/**
 * `npx identity realm diff`, each night: tunnels through the stack's workbench, and no shell on it. A session that names no document is a
 * shell, which the condition has IAM ask the role's documents for (Systems Manager user guide, "Start a session with a document").
 */
const tunnelsOf = ({ partition, id, project }: Account, { name, region }: StackName): Statement[] => [
    {
        Sid: "ThroughTheWorkbench",
        Effect: "Allow",
        Action: "ssm:StartSession",
        Resource: `arn:${partition}:ec2:${region}:${id}:instance/*`,
        Condition: {
            StringEquals: { "ssm:resourceTag/Stack": name, "ssm:resourceTag/Project": project },
            BoolIfExists: { "ssm:SessionDocumentAccessCheck": "true" },
        },
    },
    {
        Sid: "ByTunnelsAlone",
        Effect: "Allow",
        Action: "ssm:StartSession",
        Resource: `arn:${partition}:ssm:${region}::document/AWS-StartPortForwardingSessionToRemoteHost`,
    },
];

/** A refresh decrypts the values of the parameters that the stack created, and no others. */
function ownParameters({ partition, id, project }: Account, { name, region }: StackName): Statement[] {
    const parameters = `arn:${partition}:ssm:${region}:${id}:parameter/${project}/${name}/*`;
    return [
        {
            Sid: "OwnParametersInTheClear",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: `arn:${partition}:kms:${region}:${id}:key/*`, // the stack's key does not exist yet
            Condition: {
                StringEquals: { "kms:ViaService": `ssm.${region}.amazonaws.com` },
                StringLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
            },
        },
        {
            Sid: "NoOthersInTheClear",
            Effect: "Deny",
            Action: "kms:Decrypt",
            Resource: "*",
            Condition: {
                StringLike: { "kms:ViaService": "ssm.*.amazonaws.com" },
                StringNotLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
            },
        },
    ];
}
