import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { CertificateAuthority, qualifiedName } from "../../components/certificate-authority";
import { make } from "./support";

const DAY = 24 * 3600 * 1000;

describe("CertificateAuthority", () => {
    const authority = () =>
        make(() => {
            const made = new CertificateAuthority("authority");
            const pair = made.issue("hello", ["hello.test.internal"]);
            return { root: made.certificate, chain: pair.chain, key: pulumi.isSecret(pair.privateKey) };
        });

    it("is a certificate of its own, that may sign and do nothing else", async () => {
        const made = await authority();
        expect(made.inputs("tls.SelfSignedCert")).to.deep.include({
            subject: { commonName: "acme test authority" },
            isCaCertificate: true,
            allowedUses: ["cert_signing", "crl_signing"],
            validityPeriodHours: 87600,
        });
        expect(made.outputs.chain).to.equal(made.outputs.root);
    });

    it("issues a year for a server of the names that it is told, by keys of P-256", async () => {
        const made = await authority();
        expect(made.inputs("tls.CertRequest", "authority-hello")).to.deep.include({
            subject: { commonName: "hello" },
            dnsNames: ["hello.test.internal"],
        });
        expect(made.inputs("tls.LocallySignedCert", "authority-hello")).to.deep.include({
            certRequestPem: made.one("tls.CertRequest").outputs.certRequestPem,
            caCertPem: made.one("tls.SelfSignedCert").outputs.certPem,
            allowedUses: ["digital_signature", "server_auth"],
            validityPeriodHours: 8760,
        });
        for (const { inputs } of made.all("tls.PrivateKey")) {
            expect(inputs).to.deep.equal({ algorithm: "ECDSA", ecdsaCurve: "P256" });
        }
        expect(made.all("tls.PrivateKey")).to.have.length(2);
    });

    it("has a common name for a load balancer, of labels of DNS and 64 characters at most", async () => {
        const made = await make(() => ({ short: qualifiedName("My_Public"), long: qualifiedName("a".repeat(100)) }));
        expect(made.outputs).to.deep.equal({
            short: "my-public.test.internal",
            long: `${"a".repeat(27)}.test.internal`,
        });
    });

    it("keeps the key a secret", async () => expect(await (await authority()).outputs.key).to.equal(true));

    describe("renews with an ordinary up", () => {
        const { now } = Date;
        /** As the simulated provider has it. */
        const BEGIN = Date.parse("2026-01-01");
        afterEach(() => {
            Date.now = now;
        });

        const triggers = async (days: number) => {
            Date.now = () => BEGIN + days * DAY;
            const made = await authority();
            return [made.one("tls.SelfSignedCert"), made.one("tls.LocallySignedCert")].map(
                (one) => one.replacementTrigger,
            );
        };

        it("a certificate every 90 days since the authority began, and not in between", async () => {
            const first = await triggers(0);
            expect(await triggers(89)).to.deep.equal(first);
            const [authorities, issued] = await triggers(91);
            expect([authorities, Number(issued)]).to.deep.equal([first[0], Number(first[1]) + 1]);
        });
    });
});
