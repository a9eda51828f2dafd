import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What a workload that is no heritage needs to call the services that are reachable by name. */
export interface Calls {
    /** The tasks join it: services let its members in. @default another group of theirs is let in (`ServiceDiscoveryArgs.alsoFrom`) */
    callersGroupId?: pulumi.Input<string>;
    /** PEM of the authority whose certificates services with TLS have. @default none of them has TLS */
    authority?: pulumi.Input<string>;
}

/**
 * @example
 * const discovery = new Discovery("discovery", { vpcId: vpc.id });
 * new FargateService("api", {
 *     cluster,
 *     vpc,
 *     cpu: 256,
 *     memory: 512,
 *     count: 2,
 *     containers: { api: { image: image.reference, user: "1000", ports: [8080] } },
 *     discovery: { namespaceId: discovery.namespaceId, callersGroupId: discovery.callersGroupId, port: 8080 },
 * });
 * // tasks with securityGroupIds: [discovery.callersGroupId] reach it at http://api.<stack>.internal:8080
 */
export interface DiscoveryArgs {
    vpcId: pulumi.Input<string>;
}

/**
 * Names by which tasks find one another within the VPC: `<service>.<stack>.internal` leads to the addresses of its running tasks, told
 * by ECS as they come and go; Envoys have certificates for these names (`TlsService`). Who is a member of `callersGroupId` may connect, to the ports that the services let it in on.
 */
export class Discovery extends pulumi.ComponentResource {
    readonly namespaceId: pulumi.Output<string>;
    readonly callersGroupId: pulumi.Output<string>;

    constructor(name: string, args: DiscoveryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Discovery", name, {}, opts);
        const namespace = new aws.servicediscovery.PrivateDnsNamespace(
            name,
            { name: `${pulumi.getStack()}.internal`, description: "Services by name", vpc: args.vpcId },
            { parent: this },
        );
        const callers = new aws.ec2.SecurityGroup(
            name,
            { vpcId: args.vpcId, description: "Tasks that reach services by name" },
            { parent: this },
        );
        // All ports: each service's own group lets in its port alone. The services' tasks are members, too.
        new aws.vpc.SecurityGroupEgressRule(
            name,
            {
                securityGroupId: callers.id,
                referencedSecurityGroupId: callers.id,
                description: "Services that let their callers in",
                ipProtocol: "tcp",
                fromPort: 1,
                toPort: 65535,
            },
            { parent: this },
        );
        this.namespaceId = namespace.id;
        this.callersGroupId = callers.id;
        this.registerOutputs({ namespaceId: this.namespaceId, callersGroupId: this.callersGroupId });
    }
}
