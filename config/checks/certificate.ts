/** The public endpoint's certificate, where it is not one that ACM issues. */
import { certificateProblem, isFor, keyProblem } from "../../components/key-pair";
import type { PlatformConfig } from "../defaults";
import { homeOf, type Path, type Problem } from "./common";

export function checkCertificate({ domain, region }: PlatformConfig): Problem[] {
    const certificate = domain?.certificate;
    if (!certificate) return [];
    const path = ["domain", "certificate"];
    const { arn, pem, privateKey } = certificate;
    if ((arn === undefined) === (pem === undefined && privateKey === undefined)) {
        return [
            {
                path,
                what: arn === undefined ? "is empty" : "has both an arn and a certificate of its own",
                fix: "arn, or pem with privateKey",
            },
        ];
    }
    if (arn !== undefined) {
        const own = homeOf(arn);
        if (own === region) return [];
        return [
            {
                path: [...path, "arn"],
                what: `is in ${own}, and a load balancer takes certificates of its own region alone`,
                fix: `one in ${region}`,
            },
        ];
    }
    if (pem === undefined || privateKey === undefined) {
        const missing = pem === undefined ? "pem" : "privateKey";
        return [{ path: [...path, missing], what: "is missing", fix: "pem and privateKey, both" }];
    }
    const problems = keyPairProblems(path, { pem, privateKey });
    const name = `*.${domain.name}`;
    if (problems.length === 0 && !isFor(pem, name)) {
        problems.push({
            path: [...path, "pem"],
            what: `is not for ${name}, and the endpoint's hosts are below ${domain.name}`,
            fix: `a certificate with ${name} among its names (subjectAltName)`,
        });
    }
    return problems;
}

/** Checks a certificate, its chain and its key, whatever they are for. */
export function keyPairProblems(path: Path, { pem, privateKey }: { pem: string; privateKey: string }): Problem[] {
    const certificate = certificateProblem(pem);
    if (certificate) return [{ path: [...path, "pem"], ...certificate }];
    const key = keyProblem({ certificate: pem, privateKey });
    return key ? [{ path: [...path, "privateKey"], ...key, also: [[...path, "pem"]] }] : [];
}
