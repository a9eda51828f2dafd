import { X509Certificate } from "node:crypto";
import { expect } from "chai";
import { rdsCertificateAuthorities } from "../../../components/rds/certificate-authority";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g;
const certificates = (region: string) =>
    (rdsCertificateAuthorities(region).match(PEM) ?? []).map((pem) => new X509Certificate(pem));

describe("rdsCertificateAuthorities", () => {
    for (const region of ["ap-northeast-1", "us-east-1", "eu-west-1"]) {
        it(`are the three of ${region}, which sign themselves and are valid for years to come`, () => {
            const authorities = certificates(region);
            expect(authorities.map(({ subject }) => /^CN=(.*)$/m.exec(subject)![1]).sort()).to.deep.equal([
                `Amazon RDS ${region} Root CA ECC384 G1`,
                `Amazon RDS ${region} Root CA RSA2048 G1`,
                `Amazon RDS ${region} Root CA RSA4096 G1`,
            ]);
            for (const authority of authorities) {
                expect(authority.ca).to.equal(true);
                expect(authority.verify(authority.publicKey)).to.equal(true);
                expect(Date.parse(authority.validTo)).to.be.above(Date.parse("2050-01-01"));
            }
        });
    }

    it("fit into one build argument, with nothing between them", () => {
        const pem = rdsCertificateAuthorities("ap-northeast-1");
        expect(pem.replaceAll(PEM, "")).to.equal("");
        expect(Buffer.byteLength(pem)).to.be.below(128 * 1024);
    });

    it("are none for a region that there is not, nor for one that is a part of another's name", () => {
        expect(rdsCertificateAuthorities("moon-west-1")).to.equal("");
        expect(rdsCertificateAuthorities("us-east")).to.equal("");
        expect(rdsCertificateAuthorities("")).to.equal("");
    });
});
