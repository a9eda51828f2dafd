/** An update that died half way: what was under way in it, and how the state learns what became of that. */
import type { Stack } from "@pulumi/pulumi/automation";
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { type Lookup, Search } from "./search";
import { STOPPED } from "../shared/exit-codes";
import { hanging } from "./diff";
import { failed, operate } from "./operation";
import { type Read, readElsewhere } from "./scratch";
import { type Opened, type State, type StateResource, stateOf } from "./stack";
import { label } from "./urn";

/** What a person decided of creations of which AWS does not say how they ended. */
export interface Decisions {
    /** The id by URN: it was made. */
    readonly adopt: ReadonlyMap<string, string>;
    /** URNs: it was not made, or is gone. */
    readonly forget: readonly string[];
}

export const NOTHING_DECIDED: Decisions = { adopt: new Map(), forget: [] };

const WAS: Partial<Record<string, string>> = {
    creating: "was being created",
    updating: "was being updated",
    deleting: "was being deleted",
    reading: "was being read",
    importing: "was being imported",
};

/** What somebody is told who did not see the other one die. */
export function explainPending({ pending }: State): string[] {
    const what = pending.length === 1 ? "one resource was" : `${pending.length} resources were`;
    return [
        `An update of this stack died half way; ${what} under way in it:`,
        ...pending.map(({ type, resource }) => `  ${label(resource.urn)} ${WAS[type] ?? `(${type})`}`),
    ];
}

const WHAT_NOW =
    "AWS is asked what became of each: what exists is taken into the state, what does not is left to be made. " +
    "Nothing is changed in AWS by that.";

/**
 * Settles what was under way. What was being changed or deleted is read again. A resource that was being created is looked for in
 * AWS, by its name or by the stack's tags: where it is, it goes into the state as it is; where it is not, the next `up` makes it. One of
 * which nobody can tell is left to a person, and nothing is made twice.
 */
export async function settle(
    opened: Opened,
    around: CommandContext,
    lookup: Lookup,
    decided: Decisions = NOTHING_DECIDED,
): Promise<void> {
    const { stack } = opened;
    const state = await stateOf(stack);
    if (state.pending.length === 0) return;
    around.err(`${[...explainPending(state), ...hanging(WHAT_NOW, "  ", "  ")].join("\n")}\n`);
    await readAgain(stack, state, around);
    const creations = state.pending.filter(({ type }) => type === "creating" || type === "importing");
    const wanted = [...new Map(creations.map(({ resource }) => [resource.urn, resource])).values()];
    if (wanted.length === 0) return;
    const read = (all: readonly StateResource[]) => readElsewhere(opened, state, all);
    const settled = await look(wanted, new Search(state, lookup), read, decided);
    const unsure = settled.filter(({ why }) => why !== undefined);
    if (unsure.length > 0) throw new Exit(STOPPED, describeUnsure(unsure, stack.name));
    await write(stack, settled);
    for (const { urn, found } of settled) {
        const what = found ? `exists (${found.id}), and is in the state now` : "does not exist, and is to be made";
        around.err(`${hanging(`${label(urn)} ${what}`, "  ", "    ").join("\n")}\n`);
    }
}

/** A refresh of these alone: it ends what is pending of them in the state, too. */
async function readAgain(stack: Stack, { pending, resources }: State, around: CommandContext) {
    const there = new Set(resources.map(({ urn }) => urn));
    const target = pending
        .filter(({ type, resource }) => type !== "creating" && type !== "importing" && there.has(resource.urn))
        .map(({ resource }) => resource.urn);
    if (target.length === 0) return;
    const outcome = await operate((listening) => stack.refresh({ ...listening, target }), around, { shown: false });
    const error = failed("reading them again", outcome, around, "  the state is as it was; the next run tries again");
    if (error) throw error;
}

export interface Settled {
    readonly urn: string;
    /** As it is in AWS; undefined where it is not there. */
    readonly found?: StateResource;
    /** Why nobody can tell, and the ids of which it may be one. */
    readonly why?: string;
    readonly ids?: readonly string[];
}

/** What became of each. Each resource of AWS is one of them at most: what is taken by name comes first, then what looks alike. */
export async function look(
    wanted: readonly StateResource[],
    search: Search,
    read: (all: readonly StateResource[]) => Promise<Read[]>,
    { adopt, forget }: Decisions,
): Promise<Settled[]> {
    const settled = new Map<string, Settled>();
    const asked: StateResource[] = [];
    for (const resource of wanted) {
        const { urn } = resource;
        const decided = adopt.get(urn);
        if (forget.includes(urn)) settled.set(urn, { urn });
        else if (decided !== undefined) asked.push({ ...resource, id: decided });
        else {
            const { ids, unknown } = await search.for(resource);
            if (unknown !== undefined) settled.set(urn, { urn, why: unknown });
            else if (ids.length === 0) settled.set(urn, { urn });
            else asked.push(...ids.map((id) => ({ ...resource, id })));
        }
    }
    const answers = await read(asked);
    const claimed = new Set<string>();
    const open: { resource: StateResource; there: StateResource[] }[] = [];
    for (const resource of wanted.filter(({ urn }) => !settled.has(urn))) {
        const { urn } = resource;
        const mine = answers.filter((_, i) => asked[i]!.urn === urn);
        const error = mine.find((one) => "error" in one);
        const there = mine.flatMap((one) => ("resource" in one ? [one.resource] : []));
        const certain = adopt.has(urn) || search.byName(resource);
        const right = there.find((one) =>
            certain ? search.isOurs(one, resource) : alike(one, resource) && !claimed.has(one.id!),
        );
        if (right) {
            claimed.add(right.id!);
            settled.set(urn, { urn, found: right });
        } else if (adopt.has(urn)) settled.set(urn, { urn, why: "there is none with that id", ids: [adopt.get(urn)!] });
        else if (error) settled.set(urn, { urn, why: `AWS did not tell: ${error.error}`, ids: [] });
        else if (certain) settled.set(urn, { urn });
        else open.push({ resource, there });
    }
    for (const { resource, there } of open) {
        const ids = there.map(({ id }) => id!).filter((id) => !claimed.has(id));
        const why = ids.length > 0 ? "AWS has one with the stack's tags that looks otherwise" : undefined;
        settled.set(resource.urn, { urn: resource.urn, why, ids });
    }
    return wanted.map(({ urn }) => settled.get(urn)!);
}

/** Whether AWS has what the program asked for, as far as both say it in plain values. */
export function alike(read: StateResource, wanted: StateResource): boolean {
    return Object.entries(wanted.inputs ?? {}).every(([key, value]) => {
        const is = read.outputs?.[key];
        if (typeof value === "object" || typeof is === "object" || is === undefined || is === "") return true;
        return String(is) === String(value);
    });
}

function describeUnsure(unsure: readonly Settled[], stack: string): string {
    const lines = unsure.flatMap(({ urn, why, ids = [] }) => [
        `  ${label(urn)}: ${why}`,
        ...ids.map((id) => `      perhaps ${id}`),
        `      → where it exists:      npm run refresh -- --stack ${stack} --adopt '${urn}=${ids[0] ?? "ID"}'`,
        `        where it does not:    npm run refresh -- --stack ${stack} --forget '${urn}'`,
    ]);
    return ["stopped before anything was changed: only a person can tell what became of these", ...lines].join("\n");
}

/** In one write: the state has either all of it or nothing. */
async function write(stack: Stack, settled: readonly Settled[]) {
    const exported = await stack.exportStack();
    const deployment = exported.deployment as { resources?: StateResource[] };
    const found = new Map(settled.flatMap((one) => (one.found ? [[one.urn, one.found] as const] : [])));
    const resources = (deployment.resources ?? []).map((one) =>
        // Of a replacement, the new one is made, and the old one is still to go.
        found.has(one.urn) && !one.delete ? { ...one, delete: true } : one,
    );
    await stack.importStack({
        ...exported,
        deployment: { ...deployment, resources: [...resources, ...found.values()], pending_operations: [] },
    });
}
