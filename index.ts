/** The platform of one stack: configuration in, platform out. Runs when it is imported, by `pulumi up` and others alike. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AccessLogBucket } from "./components/access-log-bucket";
import { AgentCluster } from "./components/agent-cluster";
import { awsProvider } from "./components/aws-provider";
import { Certificate } from "./components/certificate";
import { ContainerImage } from "./components/container-image";
import { Endpoint } from "./components/endpoint";
import { publicZone } from "./components/public-zone";
import { rdsCertificateAuthorities } from "./components/rds/certificate-authority";
import { SecretStore } from "./components/secret-store";
import { Vpc } from "./components/vpc";
import { WalletDb } from "./components/wallet-db";
import { configuredSecret } from "./config/configured-secret";
import { loadConfig } from "./config/load";

const config = loadConfig();
const { protect, logRetentionDays, domain } = config;
const opts = { provider: awsProvider("aws", config.tags) };

const vpc = new Vpc(
    "vpc",
    {
        ...config.network,
        region: config.region,
        privateZoneName: domain ? `internal.${domain.name}` : `${pulumi.getStack()}.${pulumi.getProject()}.internal`,
        flowLogDays: config.network.flowLogs ? logRetentionDays : undefined,
    },
    opts,
);
const secrets = new SecretStore("secrets", { protect, retainKey: config.walletDb.finalSnapshot }, opts);
const image = new ContainerImage(
    "acapy-agent",
    config.agentImage
        ? { existing: config.agentImage }
        : {
              context: "images/acapy-agent", // from the project's root, where Pulumi runs a program and its providers
              args: { RDS_CA_PEM: rdsCertificateAuthorities(config.region) },
              protect,
          },
    opts,
);
const accessLogs = config.publicEndpoint.accessLogs ? new AccessLogBucket("access-logs", { protect }, opts) : undefined;

const zoneId = domain && publicZone("public", { ...domain, protect }, opts);
const https = (name: string, zone: string, recordsIn: pulumi.Input<string>) => ({
    certificateArn: new Certificate(name, { domainName: `*.${zone}`, zoneId: zoneId! }, opts).arn,
    domain: zone,
    zoneId: recordsIn,
});
const didcomm = new Endpoint(
    "public",
    {
        vpc,
        https: domain && https("public", domain.name, zoneId!),
        allowedCidrs: config.publicEndpoint.allowedCidrs,
        idleTimeoutSeconds: config.publicEndpoint.idleTimeoutSeconds,
        accessLogBucket: accessLogs?.bucket,
        protect,
    },
    opts,
);
const admin = new Endpoint(
    "admin",
    {
        vpc,
        internal: true,
        https: domain && https("admin", vpc.privateZone.name, vpc.privateZone.id),
        ...config.adminEndpoint,
        accessLogBucket: accessLogs?.bucket,
        protect,
    },
    opts,
);

const walletDb = new WalletDb("wallet-db", { ...config.walletDb, vpc, secrets, logRetentionDays, protect }, opts);
const cluster = new aws.ecs.Cluster(
    "agents",
    { settings: [{ name: "containerInsights", value: config.containerInsights ? "enabled" : "disabled" }] },
    opts,
);
const agents = Object.entries(config.agents).map(([name, agent]) => {
    const agentSecrets = Object.fromEntries(
        Object.entries(agent.secrets).map(([variable, source]) => [
            variable,
            configuredSecret(secrets, name, variable, source, { protect }),
        ]),
    );
    const settings = { ...agent, secrets, agentSecrets, exec: config.exec, logRetentionDays, protect };
    return [
        name,
        new AgentCluster(name, { ...settings, cluster, vpc, image: image.reference, walletDb, didcomm, admin }, opts),
    ] as const;
});
const ofAgents = <T>(value: (agent: AgentCluster) => T) =>
    Object.fromEntries(agents.map(([name, agent]) => [name, value(agent)]));

export const didcommUrls = ofAgents((agent) => agent.didcommUrl);
export const adminUrls = ofAgents((agent) => agent.adminUrl);
export const databaseAddress = walletDb.host;
export const clusterName = cluster.name;
export const services = ofAgents((agent) => agent.serviceName);
export const logGroups = ofAgents((agent) => agent.logGroupName);
export const secretParameters = ofAgents((agent) => agent.parameterNames);
