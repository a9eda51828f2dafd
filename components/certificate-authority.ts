import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/**
 * @example
 * const authority = new CertificateAuthority("authority");
 * const { certificate, chain, privateKey } = authority.issue("app", ["app.example.internal"]);
 */
export interface CertificateAuthorityArgs {
    /** What the authority calls itself in its certificates. @default `<project> <stack> <name>` */
    commonName?: string;
}

/** A certificate and the key that belongs to it, as PEM. */
export interface KeyPair {
    readonly certificate: pulumi.Output<string>;
    /** The authorities between the certificate and the one that a client trusts. */
    readonly chain: pulumi.Output<string>;
    readonly privateKey: pulumi.Output<string>;
}

const HOUR = 3600 * 1000;
const AUTHORITY_HOURS = 10 * 365 * 24;
const CERTIFICATE_HOURS = 365 * 24;
/** A certificate that is older than this is issued anew by the next `up`: nine months before it ends. */
const RENEWAL_HOURS = 90 * 24;
/** Years after which the authority's own certificate is. Its key and its name stay, so whoever trusts the old one goes on. */
const AUTHORITY_RENEWAL_YEARS = 5;

/**
 * An authority of the stack's own, and the certificates that it issues: for a load balancer's way to its tasks, where
 * nobody has to know it, and in development for the load balancer itself. Its key is in the stack's state, encrypted.
 *
 * An ordinary `up` renews. The TLS provider's own `earlyRenewalHours` would be the way, but Pulumi does not act on it (pulumi-tls #39);
 * so the program counts the periods since the authority was made, and a new period issues each certificate anew.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
    /** What a client has to trust, as PEM. It is no secret. */
    readonly certificate: pulumi.Output<string>;
    private readonly name: string;
    private readonly privateKey: pulumi.Output<string>;
    private readonly period: pulumi.Output<number>;

    constructor(name: string, args: CertificateAuthorityArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:CertificateAuthority", name, {}, opts);
        this.name = name;
        this.privateKey = newKey(name, { parent: this });
        const selfSigned = new tls.SelfSignedCert(
            name,
            {
                privateKeyPem: this.privateKey,
                subject: { commonName: args.commonName ?? `${pulumi.getProject()} ${pulumi.getStack()} ${name}` },
                isCaCertificate: true,
                setSubjectKeyId: true,
                allowedUses: ["cert_signing", "crl_signing"],
                validityPeriodHours: AUTHORITY_HOURS,
            },
            {
                parent: this,
                replacementTrigger: Math.floor(new Date().getUTCFullYear() / AUTHORITY_RENEWAL_YEARS),
            },
        );
        this.certificate = selfSigned.certPem;
        this.period = selfSigned.validityStartTime.apply((start) =>
            Math.floor((Date.now() - Date.parse(start ?? "") || 0) / (RENEWAL_HOURS * HOUR)),
        );
        this.registerOutputs({ certificate: this.certificate });
    }

    /**
     * A certificate for a server of these names. `commonName` is for who looks at it all the same: a load balancer refuses one that is
     * no fully-qualified domain name. 64 characters at most (RFC 5280). By default it is `name`.
     */
    issue(name: string, dnsNames: pulumi.Input<string>[], commonName = name): KeyPair {
        const child = { parent: this };
        const keyName = `${this.name}-${name}`;
        const privateKey = newKey(keyName, child);
        const request = new tls.CertRequest(
            keyName,
            { privateKeyPem: privateKey, subject: { commonName }, dnsNames },
            child,
        );
        const issued = new tls.LocallySignedCert(
            keyName,
            {
                certRequestPem: request.certRequestPem,
                caCertPem: this.certificate,
                caPrivateKeyPem: this.privateKey,
                setSubjectKeyId: true,
                allowedUses: ["digital_signature", "server_auth"],
                validityPeriodHours: CERTIFICATE_HOURS,
            },
            { ...child, replacementTrigger: this.period },
        );
        return { certificate: issued.certPem, chain: this.certificate, privateKey };
    }
}

/** Of P-256: certificate and chain together stay below the 4 KB of a standard parameter in SSM. */
const newKey = (name: string, opts: pulumi.CustomResourceOptions) =>
    pulumi.secret(new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts).privateKeyPem);

/**
 * A common name for a load balancer's certificate: `<name>.<stack>.internal`. A listener refuses one that is no name of DNS ("must have
 * a fully-qualified domain name, a supported signature, and a supported key size"), and the load balancer's own name may be longer than
 * the 64 characters of a common name. Clients look at `dnsNames`, where that is.
 */
export function qualifiedName(name: string): string {
    const label = (text: string) =>
        text
            .toLowerCase()
            .replaceAll(/[^a-z0-9]+/g, "-")
            .slice(0, 27)
            .replaceAll(/^-|-$/g, "");
    return `${label(name)}.${label(pulumi.getStack())}.internal`;
}
