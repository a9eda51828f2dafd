import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { amazonLinux } from "../ec2/amazon-linux";
import { scriptHook } from "../ec2/script-hook";
import { accountAndRegion } from "../iam";
import { natUserData, READY_SCRIPT } from "./nat-user-data";

export interface NatInstanceArgs {
    vpcId: pulumi.Input<string>;
    cidr: string;
    /** A public one. */
    subnetId: pulumi.Input<string>;
    /** The route tables of the private subnets. */
    routeTableIds: readonly pulumi.Input<string>[];
}

export interface NatInstance {
    /** Its address on the internet, which it keeps when it is replaced. */
    readonly address: pulumi.Output<string>;
    /** Whoever needs the way out comes after these. */
    readonly routes: readonly aws.ec2.Route[];
}

/** The smallest instance: 32 Mbit/s all the time and 5 Gbit/s for minutes (AWSEC2 instance types, "General purpose", network). */
export const NAT_INSTANCE_TYPE = "t4g.nano";
const VOLUME_GIB = 8;
/** Seconds in which a new instance sets itself up. */
const READY_SECONDS = 600;
/**
 * The internet in two halves. Each is more specific than the route of a NAT gateway, 0.0.0.0/0, and so goes first: the two ways out
 * can stand side by side while an `up` goes from one to the other.
 */
const INTERNET = ["0.0.0.0/1", "128.0.0.0/1"];

/**
 * An instance that translates addresses (NAT) for the private subnets, in place of a NAT gateway.
 *
 * It has no SSH, and takes connections from the VPC alone. The routes lead to it once it works: an `up` asks it by Systems Manager. EC2
 * moves it to other hardware when its own fails, as it does by default (AWSEC2/latest/UserGuide/instance-configuration-recovery.html),
 * and an alarm reboots it when it no longer answers EC2.
 */
export function natInstance(name: string, args: NatInstanceArgs, parent: pulumi.Resource): NatInstance {
    const child = { parent };
    const { group, rules } = securityGroup(name, args, parent);
    const { settings, policy } = amazonLinux(
        name,
        { instanceType: NAT_INSTANCE_TYPE, volumeGiB: VOLUME_GIB, userData: natUserData(args.cidr) },
        parent,
    );
    const instance = new aws.ec2.Instance(
        name,
        {
            ...settings,
            subnetId: args.subnetId,
            vpcSecurityGroupIds: [group.id],
            associatePublicIpAddress: true,
            sourceDestCheck: false, // it passes on what is for others (vpc/latest/userguide/work-with-nat-instances.html)
        },
        { ...child, ignoreChanges: ["ami"], dependsOn: [policy, ...rules] },
    );
    rebootAlarm(name, instance, parent);
    // The address and the routes lead to it once it works.
    const ready = scriptHook(
        `${name}-works`,
        {
            instanceId: instance.id,
            script: READY_SCRIPT,
            comment: `pulumi up: whether the NAT instance ${name} works`,
            timeoutSeconds: READY_SECONDS,
            progress: (text) => `${name}: ${text}`,
            failure: (instanceId, output) =>
                `${name}: the NAT instance does not work, so no route leads to it (${instanceId})\n${output}`,
        },
        parent,
    );
    const hooks = { beforeCreate: ready, beforeUpdate: ready };
    const address = new aws.ec2.Eip(name, { domain: "vpc", instance: instance.id }, { ...child, hooks });
    const routes = args.routeTableIds.flatMap((routeTableId, zone) =>
        INTERNET.map(
            (destinationCidrBlock, half) =>
                new aws.ec2.Route(
                    `${name}-${zone + 1}-${half + 1}`,
                    { routeTableId, destinationCidrBlock, networkInterfaceId: instance.primaryNetworkInterfaceId },
                    { ...child, hooks, dependsOn: [address] },
                ),
        ),
    );
    return { address: address.publicIp, routes };
}

function securityGroup(name: string, { vpcId, cidr }: NatInstanceArgs, parent: pulumi.Resource) {
    const child = { parent };
    const group = new aws.ec2.SecurityGroup(name, { vpcId, description: `NAT instance ${name}` }, child);
    const all = { securityGroupId: group.id, ipProtocol: "-1" };
    const rules = [
        new aws.vpc.SecurityGroupIngressRule(
            `${name}-from-vpc`,
            { ...all, cidrIpv4: cidr, description: "What the VPC sends to the internet" },
            child,
        ),
        new aws.vpc.SecurityGroupEgressRule(
            `${name}-out`,
            { ...all, cidrIpv4: "0.0.0.0/0", description: "The internet" },
            child,
        ),
    ];
    return { group, rules };
}

/**
 * Reboots an instance that hangs: its own status check fails for three minutes, which is longer than the two of a recovery
 * (AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html).
 */
function rebootAlarm(name: string, instance: aws.ec2.Instance, parent: pulumi.Resource) {
    const { partition, region } = accountAndRegion(parent);
    new aws.cloudwatch.MetricAlarm(
        `${name}-hangs`,
        {
            alarmDescription: `The NAT instance ${name} no longer answers EC2, and is rebooted. Until then the tasks have no way out.`,
            namespace: "AWS/EC2",
            metricName: "StatusCheckFailed_Instance",
            dimensions: { InstanceId: instance.id },
            statistic: "Maximum",
            comparisonOperator: "GreaterThanOrEqualToThreshold",
            threshold: 1,
            period: 60,
            evaluationPeriods: 3,
            alarmActions: [pulumi.interpolate`arn:${partition}:automate:${region}:ec2:reboot`],
        },
        { parent },
    );
}
