import * as pulumi from "@pulumi/pulumi";

/**
 * An error that is meant for a person: what is wrong, and how to put it right. Every error that this project throws on purpose is one.
 *
 * It is a `RunError`, of which Pulumi shows the message alone. It has no stack: Pulumi's CLI inspects each error with colours, and Node
 * 20 and 22 need 18 s of CPU and 3.3 GB for the source-mapped frames of one (docs/development.md). Its message stays what it is:
 * Pulumi would put `error serializing property "…":` in front of it, for each property and resource on its way.
 */
export class UserError extends pulumi.RunError {
    constructor(message: string) {
        super(message);
        delete this.stack;
        Object.defineProperty(this, "message", { get: () => message, set: () => undefined });
    }
}
