/** What only a person can look at: nothing here is known to be wrong. */
import { EXEC_DIRECTORIES } from "../../../components/fargate/container";
import { remedy } from "../../../config/checks/writable";
import type { Inventory } from "../inventory";
import type { TaskDefinition } from "./task-definitions";

export interface Advice {
    /** The task and its container. */
    readonly about: string;
    readonly what: string;
    readonly fix: string;
}

/** Directories that a container writes to, of an image that was not built here: what its Dockerfile says of them cannot be read. */
export function advice(inventory: Inventory, definitions: ReadonlyMap<string, TaskDefinition>): Advice[] {
    const built = new Set(inventory.ofType("docker:index/image:Image").map(({ outputs }) => outputs.repoDigest));
    return [...definitions].flatMap(([task, { containerDefinitions }]) =>
        containerDefinitions.flatMap(({ name, image, user = "0", mountPoints = [] }) => {
            if (built.has(image) || /^(0|root)(:|$)/.test(user)) return [];
            return mountPoints
                .filter(({ containerPath }) => !EXEC_DIRECTORIES.includes(containerPath))
                .map(({ containerPath }) => ({
                    about: `${task}/${name}`,
                    what: `it writes to ${containerPath}, which Fargate gives to root unless its image has a VOLUME there`,
                    fix: `see that its Dockerfile has, in this order: ${remedy(containerPath, user)}`,
                }));
        }),
    );
}
