import { expect } from "chai";
import { needsEngine, TestStack } from "./engine";

const SERVICE = "aws:ecs/service:Service";
const SERVICES = ["hello", "holder", "issuer", "keycloak", "sample-api-web", "sample-api-worker"];

/** A dev stack as it was before its defaults became cheaper, and what an `up` makes of it. */
describe("a dev stack that becomes cheaper on a real engine", () => {
    let stack: TestStack;

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("cheaper", "Pulumi.dev.yaml");
        stack.edit(
            ...["agents,issuer", "agents,holder", "services,hello", "keycloak"].map((key): [string[], boolean] => [
                [...`identity:${key}`.split(","), "spot"],
                false,
            ]),
        );
    });
    after(async () => {
        await stack?.cleanUp();
    });

    /** How each service of the state is placed. */
    const placed = async () =>
        Object.fromEntries(
            (await stack.resources())
                .filter(({ type }) => type === SERVICE)
                .map(({ urn, inputs = {} }) => {
                    const [strategy] = (inputs.capacityProviderStrategies ?? []) as { capacityProvider: string }[];
                    return [urn.split("::").pop()!, strategy?.capacityProvider ?? String(inputs.launchType)];
                }),
        );

    it("comes up with tasks on demand", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        const [onSpot, onDemand] = [SERVICES.slice(4), SERVICES.slice(0, 4)];
        expect(await placed()).to.eql({
            ...Object.fromEntries(onDemand.map((name) => [name, "FARGATE"])),
            ...Object.fromEntries(onSpot.map((name) => [name, "FARGATE_SPOT"])),
        });
    });

    it("puts them on Spot: each service is replaced, the new one before the old one goes, and nothing else", async () => {
        stack.edit(
            ...["agents,issuer", "agents,holder", "services,hello", "keycloak"].map((key): [string[], undefined] => [
                [...`identity:${key}`.split(","), "spot"],
                undefined,
            ]),
        );
        await stack.up();
        const services = SERVICES.slice(0, 4).map((name) => `${SERVICE}::${name}`);
        expect(
            Object.keys(stack.steps)
                .filter((op) => op !== "update")
                .sort(),
        ).to.eql(["create-replacement", "delete-replaced", "replace"]);
        for (const op of ["create-replacement", "delete-replaced", "replace"]) expect(stack.steps[op]).to.eql(services);
        expect(await placed()).to.eql(Object.fromEntries(SERVICES.map((name) => [name, "FARGATE_SPOT"])));
    });

    it("changes nothing when it comes up again", async () => {
        await stack.upUnchanged();
    });

    it("goes without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
