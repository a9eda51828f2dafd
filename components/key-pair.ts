import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** A certificate and its key from elsewhere, as PEM. */
export interface KeyPairText {
    /** The certificate for the server itself; what follows it in the text are its authorities, up to the root or short of it. */
    certificate: string;
    privateKey: string;
}

/** What the plan reads in place of an encrypted value where it has no passphrase: nothing can be said of it. */
export const UNREAD = "[secret]";

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, in its order. Throws where one of them is none. */
export function certificatesOf(pem: string): X509Certificate[] {
    return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
}

/** What is wrong with a certificate (and those behind it) by itself, or nothing. */
export function certificateProblem(pem: string, now = new Date()): { what: string; fix: string } | undefined {
    const fix = "PEM: the server's certificate first, its authorities behind it (`-----BEGIN CERTIFICATE-----` …)";
    let certificates: X509Certificate[];
    try {
        certificates = certificatesOf(pem);
    } catch {
        return { what: "holds a block that is no certificate", fix };
    }
    const [leaf, ...chain] = certificates;
    if (!leaf) return { what: "holds no certificate", fix };
    if (leaf.ca) return { what: `${name(leaf)} is an authority's own certificate, not a server's`, fix };
    if (new Date(leaf.validTo) <= now)
        return { what: `ended on ${leaf.validTo}`, fix: "a certificate that is still valid" };
    const gap = chain.findIndex((issuer, i) => !(certificates[i] as X509Certificate).checkIssued(issuer));
    if (gap < 0) return undefined;
    return { what: `${name(chain[gap]!)} did not issue ${name(certificates[gap]!)}, which stands before it`, fix };
}

/** What is wrong with a key for a certificate, or nothing. The certificate is one that `certificateProblem` found right. */
export function keyProblem({ certificate, privateKey }: KeyPairText): { what: string; fix: string } | undefined {
    if (privateKey === UNREAD) return undefined;
    let key: KeyObject;
    try {
        key = createPrivateKey(privateKey);
    } catch {
        return {
            what: "is no private key that can be read",
            fix: "PEM without a passphrase: openssl pkey -in encrypted.pem -out key.pem",
        };
    }
    const [own] = certificatesOf(certificate);
    if (own?.checkPrivateKey(key)) return undefined;
    return {
        what: "does not belong to the certificate",
        fix: "the key that the certificate was requested with; these two print the same: openssl x509 -pubkey -noout -in cert.pem; openssl pkey -pubout -in key.pem",
    };
}

/** Whether a certificate is for a name, which may be a wildcard (`*.id.example.com`). */
export function isFor(pem: string, domainName: string): boolean {
    const [own] = certificatesOf(pem);
    if (!own) return false;
    const names = own.subjectAltName?.split(", ").map((entry) => entry.replace(/^DNS:/, "")) ?? [];
    return domainName.startsWith("*.") ? names.includes(domainName) : own.checkHost(domainName) !== undefined;
}

const name = ({ subject }: X509Certificate) => (subject ?? "a certificate without a name").split("\n").at(-1)!;
