/** Advice to check something that the program cannot check. Nothing of it is known to be wrong. */
import { EXEC_DIRECTORIES } from "../../../components/fargate/container";
import { remedy } from "../../../config/checks/writable";
import type { Inputs } from "../../../aws/resource-type";
import { agentAdvice } from "./agent-advice";
import type { Inventory } from "../inventory";
import type { ContainerDefinition, TaskDefinition } from "./task-definitions";

export interface Advice {
    /** `<task>/<container>` */
    readonly about: string;
    readonly what: string;
    readonly fix: string;
}

/** Advice about containers whose images the program does not build, about services that have one task, and about agents. */
export function advice(inventory: Inventory, definitions: ReadonlyMap<string, TaskDefinition>): Advice[] {
    const singletons = inventory.ofType("aws:ecs/service:Service").filter(({ inputs }) => isAlone(inputs));
    const built = new Set(inventory.ofType("docker:index/image:Image").map(({ outputs }) => outputs.repoDigest));
    const images = [...definitions].flatMap(([task, { containerDefinitions, volumes }]) =>
        containerDefinitions
            .filter(({ image }) => !built.has(image))
            .flatMap((container) =>
                [...unknownVolumes(container, volumes), ...fromDockerHub(container)].map((volume) => ({
                    about: `${task}/${container.name}`,
                    ...volume,
                })),
            ),
    );
    return [...images, ...singletons.map(({ name }) => ({ about: name, ...ALONE })), ...agentAdvice(definitions)];
}

/** One task, of which ECS starts no second one before it has stopped the first. */
const isAlone = ({ desiredCount, deploymentMaximumPercent }: Inputs) =>
    desiredCount === 1 && deploymentMaximumPercent === 100;

const ALONE = {
    what: "it is one task, never two: while that is replaced, or its zone is lost, nothing does its work",
    fix: "see that it catches up with what it missed, and takes a lock where a second one would do harm (docs/heritages.md)",
};

/**
 * The image has to make the mounted directories writable for its user. The program cannot see that without its Dockerfile. A file system's
 * directory belongs to whom its access point says.
 */
function unknownVolumes(
    { user = "0", mountPoints = [] }: ContainerDefinition,
    volumes: TaskDefinition["volumes"],
): Omit<Advice, "about">[] {
    if (/^(0|root)(:|$)/.test(user)) return [];
    const shared = volumes.flatMap(({ name, efsVolumeConfiguration: efs }) => (efs ? [name] : []));
    return mountPoints
        .filter(({ sourceVolume }) => !shared.includes(sourceVolume))
        .filter(({ containerPath }) => !EXEC_DIRECTORIES.includes(containerPath))
        .map(({ containerPath }) => ({
            what: `it writes to ${containerPath}, which Fargate gives to root unless its image has a VOLUME there`,
            fix: `see that its Dockerfile has, in this order: ${remedy(containerPath, user)}`,
        }));
}

/** Docker Hub limits anonymous pulls by IP address (docs.docker.com, "Docker Hub pull usage and limits"). */
function fromDockerHub({ image, repositoryCredentials }: ContainerDefinition): Omit<Advice, "about">[] {
    if (!isDockerHub(image) || repositoryCredentials) return [];
    return [
        {
            what: "its image comes from Docker Hub, which limits the pulls of an address: all tasks come from the one of NAT",
            fix: "where the vendor publishes it elsewhere, from there; or a copy in ECR (docs/heritages.md, Images from elsewhere)",
        },
    ];
}

/** Whether an image is on Docker Hub: its name has no registry. */
export function isDockerHub(image: string): boolean {
    const [first = "", ...rest] = image.split("/");
    if (rest.length === 0 || !/[.:]/.test(first)) return first !== "localhost" || rest.length === 0;
    return /^((index|registry-1)\.)?docker\.io$/.test(first);
}
