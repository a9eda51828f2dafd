import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { READ } from "../../../automation/bootstrap/actions";
import { rolePolicy } from "../../../automation/bootstrap/policies";
import { ACCOUNT, DEV, documentsOf, KEY } from "./holders";

/** What deployments of three stacks changed on the emulator. Their tests write and compare it (tests/e2e/deploy-role.ts). */
const FOLDER = path.join(__dirname, "called");
const CALLED = Object.fromEntries(
    readdirSync(FOLDER).map((file) => [
        path.parse(file).name,
        JSON.parse(readFileSync(path.join(FOLDER, file), "utf8")) as string[],
    ]),
);

/** What the deploy role may do beside that, by the reason. */
const NOT_CALLED: Record<string, string[]> = {
    "Tags of a stack change, or go.": [
        "acm:RemoveTagsFromCertificate",
        "application-autoscaling:UntagResource",
        "backup:UntagResource",
        "budgets:UntagResource",
        "chatbot:UntagResource",
        "cloudwatch:UntagResource",
        "ec2:DeleteTags",
        "ecr:UntagResource",
        "ecs:UntagResource",
        "elasticache:AddTagsToResource",
        "elasticache:RemoveTagsFromResource",
        "elasticfilesystem:UntagResource",
        "elasticloadbalancing:RemoveTags",
        "events:UntagResource",
        "iam:UntagInstanceProfile",
        "iam:UntagRole",
        "kms:UntagResource",
        "logs:UntagResource",
        "rds:RemoveTagsFromResource",
        "scheduler:UntagResource",
        "servicediscovery:TagResource",
        "servicediscovery:UntagResource",
        "sns:UntagResource",
        "sqs:UntagQueue",
        "ssm:RemoveTagsFromResource",
        "states:UntagResource",
        "wafv2:UntagResource",
    ],
    "A setting changes later; these stacks come up and go.": [
        "acm:UpdateCertificateOptions",
        "backup:UpdateBackupPlan",
        "chatbot:UpdateMicrosoftTeamsChannelConfiguration",
        "chatbot:UpdateSlackChannelConfiguration",
        "ec2:ModifyInstanceMetadataOptions",
        "ec2:ModifySecurityGroupRules",
        "ec2:ModifyVpcEndpoint",
        "ec2:ReplaceRoute",
        "ec2:ReplaceRouteTableAssociation",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "ecs:UpdateCluster",
        "ecs:UpdateClusterSettings",
        "elasticache:DecreaseReplicaCount",
        "elasticache:IncreaseReplicaCount",
        "elasticache:ModifyCacheSubnetGroup",
        "elasticache:ModifyReplicationGroup",
        "sns:SetSubscriptionAttributes",
        "elasticfilesystem:ModifyMountTargetSecurityGroups",
        "elasticfilesystem:UpdateFileSystem",
        "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:SetIpAddressType",
        "elasticloadbalancing:SetRulePriorities",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
        "events:DisableRule",
        "events:EnableRule",
        "iam:PutRolePermissionsBoundary",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
        "rds:ModifyDBSubnetGroup",
        "rds:RebootDBInstance",
        "rds:ResetDBParameterGroup",
        "route53:UpdateHostedZoneComment",
        "scheduler:UpdateSchedule",
        "servicediscovery:UpdatePrivateDnsNamespace",
        "servicediscovery:UpdateService",
        "states:UpdateStateMachine",
        "wafv2:UpdateIPSet",
        "wafv2:UpdateWebACL",
    ],
    "A stack file asks for what these three have not: a restored database, a zone shared with another network.": [
        "ec2:AssociateAddress",
        "rds:CreateDBSnapshot",
        "rds:RestoreDBInstanceFromDBSnapshot",
        "route53:AssociateVPCWithHostedZone",
    ],
    "A database's change is made on a copy (`blueGreen`).": [
        "rds:*BlueGreenDeployment",
        "rds:CreateDBInstanceReadReplica",
        "rds:PromoteReadReplica",
    ],
    "AWS checks it as a part of another call, which is all that a recording shows.": [
        "backup-storage:MountCapsule",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute",
        "elasticloadbalancing:SetWebAcl",
        "iam:CreateServiceLinkedRole",
        "kms:CreateGrant",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
        "kms:RetireGrant",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:PutResourcePolicy",
    ],
    "A setting that is there in each of these stacks is taken out.": [
        "ec2:DisassociateAddress",
        "logs:DeleteRetentionPolicy",
        "route53:DisassociateVPCFromHostedZone",
        "ssm:DeleteParameters",
    ],
    "The emulator makes no nodes of a Redis, so that these stacks come up without one.": [
        "elasticache:CreateCacheSubnetGroup",
        "elasticache:CreateReplicationGroup",
        "elasticache:DeleteCacheSubnetGroup",
        "elasticache:DeleteReplicationGroup",
    ],
    "The emulator makes no backups, so that none is deleted with its vault.": ["backup:DeleteRecoveryPoint"],
    "A stack that is asleep is woken before an update, by the command and not by the program.": [
        "states:StartExecution",
    ],
    "A log group that is there gets a key, or loses it.": ["logs:AssociateKmsKey", "logs:DisassociateKmsKey"],
    "A machine's type changes.": ["ec2:StartInstances", "ec2:StopInstances"],
    "Docker pushes images, past the recording.": [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchDeleteImage",
        "ecr:CompleteLayerUpload",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    ],
    "A failed rollout or one-off task is explained by its log, and an interrupted one is stopped.": [
        "ecs:StopTask",
        "logs:FilterLogEvents",
    ],
    "Pulumi's state is in S3 under a key, and buckets of access logs are emptied before they go; the tests keep state in a file, and write no logs.":
        [
            "kms:GenerateDataKey",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:GetBucketLocation",
            "s3:GetObject",
            "s3:ListBucketVersions",
            "s3:PutObject",
        ],
};

describe("what the deploy role may do", () => {
    const documents = [rolePolicy(ACCOUNT, DEV, KEY, "deploy"), ...documentsOf(DEV)];
    const allowed = documents
        .flatMap(
            (text) => (JSON.parse(text) as { Statement: { Effect: string; Action: string | string[] }[] }).Statement,
        )
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action }) => Action)
        .filter((action) => !READ.includes(action));
    const called = new Set(Object.values(CALLED).flat());

    it("was seen in deployments of prod and of two stacks with every key", () => {
        expect(Object.keys(CALLED).sort()).to.deep.equal(["everything", "everything-dev", "prod"]);
        for (const [stack, actions] of Object.entries(CALLED)) {
            expect(actions, stack).to.include.members(["ecs:CreateService", "iam:CreateRole", "rds:DeleteDBInstance"]);
        }
    });

    it("is what deployments call, and what there is a reason for", () => {
        const others = [...new Set(allowed)].filter((action) => !called.has(action)).sort();
        expect(others).to.deep.equal(Object.values(NOT_CALLED).flat().sort());
    });
});
