/** Makes a realm what its file says, by the admin API. Nothing is deleted but names out of lists that the file has. */
import { isMap } from "../plan/leaves";
import { changedSettings } from "./compare";
import { addMembers } from "./members";
import { applyFlow, topFlows } from "./flows";
import {
    addressOf,
    idOf,
    type Json,
    KINDS,
    type Kind,
    type Objects,
    objectsOf,
    type RealmObject,
    wayOf,
} from "./objects";
import { Refused, type Server } from "./server";

/** What was done, and what Keycloak refused, each for a line. */
export interface Applied {
    readonly done: readonly string[];
    readonly refused: readonly string[];
}

/** `before`: what the realm is, with the secrets of the clients for which the file has one. */
export async function apply(file: Json, before: Json, server: Server): Promise<Applied> {
    const wanted = objectsOf(file);
    const done: string[] = [];
    const refused: string[] = [];
    const each = async (object: RealmObject, work: () => Promise<string | undefined>) => {
        try {
            const word = await work();
            if (word) done.push(`${addressOf(object) || "the realm"}: ${word}`);
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            refused.push(`${addressOf(object) || "the realm"}: ${error.message}`);
        }
    };
    // Made anew in this order, what an object is in has its id by then.
    const known = objectsOf(before);
    let existing: Objects = known;
    // The realm, clients and identity providers name them.
    for (const flow of topFlows(wanted)) {
        const tried = done.length + refused.length;
        await each(flow, () => applyFlow(flow, wanted, existing, server));
        if (done.length + refused.length > tried) existing = await now(server); // what is refused may be half done
    }
    for (const kind of Object.keys(KINDS) as Kind[]) {
        const missing = [...wanted.values()].filter(
            (object) => object.kind === kind && !existing.has(addressOf(object)),
        );
        const nested = kind === "group" || kind === "component"; // one may be in the one before
        for (const object of missing) {
            await each(object, () => make(object, existing, server));
            if (nested) existing = await now(server);
        }
        if (missing.length > 0 && !nested) existing = await now(server);
    }
    for (const object of wanted.values()) {
        // Of clients what was there before: an export made since has stars in the place of their secrets.
        const found = (object.kind === "client" && known.get(addressOf(object))) || existing.get(addressOf(object));
        if (found) await each(object, () => change(object, found, existing, server));
    }
    existing = await now(server);
    for (const object of wanted.values()) {
        const found = existing.get(addressOf(object));
        if (found) await each(object, () => addMembers(object, found, existing, server));
    }
    return { done, refused };
}

const now = async (server: Server): Promise<Objects> => objectsOf((await server.export())!);

async function make(object: RealmObject, there: Objects, server: Server): Promise<string | undefined> {
    const { make: place } = wayOf(object.kind);
    if (!place) return undefined;
    const parent = object.parent && there.get(addressOf(object.parent));
    if (object.parent && !parent) return undefined; // could not be made
    const { id: _, ...body } = withFlowIds(withoutMembers(object, object.own), there);
    const { providerId, name } = body;
    const whole =
        object.kind === "required action" ? { providerId, name } : { ...body, ...ofComponent(object, parent, there) };
    await server.send("POST", place(object, idOf(parent)), whole);
    return "made";
}

/** What the API wants to know of a component, and no export has. */
const ofComponent = ({ type }: RealmObject, parent: RealmObject | undefined, there: Objects): Json =>
    type === undefined ? {} : { providerType: type, parentId: (parent ?? there.get(""))!.own.id };

async function change(
    object: RealmObject,
    found: RealmObject,
    there: Objects,
    server: Server,
): Promise<string | undefined> {
    const { change: place, members = [] } = wayOf(object.kind);
    const changed = changedSettings(object, found).filter((key) => !members.includes(key));
    if (!place || changed.length === 0) return undefined;
    const { own } = found;
    // Of a realm Keycloak takes what is sent, and leaves the rest. Anything else it takes as a whole.
    const base = object.kind === "realm" ? Object.fromEntries(changed.map((key) => [key, own[key]])) : own;
    const wanted =
        object.kind === "realm" ? Object.fromEntries(changed.map((key) => [key, object.own[key]])) : object.own;
    const body = withoutMembers(object, merged(base, wanted) as Json);
    const parent = object.parent && there.get(addressOf(object.parent));
    // An export has stars in the place of a client's secret; elsewhere Keycloak knows them for what they are.
    const { secret, ...others } = withFlowIds(body, there);
    await server.send("PUT", place(found, idOf(found), idOf(parent)), {
        ...others,
        ...(object.own.secret === undefined ? {} : { secret }),
        ...ofComponent(object, parent, there),
        ...(own.id ? { id: own.id } : {}),
    });
    return `changed ${changed.join(", ")}`;
}

const withoutMembers = ({ kind }: RealmObject, body: Json): Json =>
    Object.fromEntries(Object.entries(body).filter(([key]) => !wayOf(kind).members?.includes(key)));

/** The API knows the flows of a client by their ids. */
function withFlowIds(body: Json, there: Objects): Json {
    const { authenticationFlowBindingOverrides: overrides } = body;
    if (!isMap(overrides)) return body;
    const ids = Object.entries(overrides).map(([key, alias]) => [
        key,
        idOf(there.get(`flow ${String(alias)}`)) || alias,
    ]);
    return { ...body, authenticationFlowBindingOverrides: Object.fromEntries(ids) };
}

/** Mappings key by key, anything else as a whole. */
function merged(base: unknown, over: unknown): unknown {
    if (over === undefined) return base;
    if (!isMap(base) || !isMap(over)) return over;
    const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])];
    return Object.fromEntries(keys.map((key) => [key, merged(base[key], over[key])]));
}
