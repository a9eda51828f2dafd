/** Runs a program in Pulumi's own runtime against the simulated AWS, and keeps what it asked for. */
import * as pulumi from "@pulumi/pulumi";
import * as debuggableModule from "@pulumi/pulumi/runtime/debuggable";
import { slimDown } from "./lean-runtime";
import { type Recording, record } from "./record";
import { laidOpen } from "./redact";
import { SimulatedAws, type SimulatedResource } from "./simulated-aws";

/** Internal to the SDK, and so not in its types. */
const debuggable = debuggableModule as unknown as {
    /** Those that did not end; forgets them. Pulumi would complain of them when the process exits. */
    leakedPromises(): unknown;
};

export interface SimulateOptions {
    project: string;
    stack: string;
    /** As Pulumi hands it to a program: every value as text, objects and lists as JSON. */
    config: Record<string, string>;
    /** The keys of `config` that hold something encrypted. */
    secretKeys?: string[];
    /** The Keycloak version that SSM says is running. @default none */
    running?: string;
    /** What AWS answers in place of what the simulated one made up: values that are real somewhere. @default nothing */
    real?: MakeReal;
}

/** A resource in the making: its inputs with every secret laid open, and the outputs that were made up for it. */
export interface Made {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** The outputs that a resource has after all. */
export type MakeReal = (made: Made) => Promise<Readonly<Record<string, unknown>>>;

export interface Simulation {
    readonly resources: readonly SimulatedResource[];
    readonly outputs: Record<string, unknown>;
}

/** Runs `program` to its end. Rejects with the program's own error, and with any that one of its outputs met on the way. */
export async function simulate(program: () => unknown, options: SimulateOptions): Promise<Simulation> {
    const aws = new SimulatedAws(options.config["aws:region"] ?? "us-east-1", options.running);
    const recording: Recording = { resources: [], outputs: {} };
    await pulumi.runtime.setMocks(
        {
            call: ({ token, inputs }) => aws.call(token, inputs),
            newResource: ({ type, name, inputs }) => {
                const open = laidOpen(inputs);
                const { id, outputs } = aws.create(type, name, open);
                const { real } = options;
                if (!real) return { id, state: outputs };
                return real({ type, name, inputs: open, outputs }).then((state) => ({ id, state }));
            },
        },
        options.project,
        options.stack,
    );
    // An output is awaited by its resource, not by the program: what fails there surfaces as an unhandled rejection. What
    // depends on it then waits for ever, so the first failure is the end of a run.
    let fail: (error: unknown) => void = () => {};
    const failure = new Promise<never>((_, reject) => {
        fail = reject;
    });
    record(aws, recording, fail);
    pulumi.runtime.setAllConfig(options.config, options.secretKeys);

    const restore = quieten();
    process.on("unhandledRejection", fail);
    try {
        await Promise.race([toItsEnd(program), failure]);
        return recording;
    } finally {
        // Of a run that failed, the rest of what it started fails now: that must not fall to the next one.
        await idle(recording.resources);
        debuggable.leakedPromises();
        process.off("unhandledRejection", fail);
        restore();
    }
}

async function toItsEnd(program: () => unknown): Promise<void> {
    await pulumi.runtime.runInPulumiStack(async () => program());
    await pulumi.runtime.disconnect();
    await turn();
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** When nothing has been made for some turns of the event loop: a simulation waits for nothing outside itself. */
async function idle(resources: readonly unknown[]): Promise<void> {
    for (let [quiet, count] = [0, resources.length]; quiet < 5; quiet++) {
        await turn();
        if (resources.length > count) [quiet, count] = [0, resources.length];
    }
}

/**
 * Turns off what nobody wants while a program runs; returns what turns them on again.
 *
 * Messages of `pulumi.log.info`, which go to stdout where there is no engine: they tell of a deployment, and there is none.
 * What the runtime keeps of each promise and each resource (see `lean-runtime.ts`). Errors keep their stacks, and have them mapped to
 * TypeScript when they are read, which is after the run.
 */
function quieten(): () => void {
    const { log } = console;
    const { prepareStackTrace } = Error;
    const makeWhole = slimDown();
    console.log = () => {};
    (Error as { prepareStackTrace?: unknown }).prepareStackTrace = undefined;
    return () => {
        console.log = log;
        Error.prepareStackTrace = prepareStackTrace;
        makeWhole();
    };
}
