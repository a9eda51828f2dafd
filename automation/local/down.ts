/** Takes down what was started: containers and network, and with them data and secrets where that is asked for. */
import { rmSync } from "node:fs";
import { docker, dockerOutput, PROJECT_LABEL } from "./docker";
import type { Progress } from "./progress";
import { FILES, filePath, readJson, type State } from "./state";

export interface Down {
    readonly root: string;
    readonly stack: string;
    readonly project: string;
    readonly volumes: boolean;
}

/** Returns whether there was anything. */
export async function takeDown({ root, stack, project, volumes }: Down, progress: Progress): Promise<boolean> {
    const label = ["--filter", `label=${PROJECT_LABEL}=${project}`];
    const list = async (...command: string[]) =>
        (await dockerOutput([...command, ...label])).split("\n").filter(Boolean);
    const containers = await list("ps", "--all", "--quiet");
    if (containers.length > 0) {
        // Databases last: an agent or a node that stops says good-bye to its own.
        const { databases = {} } = readJson<State>(filePath(root, stack, "state")) ?? {};
        const last = new Set(
            (
                await Promise.all(
                    Object.keys(databases).map((one) =>
                        list("ps", "--all", "--quiet", "--filter", `label=com.docker.compose.service=${one}`),
                    ),
                )
            ).flat(),
        );
        for (const group of [containers.filter((one) => !last.has(one)), [...last]]) {
            if (group.length === 0) continue;
            await progress.during(`stopping ${group.length} containers`, () => docker(["stop", ...group]));
        }
        await dockerOutput(["rm", "--force", "--volumes", ...containers]);
    }
    const networks = await list("network", "ls", "--quiet");
    if (networks.length > 0) await dockerOutput(["network", "rm", ...networks]);
    const kept = volumes ? await list("volume", "ls", "--quiet") : [];
    if (volumes) await forget({ root, stack, project }, kept);
    return containers.length + networks.length + kept.length > 0;
}

/** Data, secrets, and the images: these trust an authority that goes with the secrets. */
async function forget({ root, stack, project }: Pick<Down, "root" | "stack" | "project">, volumes: string[]) {
    if (volumes.length > 0) await dockerOutput(["volume", "rm", ...volumes]);
    const images = await dockerOutput([
        "image",
        "ls",
        "--filter",
        `reference=${project}/*`,
        "--format",
        "{{.Repository}}:{{.Tag}}",
    ]);
    if (images !== "") await docker(["image", "rm", ...images.split("\n")]);
    for (const file of Object.keys(FILES) as (keyof typeof FILES)[]) {
        if (file !== "given") rmSync(filePath(root, stack, file), { force: true }); // that one is the user's own
    }
}
