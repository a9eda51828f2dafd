/** The certificate and the key with which an Envoy takes TLS. */
import * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority } from "../certificate-authority";
import { certificateProblem, keyProblem, type KeyPairText } from "../key-pair";
import { refuse } from "../output-error";
import type { Secret, SecretStore } from "../secret-store";

/** Who signs it, and renews it with an `up`; or one from elsewhere with its key. */
export type EnvoyCertificate = CertificateAuthority | { [part in keyof KeyPairText]: pulumi.Input<string> };

/**
 * Envoy's certificate and key as parameters, under a path of their own: where the application reads its parameters by
 * itself, it must not find the key among them.
 */
export function envoyKeyPair(
    name: string,
    { certificate: from, secrets }: { certificate: EnvoyCertificate; secrets: SecretStore },
    owner: pulumi.Resource,
): Record<"certificate" | "privateKey", Secret> {
    const put = (variable: string, value: pulumi.Input<string>, options?: { large: boolean }) =>
        secrets.put(`${name}-tls`, variable, value, options);
    if (from instanceof CertificateAuthority) {
        const { certificate, chain, privateKey } = from.issue(name, [`${name}.${pulumi.getStack()}.internal`]);
        return {
            certificate: put("TLS_CERTIFICATE", pulumi.interpolate`${certificate}${chain}`),
            privateKey: put("TLS_PRIVATE_KEY", privateKey),
        };
    }
    const pair = pulumi.all([from.certificate, from.privateKey]).apply(([certificate, privateKey]) => {
        const problem = certificateProblem(certificate) ?? keyProblem({ certificate, privateKey });
        // Where no preview comes before the `up`, the sidecar does not come up with it, and the old tasks stay.
        if (problem) refuse(`${name}: Envoy's key pair ${problem.what}; ${problem.fix}`, owner);
        return { certificate, privateKey };
    });
    return {
        certificate: put("TLS_CERTIFICATE", pair.certificate, { large: true }),
        privateKey: put("TLS_PRIVATE_KEY", pair.privateKey, { large: true }),
    };
}
