/** One of each component, for what has to be true of all of them. */
import * as pulumi from "@pulumi/pulumi";
import { AccessLogBucket } from "../../components/access-log-bucket";
import { AgentCluster } from "../../components/agent-cluster";
import { LogKey } from "../../components/log-key";
import { AlarmTopic } from "../../components/alarm-topic";
import { Alarms } from "../../components/alarms";
import { Backups } from "../../components/backups";
import { Bucket } from "../../components/bucket";
import { Certificate } from "../../components/certificate";
import { CertificateAuthority } from "../../components/certificate-authority";
import { ContainerImage } from "../../components/container-image";
import { Database } from "../../components/database";
import { DeployMachine } from "../../components/deploy-machine";
import { DeployRole } from "../../components/deploy-role";
import { DevLedger } from "../../components/dev-ledger";
import { Discovery } from "../../components/discovery";
import { Endpoint } from "../../components/endpoint";
import { EventAlarms } from "../../components/event-alarms";
import { ExistingFileSystem } from "../../components/existing-file-system";
import { ExistingVpc } from "../../components/existing-vpc";
import { FargateService } from "../../components/fargate-service";
import { FileSystem } from "../../components/file-system";
import { FargateTask } from "../../components/fargate-task";
import { Heritage, type HeritageArgs, type HeritageDistrict } from "../../components/heritage";
import { KeycloakHa } from "../../components/keycloak-ha";
import { OffHours } from "../../components/off-hours";
import { Queue } from "../../components/queue";
import { Redis } from "../../components/redis";
import { ScheduledTask } from "../../components/scheduled-task";
import { SecretStore } from "../../components/secret-store";
import { SharedDatabase } from "../../components/shared-database";
import { TlsService } from "../../components/tls-service";
import { Vpc } from "../../components/vpc";
import { WalletDb } from "../../components/wallet-db";
import { WebAcl } from "../../components/web-acl";
import { Workbench } from "../../components/workbench";
import { CLUSTER, DATABASE, REGION, VPC } from "./support";

type Opts = pulumi.ComponentResourceOptions;

const HTTPS = { certificateArn: "arn:certificate", domain: "id.example.com", zoneId: "Z1" };
const CREDENTIALS = { kmsKeyArn: "arn:key", username: "app", password: "secret" };
const AGENT = {
    cluster: CLUSTER,
    vpc: VPC,
    image: "example.com/agent@sha256:00",
    cpu: 512,
    memory: 1024,
    count: 2,
    autoscaling: { max: 4, cpuPercent: 70, memoryPercent: 75 },
    exec: true,
    label: "issuer",
    host: "issuer",
    didcommPort: 8020,
    adminPort: 8021,
    walletName: "issuer-wallet",
    walletType: "askar",
    walletConnections: 10,
    logLevel: "info",
} as const;
const SLACK = { workspace: "T07EA123LEP", channel: "C07EZ1ABC23" };
const TEAMS = { tenant: "tenant", team: "team", channel: "19:abc@thread.tacv2" };
const NETWORK = {
    cidr: "10.0.0.0/16",
    zones: 2,
    nat: "none",
    region: REGION,
    privateZoneName: "test.internal",
    interfaceEndpoints: true,
    flowLogDays: 7,
} as const;
const container = { image: "example.com/app@sha256:00", user: "1000", ports: [8080] };

/** By the name of its class: makes one, with all that it may make, and returns an output that is known at the end. */
export const COMPONENTS: Record<string, (name: string, opts?: Opts) => pulumi.Output<unknown>> = {
    ExistingFileSystem: (name, opts) => {
        const { fileSystemId } = new ExistingFileSystem(
            name,
            { id: "fs-0123456789abcdef0", arn: "arn:fs", groupId: "sg-1", user: "1000" },
            opts,
        ).volume;
        return pulumi.output(fileSystemId);
    },
    ExistingVpc: (name, opts?: Opts) =>
        new ExistingVpc(
            name,
            {
                id: "vpc-1",
                cidr: "10.0.0.0/16",
                publicSubnetIds: ["subnet-1", "subnet-2"],
                privateSubnetIds: ["subnet-3", "subnet-4"],
                privateZoneName: "test.internal",
            },
            opts,
        ).id,
    Vpc: (name, opts) => new Vpc(name, NETWORK, opts).id,
    SecretStore(name, opts) {
        const store = new SecretStore(name, {}, opts);
        store.put("app", "B", "value");
        return store.generate("app", "A").version;
    },
    ContainerImage: (name, opts) => new ContainerImage(name, { context: "images/acapy-agent" }, opts).reference,
    Certificate: (name, opts) => new Certificate(name, { domainName: "*.example.com", zoneId: "Z1" }, opts).arn,
    AccessLogBucket: (name, opts) => new AccessLogBucket(name, {}, opts).bucket,
    Bucket: (name, opts) => new Bucket(name, {}, opts).bucket,
    FileSystem: (name, opts) =>
        new FileSystem(name, { vpc: VPC, zones: 2, kmsKeyArn: "arn:key", user: "1000", backups: true }, opts).id,
    Backups: (name, opts) => new Backups(name, { databases: ["shop-db-1"], days: { daily: 35 }, lock: true }, opts).arn,
    Queue: (name, opts) => new Queue(name, { fifo: true }, opts).url,
    LogKey: (name, opts) => new LogKey(name, opts).arn,
    AlarmTopic: (name, opts) =>
        new AlarmTopic(name, { emails: ["on-call@example.com"], slack: [SLACK], teams: [TEAMS] }, opts).arn,
    EventAlarms: (name, opts) =>
        new EventAlarms(name, { alarms: new Alarms(), cluster: CLUSTER, databases: ["shop-db-1"] }, opts).queueUrl,
    Redis: (name, opts) =>
        new Redis(name, { vpc: VPC, password: "p".repeat(48), kmsKeyArn: "arn:key", multiAz: true }, opts).host,
    Endpoint(name, opts) {
        const endpoint = new Endpoint(name, { vpc: VPC, https: HTTPS, allowedCidrs: ["10.0.0.0/8"] }, opts);
        return endpoint.route("app", { host: "app", port: 8080, healthCheck: { path: "/" } }).url;
    },
    FargateService: (name, opts) =>
        new FargateService(name, { ...AGENT, containers: { app: container } }, opts).serviceName,
    Database: (name, opts) => new Database(name, { ...DATABASE, ...CREDENTIALS }, opts).host,
    WalletDb: (name, opts) => new WalletDb(name, { ...DATABASE, secrets: new SecretStore("secrets") }, opts).host,
    SharedDatabase(name, opts) {
        const roles = { shop: { database: "shop", connections: 10 }, wallet_issuer: { connections: 10 } };
        const args = { ...DATABASE, cluster: CLUSTER, image: container.image, roles };
        const shared = new SharedDatabase(name, { ...args, secrets: new SecretStore("secrets") }, opts);
        shared.closeAfter("there");
        return shared.login("shop").host;
    },
    AgentCluster(name, opts) {
        const secrets = new SecretStore("secrets");
        const walletDb = new WalletDb("wallets", { ...DATABASE, secrets });
        const didcomm = new Endpoint("public", { vpc: VPC, allowedCidrs: [] });
        const admin = new Endpoint("admin", { vpc: VPC, allowedCidrs: [], internal: true });
        const tls = { envoyImage: "example.com/envoy@sha256:00", certificate: new CertificateAuthority("authority") };
        return new AgentCluster(name, { ...AGENT, secrets, walletDb, didcomm, admin, tls }, opts).serviceName;
    },
    CertificateAuthority: (name, opts) => new CertificateAuthority(name, {}, opts).issue("app", ["app.test"]).chain,
    TlsService(name, opts) {
        const secrets = new SecretStore("secrets");
        const endpoint = new Endpoint("public", { vpc: VPC, allowedCidrs: [], https: HTTPS });
        const certificate = new CertificateAuthority("authority");
        const args = { ...AGENT, envoyImage: "example.com/envoy@sha256:00", port: 8080, healthCheckPath: "/" };
        return new TlsService(name, { ...args, secrets, certificate, listeners: [{ endpoint }] }, opts).serviceName;
    },
    KeycloakHa(name, opts) {
        const { vpc, logRetentionDays, ...database } = DATABASE;
        const publicEndpoint = new Endpoint("public", { vpc, allowedCidrs: [], https: HTTPS });
        const adminEndpoint = new Endpoint("admin", { vpc, allowedCidrs: [], https: HTTPS, internal: true });
        const network = { ...vpc, cidr: "100.64.0.0/16", privateZone: { id: "Z2", name: "test.internal" } };
        const args = { ...AGENT, vpc: network, logRetentionDays, host: "auth", version: "26.7.3", poolSize: 10 };
        const secrets = new SecretStore("secrets");
        const tls = { envoyImage: "example.com/envoy@sha256:00", certificate: new CertificateAuthority("authority") };
        const endpoints = { publicEndpoint, adminEndpoint };
        return new KeycloakHa(name, { ...args, tls, ...endpoints, database, secrets }, opts).serviceName;
    },
    FargateTask: (name, opts) => new FargateTask(name, { ...AGENT, containers: { app: container } }, opts).logGroupName,
    ScheduledTask(name, opts) {
        const args = { ...AGENT, containers: { app: container }, schedule: "rate(1 day)" };
        return new ScheduledTask(name, args, opts).scheduleName;
    },
    OffHours(name, opts) {
        const web = new FargateService(`${name}-web`, { ...AGENT, containers: { app: container } }, opts);
        const hours = { off: "19:00", on: "07:00", days: ["mon"], zone: "UTC" } as const;
        const args = {
            hours,
            cluster: CLUSTER,
            services: { web },
            databases: { db: "db-1" },
            machines: { box: "i-1" },
        };
        return new OffHours(name, args, opts).machineArn;
    },
    DevLedger: (name, opts) =>
        new DevLedger(name, { vpc: { ...VPC, privateZone: { id: "Z2", name: "test.internal" } } }, opts).genesisUrl,
    WebAcl: (name, opts) => new WebAcl(name, { logRetentionDays: 30, logIns: 600 }, opts).arn,
    Workbench(name, opts) {
        const workbench = new Workbench(name, { vpc: VPC, region: REGION }, opts);
        workbench.mayReach("db", { groupId: "sg-db", port: 5432 });
        return workbench.instanceId;
    },
    Discovery: (name, opts) => new Discovery(name, { vpcId: VPC.id }, opts).namespaceId,
    DeployRole(name, opts) {
        const machine = { arn: "arn:aws:states:eu-central-1:123456789012:stateMachine:app" };
        return new DeployRole(name, { repository: "acme/app", machine, image: container.image }, opts).arn;
    },
    DeployMachine(name, opts) {
        const task = new FargateTask("oneoff", { ...AGENT, containers: { app: container } }, opts);
        const service = new FargateService("web", { ...AGENT, count: 1, containers: { app: container } }, opts);
        const args = { services: { web: service }, oneOff: { name: "oneoff", task }, scheduledTasks: {} };
        return new DeployMachine(name, { ...args, cluster: CLUSTER, image: container.image }, opts).arn;
    },
    Heritage(name, opts) {
        const heritage = new Heritage(name, { ...HERITAGE, district: district() }, opts);
        return pulumi.all([heritage.serviceNames, heritage.deployRoleArn]);
    },
};

/** What a heritage is put into, with all that there can be. */
export function district(): HeritageDistrict {
    return {
        cluster: CLUSTER,
        vpc: VPC,
        envoyImage: "example.com/envoy@sha256:00",
        alarmTopicArn: "arn:topic",
        secrets: new SecretStore("secrets"),
        endpoints: {
            public: new Endpoint("public", { vpc: VPC, allowedCidrs: [], https: HTTPS }),
            internal: new Endpoint("admin", { vpc: VPC, allowedCidrs: [], https: HTTPS, internal: true }),
        },
        authority: new CertificateAuthority("authority"),
        discovery: new Discovery("discovery", { vpcId: VPC.id }),
    };
}

const SIZE = { cpu: 256, memory: 512 };
const { vpc: _, logRetentionDays: __, ...database } = DATABASE;
/** With one of everything. */
export const HERITAGE: Omit<HeritageArgs, "district"> = {
    image: container.image,
    database,
    environment: { LOG: "info" },
    services: {
        web: {
            ...SIZE,
            count: 2,
            listeners: [{ endpoint: "public", host: "app" }],
            healthCheckPath: "/up",
            reachable: true,
        },
        plain: {
            ...SIZE,
            count: 2,
            listeners: [{ endpoint: "internal", host: "app" }],
            healthCheckPath: "/",
            tls: false,
        },
        worker: { ...SIZE, count: 1, command: ["work"], spot: true },
    },
    scheduledTasks: { nightly: { ...SIZE, schedule: "cron(0 3 * * ? *)", command: ["night"] } },
    beforeDeploy: { ...SIZE, command: ["migrate"], timeoutSeconds: 60 },
    deploy: { repository: "acme/app" },
};
