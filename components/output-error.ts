import * as pulumi from "@pulumi/pulumi";
import { hasEngine } from "./engine";
import { UserError } from "./user-error";

/**
 * What an output ends in where something is found to be wrong only once its value is known. The `up` fails, and the rest of it goes on:
 * of two services of which one was rolled back, the other is followed to its end.
 *
 * For outputs that no resource waits for which another one waits for: such a resource would never be registered, and the other
 * would wait for it for ever, and with it an inline program. There it is `refuse`.
 */
export class OutputError extends UserError {}

/**
 * Says in an `apply` that a value is wrong, which then goes on with it: the preview fails, and a `pulumi up` with it, before anything
 * is changed. An `up` without a preview fails only at its end.
 */
export function refuse(message: string, resource: pulumi.Resource) {
    if (!hasEngine()) throw new OutputError(message);
    void pulumi.log.error(message, resource);
}
