import { expect } from "chai";
import { architectureOf, smallMemoryOf } from "../../../components/ec2/instance-types";

describe("an instance type's name", () => {
    it("tells the architecture", () => {
        for (const type of [
            "t4g.micro",
            "m7gd.large",
            "c7gn.xlarge",
            "im4gn.large",
            "is4gen.medium",
            "a1.medium",
            "g5g.xlarge",
        ]) {
            expect(architectureOf(type), type).to.equal("arm64");
        }
        for (const type of [
            "t3.small",
            "t3a.small",
            "m7i-flex.large",
            "g4dn.xlarge",
            "c7a.large",
            "u-6tb1.metal",
            "x2iedn.xlarge",
        ]) {
            expect(architectureOf(type), type).to.equal("x86_64");
        }
    });

    it("tells the memory of the small ones", () => {
        expect(["t4g.nano", "t3.micro", "t3.small", "m7i.large"].map(smallMemoryOf)).to.deep.equal([
            0.5,
            1,
            undefined,
            undefined,
        ]);
    });
});
