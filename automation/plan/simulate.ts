/** Runs a program in Pulumi's runtime against the simulated AWS, and records its resources. */
import * as pulumi from "@pulumi/pulumi";
import * as debuggableModule from "@pulumi/pulumi/runtime/debuggable";
import { patchRuntime } from "./lean-runtime";
import { type Recording, record } from "./record";
import { withSecretsRevealed } from "./redact";
import { SimulatedAws, type SimulatedResource } from "./simulated-aws";

/** Internal to the SDK, and so not in its types. */
const debuggable = debuggableModule as unknown as {
    /** Returns and clears the promises that did not settle. Pulumi would report them when the process exits. */
    leakedPromises(): unknown;
};

export interface SimulateOptions {
    project: string;
    stack: string;
    /** As Pulumi passes it to a program: every value as text, objects and lists as JSON. */
    config: Record<string, string>;
    /** The keys of `config` whose values are encrypted. */
    secretKeys?: string[];
    /** The Keycloak version that SSM says is running. @default none */
    running?: string;
    /** Replaces simulated outputs by real ones. @default none */
    real?: RealOutputs;
}

/** A resource that is being registered: its inputs with secrets decrypted, and its simulated outputs. */
export interface RequestedResource {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** Returns the outputs that a resource gets. */
export type RealOutputs = (made: RequestedResource) => Promise<Readonly<Record<string, unknown>>>;

export interface Simulation {
    readonly resources: readonly SimulatedResource[];
    readonly outputs: Record<string, unknown>;
}

/** Runs `program` to its end. Rejects with the program's error, or with the first of one of its outputs. */
export async function simulate(program: () => unknown, options: SimulateOptions): Promise<Simulation> {
    const aws = new SimulatedAws(options.config["aws:region"] ?? "us-east-1", options.running);
    const recording: Recording = { resources: [], outputs: {} };
    await pulumi.runtime.setMocks(
        {
            call: ({ token, inputs }) => aws.call(token, inputs),
            newResource: ({ type, name, inputs }) => {
                const open = withSecretsRevealed(inputs);
                const { id, outputs } = aws.create(type, name, open);
                const { real } = options;
                if (!real) return { id, state: outputs };
                return real({ type, name, inputs: open, outputs }).then((state) => ({ id, state }));
            },
        },
        options.project,
        options.stack,
    );
    // A failed output is an unhandled rejection, since the program does not await its outputs. Resources that depend on it would wait for
    // ever, so the first failure ends the run.
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
        // After a failure, waits for the rest of the run, so that its errors do not appear during the next run.
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

/** Resolves when no resource has been registered for five turns of the event loop. That is enough, since a simulation waits for no I/O. */
async function idle(resources: readonly unknown[]): Promise<void> {
    for (let [quiet, count] = [0, resources.length]; quiet < 5; quiet++) {
        await turn();
        if (resources.length > count) [quiet, count] = [0, resources.length];
    }
}

/**
 * Turns off what a plan does not need while the program runs; returns the function that restores it. Turned off are the messages of
 * `pulumi.log.info`, which go to stdout without an engine; the parts of `lean-runtime.ts`; and the source maps of stack traces.
 */
function quieten(): () => void {
    const { log } = console;
    const { prepareStackTrace } = Error;
    const restoreRuntime = patchRuntime();
    console.log = () => {};
    (Error as { prepareStackTrace?: unknown }).prepareStackTrace = undefined;
    return () => {
        console.log = log;
        Error.prepareStackTrace = prepareStackTrace;
        restoreRuntime();
    };
}
