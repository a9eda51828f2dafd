/** By which ids a resource that was being created is in AWS, if it is. */
import * as pulumi from "@pulumi/pulumi";
import { clientOptions } from "../../components/fargate/aws-clients";
import type { StackFile } from "../plan/stack-file";
import { providersOf } from "./scratch";
import type { State, StateResource } from "./stack";
import { typeOf } from "./urn";

/** ARNs in the stack's region that carry all of these tags; undefined where AWS does not tell. */
export type Lookup = (tags: Record<string, string>, kind: string) => Promise<readonly string[] | undefined>;

type Inputs = Record<string, unknown>;

/** Whose name, or parts, are the id: by it the provider finds it, or finds that it is not there. */
const NAMED: Record<string, (inputs: Inputs) => unknown> = {
    "aws:appautoscaling/target:Target": (i) => `${i.serviceNamespace}/${i.resourceId}/${i.scalableDimension}`,
    "aws:appautoscaling/policy:Policy": (i) => `${i.serviceNamespace}/${i.resourceId}/${i.scalableDimension}/${i.name}`,
    "aws:cloudwatch/eventRule:EventRule": (i) => `${i.eventBusName ?? "default"}/${i.name}`,
    "aws:cloudwatch/eventTarget:EventTarget": (i) => `${i.eventBusName ?? "default"}/${i.rule}/${i.targetId}`,
    "aws:cloudwatch/logGroup:LogGroup": (i) => i.name,
    "aws:cloudwatch/metricAlarm:MetricAlarm": (i) => i.name,
    "aws:ec2/route:Route": (i) => `${i.routeTableId}_${i.destinationCidrBlock ?? i.destinationIpv6CidrBlock}`,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (i) => `${i.subnetId}/${i.routeTableId}`,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (i) => i.repository,
    "aws:ecr/repository:Repository": (i) => i.name,
    "aws:ecs/cluster:Cluster": (i) => i.name,
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": (i) => i.clusterName,
    "aws:ecs/service:Service": (i) => `${String(i.cluster).split("/").pop()}/${i.name}`,
    "aws:iam/role:Role": (i) => i.name,
    "aws:iam/rolePolicy:RolePolicy": (i) => `${i.role}:${i.name}`,
    "aws:kms/alias:Alias": (i) => i.name,
    "aws:rds/instance:Instance": (i) => i.identifier,
    "aws:rds/parameterGroup:ParameterGroup": (i) => i.name,
    "aws:rds/subnetGroup:SubnetGroup": (i) => i.name,
    "aws:route53/record:Record": (i) => `${i.zoneId}_${i.name}_${i.type}`,
    "aws:s3/bucket:Bucket": (i) => i.bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (i) => i.bucket,
    "aws:s3/bucketPolicy:BucketPolicy": (i) => i.bucket,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (i) => i.bucket,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (i) => i.bucket,
    "aws:scheduler/schedule:Schedule": (i) => `${i.groupName ?? "default"}/${i.name}`,
    "aws:sqs/queuePolicy:QueuePolicy": (i) => i.queueUrl,
    "aws:ssm/parameter:Parameter": (i) => i.name,
};

/** Whose id AWS gives: found by the stack's tags, as the kind that ARNs name, and the id in them. */
const TAGGED: Record<string, [kind: string, id?: (arn: string) => string]> = {
    "aws:acm/certificate:Certificate": ["acm:certificate"],
    "aws:ec2/eip:Eip": ["ec2:elastic-ip", last],
    "aws:ec2/flowLog:FlowLog": ["ec2:vpc-flow-log", last],
    "aws:ec2/internetGateway:InternetGateway": ["ec2:internet-gateway", last],
    "aws:ec2/natGateway:NatGateway": ["ec2:natgateway", last],
    "aws:ec2/routeTable:RouteTable": ["ec2:route-table", last],
    "aws:ec2/securityGroup:SecurityGroup": ["ec2:security-group", last],
    "aws:ec2/subnet:Subnet": ["ec2:subnet", last],
    "aws:ec2/vpc:Vpc": ["ec2:vpc", last],
    "aws:ec2/vpcEndpoint:VpcEndpoint": ["ec2:vpc-endpoint", last],
    "aws:kms/key:Key": ["kms:key", last],
    "aws:lb/listener:Listener": ["elasticloadbalancing:listener"],
    "aws:lb/listenerRule:ListenerRule": ["elasticloadbalancing:listener-rule"],
    "aws:lb/loadBalancer:LoadBalancer": ["elasticloadbalancing:loadbalancer"],
    "aws:lb/targetGroup:TargetGroup": ["elasticloadbalancing:targetgroup"],
    "aws:route53/zone:Zone": ["route53:hostedzone", last],
    "aws:sqs/queue:Queue": ["sqs", queueUrl],
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["ec2:security-group-rule", last],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["ec2:security-group-rule", last],
};

/** Of which another one costs nothing and is in nobody's way: a revision of a task definition, a wait, what is made in the provider. */
const HARMLESS =
    /^(aws:ecs\/taskDefinition:|aws:ec2\/defaultSecurityGroup:|aws:acm\/certificateValidation:|random:|tls:|docker:|pulumi:)/;

function last(arn: string): string {
    return arn.split("/").pop()!;
}

/** `arn:aws:sqs:eu-west-1:123456789012:jobs` */
function queueUrl(arn: string): string {
    const [, partition, , region, account, name] = arn.split(":");
    return `https://sqs.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}/${account}/${name}`;
}

/** Looks for resources of which the state does not know whether they were made. */
export class Search {
    private readonly known: ReadonlySet<unknown>;

    constructor(
        private readonly state: State,
        private readonly lookup: Lookup,
    ) {
        this.known = new Set(state.resources.flatMap(({ id, outputs }) => [id, outputs?.arn]));
    }

    /** Whether its id follows from what the program gave it. */
    byName = ({ urn }: StateResource) => typeOf(urn) in NAMED;

    /** The ids under which it may be: none where nothing has to be looked for. */
    async for(resource: StateResource): Promise<{ ids: readonly string[]; unknown?: string }> {
        const { urn, inputs = {} } = resource;
        const type = typeOf(urn);
        if (HARMLESS.test(type)) return { ids: [] };
        const name = NAMED[type]?.(inputs);
        if (typeof name === "string" && !name.includes("undefined")) return { ids: [name] };
        const tagged = TAGGED[type];
        if (!tagged) return { ids: [], unknown: "nothing tells whether it was made" };
        const [kind, id = (arn: string) => arn] = tagged;
        const tags = this.tagsOf(resource);
        // Without tags, everything in the account looks like it.
        if (Object.keys(tags).length === 0) return { ids: [], unknown: "it has no tags by which to find it" };
        const arns = await this.lookup(tags, kind);
        if (!arns) return { ids: [], unknown: "AWS does not say what carries the stack's tags (tag:GetResources)" };
        return { ids: arns.map(id).filter((one, i) => !this.known.has(one) && !this.known.has(arns[i])) };
    }

    /** Something else of that name stays whose it is, and the `up` says that the name is taken. */
    isOurs(read: StateResource, wanted: StateResource): boolean {
        const tags = read.outputs?.tagsAll;
        if (typeof tags !== "object" || tags === null) return true;
        const theirs = tags as Record<string, unknown>;
        return Object.entries(this.tagsOf(wanted)).every(([key, value]) => theirs[key] === value);
    }

    /** Its own tags, and those that its provider gives to everything. */
    private tagsOf(resource: StateResource): Record<string, string> {
        const defaults = providersOf(resource, this.state)[0]?.inputs?.defaultTags;
        const parsed = (typeof defaults === "string" ? JSON.parse(defaults) : defaults) as
            { tags?: object } | undefined;
        return { ...stringsOf(parsed?.tags), ...stringsOf(resource.inputs?.tags) };
    }
}

const stringsOf = (tags: unknown): Record<string, string> =>
    Object.fromEntries(
        Object.entries((tags ?? {}) as object).filter(
            (entry): entry is [string, string] => typeof entry[1] === "string",
        ),
    );

/** AWS's own index of tags, for the region of the stack. */
export async function tagLookup(file: StackFile): Promise<Lookup> {
    const { ResourceGroupsTaggingAPIClient, paginateGetResources } =
        await import("@aws-sdk/client-resource-groups-tagging-api");
    pulumi.runtime.setAllConfig(file.config);
    const client = new ResourceGroupsTaggingAPIClient(await clientOptions(file.config["aws:region"]!));
    return async (tags, kind) => {
        const TagFilters = Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] }));
        const arns: string[] = [];
        try {
            for await (const { ResourceTagMappingList = [] } of paginateGetResources(
                { client },
                { TagFilters, ResourceTypeFilters: [kind] },
            )) {
                arns.push(...ResourceTagMappingList.flatMap(({ ResourceARN }) => ResourceARN ?? []));
            }
        } catch {
            return undefined;
        }
        return arns;
    };
}
