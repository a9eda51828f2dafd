/**
 * What a deployment does to AWS, by the type of resource that it makes, changes and deletes. A resource type that is new in the
 * program has to be added here, or the deploy role could not make it: the tests compare this table with both stacks' plans.
 */

/** Made, changed and deleted by these; what reads them is in `READ`. IAM, KMS, SSM and S3 are told by name (policies.ts). */
export const WRITE: Readonly<Record<string, readonly string[]>> = {
    "aws:acm/certificate:Certificate": [
        ...["acm:RequestCertificate", "acm:ImportCertificate", "acm:DeleteCertificate", "acm:UpdateCertificateOptions"],
        ...["acm:AddTagsToCertificate", "acm:RemoveTagsFromCertificate"],
    ],
    "aws:acm/certificateValidation:CertificateValidation": [], // waits
    "aws:appautoscaling/policy:Policy": [
        "application-autoscaling:PutScalingPolicy",
        "application-autoscaling:DeleteScalingPolicy",
    ],
    "aws:appautoscaling/target:Target": [
        ...["application-autoscaling:RegisterScalableTarget", "application-autoscaling:DeregisterScalableTarget"],
        ...["application-autoscaling:TagResource", "application-autoscaling:UntagResource"],
    ],
    "aws:cloudwatch/eventRule:EventRule": [
        ...["events:PutRule", "events:DeleteRule", "events:EnableRule", "events:DisableRule"],
        ...["events:TagResource", "events:UntagResource"],
    ],
    "aws:cloudwatch/eventTarget:EventTarget": ["events:PutTargets", "events:RemoveTargets"],
    "aws:cloudwatch/logGroup:LogGroup": [
        ...["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"],
        ...["logs:TagResource", "logs:UntagResource"],
    ],
    "aws:cloudwatch/metricAlarm:MetricAlarm": [
        ...["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"],
        ...["cloudwatch:TagResource", "cloudwatch:UntagResource"],
    ],
    "aws:ec2/eip:Eip": ["ec2:AllocateAddress", "ec2:ReleaseAddress", "ec2:AssociateAddress", "ec2:DisassociateAddress"],
    "aws:ec2/flowLog:FlowLog": [
        "ec2:CreateFlowLogs",
        "ec2:DeleteFlowLogs",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
    ],
    "aws:ec2/instance:Instance": [
        ...["ec2:RunInstances", "ec2:TerminateInstances", "ec2:StopInstances", "ec2:StartInstances"],
        ...["ec2:ModifyInstanceAttribute", "ec2:ModifyInstanceMetadataOptions"],
        "ssm:GetCommandInvocation", // how a script on it ended
    ],
    "aws:ec2/internetGateway:InternetGateway": [
        ...["ec2:CreateInternetGateway", "ec2:DeleteInternetGateway"],
        ...["ec2:AttachInternetGateway", "ec2:DetachInternetGateway"],
    ],
    "aws:ec2/natGateway:NatGateway": ["ec2:CreateNatGateway", "ec2:DeleteNatGateway"],
    "aws:ec2/route:Route": ["ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute"],
    "aws:ec2/routeTable:RouteTable": ["ec2:CreateRouteTable", "ec2:DeleteRouteTable"],
    "aws:ec2/routeTableAssociation:RouteTableAssociation": [
        "ec2:AssociateRouteTable",
        "ec2:DisassociateRouteTable",
        "ec2:ReplaceRouteTableAssociation",
    ],
    "aws:ec2/securityGroup:SecurityGroup": [
        "ec2:CreateSecurityGroup",
        "ec2:DeleteSecurityGroup",
        // The provider empties a new group of its rule to the whole world, as it does with a VPC's default group.
        ...["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"],
        // An interface that something left behind keeps a group from being deleted.
        "ec2:DeleteNetworkInterface",
    ],
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [
        ...["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"],
    ],
    "aws:ec2/subnet:Subnet": ["ec2:CreateSubnet", "ec2:DeleteSubnet", "ec2:ModifySubnetAttribute"],
    "aws:ec2/vpc:Vpc": ["ec2:CreateVpc", "ec2:DeleteVpc", "ec2:ModifyVpcAttribute"],
    "aws:ec2/vpcEndpoint:VpcEndpoint": [
        "ec2:CreateVpcEndpoint",
        "ec2:ModifyVpcEndpoint",
        "ec2:DeleteVpcEndpoints",
        "route53:AssociateVPCWithHostedZone",
    ],
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": ["ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy"],
    "aws:ecr/repository:Repository": [
        ...["ecr:CreateRepository", "ecr:DeleteRepository", "ecr:TagResource", "ecr:UntagResource"],
        ...["ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability"],
    ],
    "aws:ecs/cluster:Cluster": [
        ...["ecs:CreateCluster", "ecs:UpdateCluster", "ecs:UpdateClusterSettings", "ecs:DeleteCluster"],
        ...["ecs:TagResource", "ecs:UntagResource"],
    ],
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": ["ecs:PutClusterCapacityProviders"],
    "aws:ecs/service:Service": [
        ...["ecs:CreateService", "ecs:UpdateService", "ecs:DeleteService"],
        // A task before a deployment, and the version of Keycloak that runs.
        ...["ecs:RunTask", "ecs:StopTask"],
    ],
    "aws:ecs/taskDefinition:TaskDefinition": ["ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition"],
    "aws:iam/instanceProfile:InstanceProfile": [],
    "aws:iam/role:Role": [],
    "aws:iam/rolePolicy:RolePolicy": [],
    "aws:kms/alias:Alias": [],
    "aws:kms/key:Key": [],
    "aws:lb/listener:Listener": [
        ...["elasticloadbalancing:CreateListener", "elasticloadbalancing:ModifyListener"],
        ...["elasticloadbalancing:DeleteListener", "elasticloadbalancing:ModifyListenerAttributes"],
        ...["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
    ],
    "aws:lb/listenerRule:ListenerRule": [
        ...["elasticloadbalancing:CreateRule", "elasticloadbalancing:ModifyRule", "elasticloadbalancing:DeleteRule"],
        "elasticloadbalancing:SetRulePriorities",
    ],
    "aws:lb/loadBalancer:LoadBalancer": [
        ...["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:DeleteLoadBalancer"],
        ...["elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:SetSecurityGroups"],
        ...["elasticloadbalancing:SetSubnets", "elasticloadbalancing:SetIpAddressType"],
    ],
    "aws:lb/targetGroup:TargetGroup": [
        ...["elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteTargetGroup"],
        ...["elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes"],
    ],
    "aws:rds/instance:Instance": [
        ...["rds:CreateDBInstance", "rds:ModifyDBInstance", "rds:DeleteDBInstance", "rds:RebootDBInstance"],
        ...["rds:CreateDBSnapshot", "rds:RestoreDBInstanceFromDBSnapshot"],
        ...["rds:AddTagsToResource", "rds:RemoveTagsFromResource"],
    ],
    "aws:rds/parameterGroup:ParameterGroup": [
        ...["rds:CreateDBParameterGroup", "rds:ModifyDBParameterGroup"],
        ...["rds:ResetDBParameterGroup", "rds:DeleteDBParameterGroup"],
    ],
    "aws:rds/subnetGroup:SubnetGroup": [
        ...["rds:CreateDBSubnetGroup", "rds:ModifyDBSubnetGroup", "rds:DeleteDBSubnetGroup"],
    ],
    "aws:route53/record:Record": ["route53:ChangeResourceRecordSets"],
    "aws:route53/zone:Zone": [
        ...["route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:UpdateHostedZoneComment"],
        ...["route53:ChangeTagsForResource", "route53:AssociateVPCWithHostedZone"],
        "route53:DisassociateVPCFromHostedZone",
    ],
    "aws:s3/bucket:Bucket": [],
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [],
    "aws:s3/bucketPolicy:BucketPolicy": [],
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [],
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [],
    "aws:scheduler/scheduleGroup:ScheduleGroup": [
        ...["scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup"],
        ...["scheduler:TagResource", "scheduler:UntagResource"],
    ],
    "aws:scheduler/schedule:Schedule": [
        "scheduler:CreateSchedule",
        "scheduler:UpdateSchedule",
        "scheduler:DeleteSchedule",
    ],
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": [
        ...["servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:UpdatePrivateDnsNamespace"],
        ...["servicediscovery:DeleteNamespace", "servicediscovery:TagResource", "servicediscovery:UntagResource"],
    ],
    "aws:servicediscovery/service:Service": [
        "servicediscovery:CreateService",
        "servicediscovery:UpdateService",
        "servicediscovery:DeleteService",
    ],
    "aws:sfn/stateMachine:StateMachine": [
        ...["states:CreateStateMachine", "states:UpdateStateMachine", "states:DeleteStateMachine"],
        ...["states:TagResource", "states:UntagResource"],
    ],
    "aws:sqs/queue:Queue": [
        ...["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
    ],
    "aws:sqs/queuePolicy:QueuePolicy": ["sqs:SetQueueAttributes"],
    "aws:ssm/parameter:Parameter": [],
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": [
        ...["ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupEgress", "ec2:ModifySecurityGroupRules"],
    ],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [
        ...["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:ModifySecurityGroupRules"],
    ],
    "docker:index/image:Image": [
        ...["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        ...["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"],
        "ecr:BatchDeleteImage", // of a tag that an `up` left which was killed
    ],
};

/** Every resource of EC2 is tagged and untagged by the same two. */
const TAGS_OF_EC2 = ["ec2:CreateTags", "ec2:DeleteTags"];

/** Of Route 53 and IAM there is one for all regions: a condition on the region would refuse them. */
export const isGlobal = (action: string) => action.startsWith("route53:");

export const writeActions = () => [...new Set([...Object.values(WRITE).flat(), ...TAGS_OF_EC2])].sort();

/**
 * What previews, refreshes and the checks before them read: how things are set, and nothing that is in them. No object of a bucket, no
 * line of a log, no image's layer, no message. Most of these have no resource to be narrowed to.
 */
export const READ: readonly string[] = [
    ...["acm:Describe*", "acm:List*"],
    ...["application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource"],
    ...["cloudwatch:Describe*", "cloudwatch:ListTagsForResource"],
    "ec2:Describe*",
    ...["ecr:Describe*", "ecr:GetAuthorizationToken", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy"],
    "ecr:ListTagsForResource",
    ...["ecs:Describe*", "ecs:List*"],
    "elasticloadbalancing:Describe*",
    ...["events:Describe*", "events:List*"],
    ...["iam:GetRole", "iam:GetRolePolicy", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListAttachedRolePolicies"],
    ...["iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:ListRoleTags"],
    ...["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListResourceTags"],
    ...["logs:Describe*", "logs:ListTagsForResource"],
    ...["rds:Describe*", "rds:ListTagsForResource"],
    ...["route53:Get*", "route53:List*"],
    ...["s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration"],
    ...["s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket"],
    ...["scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"],
    ...["servicediscovery:Get*", "servicediscovery:List*"],
    ...["servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota", "servicequotas:ListServiceQuotas"],
    ...["sns:GetTopicAttributes", "sns:ListTagsForResource"],
    ...["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"],
    ...["states:DescribeStateMachine", "states:ListStateMachineVersions", "states:ListTagsForResource"],
    "states:ValidateStateMachineDefinition", // which the provider asks for in each preview of a new definition
    ...["ssm:DescribeParameters", "ssm:ListTagsForResource"],
    // Whether a parameter is there, and which version of it; a value that is encrypted stays so (policies.ts).
    ...["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
];
