import { expect } from "chai";
import { inOrder } from "../../../automation/local/order";

describe("the order in which tasks run before a deployment", () => {
    const order = (waits: Record<string, string[]>) => inOrder(Object.keys(waits), (name) => waits[name]!);

    it("has each after those that it waits for", () => {
        const waits = { migrate: ["database", "roles"], seed: ["migrate"], roles: ["database"], index: [] };
        expect(order(waits)).to.deep.equal([["roles", "index"], ["migrate"], ["seed"]]);
    });

    it("is nothing for no task, and leaves none out where two wait for each other", () => {
        expect(order({})).to.deep.equal([]);
        expect(order({ one: ["two"], two: ["one"], three: [] })).to.deep.equal([["three"], ["one", "two"]]);
    });
});
