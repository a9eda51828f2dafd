/** What a realm consists of: its own settings, and the objects in it that have a name, as files and Keycloak's exports have them. */

import { isMap } from "../plan/leaves";

export type Json = Readonly<Record<string, unknown>>;

export type Kind = keyof typeof KINDS;

/** The objects of a realm, by their addresses. */
export type Objects = ReadonlyMap<string, RealmObject>;

export interface RealmObject {
    readonly kind: Kind;
    /** What it is called in its kind; of a client's mapper, the mapper's own name. */
    readonly name: string;
    /** What it is in: the client of a mapper, the group above a group. */
    readonly parent?: RealmObject;
    /** Its settings, without the objects in it. */
    readonly own: Json;
    /** The type of a component; such as org.keycloak.storage.UserStorageProvider. */
    readonly type?: string;
}

/** Below `/admin/realms/<realm>`. */
interface ApiPath {
    /** Where a new one is sent to; undefined: the API makes none. */
    readonly make?: (object: RealmObject, parentId: string) => string;
    /** Where a changed one is sent to; undefined: the API changes none of them as a whole. */
    readonly change?: (object: RealmObject, id: string, parentId: string) => string;
    /** Settings that the API takes elsewhere (`members.ts`), most of them lists of other objects' names. */
    readonly members?: readonly string[];
}

/** In the order in which they are made: each only names what comes before it. */
export const KINDS = {
    "client scope": { make: () => "/client-scopes", change: (_, id) => `/client-scopes/${id}` },
    "scope mapper": {
        make: (_, scope) => `/client-scopes/${scope}/protocol-mappers/models`,
        change: (_, id, scope) => `/client-scopes/${scope}/protocol-mappers/models/${id}`,
    },
    role: { make: () => "/roles", change: (_, id) => `/roles-by-id/${id}`, members: ["composites"] },
    client: {
        make: () => "/clients",
        change: (_, id) => `/clients/${id}`,
        members: ["defaultClientScopes", "optionalClientScopes", "authorizationSettings"],
    },
    "client mapper": {
        make: (_, client) => `/clients/${client}/protocol-mappers/models`,
        change: (_, id, client) => `/clients/${client}/protocol-mappers/models/${id}`,
    },
    "client role": {
        make: (_, client) => `/clients/${client}/roles`,
        change: (_, id) => `/roles-by-id/${id}`,
        members: ["composites"],
    },
    group: {
        make: ({ parent }, id) => (parent ? `/groups/${id}/children` : "/groups"),
        change: (_, id) => `/groups/${id}`,
        members: ["realmRoles", "clientRoles"],
    },
    "identity provider": {
        make: () => "/identity-provider/instances",
        change: ({ name }) => `/identity-provider/instances/${encodeURIComponent(name)}`,
    },
    "provider mapper": {
        make: ({ own }) => mappersOf(own),
        change: ({ own }, id) => `${mappersOf(own)}/${id}`,
    },
    component: { make: () => "/components", change: (_, id) => `/components/${id}` },
    "authenticator config": { change: (_, id) => `/authentication/config/${id}` },
    flow: {}, // `flows.ts`
    "required action": {
        make: () => "/authentication/register-required-action",
        change: ({ name }) => `/authentication/required-actions/${encodeURIComponent(name)}`,
    },
    realm: {
        change: () => "",
        members: ["defaultDefaultClientScopes", "defaultOptionalClientScopes", "scopeMappings", "clientScopeMappings"],
    },
} satisfies Record<string, ApiPath>;

/** The id that Keycloak has given it. */
export const idOf = (object: RealmObject | undefined) => String(object?.own.id ?? "");

export const wayOf = (kind: Kind): ApiPath => KINDS[kind];

const mappersOf = ({ identityProviderAlias }: Json) =>
    `/identity-provider/instances/${encodeURIComponent(String(identityProviderAlias))}/mappers`;

/** `client portal, mapper audience`, which no other object of a realm is called. */
export function addressOf({ kind, name, parent, own, type }: RealmObject): string {
    switch (kind) {
        case "realm":
            return "";
        case "group":
            return `group ${groupPath({ name, parent })}`;
        case "client role":
            return `client ${parent!.name}, role ${name}`;
        case "client mapper":
        case "scope mapper":
            return `${addressOf(parent!)}, mapper ${name}`;
        case "provider mapper":
            return `identity provider ${String(own.identityProviderAlias)}, mapper ${name}`;
        case "component": {
            const sub = own.subType === undefined ? "" : ` (${String(own.subType)})`;
            return `${parent ? `${addressOf(parent)}, ` : ""}${type!.split(".").at(-1)!} ${name}${sub}`;
        }
        default:
            return `${kind} ${name}`;
    }
}

const groupPath = ({ name, parent }: Pick<RealmObject, "name" | "parent">): string =>
    `${parent ? groupPath(parent) : ""}/${name}`;

/** All objects of a realm, by their addresses; the realm's own settings by "". */
export function objectsOf(realm: Json): Objects {
    const { clients, clientScopes, roles, groups, identityProviders, identityProviderMappers, ...others } = realm;
    const { components, authenticatorConfig, authenticationFlows, requiredActions, ...own } = others;
    const named = (kind: Kind, value: unknown, key: string, parent?: RealmObject): RealmObject[] =>
        list(value).map((item) => ({ kind, name: String(item[key]), parent, own: item }));
    const withMappers = (kind: "client" | "client scope", of: "client mapper" | "scope mapper", all: RealmObject[]) =>
        all.flatMap((object) => {
            const { protocolMappers, ...rest } = object.own;
            const parent = { ...object, kind, own: rest };
            return [parent, ...named(of, protocolMappers, "name", parent)];
        });
    const aliases = new Map(list(authenticationFlows).map(({ id, alias }) => [id, alias]));
    const byAlias = list(clients).map((client) => withFlowAliases(client, aliases));
    const ofClients = withMappers("client", "client mapper", named("client", byAlias, "clientId"));
    const { realm: ofRealm, client: ofClient } = map(roles);
    const found: RealmObject[] = [
        { kind: "realm", name: String(realm.realm), own: withRolesByOwner(own) },
        ...withMappers("client scope", "scope mapper", named("client scope", clientScopes, "name")),
        ...named("role", ofRealm, "name"),
        ...ofClients,
        ...Object.entries(map(ofClient)).flatMap(([client, value]) =>
            named("client role", value, "name", { kind: "client", name: client, own: {} }),
        ),
        ...groupsOf(groups),
        ...named("identity provider", identityProviders, "alias"),
        ...named("provider mapper", identityProviderMappers, "name"),
        ...componentsOf(components),
        ...named("authenticator config", authenticatorConfig, "alias"),
        ...named("flow", list(authenticationFlows).map(inOrder), "alias"),
        ...named("required action", requiredActions, "alias"),
    ];
    return new Map(found.map((object) => [addressOf(object), object]));
}

/** What a token may have, by the address of the client or the client scope: Keycloak adds owners of its own to the lists. */
function withRolesByOwner({ scopeMappings, clientScopeMappings, ...own }: Json): Json {
    const byOwner = (value: unknown): Json =>
        Object.fromEntries(
            list(value).map(({ client, clientScope, roles }) => [
                client === undefined ? `client scope ${String(clientScope)}` : `client ${String(client)}`,
                roles,
            ]),
        );
    const ofClients = Object.entries(map(clientScopeMappings)).map(([client, value]) => [client, byOwner(value)]);
    return {
        ...own,
        ...(scopeMappings === undefined ? {} : { scopeMappings: byOwner(scopeMappings) }),
        ...(clientScopeMappings === undefined ? {} : { clientScopeMappings: Object.fromEntries(ofClients) as Json }),
    };
}

/** An export names the flows of a client by their ids, which are others in each Keycloak. */
function withFlowAliases(client: Json, aliases: ReadonlyMap<unknown, unknown>): Json {
    const { authenticationFlowBindingOverrides: overrides } = client;
    if (!isMap(overrides)) return client;
    const named = Object.entries(overrides).map(([key, flow]) => [key, aliases.get(flow) ?? flow]);
    return { ...client, authenticationFlowBindingOverrides: Object.fromEntries(named) };
}

/** Keycloak takes the steps of a flow by their priority. */
function inOrder(flow: Json): Json {
    const steps = list(flow.authenticationExecutions);
    if (!steps.every(({ priority }) => typeof priority === "number")) return flow;
    return { ...flow, authenticationExecutions: [...steps].sort((a, b) => Number(a.priority) - Number(b.priority)) };
}

function groupsOf(value: unknown, parent?: RealmObject): RealmObject[] {
    return list(value).flatMap((item) => {
        const { subGroups, ...own } = item;
        const group: RealmObject = { kind: "group", name: String(item.name), parent, own };
        return [group, ...groupsOf(subGroups, group)];
    });
}

function componentsOf(value: unknown, parent?: RealmObject): RealmObject[] {
    return Object.entries(map(value)).flatMap(([type, items]) =>
        list(items).flatMap((item) => {
            const { subComponents, ...own } = item;
            const component: RealmObject = { kind: "component", name: String(item.name), parent, type, own };
            return [component, ...componentsOf(subComponents, component)];
        }),
    );
}

export const map = (value: unknown): Json => (isMap(value) ? value : {});
export const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(map) : []);
