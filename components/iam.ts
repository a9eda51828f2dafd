import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lookUp } from "./lookup";

/** One statement of an IAM policy, its values known now or later. */
export interface Statement {
    /** Letters and digits alone (IAM user guide, "Sid"). */
    Sid?: string;
    Effect: "Allow" | "Deny";
    Action: pulumi.Input<string | string[]>;
    Resource: pulumi.Input<pulumi.Input<string> | pulumi.Input<string>[]>;
    Condition?: Record<string, Record<string, pulumi.Input<pulumi.Input<string> | pulumi.Input<string>[]>>>;
}

export const policyDocument = (statements: Statement[]) =>
    pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

/** A log-in is to the registry as a whole: AWS offers no resource for this action. */
export const ECR_LOG_IN: Statement = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };

/** What sessions go over, ECS Exec's too; these have no resource to name (Systems Manager, actions and resources). */
export const SESSION_CHANNELS: Statement = {
    Effect: "Allow",
    Action: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ],
    Resource: "*",
};

/** Roles that may be handed to ECS's tasks, and to nothing else. */
export const passToTasks = (roleArns: pulumi.Input<string>[]): Statement => ({
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: roleArns,
    Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
});

/** The parts of an ARN that are the same for everything that one provider makes. */
interface AccountAndRegion {
    account: pulumi.Output<string>;
    region: pulumi.Output<string>;
    partition: pulumi.Output<string>;
}

/** Asked once of each provider: a platform of a hundred services would otherwise ask a thousand times. */
const known = new WeakMap<pulumi.ProviderResource, AccountAndRegion>();

/** Account, region and partition that the resources of `parent` are made in. */
export function accountAndRegion(parent: pulumi.Resource): AccountAndRegion {
    const provider = parent.getProvider("aws:index:Provider");
    const asked = (provider && known.get(provider)) ?? {
        account: lookUp({ about: "the account" }, () => aws.getCallerIdentity({}, { parent })).accountId,
        region: lookUp({ about: "the region" }, () => aws.getRegion({}, { parent })).region,
        partition: lookUp({ about: "the partition" }, () => aws.getPartition({}, { parent })).partition,
    };
    if (provider) known.set(provider, asked);
    return asked;
}

/**
 * What may be the source of a role's use, by the service that assumes it: without it another account's resource could. Undefined where the
 * service tells no source: a role is passed to it within its own account alone.
 */
const SOURCES = {
    "ecs-tasks.amazonaws.com": "ecs",
    "vpc-flow-logs.amazonaws.com": "ec2",
    "scheduler.amazonaws.com": "scheduler",
    "states.amazonaws.com": "states",
    "monitoring.rds.amazonaws.com": "rds", // RDS user guide, "Protecting against the confused deputy problem" of Enhanced Monitoring
    // AWS Backup developer guide, "Cross-service confused deputy prevention": in policies of topics and keys, and none here.
    "backup.amazonaws.com": undefined,
    "chatbot.amazonaws.com": undefined, // the API's reference knows none
    "ec2.amazonaws.com": undefined,
} as const;
type Assuming = keyof typeof SOURCES;

/**
 * A role that one AWS service assumes, and only for resources of this account and region where the service tells them (SourceAccount,
 * SourceArn: the guard against the confused deputy).
 */
export function roleFor(
    name: string,
    service: Assuming,
    opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
): aws.iam.Role {
    const where = accountAndRegion(opts.parent);
    const documents = trusts.get(where) ?? {};
    trusts.set(where, documents);
    const assumeRolePolicy = (documents[service] ??= trustDocument(service, where));
    return new aws.iam.Role(name, { assumeRolePolicy }, opts);
}

/** Who assumes a role, by service: one document for all the roles of a provider, which are nine to a heritage. */
const trusts = new WeakMap<AccountAndRegion, Partial<Record<Assuming, pulumi.Output<string>>>>();

function trustDocument(service: Assuming, { account, region, partition }: AccountAndRegion): pulumi.Output<string> {
    const source = SOURCES[service];
    const Condition = source && {
        StringEquals: { "aws:SourceAccount": account },
        ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:${source}:${region}:${account}:*` },
    };
    return pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition }],
    });
}
