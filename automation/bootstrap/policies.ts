/**
 * Who may do what: the documents of everything that `npx identity bootstrap` makes. Pure functions of names, so that the tests can ask
 * IAM's own rules about them.
 */
import { READ } from "./actions";
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

/** Whoever may use IAM in the account may use the key, as far as IAM says. S3 and Pulumi are told apart by their contexts. */
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

/** Nobody comes without TLS. Everything else is a matter of the roles. */
export const bucketPolicy = (account: Account) =>
    document([
        {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*", // everybody: what is denied is only to come without TLS
            Action: "s3:*",
            Resource: [bucketArn(account), `${bucketArn(account)}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
    ]);

/**
 * The token of a workflow's job says of which repository and for which environment it runs. Both are named to the letter: a fork has
 * another repository, and on GitHub the environment says which branches may use it and who has to approve.
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

/** By the role that each job assumes. */
export function rolePolicy(account: Account, stack: StackName, keyArn: string, kind: RoleKind) {
    const all = [...read(stack), ...state(account, stack.name, keyArn, kind === "deploy")];
    if (kind === "preview") return document([...all, noDecryption()]);
    if (kind === "drift") return document([...all, ...ownParameters(account, stack)]);
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

/** Where the services that are one for all regions say that they are, by partition. */
const GLOBAL_REGIONS = ["us-east-1", "cn-north-1", "us-gov-west-1"];

/**
 * A stack's own state, as Pulumi's backend lays it out. Only a deployment writes: neither a preview nor the search for drift takes a
 * lock. Whoever reads the state can decrypt it, as each preview has to: what is in it is as secret as who may run one.
 */
function state(account: Account, stack: string, keyArn: string, write: boolean): Statement[] {
    const { project } = account;
    const objects = (...keys: string[]) => keys.map((key) => `${bucketArn(account)}/.pulumi/${key}`);
    const locks = objects(`locks/organization/${project}/${stack}/*`);
    // The state itself; with `.bak` and compressed, it has more at its end. A stack `dev` is none of `dev-2`, but for the dot.
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

/** AWS's own key lets everybody in the account decrypt a parameter who may read it: only a denial keeps that out. */
const noDecryption = (): Statement => ({
    Sid: "NoParametersInTheClear",
    Effect: "Deny",
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: { StringLike: { "kms:ViaService": "ssm.*.amazonaws.com" } },
});

/** A refresh reads the parameters that the stack made, with their values, and those alone. */
function ownParameters({ partition, id, project }: Account, { name, region }: StackName): Statement[] {
    const parameters = `arn:${partition}:ssm:${region}:${id}:parameter/${project}/${name}/*`;
    return [
        {
            Sid: "OwnParametersInTheClear",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: `arn:${partition}:kms:${region}:${id}:key/*`, // the stack's key, which is not made yet
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
