/** Takes down what was started: containers and network, and with them data and secrets where that is asked for. */
import { rmSync } from "node:fs";
import { docker, dockerOutput, PROJECT_LABEL } from "./docker";
import type { Progress } from "./progress";
import { FILES, filePath } from "./state";

export interface Down {
    readonly root: string;
    readonly stack: string;
    readonly project: string;
    readonly volumes: boolean;
}

/** Returns whether there was anything. Compose knows by its labels what belongs to the project, also where its file is gone. */
export async function takeDown({ root, stack, project, volumes }: Down, progress: Progress): Promise<boolean> {
    const compose = ["compose", "--project-name", project, "--progress", "quiet"];
    const list = (...command: string[]) =>
        dockerOutput([...command, "--quiet", "--filter", `label=${PROJECT_LABEL}=${project}`]);
    const containers = await list("ps", "--all");
    const others = [await list("network", "ls"), volumes ? await list("volume", "ls") : ""].join("");
    if (containers !== "") {
        // Databases last, as the containers depend on each other. `down` alone would leave volumes without a name.
        const remove = [...compose, "rm", "--stop", "--force", "--volumes"];
        await progress.during(`stopping ${containers.split("\n").length} containers`, () => dockerOutput(remove));
    }
    if (others !== "") await dockerOutput([...compose, "down", "--remove-orphans", ...(volumes ? ["--volumes"] : [])]);
    if (volumes) await forget({ root, stack, project });
    return containers + others !== "";
}

/** Secrets, and the images: these trust an authority that goes with the secrets. */
async function forget({ root, stack, project }: Pick<Down, "root" | "stack" | "project">) {
    const format = ["--format", "{{.Repository}}:{{.Tag}}"];
    const images = await dockerOutput(["image", "ls", "--filter", `reference=${project}/*`, ...format]);
    if (images !== "") await docker(["image", "rm", ...images.split("\n")]);
    for (const file of Object.keys(FILES) as (keyof typeof FILES)[]) {
        if (file !== "given") rmSync(filePath(root, stack, file), { recursive: true, force: true }); // that one is the user's own
    }
}
