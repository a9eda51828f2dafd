/**
 * Which changes of a property make AWS's resource anew. Only the provider's schema knows, and @pulumi/aws carries none of it: so this is a
 * table of the types that the platform is made of, as the provider plans them (`ForceNew` of its resources). What is not in it is
 * taken for a change in place. `tests/e2e/replacements.test.ts` has the provider of AWS itself plan each
 * of its changes.
 */
export const REPLACED_BY: Readonly<Record<string, readonly string[]>> = {
    "aws:acm/certificate:Certificate": ["domainName", "validationMethod"],
    "aws:appautoscaling/target:Target": ["resourceId", "scalableDimension", "serviceNamespace"],
    "aws:cloudwatch/eventRule:EventRule": ["name"],
    "aws:cloudwatch/logGroup:LogGroup": ["name"],
    "aws:cloudwatch/metricAlarm:MetricAlarm": ["name"],
    "aws:ec2/flowLog:FlowLog": ["logDestination", "trafficType", "vpcId"],
    "aws:ec2/natGateway:NatGateway": ["allocationId", "subnetId"],
    "aws:ec2/securityGroup:SecurityGroup": ["description", "name", "vpcId"],
    "aws:ec2/subnet:Subnet": ["availabilityZone", "cidrBlock", "vpcId"],
    "aws:ec2/vpc:Vpc": ["cidrBlock"],
    "aws:ec2/vpcEndpoint:VpcEndpoint": ["serviceName", "vpcEndpointType", "vpcId"],
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": ["policy", "repository"],
    "aws:ecr/repository:Repository": ["name"],
    "aws:ecs/cluster:Cluster": ["name"],
    "aws:ecs/service:Service": ["cluster", "launchType", "name", "schedulingStrategy"],
    "aws:ecs/taskDefinition:TaskDefinition": [
        "containerDefinitions",
        "cpu",
        "executionRoleArn",
        "family",
        "memory",
        "networkMode",
        "requiresCompatibilities",
        "runtimePlatform",
        "taskRoleArn",
    ],
    "aws:iam/role:Role": ["name", "path"],
    "aws:iam/rolePolicy:RolePolicy": ["name", "role"],
    "aws:kms/alias:Alias": ["name"],
    "aws:kms/key:Key": ["customerMasterKeySpec", "keyUsage", "multiRegion"],
    "aws:lb/listener:Listener": ["loadBalancerArn"],
    "aws:lb/listenerRule:ListenerRule": ["listenerArn"],
    "aws:lb/loadBalancer:LoadBalancer": ["internal", "loadBalancerType", "name"],
    "aws:lb/targetGroup:TargetGroup": ["name", "port", "protocol", "protocolVersion", "targetType", "vpcId"],
    "aws:rds/instance:Instance": ["dbName", "engine", "kmsKeyId", "storageEncrypted", "username"],
    "aws:rds/parameterGroup:ParameterGroup": ["description", "family", "name"],
    "aws:rds/subnetGroup:SubnetGroup": ["name"],
    "aws:route53/record:Record": ["name", "zoneId"],
    "aws:route53/zone:Zone": ["name"],
    "aws:s3/bucket:Bucket": ["bucket"],
    "aws:scheduler/schedule:Schedule": ["groupName", "name"],
    "aws:scheduler/scheduleGroup:ScheduleGroup": ["name"],
    "aws:sqs/queue:Queue": ["name"],
    "aws:ssm/parameter:Parameter": ["name"],
    // By the documentation of their providers.
    "random:index/randomPassword:RandomPassword": ["keepers", "length", "overrideSpecial", "special"],
    "tls:index/privateKey:PrivateKey": ["algorithm", "ecdsaCurve", "rsaBits"],
};

/** A new revision is how a task definition changes: the service moves on to it, and nothing is lost. */
export const REVISED = "aws:ecs/taskDefinition:TaskDefinition";
