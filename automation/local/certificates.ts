/** Keys and certificates as Pulumi's TLS provider would make them, for what a simulation only names. */
import "reflect-metadata";
import {
    createPrivateKey,
    createPublicKey,
    generateKeyPairSync,
    randomBytes,
    webcrypto,
    X509Certificate,
} from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as never);

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const HOUR = 3600 * 1000;
/** A certificate that ends within this time is made anew. */
const RENEWAL = 30 * 24 * HOUR;

/** A key of P-256, as PEM. */
export const newKey = (): string =>
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" }).toString();

/** An authority's own certificate. */
export async function selfSigned(privateKey: string, commonName: string, hours: number): Promise<string> {
    const keys = await pairOf(privateKey);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        ...validity(hours),
        name: [{ CN: [commonName] }],
        signingAlgorithm: SIGNING,
        keys,
        extensions: [
            new x509.BasicConstraintsExtension(true, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
    });
    return pem(certificate);
}

/** A request for a server's certificate. */
export async function request(privateKey: string, commonName: string, dnsNames: readonly string[]): Promise<string> {
    const signingRequest = await x509.Pkcs10CertificateRequestGenerator.create({
        name: [{ CN: [commonName] }],
        keys: await pairOf(privateKey),
        signingAlgorithm: SIGNING,
        extensions: [alternativeNames(dnsNames)],
    });
    return pem(signingRequest);
}

/** What an authority makes of a request. */
export async function signed(
    requestPem: string,
    authority: { readonly certificate: string; readonly privateKey: string },
    hours: number,
): Promise<string> {
    const signingRequest = new x509.Pkcs10CertificateRequest(requestPem);
    const issuer = new x509.X509Certificate(authority.certificate);
    const publicKey = await signingRequest.publicKey.export();
    const names = signingRequest.getExtension(SUBJECT_ALTERNATIVE_NAME);
    const certificate = await x509.X509CertificateGenerator.create({
        ...validity(hours),
        subject: signingRequest.subjectName,
        issuer: issuer.subjectName,
        signingAlgorithm: SIGNING,
        signingKey: (await pairOf(authority.privateKey)).privateKey,
        publicKey,
        extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            await x509.SubjectKeyIdentifierExtension.create(publicKey),
            await x509.AuthorityKeyIdentifierExtension.create(issuer),
            ...(names ? [names] : []),
        ],
    });
    return pem(certificate);
}

/** Whether a certificate will do for the days to come. */
export const isStillValid = (certificate: string): boolean =>
    Date.parse(new X509Certificate(certificate).validTo) - Date.now() > RENEWAL;

export const notBefore = (certificate: string): string =>
    new Date(new X509Certificate(certificate).validFrom).toISOString().replace(/\.\d+Z$/, "Z");

const alternativeNames = (names: readonly string[]) =>
    new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })));

/** From an hour ago, for the clocks of virtual machines are not all the same. */
function validity(hours: number) {
    const now = Date.now();
    return {
        // Positive, and with no zero in front: some readers refuse the rest.
        serialNumber: `5${randomBytes(15).toString("hex")}0`.slice(0, 32),
        notBefore: new Date(now - HOUR),
        notAfter: new Date(now + hours * HOUR),
    };
}

async function pairOf(privateKey: string): Promise<CryptoKeyPair> {
    const { subtle } = webcrypto;
    const key = createPrivateKey(privateKey);
    const der = key.export({ type: "pkcs8", format: "der" });
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    return {
        privateKey: await subtle.importKey("pkcs8", der, P256, true, ["sign"]),
        publicKey: await subtle.importKey("spki", spki, P256, true, ["verify"]),
    } as never;
}

type CryptoKeyPair = { privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey };

const pem = (certificate: x509.X509Certificate | x509.Pkcs10CertificateRequest) => `${certificate.toString("pem")}\n`;
