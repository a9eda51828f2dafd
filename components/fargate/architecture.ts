/** The processors that Fargate runs tasks on. */
import type * as aws from "@pulumi/aws";

/** AWS's own processors (Graviton), or Intel's and AMD's. */
export type Architecture = "arm64" | "x86_64";

/** What a file and a component take where they say nothing: every image and every binary is built for it. */
export const DEFAULT_ARCHITECTURE: Architecture = "x86_64";

/** What Docker calls it. */
export const dockerPlatform = (architecture: Architecture = DEFAULT_ARCHITECTURE) =>
    architecture === "arm64" ? ("linux/arm64" as const) : ("linux/amd64" as const);

/** What ECS calls it. */
export const runtimePlatform = (
    architecture: Architecture = DEFAULT_ARCHITECTURE,
): NonNullable<aws.ecs.TaskDefinitionArgs["runtimePlatform"]> => ({
    operatingSystemFamily: "LINUX",
    cpuArchitecture: architecture === "arm64" ? "ARM64" : "X86_64",
});
