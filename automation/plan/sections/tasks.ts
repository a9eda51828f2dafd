import type { Inventory } from "../inventory";
import { TASK, type TaskDefinition } from "./task-definitions";

/** One-off and scheduled tasks. */
export function tasks(inventory: Inventory, definitions: ReadonlyMap<string, TaskDefinition>) {
    const schedules = new Map(
        inventory.ofType("aws:scheduler/schedule:Schedule").map(({ inputs }) => {
            const { target, scheduleExpression, scheduleExpressionTimezone } = inputs as unknown as Schedule;
            const schedule = { expression: scheduleExpression, timeZone: scheduleExpressionTimezone };
            return [familyOf(target.ecsParameters?.taskDefinitionArn), schedule] as const;
        }),
    );
    return inventory.ofType(TASK).flatMap(({ name, outputs }) => {
        const definition = definitions.get(name);
        if (!definition) return [];
        return {
            name,
            /** Undefined for a task that runs by hand, or, if it has a command, before each deployment. */
            schedule: schedules.get(familyOf(outputs.taskDefinitionArn)),
            command: definition.containerDefinitions[0]?.command ?? [],
            cpu: Number(definition.cpu),
            memory: Number(definition.memory),
        };
    });
}

/** A schedule refers to a task definition without its revision. */
const familyOf = (arn: unknown) => String(arn).replace(/:\d+$/, "");

interface Schedule {
    target: { ecsParameters?: { taskDefinitionArn: string } };
    scheduleExpression: string;
    scheduleExpressionTimezone: string;
}
