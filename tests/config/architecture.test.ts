import { expect } from "chai";
import { imageNameFor } from "../../config/builds";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, onEach, PROD, refusals } from "./support";

const architecturesOf = (yaml: string) => {
    const { config, problems } = readConfig(handedOver(yaml), "identity", () => false);
    expect(problems).to.eql([]);
    const { agents, services, keycloak, architecture } = config!;
    return [architecture, agents.issuer!.architecture, services.app!.architecture, keycloak!.architecture];
};

const BROKEN: Broken = {
    "Docker's name": [
        `${DEV}agents: { issuer: {} }\narchitecture: amd64`,
        "identity:architecture",
        /"amd64"/,
        /arm64|x86_64/,
    ],
    "an agent's that is none": [
        `${DEV}agents: { issuer: { architecture: graviton } }`,
        "identity:agents.issuer.architecture",
        /graviton/,
        /arm64|x86_64/,
    ],
};

describe("the processors of tasks", () => {
    refusals(BROKEN);

    it("are x86-64 in every environment, since every image is there for it", () => {
        for (const environment of [DEV, PROD]) {
            expect(architecturesOf(environment + onEach(""))).to.eql(Array(4).fill("x86_64"));
        }
    });

    it("are the stack's, unless a part of it says another", () => {
        expect(architecturesOf(`${DEV}architecture: arm64\n${onEach("")}`)).to.eql(Array(4).fill("arm64"));
        const mixed = architecturesOf(`${DEV}architecture: arm64\n${onEach("architecture: x86_64")}`);
        expect(mixed).to.eql(["arm64", "x86_64", "x86_64", "x86_64"]);
    });

    it("are in an image's name only where it is there for both, and the stack says the other", () => {
        expect(imageNameFor("web", "arm64", ["arm64", "arm64"], "x86_64")).to.equal("web");
        expect(imageNameFor("web", "arm64", ["arm64", "x86_64"], "x86_64")).to.equal("web-arm64");
        expect(imageNameFor("web", "x86_64", ["arm64", "x86_64"], "x86_64")).to.equal("web");
        expect(imageNameFor("web", "x86_64", ["arm64", "x86_64"], "arm64")).to.equal("web-x86-64");
    });
});
