/** One of each component, for what has to be true of all of them. */
import type * as pulumi from "@pulumi/pulumi";
import { AccessLogBucket } from "../../components/access-log-bucket";
import { AgentCluster } from "../../components/agent-cluster";
import { Certificate } from "../../components/certificate";
import { ContainerImage } from "../../components/container-image";
import { Database } from "../../components/database";
import { Endpoint } from "../../components/endpoint";
import { FargateService } from "../../components/fargate-service";
import { SecretStore } from "../../components/secret-store";
import { Vpc } from "../../components/vpc";
import { WalletDb } from "../../components/wallet-db";
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
    Vpc: (name, opts) => new Vpc(name, NETWORK, opts).id,
    SecretStore(name, opts) {
        const store = new SecretStore(name, {}, opts);
        store.put("app", "B", "value");
        return store.generate("app", "A").version;
    },
    ContainerImage: (name, opts) => new ContainerImage(name, { context: "images/acapy-agent" }, opts).reference,
    Certificate: (name, opts) => new Certificate(name, { domainName: "*.example.com", zoneId: "Z1" }, opts).arn,
    AccessLogBucket: (name, opts) => new AccessLogBucket(name, {}, opts).bucket,
    Endpoint(name, opts) {
        const endpoint = new Endpoint(name, { vpc: VPC, https: HTTPS, allowedCidrs: ["10.0.0.0/8"] }, opts);
        return endpoint.route("app", { host: "app", port: 8080, healthCheck: { path: "/" } }).url;
    },
    FargateService: (name, opts) =>
        new FargateService(name, { ...AGENT, containers: { app: container } }, opts).serviceName,
    Database: (name, opts) => new Database(name, { ...DATABASE, ...CREDENTIALS }, opts).host,
    WalletDb: (name, opts) => new WalletDb(name, { ...DATABASE, secrets: new SecretStore("secrets") }, opts).host,
    AgentCluster(name, opts) {
        const secrets = new SecretStore("secrets");
        const walletDb = new WalletDb("wallets", { ...DATABASE, secrets });
        const didcomm = new Endpoint("public", { vpc: VPC, allowedCidrs: [] });
        const admin = new Endpoint("admin", { vpc: VPC, allowedCidrs: [], internal: true });
        return new AgentCluster(name, { ...AGENT, secrets, walletDb, didcomm, admin }, opts).serviceName;
    },
};
