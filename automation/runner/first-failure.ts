/**
 * An inline program that ends when one of its outputs fails.
 *
 * Under an engine a resource whose input is an error is never registered, and what depends on it waits for it. Pulumi's own
 * runner ends when nothing is left to do; an inline program waits until each of its resources is registered, and so for ever.
 */
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as errorsModule from "@pulumi/pulumi/errors";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as stateModule from "@pulumi/pulumi/runtime/state";
import { OutputError } from "../../components/output-error";

/** Internal to the SDK, and so not in its types. */
const { getStore } = stateModule as unknown as { getStore(): { settings: object } };
const { isGrpcError } = errorsModule as unknown as { isGrpcError(error: unknown): boolean };
const { waitForRPCs } = settings as unknown as { waitForRPCs(): Promise<void> };
const known = (value: unknown) => (pulumi.output(value) as unknown as { promise(): Promise<unknown> }).promise();

/** Milliseconds for the engine to report the failure, and others with the same cause. */
const GRACE_MILLISECONDS = 1000;

/**
 * Runs the program until all that it has made is registered, or until the first of its outputs fails. Those that end in an
 * `OutputError` fail the program at its end; the engine reports a resource that failed in AWS.
 */
export const untilFirstFailure =
    (program: PulumiFn): PulumiFn =>
    async () => {
        const store = getStore();
        let failed = false;
        let fail: (error: unknown) => void = () => undefined;
        const failure = new Promise<never>((_, reject) => (fail = reject));
        const listen = (error: unknown) => {
            if (failed || error instanceof OutputError || isGrpcError(error ?? {})) return;
            failed = true;
            setTimeout(() => {
                waitForNothing(store.settings);
                fail(error);
            }, GRACE_MILLISECONDS);
        };
        process.on("unhandledRejection", listen);
        try {
            return await Promise.race([toItsEnd(program), failure]);
        } finally {
            // After a failure the rest may fail later, and would end the process.
            if (!failed) process.off("unhandledRejection", listen);
        }
    };

async function toItsEnd(program: PulumiFn): ReturnType<PulumiFn> {
    const outputs = await program();
    await known(outputs);
    await waitForRPCs();
    return outputs;
}

/** The runtime waits for the requests that are under way before it tells the engine that the program has ended. */
function waitForNothing(runtime: object) {
    const done = Promise.resolve();
    Object.defineProperty(runtime, "rpcDone", { get: () => done, set: () => undefined });
}
