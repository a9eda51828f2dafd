import path from "node:path";
import { expect } from "chai";
import { ENTRIES, refusesDeletion, TYPES, typeEntry } from "../../aws/types";
import { Inventory } from "../../automation/plan/inventory";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { picture } from "../../automation/report/picture/model";
import { EVERYTHING, planEverything } from "../stacks/everything";

const ROOT = path.join(__dirname, "../..");

describe("the entries of resource types", () => {
    let stacks: PlannedStack[];
    before(async () => {
        stacks = [];
        for (const stack of ["dev", "prod"]) stacks.push(await planStack({ root: ROOT, stack }));
        for (const stack of EVERYTHING) stacks.push(await planEverything(stack));
    });
    const planned = () =>
        stacks.flatMap(({ resources }) =>
            resources.filter(({ type, component }) => !component && !type.startsWith("pulumi:")),
        );

    it("are of every type that a stack plans, and of no other one", () => {
        const types = new Set(planned().map(({ type }) => type));
        expect([...types].filter((type) => typeEntry(type) === undefined)).to.eql([]);
        expect(Object.keys(TYPES).filter((type) => !types.has(type))).to.eql([]);
    });

    it("leave no two resources of a stack with one id, as far as AWS gives ids by itself", () => {
        for (const { resources } of stacks) {
            const ids = resources
                .filter(({ type, id }) => type.startsWith("aws:") && /-[0-9a-f]{17}$/.test(id))
                .map(({ type, id }) => `${type} ${id}`);
            expect(ids.filter((id, i) => ids.indexOf(id) !== i)).to.eql([]);
        }
    });

    it("are drawn as they say", () => {
        for (const { model, resources } of stacks) {
            const drawn = picture(model, new Inventory(resources));
            const rows = drawn.cards.flatMap((card) => card.rows.map((row) => row.name));
            const inventory = new Inventory(resources);
            for (const { type, name, inputs, component } of resources) {
                const how = component ? null : (typeEntry(type)?.picture ?? null);
                if (how === null) continue;
                const ids = drawn.cards.map(({ id }) => id);
                if ("card" in how) {
                    const isDrawn = how.card(inputs, inventory.inputsOf) !== undefined;
                    expect(ids.map((id) => id.replace(/^\S+ /, "")).includes(name), name).to.equal(isDrawn);
                } else if ("line" in how) expect(drawn.regional.map(({ title }) => title)).to.include(how.line.title);
                else if (how.section === "endpoints") expect(ids).to.include(`load balancer ${name}`);
                else if (how.section === "services") expect(rows).to.include(name);
            }
        }
    });

    it("say which actions see and make each, where the deploy role does not have them by name", () => {
        const without = (part: "reads" | "writes") =>
            [...ENTRIES].filter(([type, entry]) => !/^(random|tls):/.test(type) && entry[part].length === 0);
        expect(without("reads").map(([type]) => type)).to.eql([]);
        const byName = /^aws:(iam|kms|s3|ssm)\/|^aws:acm\/certificateValidation:/; // which waits, and makes nothing
        expect(without("writes").filter(([type]) => !byName.test(type))).to.eql([]);
    });

    it("know the input by which AWS refuses to delete, of whatever a stack protects", () => {
        expect(refusesDeletion("aws:rds/instance:Instance", { deletionProtection: true })).to.equal(true);
        expect(refusesDeletion("aws:lb/loadBalancer:LoadBalancer", { deletionProtection: true })).to.equal(false);
        expect(refusesDeletion("aws:rds/instance:Instance", {})).to.equal(false);
        const switches = ["deletionProtection", "enableDeletionProtection", "disableApiTermination"];
        for (const { type, inputs } of planned()) {
            const on = switches.filter((key) => inputs[key] === true);
            for (const key of on) expect(typeEntry(type)!.deletionSwitch, type).to.equal(key);
        }
    });
});
