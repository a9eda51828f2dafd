/** Which realms of the repository count failed log-ins (Keycloak's server administration guide, "Password guess: brute force attacks"). */
import { jsonFiles, readRealm } from "./realm-files";

/**
 * The realms of the folders' files that let anybody try one password after the other: Keycloak does not count failed log-ins unless a
 * realm says `"bruteForceProtected": true`. A file that holds no realm is left to `realmProblems`.
 */
export function unprotectedRealms(folders: readonly string[]): string[] {
    // An export may be several files of one realm, its users apart.
    const protectedBy = new Map<string, boolean>();
    for (const file of folders.flatMap(jsonFiles)) {
        const { realm, bruteForceProtected } = readRealm(file);
        if (typeof realm !== "string") continue;
        protectedBy.set(realm, bruteForceProtected === true || protectedBy.get(realm) === true);
    }
    return [...protectedBy].flatMap(([realm, is]) => (is ? [] : [realm])).sort();
}
