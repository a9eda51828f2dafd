/** How many tasks run, by load. */
import { z } from "zod";

const range = (tasks: string) => ({
    min: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe(`The fewest ${tasks}, in the place of count. Default: count, which is one per zone.`),
    max: z.int().min(2).max(100).describe(`The most ${tasks}. Needed.`),
});

export const autoscaling = z
    .strictObject({
        ...range("tasks"),
        cpuPercent: z.int().min(10).max(95).optional().describe("Average CPU to hold. Default: 70."),
        memoryPercent: z.int().min(10).max(95).optional().describe("Average memory to hold. Default: 75."),
    })
    .optional()
    .describe("Target tracking between `min` and `max`. Default: none.");

/** A JVM keeps the heap that it once took, so that its memory says nothing of its load. */
export const keycloakAutoscaling = z
    .strictObject({
        ...range("nodes"),
        cpuPercent: z
            .int()
            .min(10)
            .max(95)
            .optional()
            .describe("Average CPU to hold. Default: 40, the headroom of Keycloak's sizing guide."),
    })
    .optional()
    .describe("Target tracking between `min` and `max`, by CPU alone. Default: none.");
