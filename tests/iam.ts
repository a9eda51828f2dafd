/** Questions to IAM's own rules, which iam-simulate knows from AWS's tables. */
import { runSimulation } from "@cloud-copilot/iam-simulate";

export type Context = Record<string, string | string[]>;
export type Question = readonly [action: string, resource: string, context?: Context];

export interface Asker {
    /** Who asks, by ARN. */
    principal: string;
    /** Documents as IAM has them, in JSON. */
    policies: string[];
    boundary?: string;
    /** The policy of the bucket that is asked for. */
    resourcePolicy?: string;
    /** The policy of every key. */
    keyPolicy?: string;
    /** What each request of theirs has in its context, where the question does not say otherwise. */
    context?: Context;
    /** The account of what is asked for. @default the asker's */
    accountId?: string;
}

/** What IAM answers: Allowed, ImplicitlyDenied or ExplicitlyDenied. An action that does not exist, or that takes no such resource, is an error. */
export async function ask(asker: Asker, [action, resource, more = {}]: Question): Promise<string> {
    const { principal, policies, boundary, accountId = principal.split(":")[4]! } = asker;
    const resourcePolicy = action.startsWith("kms:") ? asker.keyPolicy : asker.resourcePolicy;
    const contextVariables = { ...asker.context, ...more };
    const simulation = {
        request: { principal, action, resource: { resource, accountId }, contextVariables },
        identityPolicies: policies.map((text, i) => ({ name: `policy ${i + 1}`, policy: JSON.parse(text) as object })),
        ...(boundary
            ? { permissionBoundaryPolicies: [{ name: "boundary", policy: JSON.parse(boundary) as object }] }
            : {}),
        ...(resourcePolicy ? { resourcePolicy: JSON.parse(resourcePolicy) as object } : {}),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
    };
    const told = JSON.stringify(simulation)
        // iam-simulate leaves out what an encryption context has, since its names are anybody's. By a name that it takes it is compared alike.
        .replaceAll("kms:EncryptionContext:", "aws:RequestTag/")
        // It knows no resource without an account, as AWS's own documents are. With nobody's number they are compared alike.
        .replaceAll("::document/", ":000000000000:document/");
    const result = await runSimulation(JSON.parse(told) as Parameters<typeof runSimulation>[0], {});
    // By AWS's tables a backup may have any ARN, also a vault's. Where the end is left open, all types are asked.
    if (result.resultType === "error" && result.errors.message === "multiple.resource.types") {
        return ask(asker, [action, `${resource}*`, more]);
    }
    if (result.resultType === "error") throw new Error(`${action} ${resource}: ${JSON.stringify(result.errors)}`);
    return result.overallResult!;
}
