/** Certificates for unit tests, made as a run needs them, so that no key is ever in the repository. */
import { generateKeyPairSync } from "node:crypto";
import { asn1, md, pki } from "node-forge";

const YEAR = 365 * 24 * 3600 * 1000;

/** PEM, as a person would have it in a file. */
export interface Pair {
    certificate: string;
    privateKey: string;
}

/** An authority, its intermediate, and what that signs. */
export class TestAuthority {
    private readonly root = issue({ name: "Test Root", ca: true });
    private readonly between = issue({ name: "Test Intermediate", ca: true }, this.root);
    readonly rootPem = this.root.certificate;
    readonly intermediatePem = this.between.certificate;

    /** A server's, by the intermediate; `ends`: years from now, in the past where it is below zero. */
    server(dnsNames: string[], { ends = 1 } = {}): Pair {
        return issue({ name: dnsNames[0]!, dnsNames, ends }, this.between);
    }
}

interface Subject {
    name: string;
    dnsNames?: string[];
    ca?: boolean;
    ends?: number;
}

let serial = 0;

function issue({ name, dnsNames = [], ca = false, ends = 1 }: Subject, issuer?: Pair): Pair {
    const { privateKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const key = pki.privateKeyFromPem(privateKey);
    // Of UTF-8: a wildcard's * is no character of a printable string, which is the default, and who reads strictly refuses it.
    const subject = [{ name: "commonName", value: name, valueTagClass: asn1.Type.UTF8 as unknown as asn1.Class }];
    const certificate = pki.createCertificate();
    certificate.serialNumber = String(++serial).padStart(2, "0");
    certificate.publicKey = pki.setRsaPublicKey(key.n, key.e);
    certificate.validity.notBefore = new Date(Date.now() - 3 * YEAR);
    certificate.validity.notAfter = new Date(Date.now() + ends * YEAR);
    certificate.setSubject(subject);
    certificate.setIssuer(issuer ? pki.certificateFromPem(issuer.certificate).subject.attributes : subject);
    const altNames = dnsNames.map((value) => ({ type: 2, value }));
    certificate.setExtensions([
        { name: "basicConstraints", cA: ca, critical: true },
        ...(altNames.length > 0 ? [{ name: "subjectAltName", altNames }] : []),
    ]);
    // A server of Node.js takes no SHA-1, which is the default.
    certificate.sign(pki.privateKeyFromPem(issuer?.privateKey ?? privateKey), md.sha256.create());
    return { certificate: pki.certificateToPem(certificate), privateKey };
}
