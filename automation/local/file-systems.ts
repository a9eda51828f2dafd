/** File systems of EFS as volumes of Docker, which all containers that mount one share. */
import type { Inventory } from "../plan/inventory";
import type { TaskDefinition } from "./container";
import type { ComposeServices, DependsOn } from "./tasks";

const ACCESS_POINT = "aws:efs/accessPoint:AccessPoint";

/**
 * A volume of Docker begins as root's. Of EFS the access point makes the directory its user's, and has every container write as this
 * one; here a container of another user may write, too.
 */
export function fileSystems(inventory: Inventory, image: string): ComposeServices[] {
    return inventory.ofType(ACCESS_POINT).map(({ name: volume, inputs }) => {
        const { posixUser } = inputs as { posixUser: { uid: number; gid: number } };
        const target = "/files";
        return {
            [ownerOf(volume)]: {
                image,
                entrypoint: ["/bin/sh", "-c"],
                command: [`chmod 0777 ${target} && chown ${posixUser.uid}:${posixUser.gid} ${target}`],
                user: "0",
                volumes: [{ type: "volume", source: volume, target, volume: { nocopy: true } }],
                network_mode: "none",
                read_only: true,
                cap_drop: ["ALL"],
                cap_add: ["CHOWN", "FOWNER"],
                mem_limit: "16m",
                restart: "no",
            },
        };
    });
}

type Volume = NonNullable<TaskDefinition["volumes"]>[number];

/** A volume of Docker has the name of the access point, which is there for a file system that exists, too; undefined for a task's own volume. */
function nameOf(volume: Volume | undefined, inventory: Inventory): string | undefined {
    const id = volume?.efsVolumeConfiguration?.authorizationConfig.accessPointId;
    return id === undefined ? undefined : inventory.byId(ACCESS_POINT, id)!.name;
}

/** The container that makes a volume the user's, and ends. */
const ownerOf = (volume: string) => `${volume}-owner`;

/** What a task that mounts file systems waits for. */
export const ownersOf = (definition: TaskDefinition, inventory: Inventory): DependsOn =>
    Object.fromEntries(
        (definition.volumes ?? []).flatMap((volume) => {
            const name = nameOf(volume, inventory);
            return name === undefined ? [] : [[ownerOf(name), { condition: "service_completed_successfully" }]];
        }),
    );

/** The volume of Docker for a volume of a task definition; undefined for one that is the task's own. */
export const sharedVolume = (definition: TaskDefinition, source: string | undefined, inventory: Inventory) =>
    nameOf(
        definition.volumes?.find(({ name }) => name === source),
        inventory,
    );
