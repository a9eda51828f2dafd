/** What only a person can look at: nothing here is known to be wrong. */
import { EXEC_DIRECTORIES } from "../../../components/fargate/container";
import { remedy } from "../../../config/checks/writable";
import type { Inputs } from "../../../aws/resource-type";
import type { Inventory } from "../inventory";
import type { ContainerDefinition, TaskDefinition } from "./task-definitions";

export interface Advice {
    /** The task and its container. */
    readonly about: string;
    readonly what: string;
    readonly fix: string;
}

/** Of containers whose images were not built here, what is in them and where they come from; of services, what is there once. */
export function advice(inventory: Inventory, definitions: ReadonlyMap<string, TaskDefinition>): Advice[] {
    const singletons = inventory.ofType("aws:ecs/service:Service").filter(({ inputs }) => isAlone(inputs));
    const built = new Set(inventory.ofType("docker:index/image:Image").map(({ outputs }) => outputs.repoDigest));
    const images = [...definitions].flatMap(([task, { containerDefinitions }]) =>
        containerDefinitions
            .filter(({ image }) => !built.has(image))
            .flatMap((container) =>
                [...unknownVolumes(container), ...fromDockerHub(container)].map((volume) => ({
                    about: `${task}/${container.name}`,
                    ...volume,
                })),
            ),
    );
    return [...images, ...singletons.map(({ name }) => ({ about: name, ...ALONE }))];
}

/** One task, of which ECS starts no second one before it has stopped the first. */
const isAlone = ({ desiredCount, deploymentMaximumPercent }: Inputs) =>
    desiredCount === 1 && deploymentMaximumPercent === 100;

const ALONE = {
    what: "it is one task, never two: while that is replaced, or its zone is lost, nothing does its work",
    fix: "see that it catches up with what it missed, and takes a lock where a second one would do harm (docs/heritages.md)",
};

/** What its Dockerfile says of the directories that it writes to cannot be read. */
function unknownVolumes({ user = "0", mountPoints = [] }: ContainerDefinition): Omit<Advice, "about">[] {
    if (/^(0|root)(:|$)/.test(user)) return [];
    return mountPoints
        .filter(({ containerPath }) => !EXEC_DIRECTORIES.includes(containerPath))
        .map(({ containerPath }) => ({
            what: `it writes to ${containerPath}, which Fargate gives to root unless its image has a VOLUME there`,
            fix: `see that its Dockerfile has, in this order: ${remedy(containerPath, user)}`,
        }));
}

/** Docker Hub counts the pulls of an address (docs.docker.com, "Docker Hub pull usage and limits"); ECS logs in where it is told how. */
function fromDockerHub({ image, repositoryCredentials }: ContainerDefinition): Omit<Advice, "about">[] {
    if (!isDockerHub(image) || repositoryCredentials) return [];
    return [
        {
            what: "its image comes from Docker Hub, which limits the pulls of an address: all tasks come from that of the NAT gateway",
            fix: "where the vendor publishes it elsewhere, from there; or a copy in ECR (docs/heritages.md, Images from elsewhere)",
        },
    ];
}

/** A name without a registry in front is Docker Hub's. */
export function isDockerHub(image: string): boolean {
    const [first = "", ...rest] = image.split("/");
    if (rest.length === 0 || !/[.:]/.test(first)) return first !== "localhost" || rest.length === 0;
    return /^((index|registry-1)\.)?docker\.io$/.test(first);
}
