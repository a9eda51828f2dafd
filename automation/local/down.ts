/** Takes down what was started: containers and network, and with them data and secrets where that is asked for. */
import { rmSync } from "node:fs";
import { docker, dockerOutput, PROJECT_LABEL } from "./docker";
import type { Progress } from "./progress";
import { standInImages } from "./stand-ins/stand-in";
import { FILES, filePath } from "./state";

interface Platform {
    readonly root: string;
    readonly stack: string;
    readonly project: string;
}

/** Returns whether there was anything. Compose knows by its labels what belongs to the project, also where its file is gone. */
export async function takeDown(platform: Platform, volumes: boolean, progress: Progress): Promise<boolean> {
    const { project } = platform;
    const compose = ["compose", "--project-name", project, "--progress", "quiet"];
    const list = (...command: string[]) =>
        dockerOutput([...command, "--quiet", "--filter", `label=${PROJECT_LABEL}=${project}`]);
    const containers = await list("ps", "--all");
    const others = [await list("network", "ls"), volumes ? await list("volume", "ls") : ""].join("");
    if (containers !== "") {
        // `down` alone would leave volumes without a name.
        const remove = [...compose, "rm", "--stop", "--force", "--volumes"];
        await progress.during(`stopping ${containers.split("\n").length} containers`, async () => {
            const first = await usersOf(project);
            if (first.length > 0) await docker(["stop", ...first]);
            await dockerOutput(remove);
        });
    }
    if (others !== "") await dockerOutput([...compose, "down", "--remove-orphans", ...(volumes ? ["--volumes"] : [])]);
    if (volumes) await forget(platform);
    return containers + others !== "";
}

/**
 * Who uses the databases. A Keycloak node that ends after its database cannot take itself out of the list of nodes there: those that start
 * next wait 20 s for it, and are each alone for another minute.
 */
async function usersOf(project: string): Promise<string[]> {
    const running = ["ps", "--filter", `label=${PROJECT_LABEL}=${project}`, "--format", "{{.ID}} {{.Image}}"];
    return (await dockerOutput(running)).split("\n").flatMap((line) => {
        const [id = "", image = ""] = line.split(" ");
        return id === "" || image.startsWith(standInImages(project)) ? [] : [id];
    });
}

/** Secrets, and the images: these trust an authority that goes with the secrets. */
async function forget({ root, stack, project }: Platform) {
    const format = ["--format", "{{.Repository}}:{{.Tag}}"];
    const images = await dockerOutput(["image", "ls", "--filter", `reference=${project}/*`, ...format]);
    if (images !== "") await docker(["image", "rm", ...images.split("\n")]);
    for (const file of Object.keys(FILES) as (keyof typeof FILES)[]) {
        if (file !== "given") rmSync(filePath(root, stack, file), { recursive: true, force: true }); // that one is the user's own
    }
}
