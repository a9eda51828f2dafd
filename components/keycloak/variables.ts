/**
 * The settings of Keycloak that the program sets or has decided, each with the key of the stack file that decides it (empty where
 * nothing does). Nobody else may set them: `KeycloakHa` and images/keycloak write them, `config/checks/keycloak-settings.ts` refuses them.
 */
const DECIDED: Readonly<Record<string, readonly string[]>> = {
    host: ["KC_HOSTNAME", "KC_HOSTNAME_ADMIN"],
    poolSize: ["KC_DB_POOL_INITIAL_SIZE", "KC_DB_POOL_MIN_SIZE", "KC_DB_POOL_MAX_SIZE"],
    relativePath: ["KC_HTTP_RELATIVE_PATH"],
    // The cluster's own database, over TLS verified against RDS's authorities.
    database: [
        "KC_DB",
        "KC_DB_DRIVER",
        "KC_DB_URL",
        "KC_DB_URL_HOST",
        "KC_DB_URL_PORT",
        "KC_DB_URL_DATABASE",
        "KC_DB_URL_PROPERTIES",
        "KC_DB_USERNAME",
        "KC_DB_PASSWORD",
        "KC_DB_SCHEMA",
        "KC_DB_TLS_MODE",
        "QUARKUS_DATASOURCE_JDBC_VALIDATE_ON_BORROW",
    ],
    "": [
        // TLS ends at the Envoy of each node, whose headers it reads, and nobody else reaches the port.
        "KC_HTTP_ENABLED",
        "KC_HTTP_HOST",
        "KC_HTTP_PORT",
        "KC_HTTPS_PORT",
        "KC_HTTPS_CERTIFICATE_FILE",
        "KC_HTTPS_CERTIFICATE_KEY_FILE",
        "KC_HTTPS_KEY_STORE_FILE",
        "KC_HTTPS_CLIENT_AUTH",
        "KC_HOSTNAME_STRICT",
        "KC_PROXY_HEADERS",
        "KC_PROXY_PROTOCOL_ENABLED",
        "KC_PROXY_TRUSTED_ADDRESSES",
        // Port 9000 answers the container's health check and whoever collects metrics.
        "KC_HEALTH_ENABLED",
        "KC_METRICS_ENABLED",
        "KC_HTTP_MANAGEMENT_HEALTH_ENABLED",
        "KC_HTTP_MANAGEMENT_HOST",
        "KC_HTTP_MANAGEMENT_PORT",
        "KC_HTTP_MANAGEMENT_RELATIVE_PATH",
        "KC_HTTP_MANAGEMENT_SCHEME",
        "KC_HTTPS_MANAGEMENT_CERTIFICATE_FILE",
        "KC_HTTPS_MANAGEMENT_CERTIFICATE_KEY_FILE",
        "KC_HTTPS_MANAGEMENT_KEY_STORE_FILE",
        "KC_HTTPS_MANAGEMENT_CLIENT_AUTH",
        "KC_LEGACY_OBSERVABILITY_INTERFACE",
        "KC_SERVER_ASYNC_BOOTSTRAP",
        // The nodes find one another in the database, and talk over TLS on ports that only they reach.
        "KC_CACHE",
        "KC_CACHE_STACK",
        "KC_CACHE_CONFIG_FILE",
        "KC_CACHE_EMBEDDED_MTLS_ENABLED",
        "KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS",
        "KC_CACHE_EMBEDDED_NETWORK_BIND_PORT",
        "KC_CACHE_EMBEDDED_NETWORK_EXTERNAL_ADDRESS",
        "KC_CACHE_EMBEDDED_NETWORK_EXTERNAL_PORT",
        // Read on the first start only, and made for it.
        "KC_BOOTSTRAP_ADMIN_USERNAME",
        "KC_BOOTSTRAP_ADMIN_PASSWORD",
        "KC_BOOTSTRAP_ADMIN_CLIENT_ID",
        "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET",
        // A log in a file is gone with its task.
        "KC_LOG_FILE",
        "KC_RUN_IN_CONTAINER",
    ],
};

export const MANAGED_VARIABLES: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(DECIDED).flatMap(([key, variables]) => variables.map((variable) => [variable, key])),
);

/** Where a service is reachable by name, the program also says whom to trust there. */
export const AUTHORITY_VARIABLES: Readonly<Record<string, string>> = { DISTRICT_CA_PEM: "", KC_TRUSTSTORE_PATHS: "" };
