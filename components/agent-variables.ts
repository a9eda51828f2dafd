/**
 * The environment variables that the program sets for ACA-Py itself, each with the key of the stack file that decides it
 * (empty where nothing does). Nobody else may set them: `AgentCluster` writes them, `config/checks.ts` refuses them.
 */
export const MANAGED_VARIABLES = {
    ACAPY_LABEL: "label",
    ACAPY_ENDPOINT: "host",
    ACAPY_INBOUND_TRANSPORT: "didcommPort",
    ACAPY_OUTBOUND_TRANSPORT: "webSocketPort",
    ACAPY_ADMIN: "adminPort",
    ACAPY_AUTO_PROVISION: "",
    ACAPY_WALLET_TYPE: "walletType",
    ACAPY_WALLET_NAME: "walletName",
    ACAPY_WALLET_STORAGE_TYPE: "",
    ACAPY_WALLET_STORAGE_CONFIG: "walletConnections",
    ACAPY_DBSTORE_STORAGE_TYPE: "walletType",
    ACAPY_DBSTORE_STORAGE_CONFIG: "walletType",
    ACAPY_NO_LEDGER: "genesisUrl",
    ACAPY_GENESIS_URL: "genesisUrl",
    ACAPY_GENESIS_FILE: "genesisUrl",
    ACAPY_GENESIS_TRANSACTIONS: "genesisUrl",
    ACAPY_LOG_LEVEL: "logLevel",
    ACAPY_HOME: "", // the image says where an agent may write
    EXTERNAL_STORAGE: "",
    HOME: "",
    PGSSLMODE: "",
    PGSSLROOTCERT: "",
    ACAPY_ADMIN_INSECURE_MODE: "",
} as const satisfies Record<string, string>;

/** Where a service is reachable by name, the program also says whom to trust there. */
export const AUTHORITY_VARIABLES = { DISTRICT_CA_PEM: "", SSL_CERT_FILE: "" } as const satisfies Record<string, string>;

/** What a cluster with a tails server has besides. */
export const TAILS_VARIABLES = {
    ACAPY_TAILS_SERVER_BASE_URL: "tails",
    ACAPY_TAILS_SERVER_UPLOAD_URL: "tails",
} as const satisfies Record<string, string>;

/** The secrets that every cluster has. All but the credentials may be brought along under `secrets`. */
export const MANAGED_SECRETS: Readonly<Record<"always" | "all", readonly string[]>> = {
    always: ["ACAPY_WALLET_STORAGE_CREDS", "ACAPY_DBSTORE_STORAGE_CREDS"],
    all: ["ACAPY_WALLET_STORAGE_CREDS", "ACAPY_DBSTORE_STORAGE_CREDS", "ACAPY_WALLET_KEY", "ACAPY_ADMIN_API_KEY"],
};

/** Characters of ACAPY_WALLET_SEED. ACA-Py takes no other number. */
export const SEED_LENGTH = 32;

/** What secrets of these names need, whoever runs ACA-Py: an agent, or a heritage with an image of its own. */
export const SECRET_TRAITS: ReadonlyMap<string, { length?: number; irreplaceable?: true }> = new Map([
    ["ACAPY_WALLET_SEED", { length: SEED_LENGTH }],
    ["ACAPY_WALLET_KEY", { irreplaceable: true }], // without its key a wallet cannot be opened again
]);

/** A file in the image with several ledgers (ACA-Py's docs/features/Multiledger.md). Beside it there is no genesisUrl. */
export const LEDGER_LIST = "ACAPY_GENESIS_TRANSACTIONS_LIST";
/** What ACA-Py reads only where it has a ledger (LedgerGroup in acapy_agent/config/argparse.py). */
export const LEDGER_SETTINGS: readonly string[] = [
    "ACAPY_ACCEPT_TAA",
    "ACAPY_LEDGER_KEEP_ALIVE",
    "ACAPY_LEDGER_POOL_NAME",
    "ACAPY_LEDGER_SOCKS_PROXY",
    "ACAPY_READ_ONLY_LEDGER",
];
