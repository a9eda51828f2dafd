/** A VPC that exists, and its subnets: by id, or by tags. */
import { z } from "zod";

const tags = z
    .record(z.string().min(1), z.string().min(1))
    .describe("Tags that it has, all of them: { Tier: private }. A value may have * and ?, as in EC2's filters.");

const subnets = (about: string) =>
    z
        .union([
            z
                .array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, "subnet's id"))
                .min(2)
                .max(4),
            z.strictObject({ tags }),
        ])
        .describe(`${about} One in each zone, by id in a list, or by tags: { tags: { Tier: private } }.`);

export const existingNetwork = z
    .strictObject({
        vpc: z
            .union([z.string().regex(/^vpc-[0-9a-f]{8,17}$/, "VPC's id"), z.strictObject({ tags })])
            .describe('The VPC, by id: "vpc-0123456789abcdef0"; or by tags that no other VPC of the region has.'),
        subnets: z
            .strictObject({
                public: subnets("For the public load balancer, with a route to an internet gateway."),
                private: subnets("For tasks and the internal load balancer, with a route out or interface endpoints."),
                database: subnets("For databases, caches and file systems. Default: the private ones.").optional(),
            })
            .describe("The subnets that the stack is in, two to four zones: public, private and, if told, database."),
    })
    .optional()
    .describe(
        "A VPC that exists, in place of one of the stack's own. Decide once: what is in one VPC does not move to another.",
    );
