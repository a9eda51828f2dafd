/** Memory as Fargate would have it: a task's containers share what it has. Here each of them may have all of it. */
import { containersOf, dockerOutput } from "./docker";
import type { State, TaskState } from "./state";

/** Tasks whose containers together use more than the task has, as sentences. */
export async function beyondMemory(state: State): Promise<string[]> {
    const tasks = Object.values(state.services)
        .flatMap((service) => service.tasks)
        .filter((task) => Object.keys(task.containers).length > 1); // Docker holds the limit of a single one
    const containers = await containersOf(state.composeProject);
    const running = tasks
        .flatMap((task) => Object.values(task.containers))
        .flatMap((name) => containers.get(name) ?? [])
        .filter((container) => container.State.Status === "running");
    if (running.length === 0) return [];
    const format = ["--no-stream", "--no-trunc", "--format", "{{.ID}} {{.MemUsage}}"];
    const used = memoryUsed(await dockerOutput(["stats", ...format, ...running.map(({ Id }) => Id)]));
    return tasks.flatMap((task) => {
        const all = Object.values(task.containers).map((name) => used.get(containers.get(name)?.Id ?? "") ?? 0);
        return sentence(
            task,
            all.reduce((sum, size) => sum + size, 0),
        );
    });
}

function sentence({ name, memory }: TaskState, used: number): string[] {
    if (memory === undefined || used <= memory) return [];
    return [`${name} uses ${Math.ceil(used)} MiB, and its task has ${memory}: Fargate would end a container of it`];
}

const UNITS: Readonly<Record<string, number>> = { B: 1 / 1024 ** 2, KiB: 1 / 1024, MiB: 1, GiB: 1024, TiB: 1024 ** 2 };

/** MiB by the container's id, out of lines such as `4f3a… 12.5MiB / 512MiB`. */
export const memoryUsed = (stats: string): Map<string, number> =>
    new Map(
        stats.split("\n").flatMap((line) => {
            const [, id, amount, unit] = /^(\S+) ([\d.]+)([KMGT]?i?B) /.exec(line) ?? [];
            return id === undefined ? [] : [[id, Number(amount) * (UNITS[unit!] ?? 0)] as const];
        }),
    );
