/**
 * Which releases of Keycloak have a known hole that lets somebody in who has no account: what Red Hat, who publishes Keycloak's
 * advisories, rates critical. Lesser ones are in each release's notes; the newest patch has them all mended.
 *
 * How the list is kept is in docs/operations.md, "Upgrading Keycloak".
 */
import { NEWEST, parseVersion, RELEASES } from "./versions";

export interface Advisory {
    readonly id: string;
    /** What somebody can do, to follow "in this version". */
    readonly what: string;
    /**
     * The first patch without it, by minor version of 26. A minor version that is missing never had a mended one; those
     * from `since` on were released without it.
     */
    readonly mended: Readonly<Record<number, number>>;
    readonly since: number;
    /** Where this was read. */
    readonly source: string;
}

export const ADVISORIES: readonly Advisory[] = [
    {
        id: "CVE-2026-18963",
        what: "anybody sets a new password for any user whose name he knows, where a realm has Forgot password (critical, 9.1)",
        // 26.4.15 and 26.6.6 are tags that Red Hat builds from: quay.io has no image of them.
        mended: { 4: 15, 6: 6, 7: 2 },
        since: 8,
        source: "https://www.cve.org/CVERecord?id=CVE-2026-18963, https://www.keycloak.org/2026/08/keycloak-2672-released",
    },
];

/** The advisories that a version is open to; none for what is no version (`versionProblem` says so). */
export function advisoriesFor(version: string): readonly Advisory[] {
    const parsed = parseVersion(version);
    if (!parsed) return [];
    const { minor, patch } = parsed;
    return ADVISORIES.filter(({ mended, since }) => minor < since && patch < (mended[minor] ?? Infinity));
}

/** The least release that is open to none and that takes over from this version: of its own minor version, if there is one. */
export function leastSafe(version: string): string {
    const { major, minor } = parseVersion(version)!;
    const patch = RELEASES[minor]?.find((release) => advisoriesFor(`${major}.${minor}.${release}`).length === 0);
    return patch === undefined ? NEWEST : `${major}.${minor}.${patch}`;
}

/** What is wrong with a version that is open to something, and how to put it right; nothing where it is not. */
export function knownVulnerabilities(version: string): { what: string; fix: string } | undefined {
    const open = advisoriesFor(version);
    if (open.length === 0) return undefined;
    const safe = leastSafe(version);
    const [major, minor] = version.split(".");
    const same = safe.startsWith(`${major}.${minor}.`);
    return {
        what: `Keycloak ${version} has a known hole: ${open.map(({ id, what }) => `${id}, ${what}`).join("; ")}`,
        fix: same
            ? `${safe} or later, which rolls`
            : `${safe}; ${major}.${minor} has no image without it, and another minor version stops every node: a snapshot first`,
    };
}
