import { expect } from "chai";
import { explainPending, look, NOTHING_DECIDED } from "../../../automation/runner/pending";
import type { Read } from "../../../automation/runner/scratch";
import { type Lookup, Search } from "../../../automation/runner/search";
import type { StateResource } from "../../../automation/runner/stack";
import { urn } from "./events";

const PROVIDER = "urn:pulumi:dev::identity::pulumi:providers:aws::aws";
const TAGS = { Project: "identity", Stack: "dev" };
const provider: StateResource = {
    ...{ urn: PROVIDER, type: "pulumi:providers:aws", id: "1" },
    inputs: { defaultTags: JSON.stringify({ tags: TAGS }) },
};
const resource = (type: string, name: string, inputs: Record<string, unknown>): StateResource => ({
    ...{ urn: urn(type, name), type, custom: true, provider: `${PROVIDER}::1`, inputs },
});

const LOG = "aws:cloudwatch/logGroup:LogGroup";
const SUBNET = "aws:ec2/subnet:Subnet";

/** What became of creations, in an AWS that has these, by id. */
async function settle(
    wanted: StateResource[],
    {
        there = {},
        arns = [],
        known = [],
        decided = NOTHING_DECIDED,
    }: {
        there?: Record<string, Record<string, unknown> | Error>;
        arns?: readonly string[] | undefined;
        known?: StateResource[];
        decided?: typeof NOTHING_DECIDED;
    },
) {
    const asked: object[] = [];
    const lookup: Lookup = (tags, kind) => {
        asked.push({ tags, kind });
        return Promise.resolve(arns);
    };
    const read = (all: readonly StateResource[]) =>
        Promise.resolve(
            all.map((one): Read => {
                const outputs = there[one.id!];
                if (!outputs) return { absent: true };
                return outputs instanceof Error ? { error: outputs.message } : { resource: { ...one, outputs } };
            }),
        );
    const search = new Search({ resources: [provider, ...known], pending: [] }, lookup);
    const settled = await look(wanted, search, read, decided);
    return { asked, settled: settled.map(({ found, why }) => why ?? found?.id ?? "absent") };
}

describe("an update that died half way", () => {
    it("is explained", () => {
        const lines = explainPending({
            resources: [],
            pending: [
                { type: "creating", resource: resource("aws:rds/instance:Instance", "wallet", {}) },
                { type: "deleting", resource: resource(LOG, "old", {}) },
            ],
        });
        expect(lines).to.deep.equal([
            "An update of this stack died half way; 2 resources were under way in it:",
            "  aws:rds Instance wallet was being created",
            "  aws:cloudwatch LogGroup old was being deleted",
        ]);
    });

    it("has left what exists by its name, and not what does not", async () => {
        const wanted = [resource(LOG, "a", { name: "/a" }), resource(LOG, "b", { name: "/b" })];
        expect((await settle(wanted, { there: { "/a": { tagsAll: TAGS } } })).settled).to.deep.equal(["/a", "absent"]);
    });

    it("does not take what carries others' tags", async () => {
        const there = { "/a": { tagsAll: { Project: "another" } } };
        expect((await settle([resource(LOG, "a", { name: "/a" })], { there })).settled).to.deep.equal(["absent"]);
    });

    const subnet = (cidrBlock: string) =>
        resource(SUBNET, cidrBlock, { cidrBlock, vpcId: "vpc-1", tags: { Name: cidrBlock } });
    const arn = (id: string) => `arn:aws:ec2:eu-west-1:111111111111:subnet/${id}`;

    it("finds by the stack's tags what AWS has given an id, and tells those of a kind apart", async () => {
        const { settled, asked } = await settle([subnet("10.0.0.0/24"), subnet("10.0.1.0/24"), subnet("10.0.2.0/24")], {
            arns: [arn("subnet-1"), arn("subnet-0"), arn("subnet-known")],
            known: [{ ...subnet("10.0.9.0/24"), id: "subnet-known" }],
            there: {
                "subnet-0": { cidrBlock: "10.0.0.0/24", vpcId: "vpc-1" },
                "subnet-1": { cidrBlock: "10.0.1.0/24", vpcId: "vpc-1" },
            },
        });
        expect(settled).to.deep.equal(["subnet-0", "subnet-1", "absent"]);
        expect(asked[0]).to.deep.equal({ tags: { ...TAGS, Name: "10.0.0.0/24" }, kind: "ec2:subnet" });
    });

    it("gives each of several that are alike another one", async () => {
        const address = (name: string) => resource("aws:ec2/eip:Eip", name, { domain: "vpc" });
        const { settled } = await settle([address("a"), address("b"), address("c")], {
            arns: ["x/eipalloc-1", "x/eipalloc-2"],
            there: { "eipalloc-1": { domain: "vpc" }, "eipalloc-2": { domain: "vpc" } },
        });
        expect(settled).to.deep.equal(["eipalloc-1", "eipalloc-2", "absent"]);
    });

    it("is left to a person where nobody can tell", async () => {
        const one = subnet("10.0.0.0/24");
        const other = { arns: [arn("subnet-7")], there: { "subnet-7": { cidrBlock: "10.0.7.0/24" } } };
        expect((await settle([one], other)).settled[0]).to.contain("looks otherwise");
        expect((await settle([one], { arns: undefined })).settled).to.deep.equal(["absent"]);
        expect((await settle([resource("aws:new/thing:Thing", "x", {})], {})).settled[0]).to.contain("nothing tells");
        const denied = { there: { "/a": new Error("not allowed") } };
        expect((await settle([resource(LOG, "a", { name: "/a" })], denied)).settled[0]).to.contain("not allowed");
    });

    it("goes by what a person says", async () => {
        const one = subnet("10.0.0.0/24");
        const there = { "subnet-7": { cidrBlock: "10.0.7.0/24" } };
        const adopt = { adopt: new Map([[one.urn, "subnet-7"]]), forget: [] };
        expect((await settle([one], { there, decided: adopt })).settled).to.deep.equal(["subnet-7"]);
        expect((await settle([one], { decided: adopt })).settled).to.deep.equal(["there is none with that id"]);
        const forget = { adopt: new Map<string, string>(), forget: [one.urn] };
        expect((await settle([one], { there, arns: [arn("subnet-7")], decided: forget })).settled).to.deep.equal([
            "absent",
        ]);
    });

    it("has nothing to look for where another one is in nobody's way", async () => {
        const { settled, asked } = await settle([resource("random:index/randomPassword:RandomPassword", "p", {})], {});
        expect([settled, asked]).to.deep.equal([["absent"], []]);
    });
});
