import { ContainerImage } from "../components/container-image";
import { type DatabaseLogin, SharedDatabase } from "../components/shared-database";
import type { WalletStorage } from "../components/wallet-db";
import { walletRole } from "../config/shared-names";
import { sharedRoles } from "../config/shared-roles";
import type { District } from "./district";
import { databaseBuildArgs } from "./images";

const NAME = "shared-db";

/** The instance that several databases share, where the stack file asks for one, with all roles that the files ask for. */
export function sharedDatabase(district: Omit<District, "shared">): SharedDatabase | undefined {
    const { config, opts, cluster, vpc, secrets, alarms, turn } = district;
    const { sharedDatabase: settings, protect, logRetentionDays, images } = config;
    if (settings === undefined) return undefined;
    const image = new ContainerImage(
        "database-roles",
        {
            context: "images/database-roles",
            args: databaseBuildArgs(config.region),
            architecture: config.architecture,
            protect,
            gate: images.gate,
        },
        opts,
    );
    const roles = sharedRoles(config).map(({ role, database, connections }) => [role, { database, connections }]);
    return new SharedDatabase(
        NAME,
        {
            ...settings,
            rotation: turn.count,
            cluster,
            vpc,
            secrets,
            logRetentionDays,
            protect,
            alarms,
            image: image.reference,
            architecture: config.architecture,
            roles: Object.fromEntries(roles),
        },
        opts,
    );
}

/** Where a cluster of agents keeps its wallet on the shared instance. */
export function sharedWallet(shared: SharedDatabase, cluster: string): WalletStorage & Pick<DatabaseLogin, "access"> {
    const { host, port, clientsGroupId, secret, access } = shared.login(walletRole(cluster));
    return { host, port, clientsGroupId, credentials: secret, access };
}
