/** How many connections an agent opens to the wallets' instance: a pool for each wallet, two where it is Kanon's. */

/** Connections of Kanon's second pool, which no setting of ACA-Py changes (database_manager/databases/postgresql_normalized/config.py). */
export const KANON_CONNECTIONS = 10;

/** Connections of a task that keeps what it could not deliver in the wallet's database (images/acapy-agent/undelivered.py). */
export const QUEUE_CONNECTIONS = 3;

export interface Pools {
    readonly walletType: string;
    readonly walletConnections: number;
    /** Tenants in use at a time. */
    readonly tenants?: number;
    /** Whether all tenants share one wallet beside the agent's own. */
    readonly singleWallet?: boolean;
    /** Whether messages wait for wallets that are away. */
    readonly undeliveredQueue?: boolean;
}

export const isKanon = (walletType: string) => walletType.startsWith("kanon");

export function connectionsOfTask(pools: Pools): number {
    const { walletType, walletConnections, tenants = 0, singleWallet, undeliveredQueue } = pools;
    const wallets = 1 + (singleWallet && tenants > 0 ? 1 : tenants);
    const ofWallet = walletConnections + (isKanon(walletType) ? KANON_CONNECTIONS : 0);
    return wallets * ofWallet + (undeliveredQueue ? QUEUE_CONNECTIONS : 0);
}
