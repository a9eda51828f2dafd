/**
 * Takes out of Pulumi's runtime what a plan does not need: of twenty heritages more than half of its time and a third of its memory. The
 * resources are the same. All of it is internal to the SDK, and so not in its types; `plan-simulate.test.ts` fails where the SDK changes it.
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
    // Both take a stack trace, of each promise and of each resource, for messages that a plan does not print.
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
 * Makes an output when the program reads it. Pulumi makes one for each property of a resource's type, of a dozen promises each, and a
 * program reads two or three. An outcome that comes before the first read is kept until then.
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
