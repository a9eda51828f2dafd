/** Fargate Spot, in the same words for agents, Keycloak, services and the services of heritages. */
import { z } from "zod";

export const spot = z
    .union([
        z.boolean(),
        z.strictObject({
            base: z.int().min(0).max(100).optional().describe("Tasks that are always on demand. Default: 0."),
            share: z
                .int()
                .min(1)
                .max(100)
                .optional()
                .describe("The percentage of the tasks beyond base that is on Spot. Default: 100."),
        }),
    ])
    .optional()
    .describe(
        "Fargate Spot: 50 to 70 % cheaper, and AWS may take a task away two minutes after SIGTERM. true: all tasks; { base: 1 }: one on " +
            "demand, the others on Spot. Another choice replaces the service; the new one starts before the old one stops. Default: true in " +
            "dev, false in prod.",
    );

export type SpotInput = z.infer<typeof spot>;
