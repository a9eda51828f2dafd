import { expect } from "chai";
import type { District } from "../../platform/district";
import { budget } from "../../platform/budget";
import { make } from "../components/support";
import { planEverything } from "../stacks/everything";

describe("the budget of a stack", () => {
    it("counts what has both of the stack's tags, and tells those whom its alarms tell", async () => {
        const { resources } = await planEverything("everything-dev");
        const { inputs } = resources.find(({ type }) => type === "aws:budgets/budget:Budget")!;
        const tag = (key: string, value: string) => ({ tags: { key, values: [value] } });
        const told = (notificationType: string, threshold: number) => ({
            notificationType,
            threshold,
            thresholdType: "PERCENTAGE",
            comparisonOperator: "GREATER_THAN",
            subscriberEmailAddresses: ["on-call@example.com"],
        });
        expect(inputs).to.deep.equal({
            name: "identity-everything-dev",
            budgetType: "COST",
            timeUnit: "MONTHLY",
            limitAmount: "500",
            limitUnit: "USD",
            filterExpression: { ands: [tag("Project", "identity"), tag("Stack", "everything-dev")] },
            metrics: "UnblendedCost",
            notifications: [told("ACTUAL", 80), told("ACTUAL", 100), told("FORECASTED", 100)],
        });
    });

    it("tells a topic that exists in their place", async () => {
        const alarmTopicArn = "arn:aws:sns:eu-central-1:123456789012:on-call";
        const config = { budget: 200, alarmTopicArn, alarms: { emails: ["on-call@example.com"] } };
        const made = await make(() => {
            budget({ config, opts: {} } as unknown as District);
            return {};
        });
        const { notifications } = made.inputs("aws.budgets.Budget") as { notifications: object[] };
        expect(notifications).to.have.length(3);
        for (const one of notifications) {
            expect(one).to.deep.include({ subscriberSnsTopicArns: [alarmTopicArn] });
            expect(one).not.to.have.property("subscriberEmailAddresses");
        }
    });
});
