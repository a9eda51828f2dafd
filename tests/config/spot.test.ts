import { expect } from "chai";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, onEach, PROD, refusals } from "./support";

const DIGEST = "a".repeat(64);
const spotOf = (yaml: string) => {
    const { config, problems } = readConfig(handedOver(yaml), "identity", () => false);
    expect(problems).to.eql([]);
    return [config!.agents.issuer!.spot, config!.services.app!.spot, config!.keycloak!.spot];
};

const BROKEN: Broken = {
    "a base of all agents": [
        `${DEV}agents: { issuer: { spot: { base: 2 } } }`,
        "identity:agents.issuer.spot.base",
        /2 of at most 2 tasks on demand leaves none for Spot/,
        /smaller base, or spot: false/,
    ],
    "a base of the only agent": [
        `${DEV}agents: { issuer: { count: 1, spot: { base: 1, share: 50 } } }`,
        "identity:agents.issuer.spot.base",
        /1 of at most 1 task on demand/,
        /spot: false/,
    ],
    "a base of all nodes of Keycloak": [
        `${PROD}keycloak: { version: "26.7.3", count: 3, spot: { base: 3 } }`,
        "identity:keycloak.spot.base",
        /3 of at most 3 tasks/,
        /smaller base/,
    ],
    "a base beyond the most tasks of a service": [
        `${DEV}services: { app: { image: "x@sha256:${DIGEST}", healthCheckPath: /up, paths: [/a], autoscaling: { max: 4 }, spot: { base: 5 } } }`,
        "identity:services.app.spot.base",
        /5 of at most 4 tasks/,
        /smaller base/,
    ],
    "a share of none": [
        `${DEV}agents: { issuer: { spot: { share: 0 } } }`,
        "identity:agents.issuer.spot.share",
        /0 is too small/,
        /Default: 100/,
    ],
    "a share of more than all": [
        `${DEV}agents: { issuer: { spot: { share: 101 } } }`,
        "identity:agents.issuer.spot.share",
        /101 is too large/,
        /Default: 100/,
    ],
    "a number in the place of a share": [
        `${DEV}agents: { issuer: { spot: 50 } }`,
        "identity:agents.issuer.spot",
        /50/,
        /Fargate Spot/,
    ],
};

describe("Fargate Spot", () => {
    it("is for all tasks in dev, and for none in prod", () => {
        expect(spotOf(DEV + onEach(""))).to.eql([true, true, true]);
        expect(spotOf(PROD + onEach(""))).to.eql([false, false, false]);
    });

    it("is as the file says, with a base and a share", () => {
        expect(spotOf(DEV + onEach("spot: false"))).to.eql([false, false, false]);
        const some = { base: 1, share: 100 };
        expect(spotOf(PROD + onEach("spot: { base: 1 }"))).to.eql([some, some, some]);
        const half = { base: 0, share: 50 };
        expect(spotOf(PROD + onEach("spot: { share: 50 }"))).to.eql([half, half, half]);
    });

    it("may have a base of as many tasks as there are, where autoscaling adds to them", () => {
        const scaled = `${DEV}agents: { issuer: { autoscaling: { min: 2, max: 3 }, spot: { base: 2 } } }`;
        expect(readConfig(handedOver(scaled), "identity", () => false).problems).to.eql([]);
    });

    refusals(BROKEN);
});
