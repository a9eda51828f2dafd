import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** A DNS zone that only the VPC sees, and the record of it that components take. */
export function privateZoneOf(
    name: string,
    zoneName: string,
    vpcId: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): { id: pulumi.Output<string>; name: string } {
    const zone = new aws.route53.Zone(
        `${name}-private`,
        { name: zoneName, comment: `Names within ${name}`, vpcs: [{ vpcId }] },
        // Other networks that reach the VPC may be associated with the zone, by whoever runs them.
        { ...opts, ignoreChanges: ["vpcs"] },
    );
    return { id: zone.zoneId, name: zoneName };
}
