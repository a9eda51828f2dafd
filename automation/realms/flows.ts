/**
 * Log-in flows: a tree of steps, each an authenticator or a flow of its own. One with other steps is made beside the old one and takes its place
 * once it is whole: nobody logs in by half a flow. Those that Keycloak brings take other requirements, and no other steps.
 */
import { isAs } from "./compare";
import { addressOf, idOf, type Json, list, type Objects, objectsOf, type RealmObject } from "./objects";
import { Refused, type Server } from "./server";

const FLOWS = "/authentication/flows";
const flowAt = (alias: string) => `${FLOWS}/${encodeURIComponent(alias)}`;
/** Of a flow that takes the place of another one; the way there is short. */
const NEXT = " next";

const CONFIG = "authenticator config";

/** The settings of a realm that name a flow. */
const OF_REALM = [
    "browserFlow",
    "registrationFlow",
    "directGrantFlow",
    "resetCredentialsFlow",
    "clientAuthenticationFlow",
    "dockerAuthenticationFlow",
    "firstBrokerLoginFlow",
];
const OF_PROVIDER = ["firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias"];

/** A flow and all flows in it. */
interface Tree {
    readonly flow: RealmObject;
    readonly steps: readonly { readonly step: Json; readonly inner?: Tree }[];
}

/** The flows that are in no other, in a realm's file. */
export const topFlows = (objects: Objects) =>
    [...objects.values()].filter(({ kind, own }) => kind === "flow" && own.topLevel === true);

/** Makes or changes a flow with all flows in it; returns what it did, or undefined. */
export async function applyFlow(
    flow: RealmObject,
    file: Objects,
    there: Objects,
    server: Server,
): Promise<string | undefined> {
    const tree = treeOf(flow, file);
    const found = there.get(addressOf(flow));
    const flows = flowsOf(tree);
    if (found && flows.every((each) => isAs(each.own, there.get(addressOf(each))?.own))) return undefined;
    if (!found) {
        await build(tree, "", file, there, server);
        return "made";
    }
    const old = treeOf(found, there);
    if (sameSteps(tree, old)) {
        await setSteps(tree, flow.name, server);
        for (const each of flows) await describe(each, there.get(addressOf(each))!, server);
        return "changed";
    }
    if (found.own.builtIn === true)
        throw new Refused(
            400,
            "Keycloak brings it, and it takes no other steps: give the flow of the file another alias",
        );
    await replace(tree, found, file, there, server);
    return "changed its steps";
}

function treeOf(flow: RealmObject, objects: Objects, within: readonly string[] = []): Tree {
    if (within.includes(flow.name)) throw new Refused(400, `the flow ${flow.name} is in itself`);
    const steps = list(flow.own.authenticationExecutions).map((step) => {
        if (!isFlow(step)) return { step };
        const inner = objects.get(`flow ${String(step.flowAlias)}`);
        if (!inner)
            throw new Refused(400, `a step is the flow ${String(step.flowAlias)}, which authenticationFlows has not`);
        return { step, inner: treeOf(inner, objects, [...within, flow.name]) };
    });
    return { flow, steps };
}

/** Keycloak writes both, and the one with the slip is the older. */
const isFlow = ({ authenticatorFlow, autheticatorFlow }: Json) => (authenticatorFlow ?? autheticatorFlow) === true;

const flowsOf = ({ flow, steps }: Tree): RealmObject[] => [
    flow,
    ...steps.flatMap(({ inner }) => (inner ? flowsOf(inner) : [])),
];

/** Whether two flows differ in requirements and descriptions at most. */
const sameSteps = (a: Tree, b: Tree): boolean =>
    a.flow.own.providerId === b.flow.own.providerId &&
    a.steps.length === b.steps.length &&
    a.steps.every(({ step, inner }, i) => {
        const other = b.steps[i]!;
        const { requirement: _, priority: __, ...rest } = step;
        return isAs(rest, other.step) && !inner === !other.inner && (!inner || sameSteps(inner, other.inner!));
    });

/** What a flow consists of, by the ids that it has got. */
interface Built {
    readonly flows: Map<string, RealmObject>;
    readonly configs: Map<string, RealmObject>;
}

/** `suffix` comes after the alias of each flow and of each configuration of a step. */
async function build(tree: Tree, suffix: string, file: Objects, there: Objects, server: Server): Promise<Built> {
    const built: Built = { flows: new Map(), configs: new Map() };
    const known = new Set([...there.values()].filter(({ kind }) => kind === CONFIG).map(({ name }) => name));
    const make = async ({ flow, steps }: Tree): Promise<string> => {
        const { description, providerId, topLevel } = flow.own;
        const settings = { alias: flow.name + suffix, description, providerId, topLevel, builtIn: false };
        const id = await server.create(FLOWS, settings);
        built.flows.set(id, flow);
        for (const { step, inner } of steps) {
            const { authenticator, authenticatorConfig, requirement } = step;
            const config = file.get(`${CONFIG} ${String(authenticatorConfig)}`);
            const alias = config && config.name + suffix;
            const isThere = alias !== undefined && known.has(alias);
            const executionId = await server.create("/authentication/executions", {
                ...{ parentFlow: id, authenticator, requirement, authenticatorFlow: inner !== undefined },
                flowId: inner && (await make(inner)),
                authenticatorConfig: isThere ? alias : undefined,
            });
            if (alias === undefined || isThere) continue;
            known.add(alias);
            const path = `/authentication/executions/${executionId}/config`;
            built.configs.set(await server.create(path, { alias, config: config!.own.config }), config!);
        }
        return id;
    };
    await make(tree);
    await setSteps(tree, tree.flow.name + suffix, server);
    return built;
}

/** Requirements and order of all steps of a flow that has these steps already. */
async function setSteps(tree: Tree, alias: string, server: Server): Promise<void> {
    const rows = (await server.send("GET", `${flowAt(alias)}/executions`)) as Json[];
    const steps = stepsOf(tree);
    for (const [i, row] of rows.entries()) {
        const { requirement, priority = row.priority } = steps[i]!;
        if (requirement === row.requirement && priority === row.priority) continue;
        await server.send("PUT", `${flowAt(alias)}/executions`, { ...row, requirement, priority });
    }
}

/** As Keycloak lists them: what is in a flow comes after it. */
const stepsOf = ({ steps }: Tree): Json[] =>
    steps.flatMap(({ step, inner }) => [step, ...(inner ? stepsOf(inner) : [])]);

async function describe({ own }: RealmObject, found: RealmObject, server: Server): Promise<void> {
    const { description } = own;
    if (description === undefined || isAs({ description }, found.own)) return;
    await server.send("PUT", `${FLOWS}/${idOf(found)}`, { ...found.own, description });
}

async function replace(tree: Tree, found: RealmObject, file: Objects, there: Objects, server: Server): Promise<void> {
    refuseShared(found, there);
    const left = there.get(`flow ${found.name}${NEXT}`); // by an `apply` that was interrupted
    if (left) {
        await server.send("DELETE", `${FLOWS}/${idOf(left)}`);
        return replace(tree, found, file, objectsOf((await server.export())!), server);
    }
    const { flows, configs } = await build(tree, NEXT, file, there, server);
    const [id] = flows.keys();
    await bind(found, { alias: found.name + NEXT, id: id! }, there, server);
    await server.send("DELETE", `${FLOWS}/${idOf(found)}`); // with all that is in it
    for (const [madeId, { own }] of flows) {
        const { id: _, authenticationExecutions: __, ...settings } = own;
        await server.send("PUT", `${FLOWS}/${madeId}`, { ...settings, builtIn: false });
    }
    for (const [madeId, { own }] of configs)
        await server.send("PUT", `/authentication/config/${madeId}`, { alias: own.alias, config: own.config });
}

/** Keycloak deletes the configurations of a flow's steps with it, also where another flow has one of them. */
function refuseShared(found: RealmObject, there: Objects): void {
    const configsOf = (flow: RealmObject) =>
        flowsOf(treeOf(flow, there)).flatMap(({ own }) =>
            list(own.authenticationExecutions).flatMap(({ authenticatorConfig }) => authenticatorConfig ?? []),
        );
    const own = configsOf(found);
    for (const other of topFlows(there).filter(({ name }) => name !== found.name && name !== found.name + NEXT)) {
        const shared = configsOf(other).find((config) => own.includes(config));
        if (shared === undefined) continue;
        const what = `the flow ${other.name} has its configuration ${String(shared)}, too, which would be gone from there`;
        throw new Refused(409, `${what}: give one of them another`);
    }
}

/** Whatever logs in by a flow does so by another one. */
async function bind(old: RealmObject, next: { alias: string; id: string }, there: Objects, server: Server) {
    const named = (own: Json, keys: readonly string[], value: string) =>
        Object.fromEntries(keys.filter((key) => own[key] === old.name).map((key) => [key, value]));
    for (const { kind, own, name } of there.values()) {
        if (kind === "realm") {
            const changed = named(own, OF_REALM, next.alias);
            if (Object.keys(changed).length > 0) await server.send("PUT", "", changed);
        } else if (kind === "identity provider") {
            const changed = named(own, OF_PROVIDER, next.alias);
            const path = `/identity-provider/instances/${encodeURIComponent(name)}`;
            if (Object.keys(changed).length > 0) await server.send("PUT", path, { ...own, ...changed });
        } else if (kind === "client") {
            const overrides = (own.authenticationFlowBindingOverrides ?? {}) as Json;
            const changed = named(overrides, Object.keys(overrides), next.id);
            if (Object.keys(changed).length === 0) continue;
            const { secret: _, ...rest } = own; // an export has stars there
            // What is not sent stays: the others are known by their aliases here, and the API wants ids.
            const body = { ...rest, authenticationFlowBindingOverrides: changed };
            await server.send("PUT", `/clients/${String(own.id)}`, body);
        }
    }
}
