import { expect } from "chai";
import { parseArn } from "../../components/arn";

describe("parseArn", () => {
    it("gives the parts, with colons left in the resource", () => {
        expect(parseArn("arn:aws-cn:logs:cn-north-1:123456789012:log-group:/identity/dev:*")).to.deep.equal({
            partition: "aws-cn",
            service: "logs",
            region: "cn-north-1",
            accountId: "123456789012",
            resource: "log-group:/identity/dev:*",
        });
        expect(parseArn("arn:aws:iam::123456789012:role/a/b")).to.include({ region: "", resource: "role/a/b" });
    });

    it("refuses what is no ARN", () => {
        for (const text of ["", "issuer", "urn:a:b:c:d:e", "arn:aws:ec2:eu-west-1:1"]) {
            expect(() => parseArn(text), text).to.throw("is no ARN");
        }
    });
});
