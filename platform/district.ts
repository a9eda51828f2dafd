import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "../components/alarms";
import { AccessLogBucket } from "../components/access-log-bucket";
import { Certificate } from "../components/certificate";
import { CertificateAuthority } from "../components/certificate-authority";
import type { DatabaseAccess } from "../components/database";
import { type Calls, Discovery } from "../components/discovery";
import { Endpoint, type EndpointArgs } from "../components/endpoint";
import type { TlsArgs } from "../components/envoy/tls";
import type { Architecture } from "../components/fargate/architecture";
import { capacityProviders } from "../components/fargate/capacity-providers";
import { FileSystem } from "../components/file-system";
import { publicZone } from "../components/public-zone";
import { LogKey } from "../components/log-key";
import type { Plugins } from "../components/plugins";
import { SecretStore } from "../components/secret-store";
import { scheduleGroupName } from "../components/scheduled-task";
import type { SharedDatabase } from "../components/shared-database";
import { WebAcl } from "../components/web-acl";
import { hasReachable, hasTls, listenersOf, type PlatformConfig } from "../config/defaults";
import { DISTRICT_PLUGINS } from "../config/plugins";
import { alarmTopic, newAlarms } from "./alarms";
import { publicCertificates } from "./certificate";
import { Images } from "./images";
import { districtNetwork, type DistrictNetwork } from "./network";
import { type Known, NOTHING_KNOWN } from "./preflight";
import { type Turn, turnOf } from "./rotation";
import { SecretSources } from "./secret-sources";
import { sharedDatabase } from "./shared-database";

export interface DistrictOptions {
    readonly provider: aws.Provider;
    readonly transformations?: pulumi.ResourceTransformation[];
}

/**
 * What the workloads of one environment share: the network, the key and the secrets, the ways in, the cluster. A stack is a district;
 * another stack with other numbers is another one.
 */
export class District {
    readonly vpc: DistrictNetwork;
    readonly secrets: SecretStore;
    /** Makes a secret of what the configuration says about it. */
    readonly secretSources: SecretSources;
    readonly cluster: { arn: pulumi.Output<string>; name: pulumi.Output<string> };
    /** Names for the services that are reachable by one; a stack without such has none. */
    readonly discovery: Discovery | undefined;
    /** The internet's way in. */
    readonly publicEndpoint: Endpoint;
    /** The way in for the networks that the configuration names. */
    readonly adminEndpoint: Endpoint;
    /** Signs what the program issues itself; a stack that needs none has none. */
    readonly authority: CertificateAuthority | undefined;
    readonly images: Images;
    /** Whom alarms tell; undefined for nobody. */
    readonly alarmTopicArn: pulumi.Input<string> | undefined;
    /** Makes the alarms of what the stack runs; undefined where it has none. */
    readonly alarms: Alarms | undefined;
    /** Agents beside every service. */
    readonly plugins: Plugins | undefined;
    /** The instance that several databases share; a stack without `sharedDatabase` has none. */
    readonly shared: SharedDatabase | undefined;
    /** The turn of its databases' users. */
    readonly turn: Turn;
    /** The cluster and the file systems that exist already. */
    readonly existing: Known["existing"];
    /** How to get at each database, by its name: whoever makes one puts it here. */
    readonly databases: Record<string, DatabaseAccess> = {};

    /** The file systems that the stack's backups take in, by ARN: see `newFileSystem`. */
    readonly backedUpFiles: pulumi.Output<string>[] = [];

    /** With what each of the stack's resources is made. */
    readonly opts: DistrictOptions;

    private schedules: aws.scheduler.ScheduleGroup | undefined;

    constructor(
        readonly config: PlatformConfig,
        given: { provider: aws.Provider },
        /** What AWS has of the secrets that others set, and of what exists already (see `preflight.ts`). */
        { versions, secrets, network, existing, turn }: Known = NOTHING_KNOWN,
    ) {
        const { protect } = config;
        this.opts = config.logKey ? { ...given, transformations: [new LogKey("logs", given).encrypt] } : given;
        const { opts } = this;
        this.existing = existing;
        this.vpc = districtNetwork(config, network, opts);
        this.secrets = new SecretStore("secrets", { protect, retainKey: keepsSnapshots(config) }, opts);
        this.secretSources = new SecretSources(this.secrets, protect, versions, secrets);
        this.authority = signs(config) ? new CertificateAuthority("authority", {}, opts) : undefined;
        this.alarmTopicArn = alarmTopic(config, opts);
        this.alarms = newAlarms(config, this.alarmTopicArn);
        [this.publicEndpoint, this.adminEndpoint] = this.endpoints();
        this.cluster = this.newCluster();
        this.discovery = hasReachable(config) ? new Discovery("discovery", { vpcId: this.vpc.id }, opts) : undefined;
        this.images = new Images(config, opts);
        this.plugins = this.secretSources.pluginsOf(DISTRICT_PLUGINS, config.plugins);
        this.turn = turnOf(config.sharedDatabase?.rotation ?? 0, turn);
        this.shared = sharedDatabase(this);
    }

    /** What agents, services and Keycloak need to call the services that are reachable by name; nothing where there are none. */
    get calls(): Calls | undefined {
        const { discovery, authority } = this;
        const known = isKnown(this.config) ? authority?.certificate : undefined;
        return discovery && { callersGroupId: discovery.callersGroupId, authority: known };
    }

    /** TLS up to the tasks of agents or Keycloak, as a stack file says it. */
    tls(tls: boolean | "both", architecture: Architecture): TlsArgs | false {
        return (
            tls !== false && {
                envoyImage: this.images.envoy(architecture),
                certificate: this.authority!,
                waiting: tls === "both",
            }
        );
    }

    /** The stack's own authority as PEM, for an application that may call a reachable service or the admin endpoint. */
    authorityFor(application: string): pulumi.Output<string> | undefined {
        const calls = this.discovery !== undefined || this.endpointsOpenTo(application).length > 0;
        return calls && isKnown(this.config) ? this.authority?.certificate : undefined;
    }

    /** One for the stack: by it the deploy role tells its own schedules from another stack's (automation/bootstrap/deploy-policy.ts). */
    scheduleGroup(): pulumi.Output<string> {
        const name = scheduleGroupName(pulumi.getProject(), pulumi.getStack());
        return (this.schedules ??= new aws.scheduler.ScheduleGroup("schedules", { name }, this.opts)).name;
    }

    /** The identifiers of the RDS instances, each once. */
    instanceIdentifiers(): pulumi.Output<string>[] {
        return [...new Set(this.instances().map(({ identifier }) => identifier))];
    }

    /** The log groups of the RDS instances that have an audit log, each once. */
    auditLogGroups(): pulumi.Output<string>[] {
        return [...new Set(this.instances().flatMap(({ auditLogGroup }) => auditLogGroup ?? []))];
    }

    private instances(): DatabaseAccess[] {
        const { shared, databases } = this;
        return [...(shared ? [shared.access] : []), ...Object.values(databases)];
    }

    /** A file system with backups: the stack's plan takes them where it has one, and EFS's own where it has none. */
    newFileSystem(name: string, args: { user: string; backups: boolean | undefined }): FileSystem {
        const { vpc, secrets, config, opts } = this;
        const { network, protect } = config;
        const planned = config.backup !== undefined && args.backups === true;
        const fileSystem = new FileSystem(
            name,
            {
                vpc,
                zones: network.zones,
                kmsKeyArn: secrets.keyArn,
                user: args.user,
                backups: args.backups && !planned,
                protect,
            },
            opts,
        );
        if (planned) this.backedUpFiles.push(fileSystem.arn);
        return fileSystem;
    }

    private newCluster() {
        const { cluster: found } = this.existing;
        if (found) return { arn: pulumi.output(found.arn), name: pulumi.output(found.name) };
        const cluster = new aws.ecs.Cluster(
            "platform",
            {
                settings: [
                    { name: "containerInsights", value: this.config.containerInsights ? "enabled" : "disabled" },
                ],
            },
            { ...this.opts, aliases: [{ name: "agents" }] }, // what it was called when there were only agents
        );
        const capacity = capacityProviders("platform", cluster, this.config.region, this.opts);
        // A service on spot comes after what the cluster needs for it.
        const arn = pulumi.all([cluster.arn, capacity.id]).apply(([own]) => own);
        return { arn, name: cluster.name };
    }

    /** What lets in the tasks of an application: the configuration names it, or it uses a cluster of agents. */
    endpointsOpenTo(application: string): Endpoint[] {
        const { adminEndpoint, heritages } = this.config;
        const bindings = Object.hasOwn(heritages, application) ? Object.values(heritages[application]!.uses) : [];
        const isOpen =
            adminEndpoint.allowedApplications.includes(application) ||
            bindings.some(({ agents }) => agents !== undefined);
        return isOpen ? [this.adminEndpoint] : [];
    }

    private endpoints(): [Endpoint, Endpoint] {
        const { config, vpc, opts } = this;
        const { protect, domain } = config;
        const logs = config.publicEndpoint.accessLogs
            ? new AccessLogBucket("access-logs", { protect }, opts)
            : undefined;
        const zoneId = domain && publicZone("public", { ...domain, protect }, opts);
        const shared = { vpc, accessLogBucket: logs?.bucket, protect, alarms: this.alarms };
        const { allowedCidrs, idleTimeoutSeconds } = config.publicEndpoint;
        // The stack's own tasks come by way of NAT: agents to one another, services to Keycloak.
        const allowedAddresses = allowedCidrs.includes("0.0.0.0/0") ? [] : vpc.natAddresses;
        const https = zoneId && this.https(domain!, zoneId);
        return [
            new Endpoint(
                "public",
                {
                    ...shared,
                    allowedCidrs,
                    allowedAddresses,
                    idleTimeoutSeconds,
                    webAclArn: this.webAclArn(),
                    https: https?.public ?? (publicHttps(config) ? { authority: this.authority! } : undefined),
                },
                opts,
            ),
            new Endpoint(
                "admin",
                {
                    ...shared,
                    allowedCidrs: config.adminEndpoint.allowedCidrs,
                    allowedSecurityGroupIds: config.adminEndpoint.allowedSecurityGroupIds,
                    internal: true,
                    https: https?.internal ?? (internalHttps(config) ? { authority: this.authority! } : undefined),
                },
                opts,
            ),
        ];
    }

    /** The one that exists, or the stack's own: its limits do not count the stack's own tasks, which come by way of NAT. */
    private webAclArn(): pulumi.Input<string> | undefined {
        const { webAcl } = this.config.publicEndpoint;
        if (webAcl === undefined || typeof webAcl === "string") return webAcl;
        const { logIns, ...settings } = webAcl;
        const { logRetentionDays, keycloak } = this.config;
        const args = { ...settings, logRetentionDays, exemptAddresses: this.vpc.natAddresses };
        return new WebAcl("web-acl", { ...args, ...(keycloak ? { logIns } : {}) }, this.opts).arn;
    }

    /** With a domain: certificates for it, and for its zone within the VPC. */
    private https(
        domain: NonNullable<PlatformConfig["domain"]>,
        zoneId: pulumi.Output<string>,
    ): Record<"public" | "internal", EndpointArgs["https"]> {
        const { privateZone } = this.vpc;
        const internal = new Certificate("admin", { domainName: `*.${privateZone.name}`, zoneId }, this.opts);
        return {
            public: publicCertificates({ ...this.config, domain }, zoneId, this.opts),
            internal: { certificateArn: internal.arn, domain: privateZone.name, zoneId: privateZone.id },
        };
    }
}

/** Whether something needs a certificate by the stack's own authority: an Envoy, or an endpoint without a domain. */
const signs = (config: PlatformConfig) => hasTls(config).length > 0 || isKnown(config);

/** Whether a task may meet such a certificate. That of an agent's Envoy, and of Keycloak's, load balancers alone see. */
const isKnown = (config: PlatformConfig) =>
    Object.keys(config.services).length > 0 ||
    listenersOf(config).length > 0 ||
    (!config.domain && (publicHttps(config) || internalHttps(config)));

/** Without a domain the agents' DIDComm alone stays on plain HTTP: no other agent knows the stack's authority. */
const publicHttps = (config: PlatformConfig) =>
    config.keycloak !== undefined || Object.keys(config.services).length > 0 || listenersOf(config).length > 0;

/** Everything behind the admin endpoint. */
const internalHttps = (config: PlatformConfig) =>
    config.keycloak !== undefined || Object.keys(config.agents).length > 0 || listenersOf(config).includes("internal");

/** A snapshot that outlives its database can be restored only with the key. */
const keepsSnapshots = ({ walletDb, sharedDatabase: shared, keycloak, services, heritages }: PlatformConfig) =>
    [
        walletDb,
        shared,
        keycloak?.database,
        ...[...Object.values(services), ...Object.values(heritages)].map((application) => application.database),
    ].some((database) => database?.finalSnapshot);
