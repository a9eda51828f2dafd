import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lookUp } from "./lookup";

/** What to do about a zone that is not there. */
export const ZONE_FIX =
    "make the zone and delegate to it, or let the `up` make it (domain.createZone: true); or is domain.zone another one, " +
    "or the account?";
export const FURTHER_ZONE_FIX =
    "make the zone and delegate to it; or is it another one (zone, in identity:domains), or the account?";
export const ZONE_PERMISSIONS = "route53:ListHostedZonesByName, route53:ListHostedZones and route53:GetHostedZone";

/**
 * The id of the public hosted zone of a domain: looked up, or made. Of a zone that is made, the parent domain's owner has to
 * delegate to its name servers before a certificate can be proved; they are logged while the `up` waits for that.
 */
export function publicZone(
    name: string,
    args: { zone: string; createZone: boolean; protect: boolean },
    opts: { provider: aws.Provider },
): pulumi.Output<string> {
    if (!args.createZone) return existingZone(args.zone, ZONE_FIX, opts);
    const zone = new aws.route53.Zone(name, { name: args.zone }, { ...opts, protect: args.protect });
    if (!pulumi.runtime.isDryRun()) {
        zone.nameServers.apply((servers) =>
            pulumi.log.info(`Delegate ${args.zone} to ${servers?.join(", ")}; its certificates wait for that.`, zone),
        );
    }
    return zone.zoneId;
}

/** The id of one that is there. `fix`: what to do where it is not. */
export function existingZone(name: string, fix: string, opts: { provider: aws.Provider }): pulumi.Output<string> {
    const question = { about: `the public hosted zone ${name}`, needs: ZONE_PERMISSIONS, fix };
    return lookUp(question, () => aws.route53.getZone({ name, privateZone: false }, opts)).zoneId;
}
