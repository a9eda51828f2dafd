/** How roles and databases on the shared instance are called. */

/** Of a service or a heritage: its own name, as PostgreSQL takes it without quotes. */
export const sharedName = (name: string): string => name.replaceAll("-", "_");

/** Of a cluster of agents. Askar keeps its tables in a schema of this name, so it stays what it is for ever. */
export const walletRole = (cluster: string): string => `wallet_${sharedName(cluster)}`;
