/** The PostgreSQL instances of a stack, by the names of their resources. */
import type { DatabaseConfig, PlatformConfig } from "./defaults";

export function databaseInstances(config: PlatformConfig): string[] {
    const { agents, services, keycloak, heritages, walletDb, sharedDatabase } = config;
    const owned = (name: string, database: Pick<DatabaseConfig, "shared"> | undefined) =>
        database && !database.shared ? [`${name}-db`] : [];
    return [
        ...(Object.keys(agents).length > 0 ? owned("wallet", walletDb) : []),
        ...(sharedDatabase ? ["shared-db"] : []),
        ...owned("keycloak", keycloak?.database),
        ...[...Object.entries(services), ...Object.entries(heritages)].flatMap(([name, { database }]) =>
            owned(name, database),
        ),
    ];
}
