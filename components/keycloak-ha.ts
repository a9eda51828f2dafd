import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logAlarm } from "./alarms/log";
import { Database, type DatabaseAccess, type DatabaseArgs } from "./database";
import type { Calls } from "./discovery";
import type { Endpoint } from "./endpoint";
import { envoyKeyPair } from "./envoy/key-pair";
import { ENVOY_PORT, envoySidecar } from "./envoy/sidecar";
import { encrypted, onLoopback, targets, type TlsArgs } from "./envoy/tls";
import { FargateService, type FargateServiceArgs } from "./fargate-service";
import {
    DATABASE,
    EGRESS_PORTS,
    HTTP_PORT,
    keycloakContainer,
    MANAGEMENT_PORT,
    PEER_PORTS,
    pathsBelow,
    START_SECONDS,
} from "./keycloak/container";
import { DeployedVersion } from "./keycloak/deployed-version";
import { MANAGED_VARIABLES } from "./keycloak/variables";
import { versionProblem } from "./keycloak/versions";
import { allowIngress } from "./network/clients";
import type { Secret, SecretStore } from "./secret-store";
import type { DatabaseLogin } from "./shared-database";
import type { Transform } from "./transform";
import { UserError } from "./user-error";

/**
 * @example
 * const image = new ContainerImage("keycloak", {
 *     context: imageFolder("keycloak"),
 *     args: { KEYCLOAK_VERSION: "26.7.3", RDS_CA_PEM: rdsCertificateAuthorities("eu-central-1") },
 * });
 * new KeycloakHa("keycloak", {
 *     cluster,
 *     vpc,
 *     secrets,
 *     image: image.reference,
 *     version: "26.7.3", // the one that is in the image
 *     tls: { envoyImage: envoy.reference, certificate: authority },
 *     cpu: 1024,
 *     memory: 2048,
 *     count: 2,
 *     host: "auth",
 *     poolSize: 10,
 *     database: {
 *         engineVersion: "17",
 *         instanceClass: "db.t4g.micro",
 *         storageGiB: 20,
 *         maxStorageGiB: 100,
 *         multiAz: false,
 *         backupDays: 7,
 *     },
 *     publicEndpoint: endpoint,
 *     adminEndpoint: admin,
 * });
 */
export interface KeycloakHaArgs extends Pick<
    FargateServiceArgs,
    | "cluster"
    | "cpu"
    | "memory"
    | "count"
    | "autoscaling"
    | "architecture"
    | "spot"
    | "egressPorts"
    | "exec"
    | "logRetentionDays"
    | "plugins"
    | "rolloutTimeoutSeconds"
    | "alarms"
> {
    vpc: {
        id: pulumi.Input<string>;
        /** Tells whether a node finds its own address by itself (see `keycloak/bind-address.ts`). */
        cidr: string;
        privateSubnetIds: pulumi.Input<string[]>;
        /** See `TaskArgs.vpc`. */
        wayOut?: readonly pulumi.Resource[];
        isolatedSubnetIds: pulumi.Input<string[]>;
        /** Gets the database's short name. */
        privateZone: { id: pulumi.Input<string>; name: string };
    };
    /** An image made like `images/keycloak`, by digest: an optimised build, and RDS's authorities in `/etc/ssl/certs/rds-ca.pem`. */
    image: pulumi.Input<string>;
    /**
     * The version that is in the image, written out: "26.7.5". It decides how a deployment is done. One that is not the image's
     * lets two versions run side by side on one database.
     */
    version: string;
    /**
     * TLS from the load balancers up to an Envoy beside each node. `false`: plain HTTP up to the node, and a client that sends
     * `X-Forwarded-For` chooses its address in Keycloak's events.
     */
    tls: TlsArgs | false;
    /** Realms of the image that count no failed log-ins, by name: a policy looks at them. @default none is known of */
    unprotectedRealms?: readonly string[];
    /** The cluster's own PostgreSQL: role, password and database are made with it. Or a role on a `SharedDatabase`. */
    database: Omit<DatabaseArgs, OwnKeys> | { login: DatabaseLogin };
    secrets: SecretStore;
    /** Where users log in and applications ask for tokens: the public paths, without the realm master. It has to have HTTPS. */
    publicEndpoint: Endpoint;
    /**
     * Where the admin console and its API answer, to those whom the endpoint lets in; they may ask each node for its `/metrics` and
     * `/health`, too, on port 9000. It has to have HTTPS.
     */
    adminEndpoint: Endpoint;
    /** The name under the endpoints' domains, one label; without a domain it is not used. */
    host: string;
    /** The path that all of Keycloak is below, as the image was built with (`KC_HTTP_RELATIVE_PATH`): "/auth". @default none */
    relativePath?: string;
    /** Connections that one node opens, and keeps. While a deployment rolls there are twice as many nodes. */
    poolSize: number;
    /**
     * Keycloak's settings (`KC_…`) that the component does not set itself, and variables that realm files name as `${VARIABLE}`, in
     * the clear. What takes effect when an image is built (`KC_FEATURES`, …) belongs into the image: a node does not read it.
     * @default none
     * @example { KC_LOG_CONSOLE_OUTPUT: "json", PORTAL_URL: "https://portal.example.com" }
     */
    environment?: Record<string, string>;
    /** Variables in `environment` that look like secrets and are none, each with the reason. @default none */
    notSecret?: Record<string, string>;
    /** Secrets that realm files name as `${VARIABLE}`, and settings of Keycloak that are secrets, by variable. @default none */
    realmSecrets?: Record<string, Secret>;
    /** Where the nodes may connect to, beside 443 anywhere. @default ports 389 to 636 anywhere (mail, directories, 443) */
    egress?: FargateServiceArgs["egress"];
    /** What services of heritages that are reachable by name the nodes may call. @default none */
    calls?: Calls;
    /** Refuse to delete or replace the database and its password. @default false */
    protect?: boolean;
    transform?: {
        taskDefinition?: Transform<aws.ecs.TaskDefinitionArgs>;
        service?: Transform<aws.ecs.ServiceArgs>;
    };
}

/** What the component says of its own database. */
type OwnKeys =
    "vpc" | "username" | "password" | "databaseName" | "kmsKeyArn" | "logRetentionDays" | "protect" | "alarms";

const DEFAULT_LOG_RETENTION_DAYS = 30;
/** Seconds that a resolver keeps the database's short name. */
const NAME_TTL = 60;

/**
 * Keycloak as a cluster: any node answers, any node may go, and sessions go on. The nodes find one another in the database and
 * talk over ports that only they reach; users come through the public endpoint, administrators through the internal one, with TLS
 * up to an Envoy beside each node (`tls`).
 *
 * A new patch version rolls. Another minor or major version may not run beside the old one: every node stops first, the new
 * ones change the database, and nothing goes back by itself (see `keycloak/versions.ts`). `deployment` says which it is. Once they
 * run, the service is set back to rolling in the same `up`; the next one shows that as a change of the service, and starts no task.
 */
export class KeycloakHa extends pulumi.ComponentResource {
    /** Where users log in: `https://<name>`, realms are below `/realms`. */
    readonly url: pulumi.Output<string>;
    /** Where the admin console is, from within the networks that the internal endpoint lets in. */
    readonly adminUrl: pulumi.Output<string>;
    /** Known once the nodes run the wanted version. */
    readonly serviceName: pulumi.Output<string>;
    readonly logGroupName: pulumi.Output<string>;
    readonly service: FargateService;
    /** The database's own name, the one that its certificate is for. */
    readonly databaseHost: pulumi.Output<string>;
    /** The database's short name in the VPC's zone, for people. */
    readonly databaseName: pulumi.Output<string>;
    readonly database: DatabaseAccess;
    /** Where the cluster's secrets are, by variable: names of parameters, for `aws ssm get-parameter`. */
    readonly parameterNames: pulumi.Output<Record<string, string>>;
    /** What realm files name as `${VARIABLE}`. */
    readonly realmSecrets: Readonly<Record<string, Secret>>;
    /** How the wanted version takes over from the one that runs. */
    readonly deployment: pulumi.Output<"rolling" | "replace">;

    constructor(name: string, args: KeycloakHaArgs, opts?: pulumi.ComponentResourceOptions) {
        const { version: wanted, unprotectedRealms = [] } = args;
        const tls = args.tls !== false;
        super("identity:index:KeycloakHa", name, { version: wanted, unprotectedRealms, tls }, opts); // what policies look at
        refuse(name, args);

        const { login: database, record } = this.connection(name, args);
        const secrets = {
            ...args.realmSecrets,
            KC_DB_PASSWORD: database.secret,
            // Read on the first start only: another value later is another value in SSM, and no other administrator.
            KC_BOOTSTRAP_ADMIN_PASSWORD: args.secrets.generate(name, "KC_BOOTSTRAP_ADMIN_PASSWORD"),
        };
        const { users, administrators } = routes(name, args);
        const ways = [users, administrators];
        // A route's URL goes on with its first path; Keycloak's hostname is the origin, and the path that all of it is below.
        const { relativePath = "" } = args;
        const below = (url: string) => new URL(url).origin + relativePath;
        this.url = users.url.apply(below);
        this.adminUrl = administrators.url.apply(below);
        const version = new DeployedVersion(name, args.version, this);
        const service = new FargateService(
            name,
            {
                ...args,
                containers: {
                    ...(args.tls && { envoy: this.envoy(name, args.tls, args.secrets) }),
                    keycloak: keycloakContainer({
                        // The task definition, and with it the service, comes after the word that it is begun.
                        image: pulumi.all([args.image, version.begun]).apply(([image]) => image),
                        hostname: this.url,
                        adminHostname: this.adminUrl,
                        databaseHost: database.host,
                        databasePort: database.port,
                        databaseUser: database.user,
                        databaseName: database.name,
                        poolSize: args.poolSize,
                        vpcCidr: args.vpc.cidr,
                        loopback: onLoopback(args.tls),
                        authority: args.calls?.authority,
                        environment: args.environment,
                        notSecret: args.notSecret,
                        secrets,
                    }),
                },
                routes: [...ways, ...ways.flatMap(({ waiting }) => waiting ?? [])],
                peerPorts: PEER_PORTS,
                securityGroupIds: [
                    database.clientsGroupId,
                    ...(args.calls?.callersGroupId ? [args.calls.callersGroupId] : []),
                ],
                egressPorts: args.egressPorts ?? (args.egress === undefined ? EGRESS_PORTS : undefined),
                deployment: version.deployment,
                healthCheckGraceSeconds: START_SECONDS,
            },
            { parent: this },
        );
        version.runsWhen(service.serviceName);
        if (args.alarms) {
            const failed = { kind: "failed-log-ins", logGroup: service.logGroupName } as const;
            logAlarm(args.alarms, name, failed, { parent: this });
        }
        // Node by node: through a load balancer a scraper would get the figures of another one each time.
        const management = {
            groupId: service.securityGroupId,
            port: MANAGEMENT_PORT,
            description: "Metrics and health",
        };
        allowIngress(`${name}-management`, args.adminEndpoint.clients, management, { parent: this });

        this.service = service;
        this.serviceName = service.serviceName;
        this.logGroupName = service.logGroupName;
        this.databaseHost = database.host;
        this.databaseName = record.fqdn;
        this.database = database.access;
        this.deployment = version.deployment;
        this.realmSecrets = args.realmSecrets ?? {};
        this.parameterNames = pulumi.output(
            Object.fromEntries(Object.entries(secrets).map(([variable, secret]) => [variable, secret.parameterName])),
        );
        this.registerOutputs({ url: this.url, adminUrl: this.adminUrl, deployment: this.deployment });
    }

    private envoy(name: string, { envoyImage: image, certificate }: TlsArgs, secrets: SecretStore) {
        return envoySidecar({
            image,
            // Not once it is healthy: ECS waits three minutes for that, and a node that changes a large database may take longer.
            app: { container: "keycloak", port: HTTP_PORT, protocol: "http1", healthChecked: false },
            clientAlone: true,
            ...envoyKeyPair(name, { certificate, secrets }, this),
        });
    }

    /** How the nodes connect, and the database's short name. */
    private connection(name: string, args: KeycloakHaArgs) {
        const { database, vpc } = args;
        const login = "login" in database ? database.login : this.ownDatabase(name, { ...args, database });
        // For people and their tools. Keycloak goes by RDS's own name: the certificate is for that one, and is verified.
        const record = new aws.route53.Record(
            `${name}-db`,
            {
                zoneId: vpc.privateZone.id,
                name: `${name}-db.${vpc.privateZone.name}`,
                type: "CNAME",
                ttl: NAME_TTL,
                records: [login.host],
            },
            { parent: this },
        );
        return { login, record };
    }

    /** PostgreSQL with Keycloak's role and database in it: RDS makes both, so that nobody has to by hand. */
    private ownDatabase(
        name: string,
        { database: settings, secrets, vpc, ...args }: KeycloakHaArgs & { database: Omit<DatabaseArgs, OwnKeys> },
    ): DatabaseLogin {
        const password = secrets.password(`${name}-db-password`, { length: 32 });
        const database = new Database(
            `${name}-db`,
            {
                ...settings,
                vpc,
                username: DATABASE,
                password,
                databaseName: DATABASE,
                kmsKeyArn: secrets.keyArn,
                logRetentionDays: args.logRetentionDays ?? DEFAULT_LOG_RETENTION_DAYS,
                protect: args.protect,
                alarms: args.alarms,
            },
            { parent: this },
        );
        const secret = secrets.put(name, "KC_DB_PASSWORD", password);
        const { host, port, clientsGroupId } = database;
        const access = database.access(DATABASE, secret.parameterName);
        return { host, port, clientsGroupId, user: pulumi.output(DATABASE), name: DATABASE, password, secret, access };
    }
}

/** What the component would find out too late, by itself. */
function refuse(name: string, args: KeycloakHaArgs) {
    const problem = versionProblem(args.version);
    if (problem) throw new UserError(`${name}: ${problem.what}; ${problem.fix}`);
    const own = Object.keys({ ...args.environment, ...args.realmSecrets });
    const reserved = own.filter((variable) => Object.hasOwn(MANAGED_VARIABLES, variable));
    if (reserved.length > 0) {
        throw new UserError(
            `${name}: the component sets ${reserved.join(", ")} itself; leave it out of environment and realmSecrets`,
        );
    }
}

/**
 * Both end at the same port of the nodes; what differs is who may connect, and which paths lead there. The realm master, whose
 * users administer all others, logs in at the internal endpoint alone (`images/keycloak/start.sh` sets its Frontend URL).
 */
function routes(name: string, { publicEndpoint, adminEndpoint, host, relativePath = "", tls }: KeycloakHaArgs) {
    const paths = pathsBelow(relativePath);
    const healthCheck = { path: paths.check };
    const to = targets(tls, { port: HTTP_PORT, healthCheck }, encrypted(ENVOY_PORT, healthCheck));
    const shared = { host, httpsOnly: true, ...to };
    publicEndpoint.refuse(name, { host, paths: paths.refused });
    return {
        users: publicEndpoint.route(name, { ...shared, paths: paths.public }),
        // Every path: the console is at /admin, and needs /realms and /resources beside it.
        administrators: adminEndpoint.route(name, shared),
    };
}
