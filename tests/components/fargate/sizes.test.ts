import { expect } from "chai";
import fc from "fast-check";
import { sizeFor, sizeProblem } from "../../../components/fargate/sizes";

/** "Task CPU and memory" of the ECS developer guide, row by row as it is written there: GB, for Linux. */
const TABLE: Record<number, number[]> = {
    256: [0.5, 1, 2],
    512: [1, 2, 3, 4],
    1024: [2, 3, 4, 5, 6, 7, 8],
    2048: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    4096: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
    8192: [16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60],
    16384: [32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120],
};
const offered = (cpu: number, memory: number) => TABLE[cpu]?.includes(memory / 1024) ?? false;

/** Sizes that exist, that nearly do, and any. */
const cpu = fc.oneof(fc.constantFrom(...Object.keys(TABLE).map(Number)), fc.integer({ min: 0, max: 20_000 }));
const memory = fc.oneof(
    fc.integer({ min: 1, max: 130 }).map((gb) => gb * 1024),
    fc.integer({ min: 0, max: 130_000 }),
);

/** The sizes that a fix names: `one of 512, 1024` or `1024 to 4096, in steps of 1024`. */
function named(fix: string): number[] {
    const steps = /^(\d+) to (\d+), in steps of (\d+)$/.exec(fix)?.slice(1).map(Number) as [number, number, number];
    if (!steps) return /^one of ([\d, ]+)$/.exec(fix)![1]!.split(", ").map(Number);
    const [from, to, step] = steps;
    return Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);
}

describe("sizeProblem", () => {
    it("has nothing against any size of the documentation", () => {
        for (const [units, sizes] of Object.entries(TABLE)) {
            for (const gb of sizes) expect(sizeProblem(Number(units), gb * 1024), `${units} ${gb}`).to.equal(undefined);
        }
    });

    it("refuses every other size", () => {
        fc.assert(
            fc.property(cpu, memory, (units, mib) => {
                expect(sizeProblem(units, mib) === undefined).to.equal(offered(units, mib));
            }),
            { numRuns: 1000 },
        );
    });

    it("names all sizes that would be right, and no other", () => {
        fc.assert(
            fc.property(cpu, memory, (units, mib) => {
                const problem = sizeProblem(units, mib);
                if (!problem) return;
                const right = units in TABLE ? TABLE[units]!.map((gb) => gb * 1024) : Object.keys(TABLE).map(Number);
                expect(problem.at).to.equal(units in TABLE ? "memory" : "cpu");
                expect(named(problem.fix)).to.deep.equal(right);
            }),
        );
    });

    it("says what is wrong", () => {
        expect(sizeProblem(300, 512)).to.deep.equal({
            at: "cpu",
            what: "Fargate has no task of 300 CPU units",
            fix: "one of 256, 512, 1024, 2048, 4096, 8192, 16384",
        });
        expect(sizeProblem(1024, 1024)).to.deep.equal({
            at: "memory",
            what: "Fargate has no task of 1024 CPU units with 1024 MiB",
            fix: "2048 to 8192, in steps of 1024",
        });
    });
});

describe("sizeFor", () => {
    it("is the least that holds both", () => {
        expect(sizeFor(0, 0)).to.deep.equal({ cpu: 256, memory: 512 });
        expect(sizeFor(128, 1024)).to.deep.equal({ cpu: 256, memory: 1024 });
        expect(sizeFor(256, 2049)).to.deep.equal({ cpu: 512, memory: 3072 });
        expect(sizeFor(1000, 512)).to.deep.equal({ cpu: 1024, memory: 2048 });
        expect(sizeFor(99999, 0)).to.deep.equal({ cpu: 16384, memory: 122880 });
    });
});
