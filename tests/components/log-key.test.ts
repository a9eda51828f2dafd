import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { LogKey, stackLogGroups } from "../../components/log-key";
import { WebAcl } from "../../components/web-acl";
import { make, PROJECT, STACK } from "./support";

describe("LogKey", () => {
    const made = () =>
        make(() => {
            const key = new LogKey("logs");
            const under = { transformations: [key.encrypt] };
            new WebAcl("public", { logRetentionDays: 30 }, under); // a log group below a component
            new aws.cloudwatch.LogGroup("own", { kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/own" }, under);
            new aws.sns.Topic("other", {}, under);
            new aws.cloudwatch.LogGroup("outside", {});
            return { arn: key.arn };
        });

    it("puts the log groups below under its key, but for those that have one, and nothing else", async () => {
        const all = await made();
        const inputs = (type: string, name: string) => all.inputs(type, name);
        expect(inputs("aws.cloudwatch.LogGroup", "public").kmsKeyId).to.match(/^arn:aws:kms:.*key/);
        expect(inputs("aws.cloudwatch.LogGroup", "own").kmsKeyId).to.match(/key\/own$/);
        expect(inputs("aws.cloudwatch.LogGroup", "outside")).not.to.have.property("kmsKeyId");
        expect(inputs("aws.sns.Topic", "other")).not.to.have.property("kmsKeyId");
    });

    it("lets CloudWatch Logs use it for the stack's log groups alone", async () => {
        const { policy, enableKeyRotation } = (await made()).inputs("aws.kms.Key", "logs");
        expect(enableKeyRotation).to.equal(true);
        const [account, logs] = (JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] }).Statement;
        expect(account!.Principal).to.deep.equal({ AWS: "arn:aws:iam::123456789012:root" });
        expect(JSON.stringify(logs!.Principal)).to.match(/"logs\.[a-z0-9-]+\.amazonaws\.com"/);
        const groups = (logs!.Condition as { ArnLike: Record<string, string[]> }).ArnLike;
        expect(groups["kms:EncryptionContext:aws:logs:arn"]!.map((arn) => arn.split(":log-group:")[1])).to.deep.equal(
            stackLogGroups(PROJECT, STACK),
        );
        expect(logs!.Action).not.to.include("kms:*");
    });
});
