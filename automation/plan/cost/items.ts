/** What each type of resource costs a month: by the hour, by use alone, or nothing. */
import { EVERYWHERE, HOURS } from "../prices";
import type { SimulatedResource } from "../simulated-aws";
import type { PriceList } from "./price-list";

/** A line of the bill. */
export interface Item {
    readonly what: string;
    /** How many of them; an autoscaled service has a range. */
    readonly min: number;
    readonly max: number;
    /** One of them for a month. */
    readonly each: number;
}

/** What has to be known of a service beside its own inputs. */
export interface ServiceSize {
    readonly cpu: number;
    readonly memory: number;
    readonly min: number;
    readonly max: number;
    readonly arm: boolean;
    readonly spot: boolean;
}

type Inputs = Record<string, unknown>;
type Pricing = (inputs: Inputs, prices: PriceList) => (Item | Unpriced)[];

/** Something that costs, and nobody here knows how much. */
export interface Unpriced {
    readonly unpriced: string;
}

const some = (what: string, count: number, each: number): Item => ({ what, min: count, max: count, each });
const month =
    (what: string, each: number): Pricing =>
    () => [some(what, 1, each)];
const size = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
const address = (count: number) => some("public IPv4 address", count, EVERYWHERE.publicAddress * HOURS);

const instance: Pricing = (inputs, prices) => {
    const type = String(inputs.instanceType);
    const price = prices.instance(type);
    const root = (inputs.rootBlockDevice ?? {}) as Inputs;
    return [
        price === undefined ? { unpriced: `EC2 instance ${type}` } : some(`EC2 instance ${type}`, 1, price * HOURS),
        some("GiB of gp3", Number(root.volumeSize ?? 8), prices.of("volume")), // 8 GiB is what Amazon's images come with
        ...(inputs.associatePublicIpAddress ? [address(1)] : []),
    ];
};

const database: Pricing = (inputs, prices) => {
    const instanceClass = String(inputs.instanceClass);
    const copies = inputs.multiAz === true ? 2 : 1;
    const what = `RDS ${instanceClass}${copies > 1 ? " with a standby" : ""}`;
    const price = prices.database(instanceClass);
    return [
        price === undefined ? { unpriced: what } : some(what, 1, price * copies * HOURS),
        inputs.storageType === "gp3"
            ? some("GiB of gp3 for it", Number(inputs.allocatedStorage), prices.of("databaseStorage") * copies)
            : { unpriced: `RDS storage ${String(inputs.storageType)}` },
    ];
};

export const PRICED: Readonly<Record<string, Pricing>> = {
    "aws:ec2/natGateway:NatGateway": (_, prices) => [some("NAT gateway", 1, prices.of("natGateway") * HOURS)],
    "aws:ec2/eip:Eip": () => [address(1)],
    "aws:ec2/vpcEndpoint:VpcEndpoint": ({ vpcEndpointType, subnetIds }, prices) =>
        vpcEndpointType === "Interface"
            ? [some("interface endpoint in a zone", size(subnetIds), prices.of("interfaceEndpoint") * HOURS)]
            : [], // a gateway costs nothing
    "aws:lb/loadBalancer:LoadBalancer": ({ internal, subnets }, prices) => [
        some("load balancer", 1, prices.of("loadBalancer") * HOURS),
        ...(internal ? [] : [address(size(subnets))]),
    ],
    "aws:rds/instance:Instance": database,
    "aws:ec2/instance:Instance": instance,
    "aws:ebs/volume:Volume": (inputs, prices) => [some("GiB of gp3", Number(inputs.size), prices.of("volume"))],
    "aws:kms/key:Key": month("KMS key", EVERYWHERE.kmsKey_month),
    "aws:ssm/parameter:Parameter": ({ tier }) =>
        tier === "Advanced" ? [some("advanced SSM parameter", 1, EVERYWHERE.advancedParameter_month)] : [],
    "aws:route53/zone:Zone": month("hosted zone", EVERYWHERE.hostedZone_month),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": month("hosted zone", EVERYWHERE.hostedZone_month),
    // By the metric: an alarm on an expression pays for each that it is made of (CloudWatch pricing, "Alarms").
    "aws:cloudwatch/metricAlarm:MetricAlarm": ({ metricQueries = [] }) => {
        const metrics = (metricQueries as { metric?: unknown }[]).filter(({ metric }) => metric !== undefined).length;
        return [some("CloudWatch alarm", Math.max(metrics, 1), EVERYWHERE.alarm_month)];
    },
    "aws:secretsmanager/secret:Secret": month("secret in Secrets Manager", EVERYWHERE.secret_month),
    "aws:wafv2/webAcl:WebAcl": ({ rules }) => [
        some("WAF web ACL", 1, EVERYWHERE.webAcl_month),
        some("WAF rule", size(rules), EVERYWHERE.webAclRule_month),
    ],
};

export const SERVICE = "aws:ecs/service:Service";

export function serviceItem(service: ServiceSize, prices: PriceList): Item {
    const { cpu, memory, min, max, arm, spot } = service;
    const kind = `${arm ? ", Graviton" : ""}${spot ? ", Spot" : ""}`;
    const what = `task of ${cpu / 1024} vCPU and ${memory / 1024} GiB${kind}`;
    return { what, min, max, each: prices.fargate({ cpu, memory, arm, spot }) };
}

/** By what is used of it, which nobody knows beforehand. */
export const BY_USE: Readonly<Record<string, string>> = {
    "aws:cloudwatch/logGroup:LogGroup": "logs",
    "aws:ec2/flowLog:FlowLog": "logs",
    "aws:ecr/repository:Repository": "images",
    "aws:s3/bucket:Bucket": "what buckets hold",
    "aws:sqs/queue:Queue": "messages",
    "aws:sns/topic:Topic": "messages",
    "aws:scheduler/schedule:Schedule": "runs of scheduled tasks",
    "aws:sfn/stateMachine:StateMachine": "deployments of applications by their CI",
};

/** What costs nothing by itself: by type, or by package where nothing of it does. */
const FREE = new Set([
    ...["acm", "iam", "vpc", "appautoscaling", "ec2transitgateway", "resourcegroups"],
    ..."defaultSecurityGroup internetGateway route routeTable routeTableAssociation securityGroup subnet vpc vpcDhcpOptions volumeAttachment eipAssociation networkAcl"
        .split(" ")
        .map((name) => `ec2/${name}`),
    ..."cluster clusterCapacityProviders taskDefinition".split(" ").map((name) => `ecs/${name}`),
    ..."listener listenerRule listenerCertificate targetGroup targetGroupAttachment"
        .split(" ")
        .map((name) => `lb/${name}`),
    ...[
        "rds/subnetGroup",
        "rds/parameterGroup",
        "kms/alias",
        "ecr/lifecyclePolicy",
        "sqs/queuePolicy",
        "sns/topicPolicy",
    ],
    ...["sns/topicSubscription", "cloudwatch/eventRule", "cloudwatch/eventTarget", "cloudwatch/logResourcePolicy"],
    ...[
        "route53/record",
        "servicediscovery/service",
        "scheduler/scheduleGroup",
        "ssm/document",
        "secretsmanager/secretVersion",
    ],
    ...["wafv2/webAclAssociation", "wafv2/webAclLoggingConfiguration", "lb/trustStore"],
]);

/** Whether a resource is none of AWS's, or one that costs nothing. */
export function isFree({ type, component }: Pick<SimulatedResource, "type" | "component">): boolean {
    const [pkg = "", module = ""] = type.split(":");
    const [service = ""] = module.split("/");
    if (component || pkg !== "aws") return true;
    // What belongs to a bucket (its policy, its rules) costs nothing; what it holds does.
    return FREE.has(module) || FREE.has(service) || (service === "s3" && type !== "aws:s3/bucket:Bucket");
}
