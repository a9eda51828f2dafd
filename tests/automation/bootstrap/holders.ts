/** Who holds which role, as `npx identity bootstrap` sets it up for dev and prod in one account, and what they ask for. */
import { boundary } from "../../../automation/bootstrap/boundary";
import { deployPolicies } from "../../../automation/bootstrap/deploy-policy";
import { type Account, type RoleKind, roleArn, type StackName } from "../../../automation/bootstrap/names";
import { keyPolicy, rolePolicy } from "../../../automation/bootstrap/policies";
import type { Asker, Context } from "../../iam";

export const ID = "123456789012";
export const REGION = "ap-northeast-1";
export const ACCOUNT: Account = { id: ID, partition: "aws", region: REGION, project: "identity" };
export const DEV: StackName = {
    name: "dev",
    region: REGION,
    domains: ["dev.example.com"],
    parameters: ["/team/mail/key"],
    buckets: ["access-logs-1a2b3c4"],
};
export const PROD: StackName = { name: "prod", region: REGION, domains: ["id.example.com"] };
/** The state's key, and a stack's own. */
export const KEY = `arn:aws:kms:${REGION}:${ID}:key/11111111-2222-3333-4444-555555555555`;
export const STACK_KEY = `arn:aws:kms:${REGION}:${ID}:key/99999999-2222-3333-4444-555555555555`;
export const BUCKET = `arn:aws:s3:::identity-state-${ID}-${REGION}`;

export const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ID}:${resource}`;
export const role = (path: string) => `arn:aws:iam::${ID}:role/${path}`;
export const state = (key: string) => `${BUCKET}/.pulumi/${key}`;
export const parameter = (name: string) => arn("ssm", `parameter${name}`);

/** The tags of what dev made, and of what others did. */
export const OWN: Context = { "aws:ResourceTag/Stack": "dev", "aws:ResourceTag/Project": "identity" };
export const OF_PROD: Context = { "aws:ResourceTag/Stack": "prod", "aws:ResourceTag/Project": "identity" };
export const OF_ANOTHER_PROJECT: Context = { "aws:ResourceTag/Stack": "dev", "aws:ResourceTag/Project": "payments" };

export const throughSsm = (name: string, region = REGION) => ({
    "kms:ViaService": `ssm.${region}.amazonaws.com`,
    "kms:EncryptionContext:PARAMETER_ARN": `arn:aws:ssm:${region}:${ID}:parameter${name}`,
});
export const throughS3 = {
    "kms:ViaService": `s3.${REGION}.amazonaws.com`,
    "kms:EncryptionContext:aws:s3:arn": BUCKET,
};

/** The deploy role's managed policies. */
export const documentsOf = (stack: StackName): string[] =>
    Object.values(deployPolicies(ACCOUNT, stack)).map(({ document }) => document);

/** A job on GitHub that has assumed a role of a stack. A key's policy has to let IAM decide in the first place. */
export const workflow = (stack: StackName, kind: RoleKind): Asker => ({
    principal: roleArn(ACCOUNT, stack.name, kind),
    policies: [rolePolicy(ACCOUNT, stack, KEY, kind), ...(kind === "deploy" ? documentsOf(stack) : [])],
    context: { "aws:RequestedRegion": stack.region },
    keyPolicy: keyPolicy(ACCOUNT),
});

/** A role that a deployment of the stack made, with every permission there is, within the boundary. */
export const withinBoundary = (stack: StackName): Asker => ({
    principal: role(`identity/${stack.name}/issuer-1`),
    policies: [JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] })],
    boundary: boundary(ACCOUNT, stack),
    context: { "aws:RequestedRegion": REGION },
    keyPolicy: keyPolicy(ACCOUNT),
});
