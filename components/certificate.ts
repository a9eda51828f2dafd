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
          /**
           * More names of the certificate whose proof is the same record: of `*.id.example.com` that is `id.example.com` (ACM user guide,
           * "DNS validation"). @default none
           */
          alsoFor?: readonly string[];
      }
    | {
          /** A name whose proof another certificate has made already, in the same record: `id.example.com` beside `*.id.example.com`. */
          domainName: string;
          provedBy: Certificate;
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
    /** The name of the record that proves it; undefined where it is imported. */
    private readonly proof: pulumi.Output<string> | undefined;

    constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Certificate", name, {}, opts);
        if ("domainName" in args) {
            const certificate = this.requested(name, args);
            this.proof = "provedBy" in args ? args.provedBy.proof : this.record(name, certificate, args.zoneId);
            this.arn = this.validated(name, certificate, this.proof);
        } else this.arn = this.imported(name, args);
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

    private requested(name: string, args: Extract<CertificateArgs, { domainName: string }>): aws.acm.Certificate {
        const more = "alsoFor" in args && args.alsoFor ? { subjectAlternativeNames: [...args.alsoFor] } : {};
        const request = { domainName: args.domainName, validationMethod: "DNS", ...more };
        return new aws.acm.Certificate(name, request, { parent: this });
    }

    private record(
        name: string,
        certificate: aws.acm.Certificate,
        zoneId: pulumi.Input<string>,
    ): pulumi.Output<string> {
        // There is one, for the one name; mocks of a test may have none.
        const proof = (field: "resourceRecordName" | "resourceRecordType" | "resourceRecordValue") =>
            certificate.domainValidationOptions.apply((options) => options?.[0]?.[field] ?? "");
        return new aws.route53.Record(
            `${name}-proof`,
            {
                zoneId,
                name: proof("resourceRecordName"),
                type: proof("resourceRecordType"),
                records: [proof("resourceRecordValue")],
                ttl: 300,
                allowOverwrite: true, // the proof of a name is the same for every certificate of the account, so it may be there
            },
            { parent: this },
        ).fqdn;
    }

    private validated(name: string, certificate: aws.acm.Certificate, proof: pulumi.Output<string> | undefined) {
        return new aws.acm.CertificateValidation(
            name,
            { certificateArn: certificate.arn, validationRecordFqdns: proof && [proof] },
            { parent: this },
        ).certificateArn;
    }
}
