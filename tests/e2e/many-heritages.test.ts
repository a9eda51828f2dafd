import { expect } from "chai";
import { stringify } from "yaml";
import { needsEngine, TestStack } from "./engine";

const NAMES = Array.from({ length: 12 }, (_, i) => `app-${i + 1}`);
const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;

/** As many applications as a team of teams has, in one district. */
describe("twelve heritages on a real engine", () => {
    let stack: TestStack;

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("many", "Pulumi.dev.yaml");
        stack.edit(
            ...["agents", "services", "keycloak", "publicEndpoint", "walletDb", "sharedDatabase"].map(
                (key): [string[], unknown] => [[`identity:${key}`], undefined],
            ),
            [["identity:heritages"], NAMES],
        );
        const file = stringify({ image: IMAGE, services: { worker: { count: 1 } } });
        for (const name of NAMES) stack.write(`heritages/${name}.yml`, file);
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("come up together, and again without a change", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        const { serviceNames } = await stack.outputs();
        expect(Object.keys(serviceNames!.value).sort()).to.deep.equal(NAMES.map((name) => `${name}-worker`).sort());
        await stack.upUnchanged();
    });

    it("change one by one", async () => {
        stack.write("heritages/app-7.yml", stringify({ image: IMAGE, services: { worker: { count: 2 } } }));
        expect(await stack.preview()).to.deep.equal({ update: ["aws:ecs/service:Service::app-7-worker"] });
        stack.edit([["identity:heritages"], NAMES.filter((name) => name !== "app-7")]);
        const { delete: gone = [], ...others } = await stack.preview();
        expect(others).to.deep.equal({});
        expect(gone.filter((resource) => !resource.includes("::app-7"))).to.deep.equal([]);
    });

    it("go without leaving anything", async () => {
        stack.edit([["identity:heritages"], NAMES]);
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
