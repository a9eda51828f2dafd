/** The roles of an instance that several databases share: what the task that makes them is told. */

/** The user that RDS makes with the instance. The task that makes the roles alone has its password. */
export const SHARED_MASTER = "provisioner";

export interface SharedRoleArgs {
    /** The database that is made for it, and that it owns. @default none: the role may make databases itself, as ACA-Py does */
    database?: string;
    /** The most connections that it may open at a time. */
    connections: number;
}

/**
 * The user that a role logs in as. The owner of a database has two, and each rotation takes the other one: tasks that run keep theirs, with
 * its password, until new ones have taken over. The second one acts as the first, so that all tables are the owner's. Agents keep their
 * only one: Askar's schema is called like its user.
 */
export const loginOf = (role: string, { database }: SharedRoleArgs, rotation: number): string =>
    database !== undefined && rotation % 2 === 1 ? `${role}${SECOND}` : role;

/** No role has a dot in its name. */
const SECOND = ".b";

/** The role that a user acts as. */
export const ownerOf = (login: string): string => (login.endsWith(SECOND) ? login.slice(0, -SECOND.length) : login);

/** The variable in which the task gets a role's password. */
export const passwordVariable = (role: string): string => `PASSWORD_${role.toUpperCase()}`;

/** The plan as the task reads it (images/database-roles/main.py); sorted, so that the order of a file makes no difference. */
export const rolesPlan = (roles: Readonly<Record<string, SharedRoleArgs>>, rotation: number): string =>
    JSON.stringify(
        Object.entries(roles)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([role, args]) => {
                const { database = null, connections } = args;
                const login = loginOf(role, args, rotation);
                return { role, database, connections, ...(login === role ? {} : { login }) };
            }),
    );
