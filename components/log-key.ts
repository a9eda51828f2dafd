import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion } from "./iam";
import { serviceKey } from "./service-key";
import { WEB_ACL_LOG } from "./web-acl";

/** What the names of a stack's log groups look like: its tasks', its databases' and its web ACL's. */
export const stackLogGroups = (project: string, stack: string): string[] => [
    `/${project}/${stack}/*`,
    `/aws/rds/instance/${project}-${stack}-*`,
    `${WEB_ACL_LOG}${project}-${stack}-*`,
];

/**
 * A key for the stack's log groups: CloudWatch Logs may use it for these, and for no others (CloudWatch Logs user guide, "Encrypt log data in
 * CloudWatch Logs using AWS Key Management Service"). Whoever disables it closes the logs at once, for readers as well. Lines that came
 * before a group had the key stay as they were.
 *
 * It is a key of its own, since CloudWatch Logs has to be let in by its policy. **Cost**: 1 USD a month.
 *
 * @example
 * const key = new LogKey("logs");
 * new WebAcl("public", { mode: "count", logIns: 600, logRetentionDays: 365 }, { transformations: [key.encrypt] });
 */
export class LogKey extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;
    /** As one of a resource's `transformations`: puts the log groups below it under the key. */
    readonly encrypt: pulumi.ResourceTransformation;

    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:LogKey", name, {}, opts);
        const { account, partition, region } = accountAndRegion(this);
        const groups = stackLogGroups(pulumi.getProject(), pulumi.getStack());
        const key = serviceKey(
            name,
            {
                description: `Logs of ${pulumi.getProject()}, ${pulumi.getStack()}`,
                deletionWindowInDays: 30, // logs that somebody kept cannot be read without it
                statement: {
                    Sid: "Logs",
                    Effect: "Allow",
                    Principal: { Service: pulumi.interpolate`logs.${region}.amazonaws.com` },
                    Action: ["Encrypt*", "Decrypt*", "ReEncrypt*", "GenerateDataKey*", "Describe*"].map(
                        (action) => `kms:${action}`,
                    ),
                    Resource: "*",
                    Condition: {
                        ArnLike: {
                            "kms:EncryptionContext:aws:logs:arn": groups.map(
                                (group) =>
                                    pulumi.interpolate`arn:${partition}:logs:${region}:${account}:log-group:${group}`,
                            ),
                        },
                    },
                },
            },
            this,
        );
        this.arn = key.arn;
        this.encrypt = ({ type, props, opts: own }) =>
            type === "aws:cloudwatch/logGroup:LogGroup"
                ? { props: { ...props, kmsKeyId: props.kmsKeyId ?? this.arn }, opts: own }
                : undefined;
        this.registerOutputs({ arn: this.arn });
    }
}
