/**
 * The sizes that Fargate has: CPU units, and the memory in MiB that goes with each.
 * From the ECS developer guide, "Task CPU and memory" (Linux).
 */
const GIB = 1024;
const range = (from: number, to: number, step: number) =>
    Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);

const SIZES: ReadonlyMap<number, readonly number[]> = new Map([
    [256, [512, 1 * GIB, 2 * GIB]],
    [512, range(1 * GIB, 4 * GIB, GIB)],
    [1024, range(2 * GIB, 8 * GIB, GIB)],
    [2048, range(4 * GIB, 16 * GIB, GIB)],
    [4096, range(8 * GIB, 30 * GIB, GIB)],
    [8192, range(16 * GIB, 60 * GIB, 4 * GIB)],
    [16384, range(32 * GIB, 120 * GIB, 8 * GIB)],
]);

/** What is wrong with a size and what would be right, or nothing where Fargate has it. */
export function sizeProblem(
    cpu: number,
    memory: number,
): { at: "cpu" | "memory"; what: string; fix: string } | undefined {
    const memories = SIZES.get(cpu);
    if (!memories) {
        return {
            at: "cpu",
            what: `Fargate has no task of ${cpu} CPU units`,
            fix: `one of ${[...SIZES.keys()].join(", ")}`,
        };
    }
    if (memories.includes(memory)) return undefined;
    const [least, most] = [memories[0]!, memories.at(-1)!];
    const step = memories[1]! - least;
    return {
        at: "memory",
        what: `Fargate has no task of ${cpu} CPU units with ${memory} MiB`,
        fix: memories.length <= 4 ? `one of ${memories.join(", ")}` : `${least} to ${most}, in steps of ${step}`,
    };
}

/** The smallest size that has these, or the largest of all. */
export function sizeFor(cpu: number, memory: number): { cpu: number; memory: number } {
    for (const [units, memories] of SIZES) {
        const fitting = units >= cpu ? memories.find((size) => size >= memory) : undefined;
        if (fitting !== undefined) return { cpu: units, memory: fitting };
    }
    const [units, memories] = [...SIZES].at(-1)!;
    return { cpu: units, memory: memories.at(-1)! };
}
