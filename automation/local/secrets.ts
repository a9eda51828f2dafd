/** What is generated once for a stack on this machine, and kept until its data goes: passwords, keys, certificates. */
import { createHash } from "node:crypto";
import { filePath, readJson, writeJson } from "./state";

export interface Secrets {
    /** What the program had generated, by resource: what it was made of, and the value. */
    readonly generated: Record<string, { readonly of: string; readonly value: string }>;
    /** The value of each parameter, by its name: what SSM would hold. */
    parameters: Record<string, string>;
}

export class LocalSecrets {
    /** Whether nothing had been generated before. */
    readonly fresh: boolean;

    constructor(readonly secrets: Secrets = { generated: {}, parameters: {} }) {
        this.fresh = Object.keys(secrets.generated).length === 0;
    }

    static read(root: string, stack: string): LocalSecrets {
        return new LocalSecrets(readJson<Secrets>(filePath(root, stack, "secrets")));
    }

    write(root: string, stack: string): void {
        writeJson(filePath(root, stack, "secrets"), this.secrets, { secret: true });
    }

    /** A resource's value: made where there is none yet, where it was made of something else, or where it is no good any more. */
    async once(
        name: string,
        inputs: unknown,
        make: () => string | Promise<string>,
        good: (value: string) => boolean = () => true,
    ): Promise<string> {
        const { generated } = this.secrets;
        const digest = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
        const entry = generated[name];
        if (entry?.of === digest && good(entry.value)) return entry.value;
        const value = await make();
        generated[name] = { of: digest, value };
        return value;
    }
}
