/** The PostgreSQL instances of a stack, by the names of their resources. */
import type { Path } from "./checks/common";
import type { DatabaseConfig, PlatformConfig } from "./defaults";

/** A database that a stack asks for. */
interface Wanted {
    /** The name that an instance of its own has. */
    readonly name: string;
    readonly shared: boolean;
    /** The key `shared`. */
    readonly path: Path;
}

/** The instances that the stack has. */
export function databaseInstances(config: PlatformConfig): string[] {
    const names = (some: readonly Wanted[]) => some.filter(({ shared }) => !shared).map(({ name }) => name);
    return [
        ...names(walletDatabase(config)),
        ...(config.sharedDatabase ? ["shared-db"] : []),
        ...names(otherDatabases(config)),
    ];
}

/** The instances that the databases on the shared one would have without `shared`, and may have had before. */
export const instancesBeforeShared = (config: PlatformConfig): readonly Pick<Wanted, "name" | "path">[] =>
    [...walletDatabase(config), ...otherDatabases(config)].filter(({ shared }) => shared);

const walletDatabase = ({ agents, walletDb }: PlatformConfig): Wanted[] =>
    Object.keys(agents).length > 0
        ? [{ name: "wallet-db", shared: walletDb.shared !== undefined, path: ["walletDb", "shared"] }]
        : [];

function otherDatabases({ keycloak, services, heritages }: PlatformConfig): Wanted[] {
    const wanted = (name: string, database: Pick<DatabaseConfig, "shared"> | undefined, path: Path): Wanted[] =>
        database
            ? [{ name: `${name}-db`, shared: database.shared !== undefined, path: [...path, "database", "shared"] }]
            : [];
    const applications = (kind: "services" | "heritages", all: typeof services | typeof heritages) =>
        Object.entries(all).flatMap(([name, { database }]) => wanted(name, database, [kind, name]));
    return [
        ...wanted("keycloak", keycloak?.database, ["keycloak"]),
        ...applications("services", services),
        ...applications("heritages", heritages),
    ];
}
