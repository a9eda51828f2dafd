import { readFileSync, writeFileSync } from "node:fs";
import * as aws from "@pulumi/aws";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { boundaryArn, type StackName } from "../../automation/bootstrap/names";
import { READ } from "../../automation/bootstrap/actions";
import { ACCOUNT, DEV, PROD, REGION, workflow } from "../automation/bootstrap/holders";
import { needsEngine, TestStack } from "./engine";
import { actionsOf, refused } from "./questions";
import { Recorder } from "./recorder";

/** Kept in the repository: what deployments of both stacks change in AWS. `CALLED=write` writes it anew. */
const LIST = "tests/automation/bootstrap/called.json";
const kept = () => JSON.parse(readFileSync(LIST, "utf8")) as Record<string, string[]>;
const reads = (action: string) =>
    READ.some((one) => (one.endsWith("*") ? action.startsWith(one.slice(0, -1)) : action === one));

/** Each stack comes up, again, and goes, within its deploy role's boundary on roles; everything that is asked of AWS is written down. */
for (const stackName of [DEV, PROD]) {
    const { name } = stackName;
    describe(`what a deployment of ${name} asks of AWS`, () => {
        let stack: TestStack;
        let account: Stack | undefined;
        let recorder: Recorder;

        before(async function () {
            needsEngine(this);
            if (name === "prod") account = await zone();
            recorder = await Recorder.start();
            stack = await TestStack.create(name, `Pulumi.${name}.yaml`);
            stack.edit(
                [["identity:permissionsBoundary"], boundaryArn(ACCOUNT, name)],
                [["identity:protect"], false],
                [["identity:heritages"], ["sample-api"]],
            );
            stack.write(
                "heritages/sample-api.yml",
                `${readFileSync("heritages/sample-api.yml", "utf8")}\ndeploy: { repository: acme/posts }\n`,
            );
        });
        after(async () => {
            recorder?.stop();
            await stack?.cleanUp();
            await account?.destroy();
        });

        it("comes up, changes, and goes", async () => {
            await stack.up();
            stack.edit([["identity:agents", "issuer", "cpu"], 1024], [["identity:agents", "issuer", "memory"], 2048]);
            await stack.up();
            await stack.destroy();
        });

        it("is all that its deploy role may do", async () => {
            const withParameters: StackName = { ...stackName, region: REGION };
            expect(await refused(workflow(withParameters, "deploy"), name, recorder.asked)).to.deep.equal([]);
        });

        it("is what the list in the repository says", () => {
            const changes = actionsOf(recorder.asked, name).filter((action) => !reads(action));
            if (process.env.CALLED === "write") {
                writeFileSync(LIST, `${JSON.stringify({ ...kept(), [name]: changes }, null, 4)}\n`);
            }
            expect(changes).to.deep.equal(kept()[name]);
        });
    });
}

/** What prod expects of the account. */
async function zone(): Promise<Stack> {
    const account = await LocalWorkspace.createOrSelectStack({
        stackName: "account",
        projectName: "account",
        program: async () => new aws.route53.Zone("zone", { name: "example.com" }),
    });
    await account.setConfig("aws:region", { value: REGION });
    await account.up();
    return account;
}
