import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { accessComment } from "../../automation/ci/access";
import { comment } from "../../automation/ci/comment";
import { identity } from "../../automation/commands";
import type { CommandContext } from "../../automation/shared/context";
import { type Access, accessChanges, isSame } from "../../automation/plan/access";
import { planFolder, writePlan } from "../../automation/plan/files";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";

const PROJECT = path.join(__dirname, "../..");

describe("what changes in who reaches whom and who may do what", () => {
    let folder: string;
    let base: PlannedStack;
    const planned = (config: Record<string, string> = {}) =>
        planStack({
            root: PROJECT,
            stack: "dev",
            adapt: (file) => ({ ...file, config: { ...file.config, ...config } }),
        });
    const access = ({ model, roleDocuments }: PlannedStack): Access => ({ model, documents: roleDocuments });
    const changes = async (config: Record<string, string>) =>
        accessChanges(access(base), access(await planned(config)));

    before(async () => {
        folder = mkdtempSync(path.join(os.tmpdir(), "access-"));
        base = await planned();
    });
    after(() => rmSync(folder, { recursive: true }));

    it("is nothing between two plans of one stack file", async () => {
        const { reach, permissions } = await changes({});
        expect([reach, permissions].every(isSame)).to.equal(true);
    });

    it("says who is let in, on which ports, and what may be called for it", async () => {
        const { reach, permissions } = await changes({
            "identity:adminEndpoint": '{"allowedApplications":["hello"],"allowedCidrs":["10.8.0.0/24"]}',
        });
        expect(reach.gained).to.have.members([
            "10.8.0.0/24, hello → load balancer admin on 443",
            "10.8.0.0/24, hello → load balancer admin on 8021",
            "10.8.0.0/24, hello → load balancer admin on 8031",
            "10.8.0.0/24 → keycloak on 9000",
        ]);
        expect([...reach.lost, ...permissions.gained, ...permissions.lost]).to.deep.equal([]);
    });

    it("says which paths a load balancer hands on, and which no longer", async () => {
        const { reach } = await changes({
            "identity:services":
                '{"hello":{"build":"images/hello","healthCheckPath":"/service","paths":["/service","/admin/*"]}}',
        });
        const address = base.model.endpoints.find(({ name }) => name === "public")!.address;
        expect(reach.gained).to.deep.equal([`public endpoint: https://${address}/admin/* → hello 8443`]);
        expect(reach.lost).to.deep.equal([]);
    });

    it("says what roles may do that they could not, and the other way about", async () => {
        const { permissions, reach } = await changes({
            "identity:services":
                '{"hello":{"build":"images/hello","healthCheckPath":"/service","paths":["/service"],"parameters":{"mail/password":{"generate":{}}}}}',
            "identity:exec": "false",
        });
        expect(permissions.gained.join("\n")).to.match(
            /task role of hello: may read its parameters \(ssm:GetParametersByPath\S*\) on \/identity\/dev\/hello/,
        );
        expect(permissions.lost.join("\n")).to.match(/task role of .*hello.*: may carry a session \(ssmmessages:/);
        expect(reach).to.deep.equal({ gained: [], lost: [] });
    });

    it("says who may take a role on, and names a difference that words do not show", () => {
        const before = access(base);
        const [role] = before.model.roles.filter(({ name }) => name === "hello-execution");
        const documents = before.documents.get("hello-execution")!;
        const changed = (own: object, other: object): Access => ({
            model: {
                ...before.model,
                roles: before.model.roles.map((one) => (one === role ? { ...one, ...own } : one)),
            },
            documents: new Map([...before.documents, ["hello-execution", { ...documents, ...other }]]),
        });
        const trusted = accessChanges(before, changed({ trusts: ["111122223333"], guarded: false }, {}));
        expect(trusted.permissions.gained).to.deep.equal([
            "execution role of hello: taken on by 111122223333, of whatever account",
        ]);
        expect(trusted.permissions.lost).to.deep.equal([
            "execution role of hello: taken on by ecs-tasks.amazonaws.com",
        ]);
        const elsewhere = JSON.parse(JSON.stringify(documents.statements).replaceAll("123456789012", "111122223333"));
        const untold = accessChanges(before, changed({}, { statements: elsewhere }));
        expect(untold.permissions.gained).to.deep.equal([
            "hello-execution: its policies differ in what these words do not say",
        ]);
    });

    describe("in the comment of a pull request", () => {
        const said = async (...args: string[]) => {
            let out = "";
            const context = { root: folder, out: (text: string) => void (out += text) } as unknown as CommandContext;
            expect(await identity(["ci", ...args], context)).to.equal(0);
            return out;
        };

        it("is told of two plans that were written, and nothing of it is left out of the comment", async () => {
            writePlan(path.join(folder, "base"), base);
            writePlan(folder, await planned({ "identity:adminEndpoint": '{"allowedApplications":["hello"]}' }));
            const text = await said("access", "--stack", "dev", "--base", "base");
            expect(text).to.contain("- ➕ `hello → load balancer admin on 443`");
            expect(text).to.contain("**Who may do what**: no change");
            const previews = path.join(folder, "previews");
            mkdirSync(previews);
            writeFileSync(path.join(previews, "access-dev.md"), text);
            writeFileSync(path.join(previews, "preview-dev.md"), "### ✅ Stack `dev`\n\n3 to create\n");
            const whole = comment(["dev"], previews, "https://example.com/run");
            expect(whole.indexOf("hello → load balancer admin")).to.be.within(1, whole.indexOf("3 to create"));
        });

        it("says that there is nothing to compare with, or that nothing changes", async () => {
            writePlan(folder, base);
            expect(await said("access", "--stack", "dev", "--base", "nowhere")).to.contain("has no plan of this stack");
            expect(await said("access", "--stack", "dev", "--base", ".")).to.contain("Nothing changes in either.");
            const own = path.join(folder, planFolder("dev"));
            expect(() => accessComment("dev", own, path.join(folder, "nowhere"))).to.throw(
                /npx identity plan --stack dev/,
            );
        });
    });
});
