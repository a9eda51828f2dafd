import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "../transform";
import { amazonLinux } from "./amazon-linux";
import { architectureOf } from "./instance-types";

export interface PrivateInstanceArgs {
    vpc: { id: pulumi.Input<string>; privateSubnetIds: pulumi.Input<string[]> };
    /** Its family decides the architecture. */
    instanceType: string;
    /** GiB of gp3, encrypted by the account's key for EBS. */
    volumeGiB: number;
    /** What cloud-init runs when it is made, and never again: another text makes another instance. */
    userData: pulumi.Input<string>;
    /** Ports to anywhere that it needs for what is set up in it, beside 443, by what for. @default none */
    egressPorts?: Record<number, string>;
    /** Refuse to delete or replace it. @default false */
    protect?: boolean;
    transform?: Transform<aws.ec2.InstanceArgs>;
}

export interface PrivateInstance {
    readonly instance: aws.ec2.Instance;
    /** Its own security group, which lets nobody in: whoever makes the instance adds who may. */
    readonly groupId: pulumi.Output<string>;
}

/**
 * An instance of Amazon Linux 2023 in a private subnet, without a public address and without SSH: people and programs reach it
 * through Systems Manager, as far as IAM lets them. It keeps the AMI that it was made of: a newer one replaces nothing.
 */
export function privateInstance(name: string, args: PrivateInstanceArgs, parent: pulumi.Resource): PrivateInstance {
    const child = { parent };
    const group = new aws.ec2.SecurityGroup(name, { vpcId: args.vpc.id, description: `Machine ${name}` }, child);
    const ways = Object.entries({ 443: "Systems Manager, packages", ...args.egressPorts }).map(
        ([port, description]) =>
            new aws.vpc.SecurityGroupEgressRule(
                `${name}-to-${port}`,
                {
                    securityGroupId: group.id,
                    description,
                    cidrIpv4: "0.0.0.0/0",
                    ipProtocol: "tcp",
                    fromPort: Number(port),
                    toPort: Number(port),
                },
                child,
            ),
    );
    const { settings, policy } = amazonLinux(name, args, parent);
    const instance = new aws.ec2.Instance(
        ...transformed<aws.ec2.InstanceArgs>(
            args.transform,
            `${name}-${architectureOf(args.instanceType)}`, // another architecture is another AMI, and so another instance
            {
                ...settings,
                // The first zone's, whichever are added later. Under mocks a `Vpc` has no subnets.
                subnetId: pulumi.output(args.vpc.privateSubnetIds).apply((ids?: string[]) => ids?.[0] ?? ""),
                vpcSecurityGroupIds: [group.id],
                associatePublicIpAddress: false,
                disableApiTermination: args.protect ?? false,
            },
            { ...child, protect: args.protect, ignoreChanges: ["ami"], dependsOn: [policy, ...ways] },
        ),
    );
    return { instance, groupId: group.id };
}
