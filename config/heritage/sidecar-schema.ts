/** What a heritage's file may say of containers beside the application, and of what they share. */
import { z } from "zod";
import { application } from "../schema/application";
import { applicationPort } from "../schema/values";

const containerName = z.string().regex(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, "name");

const efs = z
    .strictObject({
        existing: z
            .string()
            .regex(/^fs-[0-9a-f]{8,40}$/, "id of a file system")
            .optional()
            .describe(
                "The id of a file system that exists, with mount targets in the stack's own subnets' zones (network.existing). Default: one of its " +
                    "own is made.",
            ),
        directory: z
            .string()
            .regex(/^(\/|(\/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,4})$/, "directory")
            .max(100)
            .optional()
            .describe(
                "Of a file system that exists, which of its directories is mounted, e.g. /shop. Default: /, all of it.",
            ),
    })
    .describe("A file system of EFS, encrypted, which all tasks that mount it share and which outlives them: efs: {}.");

export const volumes = z
    .record(containerName, z.strictObject({ efs: efs.optional() }))
    .optional()
    .describe(
        "Directories that the containers of a task share, by name; each task has its own, empty at its start: name: {}. With efs: {} " +
            "all tasks share one that outlives them. Default: none.",
    );

export const mounts = z
    .record(containerName, z.string().min(1))
    .optional()
    .describe("Which of the heritage's volumes it has, and where: uploads: /app/uploads. Default: none.");

const ownSize = (most: number, about: string) => z.int().min(1).max(most).optional().describe(about);

/** What a sidecar has as the application has it: `command`, `entrypoint` and the sources of its secrets. */
export const sidecars = <Secret extends z.ZodType>({
    command,
    entrypoint,
    secret,
}: {
    command: z.ZodType<string | string[]>;
    entrypoint: z.ZodOptional<z.ZodArray<z.ZodString>>;
    secret: Secret;
}) =>
    z
        .record(
            containerName,
            z
                .strictObject({
                    image: z.string().min(1).describe("By digest (…@sha256:…). Needed."),
                    user: application.user.describe(
                        "Who it runs as, by number, as text. Default: the heritage's user.",
                    ),
                    entrypoint,
                    command: command.optional(),
                    environment: z.record(z.string(), z.string()).optional().describe("In the clear, its own alone."),
                    secrets: z.record(z.string(), secret).optional().describe("Its own alone. Default: none."),
                    cpu: ownSize(16384, "CPU units of the task that are kept for it. Default: none are."),
                    memory: ownSize(
                        122880,
                        "MiB of the task that it may take; above that it is stopped. Default: what the task has.",
                    ),
                    mounts,
                    port: applicationPort(
                        "Where it listens, for the containers of its task, or for what `receives` sends. Default: nowhere.",
                    ).optional(),
                    essential: z
                        .boolean()
                        .optional()
                        .describe(
                            "The task ends when it does. Default: true; a container with `first` ends by itself.",
                        ),
                    first: z
                        .boolean()
                        .optional()
                        .describe("It runs to its end before the application and the others start. Default: false."),
                })
                .describe("A container beside the application, in the same network and with the same CPU and memory."),
        )
        .optional()
        .describe(
            "Containers beside the application, by name: a proxy, an exporter, what prepares its files. Default: none.",
        );

export const receives = containerName
    .optional()
    .describe(
        "The sidecar that gets the requests in the application's place, on its own port. Default: the application.",
    );
