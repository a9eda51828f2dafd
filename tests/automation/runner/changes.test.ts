import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import pc from "picocolors";
import { Collector } from "../../../automation/runner/changes";
import { renderChanges, renderViolations } from "../../../automation/runner/diff";
import type { Outcome } from "../../../automation/runner/operation";
import { asJson, markdown } from "../../../automation/runner/markdown";
import { Progress } from "../../../automation/runner/progress";
import { compare } from "../../../automation/runner/values";
import { began, HIDDEN, said, type Step, urn, violated } from "./events";

const DATABASE = "aws:rds/instance:Instance";
const PARAMETER = "aws:ssm/parameter:Parameter";
const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const AGENT: Step = { op: "same", type: "identity:index:AgentCluster", name: "issuer", custom: false };

const collect = (...steps: (Step | ReturnType<typeof said>)[]) => {
    const collector = new Collector();
    for (const one of steps) collector.add("op" in one ? began(one) : one);
    return collector.result;
};
const text = (...steps: Parameters<typeof collect>) =>
    renderChanges(collect(...steps), pc).map((line) => stripVTControlCharacters(line));
const outcome = (...steps: Parameters<typeof collect>): Outcome => ({
    ...collect(...steps),
    progress: new Progress(0),
    counted: {},
    milliseconds: 0,
});

describe("what changes", () => {
    const definition = (image: string, level: string) => ({
        containerDefinitions: JSON.stringify([
            { name: "app", image, environment: [{ name: "LEVEL", value: level }] },
            { name: "envoy", image: "envoy" },
        ]),
    });

    it("is shown by component, down to the leaves of a document", () => {
        const parent = urn(AGENT.type, AGENT.name);
        const changed = {
            op: "update",
            type: DEFINITION,
            name: "issuer",
            parent,
            diffs: ["containerDefinitions"],
        } as const;
        const lines = text(
            AGENT,
            {
                ...changed,
                old: { inputs: definition("a@1", "info"), parent },
                new: { inputs: definition("a@2", "debug"), parent },
            },
            { op: "create", type: PARAMETER, name: "greeting" },
            { op: "same", type: PARAMETER, name: "other" },
        );
        expect(lines).to.deep.equal([
            "AgentCluster issuer",
            "  ~ aws:ecs TaskDefinition issuer",
            '      containerDefinitions[app].environment[LEVEL].value  "info" → "debug"',
            '      containerDefinitions[app].image                     "a@1" → "a@2"',
            "",
            "Without a component",
            "  + aws:ssm Parameter greeting",
            "",
            "1 to create, 1 to update; 1 stay",
            "+ create  ~ update  ± replace  - delete  = import",
        ]);
    });

    it("says why something is replaced, once, however many steps that takes", () => {
        const base = { type: DATABASE, name: "wallet", keys: ["username"], diffs: ["username"] };
        const halves = { old: { inputs: { username: "a" } }, new: { inputs: { username: "b" } } };
        const lines = text(
            { ...base, ...halves, op: "create-replacement" },
            { ...base, ...halves, op: "replace" },
            { ...base, op: "delete-replaced", old: halves.old },
        );
        expect(lines.slice(1, 4)).to.deep.equal([
            "  ± aws:rds Instance wallet",
            "      replaced because of username",
            '      username  "a" → "b"',
        ]);
        expect(lines).to.include("1 to replace; 0 stay");
    });

    it("shows no secret, wherever it is, and that one has changed nevertheless", () => {
        const base = { op: "update", type: PARAMETER, name: "key", diffs: ["value", "tags"] } as const;
        const lines = text({
            ...base,
            old: { inputs: { value: HIDDEN, tags: { a: HIDDEN } } },
            new: { inputs: { value: HIDDEN, tags: { a: HIDDEN, b: "x" } } },
        });
        expect(lines.slice(1, 4)).to.deep.equal([
            "  ~ aws:ssm Parameter key",
            "      value",
            '      tags.b  (none) → "x"',
        ]);
        expect(compare("p", { deep: [HIDDEN] }, "plain")[0]!.before).to.equal('{"deep":["[secret]"]}');
        // What the engine logs to find faults in itself has secrets in the clear.
        const noise = said("RPC finished: value hush-hush", { severity: "debug" });
        expect(JSON.stringify(collect(noise))).not.to.contain("hush-hush");
    });

    it("counts a large first deployment by its types, in a hundred columns", () => {
        const steps = Array.from({ length: 300 }, (_, i): Step => ({
            op: "create",
            type: `aws:x${i % 30}/thing:Thing`,
            name: `t${i}`,
        }));
        const lines = text(...steps, { op: "delete", type: PARAMETER, name: "old" });
        expect(lines.length).to.be.lessThan(20);
        expect(lines.join("\n")).to.contain("10 × aws:x1 Thing").and.to.contain("  - aws:ssm Parameter old");
        expect(Math.max(...lines.map((line) => line.length))).to.be.most(100);
        expect(lines).to.include("300 to create, 1 to delete; 0 stay");
    });

    it("wraps long names and values", () => {
        const name = `very-${"long-".repeat(30)}name`;
        const lines = text({
            op: "update",
            type: PARAMETER,
            name,
            diffs: ["description"],
            old: { inputs: { description: "x".repeat(200) } },
            new: { inputs: { description: "y".repeat(200) } },
        });
        expect(Math.max(...lines.map((line) => line.length))).to.be.most(100);
    });

    it("shows violations, mandatory ones first, and each error once", () => {
        const collector = new Collector();
        collector.add(violated("digest", "advisory", "by tag"));
        collector.add(violated("no-public-ip", "mandatory", "it has one", urn(DATABASE, "wallet")));
        for (let i = 0; i < 2; i++) collector.add(said("it broke\n", { severity: "error" }));
        collector.add(said("preview failed", { severity: "error" }));
        expect(renderViolations(collector.result.violations)).to.deep.equal([
            "  ✗ no-public-ip: aws:rds Instance wallet",
            "    it has one",
            "  ! digest",
            "    by tag",
        ]);
        expect(collector.result.errors).to.deep.equal([{ urn: undefined, message: "it broke" }]);
    });
});

describe("a preview as a comment", () => {
    const replaced: Step = {
        op: "replace",
        type: DATABASE,
        name: "wal|let",
        keys: ["username"],
        diffs: ["username"],
        old: { inputs: { username: "<a>" } },
        new: { inputs: { username: "b" } },
    };

    it("has a heading, a table and folded details", () => {
        const shown = markdown({ stack: "prod", outcome: outcome(replaced), stops: [] });
        expect(shown).to.match(/^### ✅ Stack `prod`\n\n1 to replace; 0 stay\n/);
        expect(shown).to.contain(
            "| ± **replace** | aws:rds Instance wal\\|let | Without a component | because of username |",
        );
        expect(shown).to.match(/<details><summary>Properties<\/summary>\n\n```\n± aws:rds Instance/);
    });

    it("says what would stop an up", () => {
        const shown = markdown({ stack: "prod", outcome: outcome(replaced), stops: ["no room"] });
        expect(shown).to.contain("### ❌").and.to.contain("```\nno room\n```");
        const violation = outcome(violated("digest", "mandatory", "by tag\nonly"));
        expect(markdown({ stack: "prod", outcome: violation, stops: [] })).to.contain(
            "| **mandatory** | digest |  | by tag only |",
        );
    });

    it("is also JSON", () => {
        expect(asJson({ stack: "prod", outcome: outcome(replaced), stops: [] })).to.deep.include({
            ok: true,
            counts: { create: 0, update: 0, replace: 1, delete: 0, import: 0 },
        });
    });
});
