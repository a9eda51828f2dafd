import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * One that ACM issues, or one from elsewhere.
 *
 * @example
 * const certificate = new Certificate("public", { domainName: "*.id.example.com", zoneId: zone.zoneId });
 * new Endpoint("public", {
 *     vpc,
 *     allowedCidrs: ["0.0.0.0/0"],
 *     https: { certificateArn: certificate.arn, domain: "id.example.com", zoneId: zone.zoneId },
 * });
 */
export type CertificateArgs =
    | {
          /** The name, or the wildcard (`*.id.example.com`), that the certificate is for. One of the two has one record to prove it by. */
          domainName: string;
          /** The public hosted zone that holds it; ACM looks for the proof in it. */
          zoneId: pulumi.Input<string>;
      }
    | {
          /** The certificate, as PEM. Nobody renews it but who issued it: another one here is imported in its place. */
          certificate: pulumi.Input<string>;
          /** The authorities behind it, as PEM. @default none */
          chain?: pulumi.Input<string>;
          privateKey: pulumi.Input<string>;
      };

/** A certificate of ACM: proved by a DNS record that stays, so that ACM renews it by itself; or imported. */
export class Certificate extends pulumi.ComponentResource {
    /** Known once the certificate is issued: a listener refuses one that is not. */
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Certificate", name, {}, opts);
        this.arn = "domainName" in args ? this.issued(name, args.domainName, args.zoneId) : this.imported(name, args);
        this.registerOutputs({ arn: this.arn });
    }

    private imported(name: string, args: Extract<CertificateArgs, { privateKey: unknown }>): pulumi.Output<string> {
        const { certificate, chain, privateKey } = args;
        return new aws.acm.Certificate(
            name,
            { certificateBody: certificate, certificateChain: chain, privateKey: pulumi.secret(privateKey) },
            { parent: this },
        ).arn;
    }

    private issued(name: string, domainName: string, zoneId: pulumi.Input<string>): pulumi.Output<string> {
        const child = { parent: this };
        const certificate = new aws.acm.Certificate(name, { domainName, validationMethod: "DNS" }, child);
        // There is one, for the one name; mocks of a test may have none.
        const proof = (field: "resourceRecordName" | "resourceRecordType" | "resourceRecordValue") =>
            certificate.domainValidationOptions.apply((options) => options?.[0]?.[field] ?? "");
        const record = new aws.route53.Record(
            `${name}-proof`,
            {
                zoneId,
                name: proof("resourceRecordName"),
                type: proof("resourceRecordType"),
                records: [proof("resourceRecordValue")],
                ttl: 300,
                allowOverwrite: true, // the proof of a name is the same for every certificate of the account, so it may be there
            },
            child,
        );
        return new aws.acm.CertificateValidation(
            name,
            { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
            child,
        ).certificateArn;
    }
}
