import * as pulumi from "@pulumi/pulumi";
import { DevLedger } from "../../components/dev-ledger";
import { Vpc } from "../../components/vpc";
import { Workbench } from "../../components/workbench";
import { COMPONENTS } from "./every-component";
import { known, REGION } from "./support";

/**
 * What a user of the components writes in a unit test: outputs that only AWS would know are simply not there.
 * That no component asks AWS itself shows in that all of them come to an end without an account.
 */
describe("With the mocks of Pulumi's documentation", () => {
    beforeEach(async () => {
        await pulumi.runtime.setMocks({
            newResource: (args) => ({ id: `${args.name}_id`, state: args.inputs }),
            call: (args) => args.inputs,
        });
    });

    /** Rejects with what an output meets on its way, which nobody awaits. */
    async function run(program: () => pulumi.Output<unknown>) {
        let fail: (error: unknown) => void = () => {};
        const failure = new Promise<never>((_, reject) => {
            fail = reject;
        });
        process.on("unhandledRejection", fail);
        try {
            await Promise.race([failure, known(program())]);
            await Promise.race([failure, pulumi.runtime.disconnect()]);
            await Promise.race([failure, new Promise((resolve) => setImmediate(resolve))]);
        } finally {
            process.off("unhandledRejection", fail);
        }
    }

    for (const [type, program] of Object.entries(COMPONENTS)) {
        it(`${type} comes to its end`, () => run(() => program("app")));
    }

    for (const nat of ["single", "instance"] as const) {
        it(`machines come to their end in a Vpc with NAT by ${nat}, whose subnets awsx does not say there`, () =>
            run(() => {
                const vpc = new Vpc("vpc", {
                    cidr: "10.0.0.0/16",
                    zones: 2,
                    nat,
                    region: REGION,
                    privateZoneName: "test.internal",
                });
                const ledger = new DevLedger("ledger", { vpc });
                const workbench = new Workbench("workbench", { vpc, region: REGION });
                return pulumi.all([ledger.instanceId, workbench.instanceId, ...vpc.natAddresses]);
            }));
    }
});
