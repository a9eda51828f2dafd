import { expect } from "chai";
import { planEverything } from "../stacks/everything";

describe("the budget of a stack", () => {
    it("counts what has both of the stack's tags, and tells the topic of its alarms", async () => {
        const { resources } = await planEverything("everything-dev");
        const { inputs } = resources.find(({ type }) => type === "aws:budgets/budget:Budget")!;
        const topic = resources.find(({ type }) => type === "aws:sns/topic:Topic")!.outputs.arn;
        const tag = (key: string, value: string) => ({ tags: { key, values: [value] } });
        const told = (notificationType: string, threshold: number) => ({
            notificationType,
            threshold,
            thresholdType: "PERCENTAGE",
            comparisonOperator: "GREATER_THAN",
            subscriberSnsTopicArns: [topic],
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
});
