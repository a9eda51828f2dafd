/** Which versions of Keycloak the cluster is built for, and how one takes over from another. */

export interface Version {
    readonly major: number;
    readonly minor: number;
    readonly patch: number;
}

/** `26.7.3`, and nothing else that a tag may be: no `latest`, no `26.7`, no suffix. Undefined where it is another text. */
export function parseVersion(text: string): Version | undefined {
    const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text);
    if (!match) return undefined;
    const [major, minor, patch] = match.slice(1).map(Number) as [number, number, number];
    return { major, minor, patch };
}

/** The major version that `KeycloakHa` was built for and tried with. */
const MAJOR = 26;
/**
 * The first minor version that has all that the cluster relies on. Discovery by `jdbc-ping` is the default from 26.1 on, TLS
 * between the nodes from 26.2 on, and the option that says which address a node binds to is there from 26.4 on.
 */
const FIRST_MINOR = 4;
/** The first minor version whose patch releases Keycloak itself lets run side by side (release notes of 26.6). */
const FIRST_ROLLING_MINOR = 6;

/** The releases since 26.4, by minor version, as of November 2026: their patch versions (there is no 26.4.3). */
export const RELEASES: Readonly<Record<number, readonly number[]>> = {
    4: [0, 1, 2, 4, 5, 6, 7],
    5: [0, 1, 2, 3, 4, 5, 6, 7],
    6: [0, 1, 2, 3, 4],
    7: [0, 1, 2, 3, 4, 5],
    8: [0, 1],
};

const text = ({ major, minor, patch }: Version) => `${major}.${minor}.${patch}`;

/** The newest release that is known here. */
export const NEWEST = `${MAJOR}.${Object.keys(RELEASES).at(-1)}.${Object.values(RELEASES).at(-1)!.at(-1)}`;
/** A later patch is taken on trust, as far as a minor version ever went: 26.7.33 is a typing mistake. */
const PATCHES_AHEAD = 15;

/**
 * What is wrong with a version, or nothing. A version that does not exist would be found out by the image's build only, after
 * the database was made; so it has to be one of those above, or a patch that came after them.
 */
export function versionProblem(version: string): { what: string; fix: string } | undefined {
    const parsed = parseVersion(version);
    const example = `one release written out, e.g. "${NEWEST}"`;
    if (!parsed) {
        return {
            what: `"${version}" is no release of Keycloak: a tag that moves would change the version without anybody saying so`,
            fix: example,
        };
    }
    if (parsed.major !== MAJOR) {
        return {
            what:
                `Keycloak ${version} is not what this cluster was built for: discovery through the database, sessions kept in it, ` +
                `and the ports between the nodes are those of ${MAJOR}`,
            fix: example,
        };
    }
    if (parsed.minor < FIRST_MINOR) {
        return {
            what:
                `Keycloak ${version} lacks defaults that the cluster relies on: discovery through the database (26.1), TLS between ` +
                `the nodes (26.2), an address to bind to (26.${FIRST_MINOR})`,
            fix: `${MAJOR}.${FIRST_MINOR}.0 or later, e.g. "${NEWEST}"`,
        };
    }
    const patches = RELEASES[parsed.minor];
    if (!patches) {
        return {
            what: `Keycloak ${version} is of a minor version that is not known here: another one changes the database for good`,
            fix: `${NEWEST}; or, once its upgrading guide is read and it was tried, a line in components/keycloak/versions.ts`,
        };
    }
    const last = patches.at(-1)!;
    if (patches.includes(parsed.patch) || (parsed.patch > last && parsed.patch <= last + PATCHES_AHEAD))
        return undefined;
    const nearest = [...patches].sort((a, b) => Math.abs(a - parsed.patch) - Math.abs(b - parsed.patch))[0]!;
    return {
        what: `there is no Keycloak ${version} among the releases up to ${NEWEST}`,
        fix: text({ ...parsed, patch: nearest }),
    };
}

/**
 * How a version takes over from another. Nodes of two versions share one database and their caches, and only a newer patch of
 * the same minor version is made for that: Keycloak's own `update-compatibility check` says the same of 26.6 and later, and
 * allows no older patch. For all else every node has to stop first. Where nothing runs yet there is nothing to stop.
 */
export function updateStrategy(from: string | undefined, to: string): "rolling" | "replace" {
    if (from === undefined || from === to) return "rolling";
    const [old, next] = [parseVersion(from), parseVersion(to)];
    if (!old || !next) return "replace";
    const patch = old.major === next.major && old.minor === next.minor && old.patch <= next.patch;
    const allowed = next.major > MAJOR || next.minor >= FIRST_ROLLING_MINOR;
    return patch && allowed ? "rolling" : "replace";
}

/** Whether a version is of an older minor or major one than what ran: the database is the newer one's, and the older does not start on it. */
export function isDowngrade(from: string, to: string): boolean {
    const [old, next] = [parseVersion(from), parseVersion(to)];
    if (!old || !next) return false;
    return next.major < old.major || (next.major === old.major && next.minor < old.minor);
}
