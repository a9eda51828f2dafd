/** What a stack may cost a month. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { District } from "./district";

/** When somebody is told, in per cent of the budget. */
const THRESHOLDS = [
    { notificationType: "ACTUAL", threshold: 80 },
    { notificationType: "ACTUAL", threshold: 100 },
    { notificationType: "FORECASTED", threshold: 100 },
];

/**
 * A budget for what has the tags of the stack; none where the stack file has none. Both tags have to be there: another project may have a
 * stack of the same name.
 */
export function budget({ config, opts }: District): void {
    if (config.budget === undefined) return;
    // The stack's own topic lets alarms publish alone: its key's policy stays what it was, since no deployment may change that.
    const subscribers =
        config.alarmTopicArn === undefined
            ? { subscriberEmailAddresses: [...config.alarms.emails] }
            : { subscriberSnsTopicArns: [config.alarmTopicArn] };
    const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
    const tags = { Project: project, Stack: stack };
    new aws.budgets.Budget(
        "budget",
        {
            name: `${project}-${stack}`, // the deploy role goes by it
            budgetType: "COST",
            timeUnit: "MONTHLY",
            limitAmount: String(config.budget),
            limitUnit: "USD",
            filterExpression: {
                ands: Object.entries(tags).map(([key, value]) => ({ tags: { key, values: [value] } })),
            },
            metrics: "UnblendedCost",
            notifications: THRESHOLDS.map((threshold) => ({
                ...threshold,
                comparisonOperator: "GREATER_THAN",
                thresholdType: "PERCENTAGE",
                ...subscribers,
            })),
        },
        opts,
    );
}
