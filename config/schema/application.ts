/** Keys that services and heritages have in common. */
import { z } from "zod";

const folder = z.string().regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, "folder of the project");

/** Keys without a description get one where they are used. */
export const application = {
    build: z
        .union([
            folder,
            z.strictObject({
                context: folder.describe(
                    "The folder that Docker gets, from the project's root, . for all of it. Needed.",
                ),
                dockerfile: z
                    .string()
                    .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, "file below the context")
                    .optional()
                    .describe("The Dockerfile, from the context, e.g. docker/web/Dockerfile. Default: Dockerfile."),
                target: z
                    .string()
                    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "name of a stage")
                    .optional()
                    .describe("The stage of the Dockerfile that comes out. Default: the last one."),
                args: z
                    .record(z.string().regex(/^[A-Za-z_]\w*$/, "name of an argument"), z.string())
                    .optional()
                    .describe("Build arguments, by their ARG. Whoever has the image can read them. Default: none."),
            }),
        ])
        .optional(),
    image: z.string().min(1).optional().describe("An image that exists already, by digest (…@sha256:…)."),
    user: z
        .string()
        .regex(/^[1-9]\d*(:[1-9]\d*)?$/, "user number other than root's")
        .optional(),
    paths: z.array(z.string().min(1).max(128)).min(1).max(40).optional(),
    priority: z
        .int()
        .min(1)
        .max(50000)
        .optional()
        .describe("Which rule is asked first where two match, the lowest. Default: the one with the longer path."),
    count: z.int().min(1).max(100).optional().describe("Tasks. With autoscaling: the fewest. Default: one per zone."),
    writable: z
        .array(z.string().min(1))
        .optional()
        .describe("Directories that it may write to, e.g. /tmp. Default: none, everything is read-only."),
};
