import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { awsProvider } from "../../components/aws-provider";
import { publicZone } from "../../components/public-zone";
import { known, make } from "./support";

const zone = (createZone: boolean, protect = false) =>
    make(() => ({
        id: publicZone("public", { zone: "example.com", createZone, protect }, { provider: awsProvider("aws", {}) }),
    }));

describe("publicZone", () => {
    it("is looked up, and nothing is made", async () => {
        const made = await zone(false);
        expect(made.outputs.id).to.match(/^Z[0-9A-F]{13}$/);
        expect(made.all("aws.route53.Zone")).to.deep.equal([]);
    });

    it("is asked for as a public one of that name", async () => {
        const asked: unknown[] = [];
        await pulumi.runtime.setMocks({
            newResource: ({ name, inputs }) => ({ id: `${name}_id`, state: inputs }),
            call: ({ token, inputs }) => {
                asked.push([token, inputs]);
                return { zoneId: "Z1" };
            },
        });
        const args = { zone: "example.com", createZone: false, protect: false };
        expect(await known(publicZone("public", args, { provider: awsProvider("aws", {}) }))).to.equal("Z1");
        expect(asked).to.deep.equal([["aws:route53/getZone:getZone", { name: "example.com", privateZone: false }]]);
    });

    for (const protect of [true, false]) {
        it(`is made where it is told to be, by the provider that it is given (protect: ${protect})`, async () => {
            const made = await zone(true, protect);
            const { name, inputs, provider, protect: isProtected } = made.one("aws.route53.Zone");
            expect({ name, inputs, provider, isProtected }).to.deep.equal({
                name: "public",
                inputs: { name: "example.com", comment: "Managed by Pulumi" },
                provider: "aws",
                isProtected: protect,
            });
            expect(made.outputs.id).to.equal(made.one("aws.route53.Zone").outputs.zoneId);
        });
    }
});
