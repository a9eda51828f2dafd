import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { DriftCollector, renderDrift } from "../../../automation/runner/drift";

const URN = "urn:pulumi:dev::identity::aws:iam/role:Role::issuer-task";
const trust = (principal: object) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
    });
const OWN = trust({ Service: "ecs-tasks.amazonaws.com" });

/** What a refresh says of a role whose trust is `found` in AWS. */
function drift(found: string): string {
    const state = (assumeRolePolicy: string) => ({
        urn: URN,
        type: "aws:iam/role:Role",
        custom: true,
        inputs: { assumeRolePolicy: OWN },
        outputs: { assumeRolePolicy },
    });
    const collector = new DriftCollector();
    const metadata = { op: "update", urn: URN, old: state(OWN), new: state(found), detailedDiff: {} };
    collector.add({ resOutputsEvent: { metadata } } as never);
    return stripVTControlCharacters(renderDrift(collector.result).join("\n"));
}

describe("drift", () => {
    it("names a role that was made to trust another account", () => {
        const said = drift(trust({ AWS: "arn:aws:iam::999999999999:root" }));
        expect(said).to.contain("aws:iam Role issuer-task");
        expect(said).to.match(/assumeRolePolicy\S*\.AWS +\(none\) → "arn:aws:iam::999999999999:root"/);
    });

    it("does not report a role whose trust policy is the program's", () => {
        expect(drift(OWN)).to.equal("");
    });
});
