/** The roles of an instance that several databases share: what the task that makes them is told. */

/** The user that RDS makes with the instance. The task that makes the roles alone has its password. */
export const SHARED_MASTER = "provisioner";

export interface SharedRoleArgs {
    /** The database that is made for it, and that it owns. @default none: the role may make databases itself, as ACA-Py does */
    database?: string;
    /** The most connections that it may open at a time. */
    connections: number;
}

/** The variable in which the task gets a role's password. */
export const passwordVariable = (role: string): string => `PASSWORD_${role.toUpperCase()}`;

/** The plan as the task reads it (images/database-roles/main.py); sorted, so that the order of a file makes no difference. */
export const rolesPlan = (roles: Readonly<Record<string, SharedRoleArgs>>): string =>
    JSON.stringify(
        Object.entries(roles)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([role, { database = null, connections }]) => ({ role, database, connections })),
    );
