import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isKanon } from "./agent-pools";
import { logAlarm } from "./alarms/log";
import { agentEnvoy, agentRoutes, READY } from "./agent-tls";
import { LEDGER_LIST, type MANAGED_VARIABLES, type TAILS_VARIABLES } from "./agent-variables";
import type { DevLedger } from "./dev-ledger";
import type { Calls } from "./discovery";
import { districtTrust } from "./district-authority";
import type { Endpoint, Route } from "./endpoint";
import { onLoopback, type TlsArgs } from "./envoy/tls";
import { RETRANSMISSIONS } from "./fargate/dead-peers";
import type { EfsVolume } from "./fargate/efs-volume";
import { FargateService, type FargateServiceArgs } from "./fargate-service";
import { pythonCheck } from "./python-check";
import type { Secret, SecretStore } from "./secret-store";
import type { Transform } from "./transform";
import type { WalletStorage } from "./wallet-db";
import { localTails, TAILS, tailsBase, tailsContainer } from "./agent-tails";
import { UserError } from "./user-error";

/**
 * @example
 * const image = new ContainerImage("agent", {
 *     context: imageFolder("acapy-agent"),
 *     args: { RDS_CA_PEM: rdsCertificateAuthorities("eu-central-1") },
 * });
 * new AgentCluster("issuer", {
 *     cluster,
 *     vpc,
 *     secrets,
 *     walletDb,
 *     didcomm: endpoint,
 *     admin,
 *     image: image.reference,
 *     cpu: 512,
 *     memory: 1024,
 *     count: 2,
 *     label: "Issuer",
 *     host: "issuer",
 *     tls: { envoyImage: envoy.reference, certificate: authority },
 *     didcommPort: 8020,
 *     adminPort: 8021,
 *     walletName: "issuer-wallet",
 *     walletType: "askar-anoncreds",
 *     walletConnections: 5,
 *     logLevel: "info",
 * });
 */
export interface AgentClusterArgs extends Pick<
    FargateServiceArgs,
    | "cluster"
    | "vpc"
    | "cpu"
    | "memory"
    | "count"
    | "autoscaling"
    | "architecture"
    | "spot"
    | "exec"
    | "logRetentionDays"
    | "plugins"
    | "alarms"
> {
    /** An image made like `images/acapy-agent`, by digest: ACA-Py, and RDS's authorities in `/etc/ssl/certs/rds-ca.pem`. */
    image: pulumi.Input<string>;
    /** A `WalletDb`, or a role on a `SharedDatabase` that may make databases. */
    walletDb: WalletStorage;
    secrets: SecretStore;
    /** Where other agents reach these: DIDComm, and nothing of the admin API. */
    didcomm: Endpoint;
    /** Where the admin API answers, to those whom the endpoint lets in. */
    admin: Endpoint;
    /** What other agents see as the name. */
    label: string;
    /** The name under the endpoints' domains. */
    host: string;
    didcommPort: number;
    adminPort: number;
    /**
     * TLS from the load balancers up to an Envoy beside each agent, which alone reaches the agent's ports. `false`: plain HTTP up to the agent,
     * the admin API's key with it.
     */
    tls: TlsArgs | false;
    /**
     * Where agents listen for DIDComm over WebSockets, at the same public address; they then send over WebSockets, too. A socket is one
     * task's: of several tasks, only those of a `mediator` have the others send over it. @default none, HTTP alone
     */
    webSocketPort?: number;
    /**
     * Grants mediation to whoever asks, and keeps messages for wallets that are away, in the wallet's database, where all tasks have them;
     * `environment` may say otherwise. It needs a `webSocketPort`. @default false
     */
    mediator?: boolean;
    /**
     * Hands out the tails files of the cluster's revocation registries, below /tails of the public address: a server beside each agent, on
     * a file system that all tasks share. The address is in every registry, for good. @default none, and ACA-Py refuses a credential
     * definition with revocation
     */
    tails?: TailsArgs;
    /** The wallet, and the database that the first agent makes for it. */
    walletName: string;
    walletType: "askar" | "askar-anoncreds" | "kanon-anoncreds";
    /**
     * Connections that one task may open for a wallet (see `connectionsOfTask` in agent-pools.ts). While a deployment rolls there are twice as
     * many tasks.
     */
    walletConnections: number;
    /** With ACAPY_MULTITENANT in `environment`: tenants that an agent keeps open at a time, each with connections of its own. @default 100, ACA-Py's */
    tenants?: number;
    /** The ledger's genesis transactions. With ACAPY_GENESIS_TRANSACTIONS_LIST in `environment` it is left out. @default no ledger */
    genesisUrl?: string;
    /** In the place of `genesisUrl`: the ledger of a developer, which the agents wait for. */
    devLedger?: Pick<DevLedger, "genesisUrl" | "clientsGroupId" | "before">;
    /** What services of heritages that are reachable by name the agents may call, for webhooks. @default none */
    calls?: Calls;
    /** There is no `debug`: at that level Askar logs the database's password. */
    logLevel: "info" | "warning" | "error";
    /** More of ACA-Py's settings, in the clear. */
    environment?: Record<string, string>;
    /** Variables in `environment` that look like secrets and are none, each with the reason. @default none */
    notSecret?: Record<string, string>;
    /** More secrets, and those of `WALLET_KEY` and `ADMIN_API_KEY` that exist already, by variable. */
    agentSecrets?: Record<string, Secret>;
    /** Refuse to delete or replace the wallet's key: without it the wallet cannot be opened again. @default false */
    protect?: boolean;
    transform?: {
        taskDefinition?: Transform<aws.ecs.TaskDefinitionArgs>;
        service?: Transform<aws.ecs.ServiceArgs>;
    };
}

export interface TailsArgs {
    /** An image made like `images/tails-server`, by digest. */
    image: pulumi.Input<string>;
    /** Where the server listens. Without a domain the public endpoint does so, too. */
    port: number;
    /** Where the files are: a `FileSystem` for the user 1000. */
    volume: EfsVolume;
}

/** Who ACA-Py's image runs as. */
const USER = "1001";
/** Of Python's ssl, which ACA-Py posts webhooks by. The variable stands in the place of the image's own file, whose content is kept. */
const AUTHORITIES = {
    program: "aca-py",
    variable: "SSL_CERT_FILE",
    own: "/etc/ssl/certs/ca-certificates.crt",
};
/**
 * Seconds that an agent may take to start before it counts as unhealthy; 300 is the most that ECS takes for a container. On a new
 * wallet each agent waits for the one before it (images/acapy-agent/aca-py); three took 15 to 32 s on a busy machine.
 */
const START_SECONDS = 300;

/**
 * Agents of ACA-Py that share one wallet: any of them answers, any of them may go.
 *
 * Other agents reach them through the public endpoint. The admin API is behind an internal endpoint and an API key; load balancers find a
 * task healthy by its `/status/ready`, since DIDComm's port has no such route. Both come over TLS, to two ports of an Envoy (`tls`), so that
 * the public load balancer reaches nothing else of the admin API. The wallet's database is made by whichever agent starts first; the others
 * wait for it and carry on.
 */
export class AgentCluster extends pulumi.ComponentResource {
    readonly didcommUrl: pulumi.Output<string>;
    /** Where the agents take WebSockets; undefined without a `webSocketPort`. */
    readonly webSocketUrl?: pulumi.Output<string>;
    readonly adminUrl: pulumi.Output<string>;
    readonly serviceName: pulumi.Output<string>;
    readonly logGroupName: pulumi.Output<string>;
    readonly service: FargateService;
    /** Where the cluster's secrets are, by variable: names of parameters, for `aws ssm get-parameter`. */
    readonly parameterNames: pulumi.Output<Record<string, string>>;
    /** What the admin API asks for, for the applications that may call it. */
    readonly adminApiKey: Secret;

    constructor(name: string, args: AgentClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:AgentCluster", name, { tls: args.tls !== false }, opts); // what a policy looks at
        const { devLedger } = args;
        if (args.genesisUrl && devLedger) {
            throw new UserError(`${name}: genesisUrl and devLedger are two ledgers, and an agent has one`);
        }
        if (args.mediator && args.webSocketPort === undefined) {
            throw new UserError(`${name}: a mediator has a webSocketPort, for its wallets' sockets`);
        }

        const { didcomm, webSocket, tails, admin } = agentRoutes(name, args);
        const ways = [didcomm, admin, ...(webSocket ? [webSocket] : []), ...(tails ? [tails] : [])];
        const loopback = onLoopback(args.tls);
        const ports = [args.didcommPort, args.adminPort, ...webSocketPorts(args)];
        const secrets = agentSecrets(name, args);
        const { callersGroupId, authority } = args.calls ?? {};
        const trust = districtTrust(AUTHORITIES, authority);
        const service = new FargateService(
            name,
            {
                ...args,
                containers: {
                    agent: {
                        image: args.image,
                        user: USER,
                        entryPoint: trust.entryPoint,
                        command: ["start"],
                        environment: {
                            ...(args.mediator ? MEDIATOR : {}),
                            ...args.environment,
                            ...agentEnvironment(args, didcomm.url, webSocket?.url),
                            ...tailsEnvironment(args.tails, tails?.url),
                            ...trust.environment,
                        },
                        notSecret: args.notSecret,
                        secrets,
                        ...(loopback ? { innerPorts: ports } : { ports }),
                        healthCheck: { command: pythonCheck(args.adminPort, READY), startPeriod: START_SECONDS },
                        writable: ["/tmp"],
                        // An agent whose connections are all in use waits for a host that died, and its health check, which asks no
                        // database, stays green: for 27 s with this, and for more than 4 minutes, when it was given up, without it.
                        retransmissions: RETRANSMISSIONS,
                    },
                    ...Object.fromEntries(tailsOf(args).map((server) => [TAILS, tailsContainer(server, loopback)])),
                    ...(args.tls && { envoy: agentEnvoy(name, args, args.tls, this) }),
                },
                efsVolumes: args.tails && { [TAILS]: args.tails.volume },
                routes: registered(ways),
                securityGroupIds: [
                    args.walletDb.clientsGroupId,
                    ...(devLedger ? [devLedger.clientsGroupId] : []),
                    ...(callersGroupId ? [callersGroupId] : []),
                ],
                before: devLedger?.before,
                healthCheckGraceSeconds: START_SECONDS,
                egressPorts: { from: 1, to: 65535, description: "Other agents on any port, the ledger, AWS" },
            },
            { parent: this },
        );

        if (args.alarms) {
            const failed = { kind: "failed-deliveries", logGroup: service.logGroupName } as const;
            logAlarm(args.alarms, name, failed, { parent: this });
        }
        this.didcommUrl = didcomm.url;
        this.webSocketUrl = webSocket?.url;
        this.adminUrl = admin.url;
        this.service = service;
        this.serviceName = service.serviceName;
        this.logGroupName = service.logGroupName;
        this.adminApiKey = secrets.ACAPY_ADMIN_API_KEY!;
        this.parameterNames = pulumi.output(
            Object.fromEntries(Object.entries(secrets).map(([variable, secret]) => [variable, secret.parameterName])),
        );
        this.registerOutputs({ didcommUrl: this.didcommUrl, adminUrl: this.adminUrl });
    }
}

type Environment = Record<string, pulumi.Input<string>>;

/** What makes a mediator of an agent (ACA-Py's docs/features/Mediation.md); where the queue is, images/acapy-agent/undelivered.py says. */
const MEDIATOR = { ACAPY_MEDIATION_OPEN: "true", ACAPY_ENABLE_UNDELIVERED_QUEUE: "true" };

/** Routes that share a target group are one to a service. */
const registered = (ways: readonly Route[]): Route[] => [
    ...new Map(
        [...ways, ...ways.flatMap(({ waiting }) => waiting ?? [])].map((route) => [route.targetGroupArn, route]),
    ).values(),
];

const webSocketPorts = ({ webSocketPort }: AgentClusterArgs) => (webSocketPort === undefined ? [] : [webSocketPort]);

const tailsOf = ({ tails }: AgentClusterArgs) => (tails === undefined ? [] : [tails]);

/** A file goes to the server in the same task, which no one else can put to; its address in the registry is the public one. */
function tailsEnvironment(tails: TailsArgs | undefined, url: pulumi.Output<string> | undefined): Environment {
    if (tails === undefined || url === undefined) return {};
    const variables: Record<keyof typeof TAILS_VARIABLES, pulumi.Input<string>> = {
        ACAPY_TAILS_SERVER_BASE_URL: tailsBase(url),
        ACAPY_TAILS_SERVER_UPLOAD_URL: localTails(tails.port),
    };
    return variables;
}

/** ACA-Py's settings, in the one form that it parses. Several addresses of an agent are a list, the one for HTTP first. */
function agentEnvironment(
    args: AgentClusterArgs,
    endpoint: pulumi.Output<string>,
    webSocketEndpoint: pulumi.Output<string> | undefined,
): Environment {
    const address = onLoopback(args.tls) ? "127.0.0.1" : "0.0.0.0";
    const transports = [
        ["http", address, args.didcommPort],
        ...webSocketPorts(args).map((port) => ["ws", address, port]),
    ];
    const genesisUrl = args.genesisUrl ?? args.devLedger?.genesisUrl;
    const hasLedgerList = [args.environment, args.agentSecrets].some(
        (variables) => variables && Object.hasOwn(variables, LEDGER_LIST),
    );
    // ACA-Py ignores the list of ledgers where ACAPY_NO_LEDGER is set.
    const noLedger = hasLedgerList ? {} : { ACAPY_NO_LEDGER: "true" };
    const managed: Partial<Record<keyof typeof MANAGED_VARIABLES, pulumi.Input<string>>> = {
        ACAPY_LABEL: args.label,
        ACAPY_ENDPOINT: webSocketEndpoint ? pulumi.jsonStringify([endpoint, webSocketEndpoint]) : endpoint,
        ACAPY_INBOUND_TRANSPORT: JSON.stringify(transports),
        ACAPY_OUTBOUND_TRANSPORT: webSocketEndpoint ? JSON.stringify(["http", "ws"]) : "http",
        ACAPY_ADMIN: JSON.stringify([address, args.adminPort]),
        ACAPY_AUTO_PROVISION: "true",
        ACAPY_WALLET_TYPE: args.walletType,
        ACAPY_WALLET_NAME: args.walletName,
        ACAPY_WALLET_STORAGE_TYPE: "postgres_storage",
        ACAPY_WALLET_STORAGE_CONFIG: pulumi.jsonStringify({
            url: pulumi.interpolate`${args.walletDb.host}:${args.walletDb.port}`,
            max_connections: args.walletConnections,
            min_idle_count: 1,
        }),
        ...(isKanon(args.walletType) ? kanonEnvironment(args.walletDb) : {}),
        ...(args.tenants !== undefined && !Object.hasOwn(args.environment ?? {}, "ACAPY_MULTITENANCY_CONFIGURATION")
            ? { ACAPY_MULTITENANCY_CONFIGURATION: JSON.stringify({ cache_size: args.tenants }) }
            : {}),
        ...(genesisUrl ? { ACAPY_GENESIS_URL: genesisUrl } : noLedger),
        ACAPY_LOG_LEVEL: args.logLevel,
        PGSSLMODE: "verify-full",
        PGSSLROOTCERT: "/etc/ssl/certs/rds-ca.pem",
    };
    return managed as Environment; // every one that is there has a value
}

/** Where Kanon keeps what is no key. How it verifies the database PGSSLMODE says here, too. */
const kanonEnvironment = ({ host, port }: WalletStorage) => ({
    ACAPY_DBSTORE_STORAGE_TYPE: "postgres_storage",
    ACAPY_DBSTORE_STORAGE_CONFIG: pulumi.jsonStringify({ url: pulumi.interpolate`${host}:${port}` }),
});

function agentSecrets(name: string, args: AgentClusterArgs): Record<string, Secret> {
    const provided = args.agentSecrets ?? {};
    return {
        ...provided,
        ACAPY_WALLET_STORAGE_CREDS: args.walletDb.credentials,
        ...(isKanon(args.walletType) ? { ACAPY_DBSTORE_STORAGE_CREDS: args.walletDb.credentials } : {}),
        ACAPY_WALLET_KEY:
            provided.ACAPY_WALLET_KEY ?? args.secrets.generate(name, "ACAPY_WALLET_KEY", { protect: args.protect }),
        ACAPY_ADMIN_API_KEY: provided.ACAPY_ADMIN_API_KEY ?? args.secrets.generate(name, "ACAPY_ADMIN_API_KEY"),
    };
}
