/**
 * Pulumi's runtime without what a plan has no use for, and most of whose time would go into it. What it makes is the same.
 * All of it is internal to the SDK, and so not in its types.
 */
import * as pulumi from "@pulumi/pulumi";
import * as debuggableModule from "@pulumi/pulumi/runtime/debuggable";
import * as rpcModule from "@pulumi/pulumi/runtime/rpc";

type Settle = (...outcome: unknown[]) => void;
type Transfer = (onto: object, label: string, props: Record<string, unknown>) => Record<string, Settle>;

const debuggable = debuggableModule as unknown as {
    debuggablePromise<T>(promise: Promise<T>, context?: unknown): Promise<T>;
};
const rpc = rpcModule as unknown as { transferProperties: Transfer };
const Resource = pulumi.Resource as unknown as { stackTrace(skip: number): unknown[] };

/** Slims the runtime down; returns what makes it whole again. */
export function slimDown(): () => void {
    const { debuggablePromise } = debuggable;
    const { transferProperties } = rpc;
    const { stackTrace } = Resource;
    // A stack trace for each promise and each resource: of those that never end, and of where in the program a resource is from.
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
 * A resource has an output for each of its type's properties, of a dozen promises each, and a program reads two or three of them: the
 * others are not made. What was heard of one before it is read is told it then.
 */
function whenRead(transfer: Transfer): Transfer {
    return (onto, label, props) =>
        Object.fromEntries(
            Object.keys(props)
                .filter((key) => key !== "id" && key !== "urn") // Pulumi makes these two itself
                .map((key) => {
                    let [heard, settle]: [unknown[] | undefined, Settle | undefined] = [undefined, undefined];
                    Object.defineProperty(onto, key, {
                        configurable: true,
                        get() {
                            delete (onto as Record<string, unknown>)[key];
                            settle = transfer(onto, label, { [key]: props[key] })[key]!;
                            if (heard) settle(...heard);
                            return (onto as Record<string, unknown>)[key];
                        },
                    });
                    const tell: Settle = (...outcome) => {
                        heard = outcome;
                        settle?.(...outcome);
                    };
                    return [key, tell] as const;
                }),
        );
}
