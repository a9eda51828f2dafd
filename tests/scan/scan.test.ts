/** What an independent scanner finds in dev and prod, without what `exceptions.yaml` has a reason for. */
import path from "node:path";
import { expect } from "chai";
import { planStack } from "../../automation/plan/plan-stack";
import { type Exception, EXCEPTIONS, type Stack, STACKS } from "./exceptions";
import { type Failed, installed, scan, type Scanned } from "./checkov";
import { terraformResources, type TerraformResource } from "./terraform-plan";

const PROJECT = path.join(__dirname, "../..");
/** Fewer than this were judged: the scanner no longer understands what it gets. */
const JUDGED = { prod: 400, dev: 700 };

/** `aws_ecr_repository.hello_12` is of `hello`. */
const nameOf = (address: string) => address.slice(address.indexOf(".") + 1).replace(/_\d+$/, "");

const excepts = ({ check, stacks = STACKS, resources }: Exception, stack: Stack, failed: Failed) =>
    check === failed.check && stacks.includes(stack) && (resources?.includes(nameOf(failed.address)) ?? true);

describe("an independent scanner", function () {
    this.timeout(300_000);
    const resources = {} as Record<Stack, TerraformResource[]>;
    const scanned = {} as Record<Stack, Scanned>;
    before(async function () {
        const missing = await installed();
        if (missing !== undefined) {
            console.log(missing);
            this.skip();
        }
        for (const stack of STACKS) {
            resources[stack] = terraformResources((await planStack({ root: PROJECT, stack })).resources);
            scanned[stack] = await scan(stack, resources[stack]);
        }
    });

    for (const stack of STACKS)
        it(`finds nothing in ${stack} that has no reason`, () => {
            const { passed, failed } = scanned[stack];
            const without = failed.filter((one) => !EXCEPTIONS.some((exception) => excepts(exception, stack, one)));
            expect(without.map(({ check, about, address }) => `${check} ${address}: ${about}`)).to.eql([]);
            expect(passed).to.be.above(JUDGED[stack]);
        });

    it("finds at most 40 in dev that are its choices", () => {
        const choices = EXCEPTIONS.filter(({ choice }) => choice);
        const found = scanned.dev.failed.filter((one) => choices.some((choice) => excepts(choice, "dev", one)));
        expect(found).to.have.lengthOf.within(1, 40);
    });

    it("has no exception that nothing needs any more", () => {
        const unused = EXCEPTIONS.flatMap((exception) => [
            ...(exception.stacks ?? STACKS)
                .filter((stack) => !scanned[stack].failed.some((failed) => excepts(exception, stack, failed)))
                .map((stack) => `${exception.check} in ${stack}`),
            ...(exception.resources ?? [])
                .filter(
                    (name) =>
                        !STACKS.some((stack) =>
                            scanned[stack].failed.some(
                                (failed) => nameOf(failed.address) === name && excepts(exception, stack, failed),
                            ),
                        ),
                )
                .map((name) => `${exception.check} of ${name}`),
        ]);
        expect(unused).to.eql([]);
    });

    it("sees what is set, what is left out and what is not referred to any more", async () => {
        const worse = resources.prod.flatMap((resource): TerraformResource[] => {
            const { type, values } = resource;
            if (type === "aws_wafv2_web_acl_association" || type === "aws_flow_log") return [];
            if (type === "aws_db_instance") return [{ ...resource, values: { ...values, storage_encrypted: false } }];
            if (type === "aws_lb") return [{ ...resource, values: { ...values, access_logs: undefined } }];
            return [resource];
        });
        const before = new Set(scanned.prod.failed.map(({ check }) => check));
        const { failed } = await scan("worse", worse);
        const found = new Set(failed.map(({ check }) => check).filter((check) => !before.has(check)));
        expect([...found].sort()).to.eql(["CKV2_AWS_11", "CKV2_AWS_28", "CKV_AWS_16", "CKV_AWS_91"]);
    });
});
