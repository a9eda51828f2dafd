/**
 * Makes an inline program end when one of its outputs fails.
 *
 * Under an engine, a resource whose input failed is never registered, and resources that depend on it wait for it. Pulumi's own runner ends
 * when the event loop is empty; an inline program waits until each resource is registered, and so for ever.
 */
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as errorsModule from "@pulumi/pulumi/errors";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as stateModule from "@pulumi/pulumi/runtime/state";
import { OutputError } from "../../components/output-error";

/** Internal to the SDK and not in its types. */
const { getStore } = stateModule as unknown as { getStore(): { settings: object } };
const { isGrpcError } = errorsModule as unknown as { isGrpcError(error: unknown): boolean };
const { waitForRPCs } = settings as unknown as { waitForRPCs(): Promise<void> };
const known = (value: unknown) => (pulumi.output(value) as unknown as { promise(): Promise<unknown> }).promise();

/** Time for the engine to report this failure and others with the same cause. */
const GRACE_MILLISECONDS = 1000;

/**
 * Runs the program until all its resources are registered, or until the first output fails. An `OutputError` does not end it early: it fails
 * the program at its end. Nor does a resource that failed in AWS, which the engine reports.
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
            // After a failure the listener stays, since later failures would end the process.
            if (!failed) process.off("unhandledRejection", listen);
        }
    };

async function toItsEnd(program: PulumiFn): ReturnType<PulumiFn> {
    const outputs = await program();
    await known(outputs);
    await waitForRPCs();
    return outputs;
}

/** Makes the runtime signal the program's end to the engine without waiting for pending requests. */
function waitForNothing(runtime: object) {
    const done = Promise.resolve();
    Object.defineProperty(runtime, "rpcDone", { get: () => done, set: () => undefined });
}
