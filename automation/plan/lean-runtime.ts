/**
 * Turns off parts of Pulumi's runtime that a plan does not need: that saves more than half of the time and a third of the memory for twenty
 * heritages. The resources are the same. These parts are internal to the SDK and not in its types; `plan-simulate.test.ts` fails if the SDK
 * changes them.
 */
import * as pulumi from "@pulumi/pulumi";
import * as debuggableModule from "@pulumi/pulumi/runtime/debuggable";
import * as rpcModule from "@pulumi/pulumi/runtime/rpc";

type Resolve = (...outcome: unknown[]) => void;
type TransferProperties = (onto: object, label: string, props: Record<string, unknown>) => Record<string, Resolve>;

const debuggable = debuggableModule as unknown as {
    debuggablePromise<T>(promise: Promise<T>, context?: unknown): Promise<T>;
};
const rpc = rpcModule as unknown as { transferProperties: TransferProperties };
const Resource = pulumi.Resource as unknown as { stackTrace(skip: number): unknown[] };

/** Patches the runtime; returns the function that restores it. */
export function patchRuntime(): () => void {
    const { debuggablePromise } = debuggable;
    const { transferProperties } = rpc;
    const { stackTrace } = Resource;
    // Both take a stack trace for each promise and each resource, for messages that a plan does not print.
    debuggable.debuggablePromise = (promise) => promise;
    Resource.stackTrace = () => [];
    rpc.transferProperties = whenRead(transferProperties);
    return () => {
        debuggable.debuggablePromise = debuggablePromise;
        Resource.stackTrace = stackTrace;
        rpc.transferProperties = transferProperties;
    };
}

/**
 * Creates an output when the program reads it. Pulumi creates one for each property of a resource's type, with a dozen promises each, and a
 * program reads two or three. A value that arrives before the first read is kept until then.
 */
function whenRead(transfer: TransferProperties): TransferProperties {
    return (onto, label, props) =>
        Object.fromEntries(
            Object.keys(props)
                .filter((key) => key !== "id" && key !== "urn") // Pulumi makes these two itself
                .map((key) => {
                    let [outcome, resolve]: [unknown[] | undefined, Resolve | undefined] = [undefined, undefined];
                    Object.defineProperty(onto, key, {
                        configurable: true,
                        get() {
                            delete (onto as Record<string, unknown>)[key];
                            resolve = transfer(onto, label, { [key]: props[key] })[key]!;
                            if (outcome) resolve(...outcome);
                            return (onto as Record<string, unknown>)[key];
                        },
                    });
                    const settle: Resolve = (...values) => {
                        outcome = values;
                        resolve?.(...values);
                    };
                    return [key, settle] as const;
                }),
        );
}
