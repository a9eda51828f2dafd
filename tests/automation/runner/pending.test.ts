import { expect } from "chai";
import { explainPending, refusePending } from "../../../automation/runner/pending";
import type { StateResource } from "../../../automation/runner/stack";
import { urn } from "./events";

const pending = (type: string, resourceType: string, name: string) => ({
    type,
    resource: { urn: urn(resourceType, name), type: resourceType } satisfies StateResource,
});
const CREATING = pending("creating", "aws:rds/instance:Instance", "wallet");

describe("what a killed update was creating", () => {
    it("is named once, with Pulumi's command that clears it", () => {
        const text = explainPending({ resources: [], pending: [CREATING, CREATING] }, "dev")!;
        expect(text.match(/aws:rds Instance wallet/g)).to.have.length(1);
        expect(text).to.contain("pulumi refresh --stack dev --clear-pending-creates");
        expect(Math.max(...text.split("\n").map((line) => line.length))).to.be.most(100);
    });

    it("stops a command, and what was being updated or deleted does not: that is done again", () => {
        const state = (...types: string[]) => ({
            resources: [],
            pending: types.map((type) => ({ ...CREATING, type })),
        });
        expect(() => refusePending(state("updating", "creating"), "dev"))
            .to.throw("stopped before anything was changed")
            .with.property("code", 3);
        refusePending(state("updating", "deleting", "reading"), "dev");
    });
});
