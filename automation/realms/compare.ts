/** What a realm's file says, and Keycloak has otherwise. What the file is silent about is Keycloak's own affair, and no difference. */
import { isDeepStrictEqual } from "node:util";
import { isSecretSetting } from "../../components/keycloak/realm-secrets";
import { isMap, parsed } from "../plan/leaves";
import { SECRET } from "../plan/redact";
import { type PropertyChange, shown } from "../runner/values";
import { addressOf, type Json, map, objectsOf, type RealmObject } from "./objects";

export interface Difference {
    /** Such as `client portal`; "" for the realm's own settings. */
    readonly object: string;
    /** Whether Keycloak has no such object. */
    readonly missing: boolean;
    /** Keycloak's value, and the file's. Never a secret. */
    readonly properties: readonly PropertyChange[];
}

/** What Keycloak shows in the place of a secret that it tells nobody. */
const MASKED = /^\*+$/;

/**
 * Keycloak's own: ids, what it computes, and what it writes while it runs. `notBefore` ends sessions from before that second, which
 * an administrator may have done meanwhile.
 */
const ITS_OWN = new Set([
    "id",
    "containerId",
    "internalId",
    "keycloakVersion",
    "path",
    "access",
    "subGroupCount",
    "notBefore",
    "client.secret.creation.time",
    "client.secret.rotated",
    "client.secret.rotated.creation.time",
    "client.secret.rotated.expiration.time",
    "registrationAccessToken",
    "lastSync",
    "defaultRole",
    // Accounts, and what organizations do by themselves: an export without users has neither.
    "users",
    "federatedUsers",
    "organizations",
]);

/** `hidden`: values that are never shown, wherever they are. */
export function compareRealms(file: Json, server: Json, hidden: readonly string[] = []): Difference[] {
    const existing = objectsOf(server);
    return [...objectsOf(file)].flatMap(([address, wanted]): Difference[] => {
        const found = existing.get(address);
        if (!found) return [{ object: address, missing: true, properties: [] }];
        const properties = leaves("", wanted.own, found.own).map((leaf) => withoutSecrets(leaf, hidden));
        return properties.length > 0 ? [{ object: addressOf(wanted), missing: false, properties }] : [];
    });
}

interface Leaf {
    readonly path: string;
    readonly before: unknown;
    readonly after: unknown;
}

/** The top-level settings of an object that differ. */
export const changedSettings = (wanted: RealmObject, found: RealmObject): string[] =>
    Object.keys(wanted.own).filter((key) => !isAs({ [key]: wanted.own[key] }, found.own));

/** Whether a setting is as wanted. */
export const isAs = (wanted: unknown, found: unknown) => leaves("", wanted, found).length === 0;

function leaves(path: string, wanted: unknown, found: unknown): Leaf[] {
    if (typeof found === "string" && MASKED.test(found)) return [];
    if (Array.isArray(found) && found.length === 1 && MASKED.test(String(found[0]))) return [];
    if (isMap(wanted) && (isMap(found) || isEmpty(found))) {
        return Object.entries(wanted)
            .filter(([key]) => !ITS_OWN.has(key))
            .flatMap(([key, value]) =>
                leaves(path ? `${path}.${key}` : key, value, isMap(found) ? found[key] : undefined),
            );
    }
    if (Array.isArray(wanted) && Array.isArray(found) && wanted.some(isMap) && found.every(isMap)) {
        return inList(path, wanted.map(map), found);
    }
    return same(wanted, found) ? [] : [{ path, before: found, after: wanted }];
}

/** What has names is compared by them, such as an API's policies; anything else, such as a flow's executions, is in order. */
function inList(path: string, wanted: Json[], found: Json[]): Leaf[] {
    const [names, there] = [namesOf(wanted), namesOf(found)];
    if (!names || !there) {
        if (wanted.length !== found.length) return [{ path, before: found, after: wanted }];
        return wanted.flatMap((item, i) => leaves(`${path}.${i + 1}`, item, found[i]));
    }
    if (!same(names, there)) return [{ path, before: there, after: names }];
    return wanted.flatMap((item, i) => leaves(`${path}.${names[i]}`, item, found[there.indexOf(names[i]!)]));
}

/** Undefined unless each has one of its own. */
function namesOf(items: Json[]): string[] | undefined {
    const names = items.map(({ name, clientScope, client }) => name ?? clientScope ?? client);
    const isWhole = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
    return isWhole ? (names as string[]) : undefined;
}

const same = (wanted: unknown, found: unknown): boolean =>
    isEmpty(wanted) || isEmpty(found)
        ? isEmpty(wanted) && isEmpty(found)
        : isDeepStrictEqual(comparable(wanted), comparable(found));

/** `true` and "true" are the same, and so is JSON within a text, however it is written; a list, as of a policy's roles, is a set. */
function comparable(value: unknown): unknown {
    const content = parsed(value);
    if (Array.isArray(content)) return new Set(content.map(comparable));
    return isMap(content) ? content : String(content);
}

/** Keycloak leaves out what is empty or off. */
const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    value === "" ||
    value === false ||
    value === "false" ||
    (Array.isArray(value) && value.length === 0) ||
    (isMap(value) && Object.keys(value).length === 0);

function withoutSecrets({ path, before, after }: Leaf, hidden: readonly string[]): PropertyChange {
    const holds = (value: unknown) => hidden.some((secret) => JSON.stringify(value ?? "").includes(secret));
    const isSecret = path.split(".").some(isSecretSetting) || holds(before) || holds(after);
    if (isSecret) return { path, before: SECRET, after: "another one" };
    return { path, before: shown(before), after: shown(after) };
}
