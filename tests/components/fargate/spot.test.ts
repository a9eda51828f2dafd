import { expect } from "chai";
import { placement } from "../../../components/fargate/spot";

const strategies = (...of: [string, number, number?][]) => ({
    capacityProviderStrategies: of.map(([capacityProvider, weight, base]) => ({
        capacityProvider,
        ...(base === undefined ? {} : { base }),
        weight,
    })),
});

describe("where ECS places tasks", () => {
    it("is on demand by default", () => {
        expect(placement()).to.eql({ launchType: "FARGATE" });
        expect(placement(false)).to.eql({ launchType: "FARGATE" });
    });

    it("is on Spot for all tasks, without a launch type, which excludes a strategy", () => {
        for (const spot of [true, {}, { base: 0, share: 100 }]) {
            expect(placement(spot)).to.eql(strategies(["FARGATE_SPOT", 1]));
        }
    });

    it("is on demand for the base, and on Spot for a share of the rest", () => {
        expect(placement({ base: 1 })).to.eql(strategies(["FARGATE", 0, 1], ["FARGATE_SPOT", 1]));
        expect(placement({ base: 2, share: 70 })).to.eql(strategies(["FARGATE", 30, 2], ["FARGATE_SPOT", 70]));
        expect(placement({ share: 25 })).to.eql(strategies(["FARGATE", 75, 0], ["FARGATE_SPOT", 25]));
    });
});
