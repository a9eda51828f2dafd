import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { COMPONENTS } from "./every-component";
import { type Made, make, type Resource } from "./support";

/** All that is below the one component of a kind, at any depth. */
function below(made: Made, kind: string): Resource[] {
    const urns = new Set([made.one(kind).urn]);
    for (let size = 0; size !== urns.size;) {
        size = urns.size;
        for (const { urn, parent } of made.resources) if (parent && urns.has(parent)) urns.add(urn);
    }
    return made.resources.filter(({ urn, kind: own }) => urns.has(urn) && own !== kind);
}

/** The program's own resources: awsx makes others in a process of its own, which names them and gives them its options. */
const ownOf = (resources: readonly Resource[]) => {
    const remote = new Set(resources.filter((resource) => resource.remote).map(({ urn }) => urn));
    for (const { urn, parent } of resources) if (parent && remote.has(parent)) remote.add(urn);
    return resources.filter(({ urn, remote: isComponent }) => isComponent || !remote.has(urn));
};

for (const [type, program] of Object.entries(COMPONENTS)) {
    describe(`Every component, and so ${type},`, () => {
        const kind = `identity.${type}`;

        it("is of a type of its own, and names all that it makes after itself", async () => {
            const made = await make(() => program("x-name") && undefined);
            expect(made.one(kind).component).to.equal(true);
            const own = ownOf(below(made, kind));
            expect(own).not.to.be.empty;
            for (const resource of own) expect(resource.name, resource.urn).to.match(/^x-name(-|$)/);
        });

        it("makes everything within a component", async () => {
            const made = await make(() => program("x-name") && undefined);
            const stack = made.one("pulumi.pulumi.Stack").urn;
            for (const resource of made.resources.filter(({ parent }) => parent === stack)) {
                expect(resource.component, resource.urn).to.equal(true);
            }
        });

        it("keeps the options that it is given, and hands them on", async () => {
            const made = await make(() => {
                const provider = new aws.Provider("elsewhere", { region: "eu-central-1" });
                program("x-name", { provider, protect: true, aliases: [{ name: "former" }] });
            });
            const component = made.one(kind);
            expect({ aliases: component.aliases, protect: component.protect }).to.deep.equal({
                aliases: ["former"],
                protect: true,
            });
            for (const { urn, protect, provider, kind: own } of ownOf(below(made, kind))) {
                if (own.startsWith("identity.")) continue; // a component within: seen by its own children
                if (own.startsWith("aws.")) expect(provider, urn).to.equal("elsewhere");
                expect(protect, urn).to.equal(true);
            }
        });

        it("is the same every time", async () => {
            const inputs = async () =>
                (await make(() => program("x-name") && undefined)).resources
                    .map((resource) => `${resource.urn} ${JSON.stringify(resource.inputs)}`)
                    .sort();
            expect(await inputs()).to.deep.equal(await inputs());
        });
    });
}
