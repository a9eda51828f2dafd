import { expect } from "chai";
import { TYPES } from "../../../aws/types";
import { refuseWithoutStandIn } from "../../../automation/local/refused";
import type { SimulatedResource } from "../../../automation/plan/simulated-aws";
import { prepared, stackFile } from "./support";

const resource = (type: string, name: string, component = false) =>
    ({ type, name, component }) as unknown as SimulatedResource;

describe("what cannot run on a laptop", () => {
    it("is refused, all of it at once, each with why", () => {
        const resources = [
            resource("aws:elasticache/replicationGroup:ReplicationGroup", "cache"),
            resource("aws:dynamodb/table:Table", "table"),
            resource("aws:kms/key:Key", "secrets"),
            resource("identity:index:Vpc", "vpc", true),
            resource("pulumi:providers:aws", "aws"),
        ];
        expect(() => refuseWithoutStandIn(resources, "mine")).to.throw(
            "the stack mine has what nothing stands in for on this machine:\n" +
                "    cache (aws:elasticache/replicationGroup:ReplicationGroup): there is no Redis on a laptop yet\n" +
                "    table (aws:dynamodb/table:Table): nothing is known of its type\n",
        );
        expect(() => refuseWithoutStandIn(resources.slice(2), "mine")).not.to.throw();
    });

    it("is refused before a compose file is written", async () => {
        const entry = TYPES["aws:kms/key:Key"] as { laptop: unknown };
        const { laptop } = entry;
        entry.laptop = { refused: "no key of this machine is like it" };
        try {
            const error = await prepared(
                stackFile("identity:publicEndpoint: { plainHttp: true }", "identity:agents: { issuer: {} }"),
            ).then(
                () => undefined,
                (reason: Error) => reason,
            );
            expect(error?.message).to.contain("(aws:kms/key:Key): no key of this machine is like it");
        } finally {
            entry.laptop = laptop;
        }
    });
});
