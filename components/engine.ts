import type * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/** Whether AWS is behind the program, and not a mock of it. (`pulumi.runtime.hasEngine` says no to an inline program.) */
export function hasEngine(): boolean {
    const monitor = getMonitor() as unknown as { registerResourceHook?: unknown } | undefined;
    return typeof monitor?.registerResourceHook === "function";
}

/** A value that is known by the time that a hook runs: of what the hook's resource depends on. Fails where the output does. */
export const valueOf = <T>(output: pulumi.Output<T>) =>
    (output as unknown as { /** Internal to the SDK. */ promise(): Promise<pulumi.Unwrap<T>> }).promise();
