import { expect } from "chai";
import { planEverything } from "../stacks/everything";

const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

/** What silences each composite alarm of a plan that tells somebody, by the resource's name without `-failing`. */
async function suppressors(...plan: Parameters<typeof planEverything>) {
    const { resources } = await planEverything(...plan);
    const names = new Map(resources.map(({ name, inputs, outputs }) => [inputs.alarmName ?? outputs.name, name]));
    const pages = resources.filter(({ type, inputs }) => type === COMPOSITE && inputs.alarmActions !== undefined);
    const by = Object.fromEntries(
        pages.map(({ name, inputs }) => {
            const { alarm } = (inputs.actionsSuppressor ?? {}) as { alarm?: string };
            return [name.replace(/-failing$/, ""), alarm && names.get(alarm)];
        }),
    );
    return { by, resources, alarmNames: pages.map(({ inputs }) => inputs.alarmName) };
}

describe("the pages of a stack", () => {
    it("wait for the alarm of the database behind the service, and load balancers' for any", async () => {
        const { by } = await suppressors("everything");
        expect(by).to.include({
            issuer: "wallet-db-database-down",
            keycloak: "keycloak-db-database-down",
            portal: "portal-db-database-down",
            "orders-web": "orders-db-database-down",
            public: "databases-down",
            admin: "databases-down",
        });
    });

    it("wait for the shared database of those that have none of their own, and are silent in off hours", async () => {
        const edit = (text: string) => text.replace("emails: [on-call", "enabled: true\n        emails: [on-call");
        const { by, resources, alarmNames } = await suppressors("everything-dev", edit);
        expect(by.keycloak).to.equal("shared-db-database-down");
        const machine = resources.find(
            ({ type, name }) => type === "aws:sfn/stateMachine:StateMachine" && name === "off-hours",
        )!;
        for (const name of alarmNames) expect(machine.inputs.definition).to.contain(`"${name}"`);
    });
});
