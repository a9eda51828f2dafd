/** The audit log of an instance: what pgaudit writes to PostgreSQL's own log. */

/** Kinds of statements (pgaudit, "Settings"): `role` are those about roles and rights, `misc` those such as VACUUM and SET. */
export const AUDIT_CLASSES = ["read", "write", "function", "role", "ddl", "misc"] as const;
export type AuditClass = (typeof AUDIT_CLASSES)[number];

/** Since this version RDS loads pg_tle where nobody says what to load. */
const WITH_PG_TLE = 16;

/**
 * Parameters that have pgaudit write down statements of these kinds; none for none.
 *
 * The list of libraries takes the place of RDS's own, so it has that, too: Database Insights reads pg_stat_statements. Nobody runs CREATE EXTENSION
 * pgaudit: it adds the object's name to lines of `ddl`, which have the statement anyway, and with it every change of a table fails once the
 * library is not loaded any more ("pgaudit must be loaded via shared_preload_libraries").
 */
export function auditParameters(classes: readonly AuditClass[], major: number) {
    const chosen = AUDIT_CLASSES.filter((auditClass) => classes.includes(auditClass)); // in one order, so that a file's makes no change
    if (chosen.length === 0) return [];
    const libraries = [...(major >= WITH_PG_TLE ? ["pg_tle"] : []), "pg_stat_statements", "pgaudit"];
    return [
        { name: "shared_preload_libraries", value: libraries.join(","), applyMethod: "pending-reboot" },
        { name: "pgaudit.log", value: chosen.join(",") },
    ];
}
