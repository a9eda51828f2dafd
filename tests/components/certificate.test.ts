import { expect } from "chai";
import { Certificate } from "../../components/certificate";
import { make } from "./support";

const certificate = () =>
    make(() => ({ arn: new Certificate("public", { domainName: "*.id.example.com", zoneId: "Z1" }).arn }));

describe("Certificate", () => {
    it("may be one from elsewhere, whose key stays a secret", async () => {
        const pem = { certificate: "certificate", chain: "chain", privateKey: "key" };
        const made = await make(() => ({ arn: new Certificate("public", pem).arn }));
        expect(made.childrenOf("identity.Certificate")).to.deep.equal(["aws.acm.Certificate public"]);
        expect(made.inputs("aws.acm.Certificate")).to.deep.equal({
            certificateBody: "certificate",
            certificateChain: "chain",
            privateKey: "[secret]",
        });
        expect(made.outputs.arn).to.equal(made.one("aws.acm.Certificate").outputs.arn);
    });

    it("is proved by the one record that ACM asks for, which may be there already", async () => {
        const made = await certificate();
        expect(made.childrenOf("identity.Certificate")).to.deep.equal([
            "aws.acm.Certificate public",
            "aws.acm.CertificateValidation public",
            "aws.route53.Record public-proof",
        ]);
        expect(made.inputs("aws.acm.Certificate")).to.deep.equal({
            domainName: "*.id.example.com",
            validationMethod: "DNS",
        });
        const [proof] = made.one("aws.acm.Certificate").outputs.domainValidationOptions as Record<string, string>[];
        expect(made.inputs("aws.route53.Record")).to.deep.equal({
            zoneId: "Z1",
            name: proof!.resourceRecordName,
            type: "CNAME",
            records: [proof!.resourceRecordValue],
            ttl: 300,
            allowOverwrite: true,
        });
    });

    it("is handed on once it is issued", async () => {
        const made = await certificate();
        const validation = made.one("aws.acm.CertificateValidation");
        expect(validation.inputs).to.deep.equal({
            certificateArn: made.one("aws.acm.Certificate").outputs.arn,
            validationRecordFqdns: [made.one("aws.route53.Record").outputs.fqdn],
        });
        expect(made.waitsFor(validation)).to.include("aws.route53.Record public-proof");
        expect(made.outputs.arn).to.equal(validation.outputs.certificateArn);
    });
});
