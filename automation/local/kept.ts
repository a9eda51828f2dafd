/** What is generated once for a stack on this machine, and kept until its volumes go: passwords, keys, certificates. */
import { filePath, readJson, writeJson } from "./state";

export interface Secrets {
    /** What the program had generated, by resource. */
    readonly generated: Record<string, string>;
    /** The value of each parameter, by its name: what SSM would hold. */
    parameters: Record<string, string>;
}

/** A value by the resource that it is of; made where there is none yet. */
export class Kept {
    constructor(readonly secrets: Secrets = { generated: {}, parameters: {} }) {}

    static read(root: string, stack: string): Kept {
        return new Kept(readJson<Secrets>(filePath(root, stack, "secrets")));
    }

    write(root: string, stack: string): void {
        writeJson(filePath(root, stack, "secrets"), this.secrets, { secret: true });
    }

    async once(name: string, make: () => string | Promise<string>): Promise<string> {
        return (this.secrets.generated[name] ??= await make());
    }
}
