/** The operations of Budgets that moto lacks: who is told of a notification, and tags (Budgets API reference). */

const SERVICE = "AWSBudgetServiceGateway";
const subscribers = new Map<string, unknown>();
const tags = new Map<string, unknown>();

interface Asked {
    readonly Budget?: { readonly BudgetName: string };
    readonly BudgetName?: string;
    readonly ResourceARN?: string;
    readonly ResourceTags?: unknown;
    readonly Notification?: Readonly<Record<string, unknown>>;
    readonly Subscribers?: unknown;
}

/** What Budgets answers; undefined for what moto answers, of which this keeps what moto does not. */
export function budgetsAnswer(operation: string, body: Buffer): string | undefined {
    if (!operation.startsWith(`${SERVICE}.`)) return undefined;
    const input = JSON.parse(body.toString("utf8")) as Asked;
    const { Notification: { NotificationType, Threshold } = {} } = input;
    const notification = `${input.BudgetName} ${String(NotificationType)} ${String(Threshold)}`;
    switch (operation.slice(SERVICE.length + 1)) {
        case "CreateBudget":
            tags.set(input.Budget!.BudgetName, input.ResourceTags);
            return undefined;
        case "CreateNotification":
            subscribers.set(notification, input.Subscribers);
            return undefined;
        case "DescribeSubscribersForNotification":
            return JSON.stringify({ Subscribers: subscribers.get(notification) });
        case "ListTagsForResource":
            return JSON.stringify({ ResourceTags: tags.get(input.ResourceARN!.split("/").at(-1)!) });
        default:
            return undefined;
    }
}
