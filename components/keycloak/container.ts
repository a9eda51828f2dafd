/** Keycloak's container: what it listens on, what it is told, and how it is asked whether it is well. */
import type * as pulumi from "@pulumi/pulumi";
import { districtTrust } from "../district-authority";
import type { ContainerArgs } from "../fargate/container";
import { KEEP_ALIVE, RETRANSMISSIONS } from "../fargate/dead-peers";
import type { Secret } from "../secret-store";
import { bindAddress } from "./bind-address";

/** Where Envoy, in the same task, reaches it; and load balancers, where they speak plain HTTP to it. */
export const HTTP_PORT = 8080;
/** Health and metrics, and nothing else. On the HTTP port they are 404, so that no load balancer's path leads there. */
export const MANAGEMENT_PORT = 9000;
/**
 * Between the nodes. Without 57800 the cluster looks well, but a killed node is noticed after 47 s instead of 0.3 s; without
 * 7800 it splits, while both sides say that they are ready.
 */
export const PEER_PORTS = { "Cluster data": 7800, "Failure detection": 57800 };
/**
 * For load balancers, on the port of the users. It is 503 until a node that starts may answer, and then 200, out of the node's
 * cache: also while the database is away. `/health/ready` includes the database, so that a failover of 30 s would have ECS replace
 * every node at once; `/health/live` and `/health/started` are 200 while a node still starts. Measured on 26.7.3 with the
 * database stopped, cut off, and during a start; what each check is for: https://www.keycloak.org/observability/health.
 */
const CHECK_PATH = "/realms/master";
/**
 * What the world needs (reverse proxy guide, "Exposed path recommendations"): log-in and protocols, and their styles, scripts
 * and pictures. At most four: a rule of a load balancer takes five values, and the host is one.
 */
const PUBLIC_PATHS = ["/realms/*", "/resources/*", "/js/*", "/.well-known/*"];
/**
 * And what of these it does not need: the administrators' realm, which is reached through the internal endpoint. Keycloak answers
 * any other spelling with 400 or 404 (tried on 26.7.3: encoded letters, dots, `//`, `;`, capitals). From 26.4.4 on it refuses paths
 * that are not normalized; before, `/realms//master` led there, too.
 */
const REFUSED_PATHS = ["/realms/master", "/realms/master/*", "/.well-known/*/realms/master"];

/** The paths of a Keycloak that is below another path than `/`, such as `/auth`. */
export const pathsBelow = (relativePath: string) => ({
    check: relativePath + CHECK_PATH,
    public: PUBLIC_PATHS.map((path) => relativePath + path),
    refused: REFUSED_PATHS.map((path) => relativePath + path),
});

/**
 * Where a node may have to go by itself: AWS and other identity providers (443), mail (465, 587), directories (389, 636). A
 * security group's rule is one range.
 */
export const EGRESS_PORTS = { from: 389, to: 636, description: "AWS, identity providers, mail and directories" };
/** Role and database, which RDS makes with the instance. */
export const DATABASE = "keycloak";
/** Keycloak's own name for the administrator that it makes on its first start, to be replaced by people with names. */
const BOOTSTRAP_ADMIN = "temp-admin";
/** "The existing Java default truststore certs will always be trusted" (Keycloak guide, "Configuring trusted certificates"). */
const AUTHORITIES = {
    program: "/opt/keycloak/bin/kc.sh",
    starter: "/opt/keycloak/start.sh", // an image of one's own may be without it
    variable: "KC_TRUSTSTORE_PATHS",
};
/** Who Keycloak's image runs as. */
const USER = "1000";

/**
 * Seconds that a node may take to start before it counts as unwell; 300 is the most that ECS takes for a container. Measured at
 * one vCPU: 25 s on an empty database, 13 to 20 s on an existing one, 18 s more after the whole cluster was killed. The rest is
 * for another minor version's changes to a large database: a node that is killed in the middle of them leaves their lock behind.
 */
export const START_SECONDS = 300;
/** Seconds to answer what is under way and to leave the cluster. At rest it takes 1.3 to 2.6 s. */
const STOP_SECONDS = 60;

/**
 * Asks the node itself, by bash alone: there is no curl in the image. It asks whether the process is alive, not whether it is
 * ready: ECS stops a container that is unwell, and while the database fails over no node is ready, and none is better off stopped.
 */
export const HEALTH_CHECK = [
    "CMD",
    "bash",
    "-c",
    `exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_PORT} && ` +
        String.raw`printf 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3 && ` +
        `read -r -t 5 _ status _ <&3 && [ "$status" = 200 ]`,
];

/**
 * Log-ins, tokens and what administrators change are in the log as failures are, and not only in the database where a realm keeps them: it
 * outlives the node, and nobody with Keycloak's console takes a line out of it. The listener's own level for these is debug.
 */
const EVENTS = { KC_SPI_EVENTS_LISTENER__JBOSS_LOGGING__SUCCESS_LEVEL: "info" };

const LOOPBACK = {
    KC_HTTP_HOST: "127.0.0.1",
    KC_HTTP_MANAGEMENT_HOST: "0.0.0.0", // asked node by node, and by nobody's load balancer; the default is KC_HTTP_HOST
    KC_PROXY_TRUSTED_ADDRESSES: "127.0.0.1",
};

export interface Settings {
    readonly image: pulumi.Input<string>;
    /** Origins, `https://<name>`: for users, and for administrators. */
    readonly hostname: pulumi.Input<string>;
    readonly adminHostname: pulumi.Input<string>;
    readonly databaseHost: pulumi.Input<string>;
    readonly databasePort: number;
    /** Its role, and its database. */
    readonly databaseUser: pulumi.Input<string>;
    readonly databaseName: string;
    readonly poolSize: number;
    readonly vpcCidr: string;
    /** Whether only the task's own Envoy reaches the HTTP port. */
    readonly loopback: boolean;
    /** Keycloak's settings and variables of realm files, in the clear; what is set here comes first. */
    readonly environment?: Record<string, string>;
    readonly notSecret?: Record<string, string>;
    readonly secrets: Record<string, Secret>;
    /** PEM of an authority that it trusts beside Java's own. */
    readonly authority?: pulumi.Input<string>;
}

/**
 * The heap needs no setting: the image gives Java 70 % of the container's memory (JAVA_OPTS_KC_HEAP), whatever that is.
 */
export function keycloakContainer(settings: Settings): ContainerArgs {
    const trust = districtTrust(AUTHORITIES, settings.authority);
    return {
        image: settings.image,
        user: USER,
        entryPoint: trust.entryPoint,
        // The image was built for this; a start that built first would write to the read-only root and end.
        // Realms that exist already are not imported again.
        command: ["start", "--optimized", "--import-realm"],
        environment: { ...EVENTS, ...settings.environment, ...environment(settings), ...trust.environment },
        notSecret: settings.notSecret,
        secrets: settings.secrets,
        ports: [...(settings.loopback ? [] : [HTTP_PORT]), MANAGEMENT_PORT, ...Object.values(PEER_PORTS)],
        innerPorts: settings.loopback ? [HTTP_PORT] : undefined,
        healthCheck: { command: HEALTH_CHECK, startPeriod: START_SECONDS },
        // Without the second one each start takes 30 s more.
        writable: ["/tmp", "/opt/keycloak/data"],
        stopTimeout: STOP_SECONDS,
        // What it waits for of a database's host that died is a statement's answer, or the confirmation of what it sent.
        retransmissions: RETRANSMISSIONS,
        keepAlive: KEEP_ALIVE,
    };
}

function environment(settings: Settings): Record<string, pulumi.Input<string>> {
    const pool = String(settings.poolSize);
    const bind = bindAddress(settings.vpcCidr);
    return {
        KC_DB_URL_HOST: settings.databaseHost,
        KC_DB_URL_PORT: String(settings.databasePort),
        KC_DB_URL_DATABASE: settings.databaseName,
        KC_DB_URL_PROPERTIES: "?sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds-ca.pem&tcpKeepAlive=true",
        KC_DB_USERNAME: settings.databaseUser,
        // All the same, as Keycloak's guides have it: under load no request waits for a connection to be opened.
        KC_DB_POOL_INITIAL_SIZE: pool,
        KC_DB_POOL_MIN_SIZE: pool,
        KC_DB_POOL_MAX_SIZE: pool,
        // A restart or a failover of the database ends connections that wait in the pool, and each would fail a request. Keycloak has no
        // option of its own for it.
        QUARKUS_DATASOURCE_JDBC_VALIDATE_ON_BORROW: "true",
        // TLS ends at Envoy or at a load balancer, and nobody else reaches the port. Keycloak takes the first address of X-Forwarded-For:
        // Envoy leaves the client's alone in it, a load balancer puts it behind what the client wrote.
        KC_HTTP_ENABLED: "true",
        KC_PROXY_HEADERS: "xforwarded",
        ...(settings.loopback ? LOOPBACK : {}),
        KC_HOSTNAME: settings.hostname,
        KC_HOSTNAME_ADMIN: settings.adminHostname,
        KC_BOOTSTRAP_ADMIN_USERNAME: BOOTSTRAP_ADMIN,
        ...(bind ? { KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS: bind } : {}),
    };
}
