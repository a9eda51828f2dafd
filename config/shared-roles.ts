/** The roles on the stack's shared instance, as the rest of the configuration asks for them. */
import { DATABASE as KEYCLOAK } from "../components/keycloak/container";
import { maxTasks, type Path } from "./checks/common";
import { databaseUsers } from "./checks/heritages";
import { taskConnections } from "./checks/tenants";
import type { PlatformConfig } from "./defaults";
import { sharedName, walletRole } from "./shared-names";

export interface SharedRoleConfig {
    readonly role: string;
    /** The database that is made for it. Undefined for agents: ACA-Py makes its wallet's databases itself. */
    readonly database: string | undefined;
    /** The most that it may open at a time. */
    readonly connections: number;
    /** Where the files ask for it: the key `shared`. */
    readonly path: Path;
}

/** For people and one-off tasks, above what a deployment in progress may open. */
const ROOM = 5;
/** What an agent opens beside its pool while it starts: the lock of the first start, and a look into the wallet's database. */
const AGENT_START = 2;

/** A cluster of agents, a service or a heritage, or Keycloak, with its role. */
export function sharedRoles(config: PlatformConfig): SharedRoleConfig[] {
    const { agents, walletDb, keycloak, services, heritages } = config;
    return [
        ...Object.entries(walletDb.shared ? agents : {}).map(([name, agent]) => ({
            role: walletRole(name),
            database: undefined,
            connections: maxTasks(agent) * (taskConnections(agent) + AGENT_START) + ROOM,
            path: ["walletDb", "shared"],
        })),
        ...(keycloak?.database.shared
            ? [
                  {
                      role: KEYCLOAK,
                      database: KEYCLOAK,
                      connections: maxTasks(keycloak) * keycloak.poolSize + ROOM,
                      path: ["keycloak", "database", "shared"],
                  },
              ]
            : []),
        ...Object.entries(services).flatMap(([name, { database, ...service }]) =>
            database?.shared
                ? {
                      role: database.name,
                      database: database.name,
                      connections: maxTasks(service) * database.connections + ROOM,
                      path: ["services", name, "database", "shared"],
                  }
                : [],
        ),
        ...Object.entries(heritages).flatMap(([name, heritage]) =>
            heritage.database?.shared
                ? {
                      role: sharedName(name),
                      database: sharedName(name),
                      connections: databaseUsers(heritage).reduce((sum, user) => sum + user.connections, ROOM),
                      path: ["heritages", name, "database", "shared"],
                  }
                : [],
        ),
    ];
}
