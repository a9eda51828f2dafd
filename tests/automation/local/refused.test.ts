import { expect } from "chai";
import { TYPES } from "../../../aws/types";
import { refuseWithoutStandIn } from "../../../automation/local/refused";
import type { SimulatedResource } from "../../../automation/plan/simulated-aws";
import { prepared, stackFile } from "./support";

const resource = (type: string, name: string, component = false) =>
    ({ type, name, component }) as unknown as SimulatedResource;

/** No type is refused today. */
function whileKeysAreRefused<Result>(work: () => Result): Result {
    const entry = TYPES["aws:kms/key:Key"] as { laptop: unknown };
    const { laptop } = entry;
    const back = () => void (entry.laptop = laptop);
    entry.laptop = { refused: "no key of this machine is like it" };
    const result = work();
    if (result instanceof Promise) return result.finally(back) as Result;
    back();
    return result;
}

describe("what cannot run on a laptop", () => {
    it("is refused, all of it at once, each with why", () => {
        const resources = [
            resource("aws:kms/key:Key", "secrets"),
            resource("aws:dynamodb/table:Table", "table"),
            resource("aws:elasticache/replicationGroup:ReplicationGroup", "cache"),
            resource("identity:index:Vpc", "vpc", true),
            resource("pulumi:providers:aws", "aws"),
        ];
        whileKeysAreRefused(() =>
            expect(() => refuseWithoutStandIn(resources, "mine")).to.throw(
                "the stack mine has what nothing stands in for on this machine:\n" +
                    "    secrets (aws:kms/key:Key): no key of this machine is like it\n" +
                    "    table (aws:dynamodb/table:Table): nothing is known of its type\n",
            ),
        );
        expect(() => refuseWithoutStandIn(resources.slice(2), "mine")).not.to.throw();
    });

    it("is refused before a compose file is written", async () => {
        await whileKeysAreRefused(async () => {
            const error = await prepared(
                stackFile("identity:publicEndpoint: { plainHttp: true }", "identity:agents: { issuer: {} }"),
            ).then(
                () => undefined,
                (reason: Error) => reason,
            );
            expect(error?.message).to.contain("(aws:kms/key:Key): no key of this machine is like it");
        });
    });
});
