import { expect } from "chai";
import { awsProvider } from "../../components/aws-provider";
import { make, type Options, PROJECT, REGION, STACK } from "./support";

/** Inputs of the provider; what is no text comes to it as JSON. */
async function provider(options: Options = {}, tags: Record<string, string> = {}) {
    const made = await make(() => awsProvider("aws", tags) && undefined, options);
    return made.inputs("pulumi.providers.aws", "aws");
}
const tagsOf = (inputs: Record<string, unknown>) => JSON.parse(inputs.defaultTags as string).tags;
const OWN = { Project: PROJECT, Stack: STACK, ManagedBy: "pulumi" };

describe("awsProvider", () => {
    it("is for the stack's region, and tags what it makes", async () => {
        const inputs = await provider();
        expect(inputs.region).to.equal(REGION);
        expect(tagsOf(inputs)).to.deep.equal(OWN);
    });

    it("adds the tags that it is given, over those of the stack's configuration, over its own", async () => {
        const config = { "aws:defaultTags": JSON.stringify({ tags: { Team: "a", Owner: "b", Stack: "theirs" } }) };
        expect(tagsOf(await provider({ config }, { Owner: "c", Cost: "1" }))).to.deep.equal({
            ...OWN,
            Stack: "theirs",
            Team: "a",
            Owner: "c",
            Cost: "1",
        });
    });

    it("is what the rest of the configuration says, texts, lists and flags", async () => {
        const inputs = await provider({
            config: {
                "aws:profile": "team",
                "aws:allowedAccountIds": '["123456789012"]',
                "aws:assumeRoles": '[{"roleArn":"arn:aws:iam::123456789012:role/deploy"}]',
                "aws:skipMetadataApiCheck": "true",
                "foo:profile": "not for AWS",
            },
        });
        expect(inputs).to.include({
            profile: "team",
            allowedAccountIds: '["123456789012"]',
            assumeRoles: '[{"roleArn":"arn:aws:iam::123456789012:role/deploy"}]',
            skipMetadataApiCheck: "true",
        });
    });

    it("keeps a text that looks like a number a text, and a number a number", async () => {
        const { profile, maxRetries } = await provider({ config: { "aws:profile": "42", "aws:maxRetries": "5" } });
        expect({ profile, maxRetries }).to.deep.equal({ profile: "42", maxRetries: "5" }); // 5 as JSON, not "5"
    });

    it("keeps keys secret", async () => {
        const config = { "aws:accessKey": "AKIA", "aws:secretKey": "hunter2", "aws:token": "hunter3" };
        const inputs = await provider({ config, secretKeys: ["aws:secretKey", "aws:token"] });
        expect(inputs).to.include({ accessKey: "[secret]", secretKey: "[secret]", token: "[secret]" });
        expect(JSON.stringify(inputs)).not.to.match(/AKIA|hunter/);
    });
});
