import { expect } from "chai";
import { expectAllowed } from "./deploy-role";
import { needsEngine, type TestStack } from "./engine";
import { failed, HeritageStack, SERVICE } from "./heritage";

/** One heritage in a stack of its own, from its first deployment on: each step goes on from the one before. */
describe("a heritage on a real engine", () => {
    let heritage: HeritageStack;
    let stack: TestStack;

    before(async function () {
        needsEngine(this);
        heritage = await HeritageStack.create("apps");
        stack = heritage.stack;
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("comes up, its task before the deployment first, and again without a change", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        expect(stack.log).to.match(/sample-api before_deploy: task [\w-]+ ended with exit code 0/);
        expect((await heritage.outputs()).serviceUrls)
            .to.have.property("sample-api-web")
            .that.matches(/^https:\/\/.*\/posts$/);
        expect(heritage.released()).to.equal(1);
        await stack.upUnchanged();
        expect(heritage.released()).to.equal(0);
    });

    it("runs that task once for a new version of all services, and not for another size", async () => {
        heritage.edit(["environment"], { LOG_LEVEL: "info" });
        await stack.up();
        expect(heritage.released()).to.equal(1);
        heritage.edit(["services", "web", "count"], 3);
        await stack.up();
        expect(stack.steps).to.deep.equal({ update: [`${SERVICE}::sample-api-web`] });
        expect(heritage.released()).to.equal(0);
    });

    it("leaves the services as they were where that task fails, and fails itself", async () => {
        const before = await heritage.running();
        heritage.edit(["environment", "LOG_LEVEL"], "debug");
        heritage.edit(["before_deploy", "command"], ["python3", "crashloop.py"]);
        await failed(stack.up());
        expect(stack.log).to.contain("sample-api before_deploy failed; the services stay as they were");
        expect(stack.log).to.contain("exit code 1");
        expect(await heritage.running()).to.deep.equal(before);
        // The next one tries again, and so does the one that is right.
        await failed(stack.up());
        expect(await heritage.running()).to.deep.equal(before);
        heritage.edit(["before_deploy", "command"], ["python3", "migrate.py"]);
        await stack.up();
        expect(await heritage.running()).not.to.deep.equal(before);
    });

    it("fails where ECS goes back to the version before", async () => {
        heritage.edit(["services", "worker", "environment"], { NOTE: "crashloop" });
        await failed(stack.up());
        expect(stack.log).to.contain("sample-api-worker: the new version does not run");
        heritage.edit(["services", "worker", "environment"], undefined);
        await stack.up();
    });

    it("gets and loses services and tasks without touching the others", async () => {
        const others = (steps: Record<string, string[]>) =>
            Object.values(steps)
                .flat()
                .filter((resource) => !/second|hourly|nightly/.test(resource));
        heritage.edit(["services", "second"], { command: ["python3", "worker.py"], count: 1 });
        heritage.edit(["scheduled_tasks", "hourly"], { schedule: "rate(1 hour)", command: ["python3", "hourly.py"] });
        heritage.edit(["scheduled_tasks", "nightly"], undefined);
        await stack.up();
        expect(Object.keys(stack.steps).sort()).to.deep.equal(["create", "delete"]);
        expect(others(stack.steps)).to.deep.equal([]);
        heritage.edit(["services", "second"], undefined);
        await stack.up();
        expect(Object.keys(stack.steps)).to.deep.equal(["delete"]);
        expect(others(stack.steps)).to.deep.equal([]);
    });

    it("renames a service by making another one, which takes over its paths", async () => {
        const web = heritage.document.getIn(["services", "web"]);
        heritage.document.setIn(["services", "front"], web);
        heritage.edit(["services", "web"], undefined);
        await stack.up();
        const { create, delete: gone, ...others } = stack.steps;
        expect(create!.filter((resource) => !/front/.test(resource))).to.deep.equal([]);
        expect(gone!.filter((resource) => !/sample-api-web/.test(resource))).to.deep.equal([]);
        expect(Object.values(others).flat()).to.deep.equal([
            "aws:lb/listenerRule:ListenerRule::public-/posts,/posts/*",
        ]);
        expect((await heritage.outputs()).serviceUrls)
            .to.have.property("sample-api-front")
            .that.matches(/\/posts$/);
        heritage.document.setIn(["services", "web"], web);
        heritage.edit(["services", "front"], undefined);
        await stack.up();
    });

    it("takes TLS from a service, and gives it back, without making another one", async () => {
        for (const [tls, gone] of [
            [false, "delete"],
            [true, "create"],
        ] as const) {
            heritage.edit(["services", "web", "tls"], tls);
            await stack.up();
            const { steps } = stack;
            const lasting = [...(steps.create ?? []), ...(steps.delete ?? []), ...(steps.replace ?? [])];
            expect(lasting.filter((resource) => /ecs\/service|logGroup|iam\/role:/.test(resource))).to.deep.equal([]);
            expect(steps[gone]!.some((resource) => /TLS_PRIVATE_KEY$/.test(resource))).to.equal(true);
        }
        await stack.upUnchanged();
    });

    it("stops at a broken file before anything is touched, with its line", async () => {
        heritage.edit(["services", "web", "cpu"], 300);
        await failed(stack.up());
        expect(stack.log).to.match(/heritages\/sample-api\.yml: services\.web\.cpu {2}\(line \d+\)/);
        expect(stack.log).not.to.match(/updating\b.*\bcreated/);
        heritage.edit(["services", "web", "cpu"], undefined);
    });

    it("goes without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });

    it("asked nothing of AWS that its deploy role may not do", async () => {
        await expectAllowed(stack, { region: "ap-northeast-1" });
    });
});
