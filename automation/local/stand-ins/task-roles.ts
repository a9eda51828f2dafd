/** What the tasks of a stack may do in AWS: the statements of their roles. */
import type { Inventory } from "../../plan/inventory";
import type { PlannedStack } from "../../plan/plan-stack";

export interface RoleStatement {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
}

/** By the family of the task definition. */
export type TaskRoles = ReadonlyMap<string, readonly RoleStatement[]>;

export function taskRoles({ taskDefinitions }: Pick<PlannedStack, "taskDefinitions">, inventory: Inventory): TaskRoles {
    return new Map(
        [...taskDefinitions.values()].map(({ family, taskRoleArn }) => {
            const role = inventory.byArn(taskRoleArn);
            const policies = inventory
                .ofType("aws:iam/rolePolicy:RolePolicy")
                .filter(({ inputs }) => role !== undefined && inputs.role === role.id);
            return [family, policies.flatMap(({ inputs }) => statementsOf(String(inputs.policy)))] as const;
        }),
    );
}

const statementsOf = (policy: string) => (JSON.parse(policy) as { Statement: RoleStatement[] }).Statement;

export const listed = (value: string | readonly string[]): readonly string[] =>
    typeof value === "string" ? [value] : value;

/** The statements that are about one service, whose prefix is `s3`, `sqs` and so on. */
export const about = (statements: readonly RoleStatement[], service: string) =>
    statements.filter(({ Action }) =>
        listed(Action).some((action) => action === "*" || action.startsWith(`${service}:`)),
    );
