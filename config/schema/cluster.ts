/** The ECS cluster that tasks run in, where it is not one of the stack's own. */
import { z } from "zod";

export const cluster = z
    .strictObject({
        existing: z
            .string()
            .regex(
                /^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster\/)?[A-Za-z0-9_-]{1,255}$/,
                "name or ARN of a cluster",
            )
            .describe("The name or the ARN of an ECS cluster of this account and region, e.g. shared. Needed."),
    })
    .optional()
    .describe(
        "The ECS cluster that all tasks run in, one that exists: cluster: { existing: shared }. Default: one of the stack's own.",
    );
