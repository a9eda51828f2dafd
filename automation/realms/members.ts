/** What the admin API takes elsewhere: the roles in a role and of a group, the scopes of a client, what an API's clients may do. */
import { add } from "../plan/grouping";
import { addressOf, idOf, list, map, type Objects, type RealmObject, wayOf } from "./objects";
import { changedSettings, isAs } from "./compare";
import type { Server } from "./server";

/** What was changed; undefined: nothing. */
export async function addMembers(
    object: RealmObject,
    found: RealmObject,
    there: Objects,
    server: Server,
): Promise<string | undefined> {
    const { members = [] } = wayOf(object.kind);
    const changed = changedSettings(object, found).filter((key) => members.includes(key));
    const ofScopes = changed.filter((key): key is ScopeKey => key in SCOPES);
    // A scope that goes from one list to another has to leave the one first.
    for (const method of ["DELETE", "PUT"] as const)
        for (const key of ofScopes) await scopes(key, method, object, found, there, server);
    for (const key of changed) {
        if (key in SCOPES) continue;
        else if (MAPPINGS.includes(key)) await scopeMappings(key, object, found, there, server);
        else if (key === "authorizationSettings") await authorization(object, found, server);
        else await roles(key, object, found, there, server);
    }
    return changed.length > 0 ? `changed ${changed.join(", ")}` : undefined;
}

const SCOPES = {
    defaultClientScopes: (client: string) => `/clients/${client}/default-client-scopes`,
    optionalClientScopes: (client: string) => `/clients/${client}/optional-client-scopes`,
    defaultDefaultClientScopes: () => "/default-default-client-scopes",
    defaultOptionalClientScopes: () => "/default-optional-client-scopes",
} as const;

/** The roles that tokens may have: those of the realm, and those of clients. */
const MAPPINGS: readonly string[] = ["scopeMappings", "clientScopeMappings"];

type ScopeKey = keyof typeof SCOPES;

async function scopes(
    key: ScopeKey,
    method: "PUT" | "DELETE",
    { own }: RealmObject,
    found: RealmObject,
    there: Objects,
    server: Server,
) {
    const place = SCOPES[key](String(found.own.id));
    const [[missing], [left]] = both(texts(own[key]), texts(found.own[key]));
    for (const name of method === "PUT" ? missing : left) {
        const scope = there.get(`client scope ${name}`);
        if (scope) await server.send(method, `${place}/${idOf(scope)}`);
    }
}

/** Keycloak makes what is missing, changes policies and scopes by their names, and deletes nothing. */
async function authorization({ own }: RealmObject, found: RealmObject, server: Server) {
    const place = `/clients/${String(found.own.id)}/authz/resource-server`;
    const [wanted, before] = [map(own.authorizationSettings), map(found.own.authorizationSettings)];
    await server.send("POST", `${place}/import`, { ...before, ...wanted });
    // The import leaves a resource that is there as it is.
    for (const resource of list(wanted.resources)) {
        const existing = list(before.resources).find(({ name }) => name === resource.name);
        if (!existing || isAs(resource, existing)) continue;
        const query = `name=${encodeURIComponent(String(resource.name))}&exactName=true`;
        const [known] = list(await server.send("GET", `${place}/resource?${query}`));
        await server.send("PUT", `${place}/resource/${String(known?._id)}`, { ...known, ...resource });
    }
}

/** `composites` has realm and client; a group has `realmRoles` and `clientRoles`. */
async function roles(key: string, { own, kind }: RealmObject, found: RealmObject, there: Objects, server: Server) {
    const id = String(found.own.id);
    const namesIn = (value: unknown): string[] => {
        if (key === "realmRoles") return texts(value).map(realmRole);
        if (key === "clientRoles") return inClients(value);
        const { realm, client } = map(value);
        return [...texts(realm).map(realmRole), ...inClients(client)];
    };
    const place = (client: string) =>
        kind === "group" ? `/groups/${id}/role-mappings/${mappings(client, there)}` : `/roles-by-id/${id}/composites`;
    await sendRoles(namesIn(own[key]), namesIn(found.own[key]), place, there, server);
}

/** `place`: where roles of a client, or of the realm (""), are sent to. */
async function sendRoles(
    wanted: string[],
    found: string[],
    place: (client: string) => string,
    there: Objects,
    server: Server,
) {
    for (const [names, method] of both(wanted, found)) {
        const byClient = new Map<string, RealmObject[]>();
        for (const role of names.flatMap((name) => there.get(name) ?? [])) add(byClient, role.parent?.name ?? "", role);
        for (const [client, some] of byClient) {
            const body = some.map((role) => ({ id: role.own.id, name: role.name }));
            await server.send(method === "PUT" ? "POST" : method, place(client), body);
        }
    }
}

/** Of each client and each client scope that the file names. */
async function scopeMappings(key: string, { own }: RealmObject, found: RealmObject, there: Objects, server: Server) {
    const addresses = (value: unknown, owner: string): string[] =>
        key === "scopeMappings"
            ? texts(map(value)[owner]).map(realmRole)
            : inClients(Object.fromEntries(Object.entries(map(value)).map(([client, of]) => [client, map(of)[owner]])));
    const wanted = map(own[key]);
    const owners = key === "scopeMappings" ? [wanted] : Object.values(wanted).map(map);
    for (const owner of new Set(owners.flatMap(Object.keys))) {
        const object = there.get(owner);
        if (!object) continue;
        const place = `/${object.kind === "client" ? "clients" : "client-scopes"}/${idOf(object)}/scope-mappings`;
        const at = (client: string) => `${place}/${mappings(client, there)}`;
        await sendRoles(addresses(wanted, owner), addresses(found.own[key], owner), at, there, server);
    }
}

const mappings = (client: string, there: Objects) =>
    client === "" ? "realm" : `clients/${String(there.get(`client ${client}`)!.own.id)}`;

const realmRole = (name: string) => `role ${name}`;
const inClients = (value: unknown) =>
    Object.entries(map(value)).flatMap(([client, names]) => texts(names).map((role) => clientRole(client, role)));
const clientRole = (client: string, name: string) =>
    addressOf({ kind: "client role", name, parent: clientCalled(client), own: {} });
const clientCalled = (name: string): RealmObject => ({ kind: "client", name, own: {} });

/** What is to come, and what is to go. */
const both = (wanted: string[], found: string[]) =>
    [
        [wanted.filter((name) => !found.includes(name)), "PUT"],
        [found.filter((name) => !wanted.includes(name)), "DELETE"],
    ] as const;

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
