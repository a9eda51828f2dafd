import { expect } from "chai";
import { emulation } from "../../../components/container-image/emulation";

const says = (platforms: string) => () =>
    Promise.resolve(
        `Name:   default\nDriver: docker\n\nNodes:\nStatus:    running\nPlatforms: ${platforms}\nLabels:\n`,
    );
const ask = (platforms: string, platform = "linux/arm64") => emulation(platform, "envoy", says(platforms));

describe("a build for other processors", () => {
    it("is nothing to speak of on a machine that has them", async () => {
        expect(await ask("linux/arm64, linux/amd64")).to.equal(undefined);
        expect(await ask("linux/amd64, linux/amd64/v2", "linux/amd64")).to.equal(undefined);
        expect(await ask("linux/arm64*, linux/arm/v7")).to.equal(undefined);
    });

    it("is said to be slow where Docker emulates them", async () => {
        const found = await ask("linux/amd64, linux/amd64/v2, linux/386, linux/arm64, linux/riscv64");
        expect(found).to.have.property("note").that.contains("envoy").and.contains("linux/arm64 by emulation");
    });

    it("is refused with the ways out where Docker does not run them", async () => {
        const found = await ask("linux/amd64, linux/amd64/v2, linux/386");
        expect(found).to.have.nested.property(
            "problem.what",
            "envoy: to be built for linux/arm64, and this machine's Docker runs linux/amd64 alone",
        );
        expect(found)
            .to.have.nested.property("problem.fix")
            .that.contains("--install arm64")
            .and.contains("architecture: x86_64");
        const x86 = await ask("linux/arm64, linux/arm/v7", "linux/amd64");
        expect(x86)
            .to.have.nested.property("problem.fix")
            .that.contains("--install amd64")
            .and.contains("architecture: arm64");
    });

    it("is left to Docker where that says nothing of it", async () => {
        expect(await emulation("linux/arm64", "envoy", says(""))).to.equal(undefined);
        expect(await emulation("linux/arm64", "envoy", () => Promise.reject(new Error("no buildx")))).to.equal(
            undefined,
        );
    });
});
