/** Containers beside the application of a heritage's service. */
import type { ContainerArgs } from "../fargate/container";

/** A container beside an application: in the same network, with the same CPU and memory. */
export interface SidecarArgs extends Pick<
    ContainerArgs,
    "command" | "environment" | "secrets" | "mounts" | "cpu" | "memory"
> {
    /** By digest. */
    image: string;
    /** What the command's words are given to. @default the image's own */
    entrypoint?: string[];
    /** By number. @default the heritage's */
    user?: string;
    /** Where it listens, for the other containers of the task or for what `receives` sends. @default nowhere */
    port?: number;
    /** The task ends when it does. @default true */
    essential?: boolean;
    /** It runs to its end before the application and the other sidecars start. @default false */
    first?: boolean;
}

/** What waits for the sidecars that run to their end first. */
export function afterFirst(sidecars: Record<string, SidecarArgs> = {}): ContainerArgs["dependsOn"] {
    const first = Object.keys(sidecars).filter((name) => sidecars[name]!.first);
    return first.length > 0 ? Object.fromEntries(first.map((name) => [name, "SUCCESS" as const])) : undefined;
}

/** As containers of a task definition. */
export function sidecarContainers(
    sidecars: Record<string, SidecarArgs> = {},
    user: string,
    notSecret: ContainerArgs["notSecret"],
): Record<string, ContainerArgs> {
    return Object.fromEntries(
        Object.entries(sidecars).map(([name, { port, first = false, essential = !first, entrypoint, ...sidecar }]) => [
            name,
            {
                ...sidecar,
                entryPoint: entrypoint,
                user: sidecar.user ?? user,
                notSecret,
                essential,
                innerPorts: port === undefined ? undefined : [port],
                dependsOn: first ? undefined : afterFirst(sidecars),
            },
        ]),
    );
}

/** The sidecar that gets the requests in the application's place; undefined where the application does. */
export function receiverOf({ receives, sidecars = {} }: { receives?: string; sidecars?: Record<string, SidecarArgs> }) {
    const port = receives === undefined ? undefined : sidecars[receives]?.port;
    return port === undefined ? undefined : { container: receives!, port };
}
