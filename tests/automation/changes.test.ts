import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import pc from "picocolors";
import { changes, type Earlier, isEmpty, type PlannedResource } from "../../automation/plan/changes";
import { compare, lastPlan } from "../../automation/plan/earlier";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { renderChanges } from "../../automation/plan/render/changes";

const PROJECT = path.join(__dirname, "../..");

/** A stack with one resource of each type that is named, all below one component. */
function stackOf(
    inputs: Record<string, Record<string, unknown>>,
    { stack = "dev", region = "eu-west-1", protect = false } = {},
): Earlier {
    const urn = (type: string, name: string) => `urn:pulumi:${stack}::identity::${type}::${name}`;
    const root = urn("pulumi:pulumi:Stack", `identity-${stack}`);
    const resources: PlannedResource[] = [
        { urn: root, type: "pulumi:pulumi:Stack", inputs: {} },
        ...Object.entries(inputs).map(([key, own]) => {
            const [type = "", name = ""] = key.split(" ");
            return {
                urn: urn(`identity:index:Vpc$${type}`, name),
                type,
                parent: urn("identity:index:Vpc", "vpc"),
                inputs: own,
                protect,
            };
        }),
    ];
    return { stack, region, resources };
}

const DATABASE = "aws:rds/instance:Instance db";

describe("what has changed between two plans", () => {
    it("is what is new, changed and gone, each property from what to what", () => {
        const before = stackOf({ [DATABASE]: { multiAz: false, port: 5432 }, "aws:sqs/queue:Queue old": {} });
        const after = stackOf({ [DATABASE]: { multiAz: true, port: 5432 }, "aws:sqs/queue:Queue new": {} });
        expect(changes(before, after)).to.deep.equal({
            added: [{ type: "aws:sqs Queue", name: "new", within: "vpc" }],
            gone: [{ type: "aws:sqs Queue", name: "old", within: "vpc" }],
            changed: [
                {
                    type: "aws:rds Instance",
                    name: "db",
                    within: "vpc",
                    how: "updated",
                    properties: [{ path: "multiAz", before: "false", after: "true" }],
                },
            ],
        });
        expect(isEmpty(changes(before, before))).to.equal(true);
    });

    it("looks into lists, policies and container definitions, by names where there are any", () => {
        const containers = (image: string, ...environment: string[]) =>
            JSON.stringify([{ name: "app", image, environment: environment.map((name) => ({ name, value: "1" })) }]);
        const definition = "aws:ecs/taskDefinition:TaskDefinition app";
        const [changed] = changes(
            stackOf({ [definition]: { containerDefinitions: containers("a", "X"), volumes: [] } }),
            stackOf({ [definition]: { containerDefinitions: containers("b", "Y", "X") } }),
        ).changed;
        expect(changed!.how).to.equal("revised");
        expect(changed!.properties).to.deep.equal([
            { path: "containerDefinitions[app].environment[Y]", before: undefined, after: '{"name":"Y","value":"1"}' },
            { path: "containerDefinitions[app].image", before: "a", after: "b" },
        ]);
        const lists = changes(
            stackOf({ [DATABASE]: { zones: ["a", "b"] } }),
            stackOf({ [DATABASE]: { zones: ["a"] } }),
        );
        expect(lists.changed[0]!.properties).to.deep.equal([{ path: "zones", before: "a, b", after: "a" }]);
    });

    it("shows no secret, on neither side", () => {
        const { changed } = changes(
            stackOf({ [DATABASE]: { password: "hunter2" } }),
            stackOf({ [DATABASE]: { password: "[secret]" } }),
        );
        expect(changed[0]!.properties).to.deep.equal([{ path: "password", before: "[secret]", after: "[secret]" }]);
        expect(
            isEmpty(
                changes(
                    stackOf({ [DATABASE]: { password: "[secret]" } }),
                    stackOf({ [DATABASE]: { password: "[secret]" } }),
                ),
            ),
        ).to.equal(true);
    });

    it("finds the same in another stack and region, where names alone differ", () => {
        const own = (stack: string, region: string) =>
            stackOf(
                {
                    [DATABASE]: {
                        identifier: `identity-${stack}-db`,
                        kmsKeyId: `arn:aws:kms:${region}:1:key/1`,
                        name: "devices",
                    },
                },
                { stack, region },
            );
        expect(isEmpty(changes(own("prod", "us-east-1"), own("dev", "eu-west-1")))).to.equal(true);
        const other = stackOf({ [DATABASE]: { identifier: "identity-dev-other", name: "devices" } });
        expect(changes(own("prod", "us-east-1"), other).changed[0]!.properties.map((one) => one.path)).to.deep.equal([
            "identifier",
            "kmsKeyId",
        ]);
    });

    it("is nothing against itself, and between stacks what their files say", async () => {
        const [dev, prod] = [
            await planStack({ root: PROJECT, stack: "dev" }),
            await planStack({ root: PROJECT, stack: "prod" }),
        ];
        const last = ({ model: { stack, region }, resources }: PlannedStack) => ({
            earlier: { stack, region, resources },
            time: new Date(),
        });
        const comparisons = compare(last(dev), prod, dev);
        expect(isEmpty(comparisons[0]!.changes)).to.equal(true);
        const { changes: between } = comparisons[1]!;
        expect(
            between.changed.find(({ type, name }) => type === "aws:ecs Service" && name === "issuer")!.properties,
        ).to.deep.include({
            path: "desiredCount",
            before: "3",
            after: "2",
        });
        expect(between.added.map(({ name }) => name)).to.include("holder");
        const lines = renderChanges(comparisons[1]!, pc.createColors(false));
        expect(lines.join("\n"))
            .to.match(/only in dev +\d+/)
            .and.match(/only in prod +\d+/);
        expect(lines.filter((line) => line.length > 100)).to.deep.equal([]);
    });
});

describe("the last plan", () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "last-"));
    const folder = path.join(root, "build/plan/dev");
    const write = (resources: string, plan = '{"region":"eu-west-1"}') => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, "resources.json"), resources);
        writeFileSync(path.join(folder, "plan.json"), plan);
    };
    after(() => rmSync(root, { recursive: true, force: true }));

    it("is none where nothing was planned", () => {
        expect(lastPlan(root, "dev")).to.equal(undefined);
    });

    it("is what stands there, with its time", () => {
        write('[{"urn":"a","type":"b","inputs":{}}]');
        utimesSync(path.join(folder, "resources.json"), 1e9, 1e9);
        const last = lastPlan(root, "dev");
        expect(last).to.deep.include({ time: new Date(1e12) });
        expect(last).to.have.nested.property("earlier.resources.length", 1);
    });

    it("is left alone where it is broken or of an older format", () => {
        for (const [resources, plan] of [
            ["[{", undefined],
            ["{}", undefined],
            ["[null]", undefined],
            ['[{"urn":"a"}]', undefined],
            ["[]", "{}"],
            ["[]", "null"],
        ] as const) {
            write(resources, plan);
            expect(lastPlan(root, "dev"), resources).to.equal(undefined);
        }
    });
});
