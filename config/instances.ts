/** The PostgreSQL instances of a stack, by the names of their resources. */
import type { Path } from "./checks/common";
import type { DatabaseConfig, PlatformConfig } from "./defaults";

interface Instance {
    readonly name: string;
    /** The database's key. */
    readonly path: Path;
    readonly settings: Pick<DatabaseConfig, "blueGreen" | "restoreFrom" | "monitoringSeconds">;
}

/** A database that a stack asks for, by the instance of its own that it would have. */
interface Wanted extends Instance {
    readonly shared: boolean;
    /** The services that it is behind. */
    readonly services: readonly string[];
}

/** The instances that the stack has. */
export function instancesOf(config: PlatformConfig): readonly Instance[] {
    const own = (some: readonly Wanted[]) => some.filter(({ shared }) => !shared);
    const { sharedDatabase } = config;
    return [
        ...own(walletDatabase(config)),
        ...(sharedDatabase ? [{ name: "shared-db", path: ["sharedDatabase"], settings: sharedDatabase }] : []),
        ...own(otherDatabases(config)),
    ];
}

export const databaseInstances = (config: PlatformConfig): string[] => instancesOf(config).map(({ name }) => name);

/** The instance behind each service that has a database, by the service's name. */
export const databaseOfServices = (config: PlatformConfig): Record<string, string> =>
    Object.fromEntries(
        [...walletDatabase(config), ...otherDatabases(config)].flatMap(({ name, shared, services }) =>
            services.map((service) => [service, shared ? "shared-db" : name]),
        ),
    );

/** The instances that the databases on the shared one would have without `shared`, and may have had before. With the key `shared`. */
export const instancesBeforeShared = (config: PlatformConfig): readonly Pick<Instance, "name" | "path">[] =>
    [...walletDatabase(config), ...otherDatabases(config)]
        .filter(({ shared }) => shared)
        .map(({ name, path }) => ({ name, path: [...path, "shared"] }));

const wanted = (name: string, database: DatabaseConfig, path: Path, services: readonly string[]): Wanted => ({
    name,
    path,
    services,
    settings: database,
    shared: database.shared !== undefined,
});

const walletDatabase = ({ agents, walletDb }: PlatformConfig): Wanted[] =>
    Object.keys(agents).length > 0 ? [wanted("wallet-db", walletDb, ["walletDb"], Object.keys(agents))] : [];

function otherDatabases({ keycloak, services, heritages }: PlatformConfig): Wanted[] {
    const of = (name: string, database: DatabaseConfig | undefined, path: Path, behind = [name]): Wanted[] =>
        database ? [wanted(`${name}-db`, database, [...path, "database"], behind)] : [];
    return [
        ...of("keycloak", keycloak?.database, ["keycloak"]),
        ...Object.entries(services).flatMap(([name, { database }]) => of(name, database, ["services", name])),
        ...Object.entries(heritages).flatMap(([name, heritage]) =>
            of(
                name,
                heritage.database,
                ["heritages", name],
                Object.keys(heritage.services).map((service) => `${name}-${service}`),
            ),
        ),
    ];
}
