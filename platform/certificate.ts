import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "../components/certificate";
import { APEX, type FurtherDomain, type NamedEndpoint } from "../components/endpoint/hosts";
import { certificatesOf } from "../components/key-pair";
import { existingZone, FURTHER_ZONE_FIX } from "../components/public-zone";
import type { PlatformConfig } from "../config/defaults";

type Opts = { provider: aws.Provider };
type Domain = NonNullable<PlatformConfig["domain"]>;

/** What the public endpoint listens with: the certificate of its domain, and those of the domain itself and of further domains. */
export function publicCertificates(
    config: PlatformConfig & { domain: Domain },
    zoneId: pulumi.Input<string>,
    opts: Opts,
): NamedEndpoint {
    const { domain, domains } = config;
    const first = domain.certificate
        ? broughtAlong("public", domain.certificate, opts)
        : issued("public", domain, zoneId, opts);
    return {
        certificateArn: first instanceof Certificate ? first.arn : first,
        domain: domain.name,
        zoneId,
        // One that is brought along has to be for the domain itself, too.
        apexCertificateArn:
            first instanceof Certificate && listensOnApex(config)
                ? new Certificate("public-apex", { domainName: domain.name, provedBy: first }, opts).arn
                : undefined,
        domains: domains.map((one) =>
            furtherDomain(
                one,
                one.zone === domain.zone ? zoneId : existingZone(one.zone, FURTHER_ZONE_FIX, opts),
                opts,
            ),
        ),
    };
}

const listensOnApex = ({ heritages }: PlatformConfig) =>
    Object.values(heritages).some(({ services }) =>
        Object.values(services).some(({ listeners }) => listeners.some(({ hosts }) => hosts.includes(APEX))),
    );

function furtherDomain(
    { name, certificate }: PlatformConfig["domains"][number],
    zoneId: pulumi.Input<string>,
    opts: Opts,
): FurtherDomain {
    const issue = () =>
        new Certificate(`public-${name}`, { domainName: `*.${name}`, alsoFor: [name], zoneId }, opts).arn;
    return { name, zoneId, certificateArn: certificate ?? issue() };
}

const issued = (name: string, domain: Domain, zoneId: pulumi.Input<string>, opts: Opts) =>
    new Certificate(name, { domainName: `*.${domain.name}`, zoneId }, opts);

/** One that ACM has, or one that is imported into it. */
function broughtAlong(
    name: string,
    { arn, pem, privateKey }: NonNullable<Domain["certificate"]>,
    opts: Opts,
): pulumi.Input<string> {
    if (arn !== undefined) return arn;
    const [certificate, ...authorities] = certificatesOf(pem!).map((parsed) => parsed.toString());
    const chain = authorities.length > 0 ? authorities.join("") : undefined;
    const imported = { certificate: certificate!, chain, privateKey: pulumi.secret(privateKey!) };
    return new Certificate(name, imported, opts).arn;
}
