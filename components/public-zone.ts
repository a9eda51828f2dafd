import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * The id of the public hosted zone of a domain: looked up, or made. Of a zone that is made, the parent domain's owner has to
 * delegate to its name servers before a certificate can be proved; they are logged while the `up` waits for that.
 */
export function publicZone(
    name: string,
    args: { zone: string; createZone: boolean; protect: boolean },
    opts: { provider: aws.Provider },
): pulumi.Output<string> {
    if (!args.createZone) return aws.route53.getZoneOutput({ name: args.zone, privateZone: false }, opts).zoneId;
    const zone = new aws.route53.Zone(name, { name: args.zone }, { ...opts, protect: args.protect });
    if (!pulumi.runtime.isDryRun()) {
        zone.nameServers.apply((servers) =>
            pulumi.log.info(`Delegate ${args.zone} to ${servers?.join(", ")}; its certificates wait for that.`, zone),
        );
    }
    return zone.zoneId;
}
