import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { lookUp } from "../../components/lookup";
import { publicZone } from "../../components/public-zone";
import { UserError } from "../../components/user-error";
import { programFiles } from "./program-files";
import { known } from "./support";

describe("A look-up of a component", () => {
    it("gives what the provider answers", async () => {
        expect(await known(lookUp({ about: "x" }, () => Promise.resolve({ id: "1" })).id)).to.equal("1");
    });

    it("that fails ends in one sentence with a remedy", async () => {
        await pulumi.runtime.setMocks({
            newResource: ({ name, inputs }) => ({ id: `${name}_id`, state: inputs }),
            call: () => {
                throw Object.assign(new Error("no matching Route 53 Hosted Zone found"), {
                    details: "no matching Route 53 Hosted Zone found",
                });
            },
        });
        const provider = new aws.Provider("aws", { region: "eu-west-1" });
        const args = { zone: "example.com", createZone: false, protect: false };
        const id = publicZone("public", args, { provider }) as unknown as { promise(): Promise<string> };
        const error = await id.promise().catch((e: unknown) => e);
        expect(error).to.be.instanceOf(UserError);
        expect((error as Error).message).to.match(
            /^the public hosted zone example\.com cannot be looked up: no matching Route 53 Hosted Zone found\n {4}→ make the zone/,
        );
    });

    it("is the only way in which the program asks the provider", () => {
        const asked = programFiles().flatMap(({ file, text }) => {
            const calls = text.match(/(?<!=>\s*)\baws\.(\w+\.)?get[A-Z]\w*\(/g) ?? [];
            return calls.map((call) => `${file}: ${call}`);
        });
        expect(asked).to.deep.equal([]);
        const through = programFiles().filter(({ text }) => /=>\s*aws\.(\w+\.)?get[A-Z]\w*\(/.test(text));
        expect(through).to.have.length.above(4);
        for (const { file, text } of through) expect(text, file).to.contain("lookUp(");
    });
});
