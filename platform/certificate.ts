import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "../components/certificate";
import { certificatesOf } from "../components/key-pair";
import type { PlatformConfig } from "../config/defaults";

/** The certificate of the public endpoint: one that ACM has, one that is brought along, or one that ACM issues. */
export function publicCertificate(
    name: string,
    domain: NonNullable<PlatformConfig["domain"]>,
    zoneId: pulumi.Input<string>,
    opts: { provider: aws.Provider },
): pulumi.Input<string> {
    const { arn, pem, privateKey } = domain.certificate ?? {};
    if (arn !== undefined) return arn;
    if (pem === undefined || privateKey === undefined) {
        return new Certificate(name, { domainName: `*.${domain.name}`, zoneId }, opts).arn;
    }
    const [certificate, ...authorities] = certificatesOf(pem).map((parsed) => parsed.toString());
    const chain = authorities.length > 0 ? authorities.join("") : undefined;
    return new Certificate(name, { certificate: certificate!, chain, privateKey: pulumi.secret(privateKey) }, opts).arn;
}
