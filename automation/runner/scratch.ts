/** Reading resources of AWS by their ids, without the stack's own state being any the wiser. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { Collector } from "./changes";
import type { Opened, State, StateResource } from "./stack";

/** What the provider says of an id: a resource, that there is none, or an error. */
export type Read = { readonly resource: StateResource } | { readonly absent: true } | { readonly error: string };

/** What providers say where an id that is to be imported names nothing. */
const NOT_THERE = /not ?found|non-existent|does not exist|couldn't find|NoSuch|empty result/i;

/**
 * Reads resources as the provider has them: by a refresh of a state that consists of them and their provider, in a folder that goes
 * again. Without outputs, the provider takes the id as it would for an import. The answers are in the order of what was asked.
 */
export async function readElsewhere(
    { stack, file, options }: Pick<Opened, "stack" | "file" | "options">,
    state: State,
    wanted: readonly StateResource[],
): Promise<Read[]> {
    if (wanted.length === 0) return [];
    const folder = mkdtempSync(path.join(os.tmpdir(), "identity-lookup-"));
    try {
        writeFileSync(path.join(folder, "Pulumi.yaml"), `name: ${file.project}\nruntime: nodejs\n`);
        const scratch = await LocalWorkspace.createStack(
            { stackName: stack.name, projectName: file.project, program: () => Promise.resolve({}) },
            {
                ...options,
                workDir: folder,
                envVars: {
                    PULUMI_BACKEND_URL: `file://${folder}`,
                    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
                },
                secretsProvider: "passphrase",
            },
        );
        // The same resource may be asked for by several ids.
        const asked = wanted.map((resource, i) => alone(resource, `${resource.urn}-${i}`));
        const providers = new Map(wanted.flatMap((one) => providersOf(one, state)).map((one) => [one.urn, one]));
        const [{ version }, { deployment }] = [await stack.exportStack(), await scratch.exportStack()];
        const manifest = { ...deployment?.manifest, time: new Date().toISOString(), magic: "", version: "" };
        const resources = [...providers.values(), ...asked];
        await scratch.importStack({ version, deployment: { ...deployment, manifest, resources } });
        const said = new Collector();
        let failure: Error | undefined;
        await scratch
            .refresh({ color: "never", onEvent: (event) => said.add(event) })
            .catch((error: Error) => (failure = error));
        const after = new Map(
            ((await scratch.exportStack()).deployment.resources as StateResource[]).map((r) => [r.urn, r]),
        );
        return asked.map(({ urn }, i): Read => {
            const read = after.get(urn);
            if (!read) return { absent: true };
            const { id, inputs, outputs = {} } = read;
            if (Object.keys(outputs).length > 0) return { resource: { ...wanted[i]!, id, inputs, outputs } };
            const error =
                said.result.errors.find((one) => one.urn === urn)?.message ?? failure?.message ?? "it was not read";
            return NOT_THERE.test(error) ? { absent: true } : { error: error.split("\n")[0]! };
        });
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Without anything that it would need of the stack. */
const alone = (resource: StateResource, urn: string): StateResource => ({
    ...{ urn, type: resource.type, custom: true, id: resource.id, provider: resource.provider },
    ...{ inputs: resource.inputs, outputs: {} },
});

/** The provider that a resource names (`urn::id`). */
export function providersOf({ provider }: StateResource, { resources }: State): StateResource[] {
    const urn = provider?.split("::").slice(0, -1).join("::");
    return resources
        .filter((one) => one.urn === urn && !one.delete)
        .map(({ type, custom, id, inputs, outputs }) => ({ urn: urn!, type, custom, id, inputs, outputs }));
}
