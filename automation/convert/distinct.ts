/** Names of bindings and volumes that a service or a task of the heritage has already: what is made of both would have one name. */
import type { Placed } from "./bindings";
import { isMap } from "../plan/leaves";
import { type Tree } from "./heritage";
import type { Note } from "./model";
import { fitName, VOLUME_NAME, WORKLOAD_NAME } from "./names";

/** Gives each another name, wherever it is said; `notes` are those about the bindings. */
export function distinctNames(placed: readonly Placed[], uses: Record<string, Tree>, notes: Note[]) {
    const services = placed.filter(({ workload }) => workload.kind !== "before").map(({ service }) => service);
    const volumes = () => placed.flatMap(({ workload }) => Object.keys(workload.volumes));
    for (const name of [...new Set(volumes())].filter((volume) => services.includes(volume))) {
        const other = fitName(`${name}-files`, VOLUME_NAME, [...services, ...volumes(), ...Object.keys(uses)]);
        for (const { workload } of placed) renameVolume(workload, name, other);
    }
    for (const name of Object.keys(uses).filter((binding) => [...services, ...volumes()].includes(binding))) {
        const kind = Object.keys(uses[name]!).find((key) => key !== "variables") ?? "binding";
        const room = WORKLOAD_NAME - 1 - kind.length;
        const taken = [...services, ...volumes(), ...Object.keys(uses)];
        const other = fitName(`${name.slice(0, room)}-${kind}`, WORKLOAD_NAME, taken);
        rename(uses, name, other);
        for (const { workload } of placed) {
            const scaling = workload.keys.autoscaling as { messages_per_task?: Tree } | undefined;
            if (scaling?.messages_per_task) rename(scaling.messages_per_task, name, other);
        }
        for (const [i, note] of notes.entries()) {
            const [top, of, ...rest] = note.place;
            if (top === "uses" && of === name) notes[i] = { ...note, place: [top, other, ...rest] };
        }
    }
}

function renameVolume({ volumes, keys }: Placed["workload"], name: string, other: string) {
    rename(volumes, name, other);
    const containers = [keys, ...Object.values((keys.sidecars as Tree | undefined) ?? {})];
    for (const container of containers) {
        const { mounts } = container as { mounts?: unknown };
        if (isMap(mounts)) rename(mounts, name, other);
    }
}

function rename(record: Record<string, unknown>, name: string, other: string) {
    if (!Object.hasOwn(record, name)) return;
    record[other] = record[name];
    delete record[name];
}
