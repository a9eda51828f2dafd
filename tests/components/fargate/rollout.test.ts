import type { Deployment } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { judge } from "../../../components/fargate/rollout";

const arn = (revision: number) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/acme-test-app:${revision}`;
const [OLD, NEW] = [arn(1), arn(2)];
const primary = (taskDefinition: string, rest: Deployment = {}): Deployment => ({
    status: "PRIMARY",
    taskDefinition,
    rolloutState: "IN_PROGRESS",
    ...rest,
});
const active = (taskDefinition: string, rest: Deployment = {}): Deployment => ({
    ...primary(taskDefinition, rest),
    status: "ACTIVE",
});

describe("judge", () => {
    it("is done when the new version has taken over", () => {
        const deployments = [primary(NEW, { rolloutState: "COMPLETED" })];
        expect(judge({ deployments }, NEW)).to.deep.equal({ done: true });
    });

    it("waits while the new version starts beside the old one", () => {
        const deployments = [primary(NEW), active(OLD, { rolloutState: "COMPLETED" })];
        expect(judge({ deployments }, NEW)).to.deep.equal({ done: false });
    });

    it("does not wait for the old version to be gone", () => {
        const deployments = [primary(NEW, { rolloutState: "COMPLETED" }), active(OLD, { rolloutState: "COMPLETED" })];
        expect(judge({ deployments }, NEW)).to.deep.equal({ done: true });
    });

    it("waits where ECS tells nothing yet", () => {
        expect(judge({}, NEW)).to.deep.equal({ done: false });
        expect(judge({ deployments: [] }, NEW)).to.deep.equal({ done: false });
    });

    it("waits where ECS does not know the service yet", () => {
        expect(judge(undefined, NEW)).to.deep.equal({ done: false });
    });

    it("fails with ECS's reason where the circuit breaker gave the new version up", () => {
        const rolloutStateReason = "ECS deployment circuit breaker: tasks failed to start.";
        const deployments = [primary(OLD), active(NEW, { id: "2", rolloutState: "FAILED", rolloutStateReason })];
        expect(judge({ deployments }, NEW, "2")).to.deep.equal({ done: false, failure: rolloutStateReason });
    });

    it("fails where ECS went back to settings of before, of the very same version", () => {
        const deployments = [primary(NEW, { id: "3" }), active(NEW, { id: "2", rolloutState: "FAILED" })];
        expect(judge({ deployments }, NEW, "2").failure).to.equal("the deployment failed");
    });

    it("fails where a first deployment failed, and there is nothing to go back to", () => {
        const deployments = [primary(NEW, { id: "1", rolloutState: "FAILED" })];
        expect(judge({ deployments }, NEW)).to.deep.equal({ done: false, failure: "the deployment failed" });
    });

    it("fails where ECS is already back at the old version: steady, and yet not what was asked for", () => {
        const back = primary(OLD, { rolloutState: "COMPLETED", rolloutStateReason: "rolled back to deployment 1." });
        expect(judge({ deployments: [back] }, NEW)).to.deep.equal({
            done: false,
            failure: "ECS went back to acme-test-app:1: rolled back to deployment 1.",
        });
        expect(judge({ deployments: [primary(OLD)] }, NEW).failure).to.equal("ECS went back to acme-test-app:1");
    });

    it("does not take an attempt of before, at the very same version, for this one", () => {
        const deployments = [active(NEW, { id: "1", rolloutState: "FAILED" }), primary(NEW, { id: "2" })];
        expect(judge({ deployments }, NEW, "2")).to.deep.equal({ done: false });
    });

    it("takes a later revision of the same family for one that somebody else deployed", () => {
        const by = (taskDefinition: string, rolloutState: "COMPLETED" | "IN_PROGRESS") =>
            judge({ deployments: [primary(taskDefinition, { rolloutState })] }, arn(9));
        expect(by(arn(10), "COMPLETED")).to.deep.equal({ done: true });
        expect(by(arn(10), "IN_PROGRESS")).to.deep.equal({ done: false });
        expect(by(arn(8), "COMPLETED").failure).to.contain("ECS went back to acme-test-app:8");
        expect(by(arn(10).replace("app:", "app2:"), "COMPLETED").failure).to.contain("acme-test-app2:10");
    });

    it("does not take another revision for its own", () => {
        const deployments = [primary(arn(2), { rolloutState: "COMPLETED" })];
        expect(judge({ deployments }, arn(22))).to.have.property("failure");
    });
});
