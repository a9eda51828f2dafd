/**
 * The policy documents of everything that `npx identity bootstrap` creates. They are pure functions of names, so that the tests can hand them to
 * IAM's simulator.
 */
import { isElsewhere, READ } from "./actions";
import { ownTags } from "./boundary";
import { deploy } from "./deploy-policy";
import { allow, deny, document, forParameters, type Statement } from "./document";
import {
    type Account,
    arnsOf,
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

/** The region in requests to global services, in each partition. */
const GLOBAL_REGIONS = ["us-east-1", "cn-north-1", "us-gov-west-1"];

/** The inline policy of a role of CI. */
export function rolePolicy(account: Account, stack: StackName, keyArn: string, kind: RoleKind) {
    const look = allow(
        "SeeHowThingsAreSet",
        READ.filter((action) => !isElsewhere(action)),
        "*", // most of these have no resource to be narrowed to
        { StringEquals: { "aws:RequestedRegion": [stack.region, ...GLOBAL_REGIONS] } },
    );
    const lookElsewhere = allow("SeeChannels", READ.filter(isElsewhere), "*");
    const all = [look, lookElsewhere, ...state(account, stack.name, keyArn, kind === "deploy")];
    switch (kind) {
        case "preview":
            return document([
                ...all,
                // The AWS managed key aws/ssm decrypts for everybody in the account who may read the parameter, so this needs a denial.
                deny("NoParametersInTheClear", "kms:Decrypt", "*", { StringLike: THROUGH_SSM }),
            ]);
        case "drift": {
            // `npx identity images check --rescan`, each night: ECR looks again at what it has, and nothing is changed.
            const scan = allow("ScanOwnImagesAgain", "ecr:StartImageScan", "*", {
                StringEquals: ownTags(account, stack),
            });
            const tunnels = stack.realms ? tunnelsOf(account, stack) : [];
            return document([...all, ...ownParameters(account, stack), scan, ...tunnels]);
        }
        case "deploy":
            return document([...all, ...ownParameters(account, stack), ...deploy(account, stack)]);
    }
}

const THROUGH_SSM = { "kms:ViaService": "ssm.*.amazonaws.com" };

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
    return [
        allow("FindTheState", ["s3:ListBucket", "s3:GetBucketLocation"], bucketArn(account)),
        allow("ReadTheState", "s3:GetObject", [...objects("meta.yaml"), ...ownState, ...locks]),
        ...(write ? [allow("WriteTheState", ["s3:PutObject", "s3:DeleteObject"], [...ownState, ...locks])] : []),
        allow("TheBucketsKey", write ? ["kms:Decrypt", "kms:GenerateDataKey"] : "kms:Decrypt", keyArn, {
            StringEquals: {
                "kms:ViaService": `s3.${account.region}.amazonaws.com`,
                "kms:EncryptionContext:aws:s3:arn": bucketArn(account),
            },
        }),
        allow("TheStacksSecretsInItsState", write ? ["kms:Decrypt", "kms:Encrypt"] : "kms:Decrypt", keyArn, {
            StringEquals: { "kms:EncryptionContext:stack": stack },
        }),
    ];
}

/**
 * `npx identity realm diff`, each night: tunnels through the stack's workbench, and no shell on it. A session that names no document is a
 * shell, which the condition has IAM ask the role's documents for (Systems Manager user guide, "Start a session with a document").
 */
function tunnelsOf(account: Account, stack: StackName): Statement[] {
    const document = `arn:${account.partition}:ssm:${stack.region}::document/AWS-StartPortForwardingSessionToRemoteHost`;
    return [
        allow("ThroughTheWorkbench", "ssm:StartSession", arnsOf(account, stack)("ec2", "instance/*"), {
            StringEquals: { "ssm:resourceTag/Stack": stack.name, "ssm:resourceTag/Project": account.project },
            BoolIfExists: { "ssm:SessionDocumentAccessCheck": "true" },
        }),
        allow("ByTunnelsAlone", "ssm:StartSession", document),
    ];
}

/** A refresh decrypts the values of the parameters that the stack created, and no others. */
function ownParameters(account: Account, stack: StackName): Statement[] {
    const arn = arnsOf(account, stack);
    const parameters = arn("ssm", `parameter/${account.project}/${stack.name}/*`);
    const key = arn("kms", "key/*"); // the stack's key does not exist yet
    return [
        allow("OwnParametersInTheClear", "kms:Decrypt", key, forParameters(stack.region, parameters)),
        deny("NoOthersInTheClear", "kms:Decrypt", "*", {
            StringLike: THROUGH_SSM,
            StringNotLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
        }),
    ];
}
