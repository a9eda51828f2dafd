/**
 * The shape of the dev platform as an AWS CDK app: the same network, endpoints, databases, secrets, services, task by the clock. `cdk synth`
 * is compared with the plan; nobody deploys it. Secrets are in Secrets Manager, since CloudFormation
 * makes no SecureString; certificates of an authority of the stack's own are parameters, since CDK issues none.
 */
import path from "node:path";
import { App, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import { DockerImageAsset, Platform } from "aws-cdk-lib/aws-ecr-assets";
import * as ecs from "aws-cdk-lib/aws-ecs";
import * as elb from "aws-cdk-lib/aws-elasticloadbalancingv2";
import * as events from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import * as rds from "aws-cdk-lib/aws-rds";
import * as route53 from "aws-cdk-lib/aws-route53";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import { EcsRunFargateTask } from "aws-cdk-lib/aws-scheduler-targets";
import * as secrets from "aws-cdk-lib/aws-secretsmanager";
import * as sqs from "aws-cdk-lib/aws-sqs";
import * as ssm from "aws-cdk-lib/aws-ssm";

const IMAGES = path.join(__dirname, "../../images");
const ACM = "arn:aws:acm:ap-northeast-1:123456789012:certificate/00000000-0000-0000-0000-000000000000";
const COUNTS = { issuer: 2, holder: 1, hello: 2, keycloak: 2, "sample-api-web": 2, "sample-api-worker": 1 };

// What the CLI would otherwise ask AWS for.
const zones = {
    "availability-zones:account=123456789012:region=ap-northeast-1": ["ap-northeast-1a", "ap-northeast-1c"],
};
const app = new App({ analyticsReporting: false, context: zones });
const stack = new Stack(app, "identity-dev", { env: { account: "123456789012", region: "ap-northeast-1" } });

const vpc = new ec2.Vpc(stack, "vpc", {
    ipAddresses: ec2.IpAddresses.cidr("10.0.0.0/16"),
    maxAzs: 2,
    natGateways: 1,
    subnetConfiguration: [
        { name: "public", subnetType: ec2.SubnetType.PUBLIC },
        { name: "private", subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: "isolated", subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ],
    gatewayEndpoints: { s3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
});
const zone = new route53.PrivateHostedZone(stack, "private", { vpc, zoneName: "dev.identity.internal" });
const key = new kms.Key(stack, "key", { enableKeyRotation: true, alias: "identity/dev" });
const cluster = new ecs.Cluster(stack, "platform", { vpc, enableFargateCapacityProviders: true });

const image = (name: string) =>
    new DockerImageAsset(stack, `image-${name}`, {
        directory: path.join(IMAGES, name),
        platform: Platform.LINUX_AMD64,
    });
const images = {
    agent: image("acapy-agent"),
    hello: image("hello"),
    keycloak: image("keycloak"),
    sample: image("sample-api"),
    envoy: image("envoy"),
};

function endpoint(name: string, internetFacing: boolean, allowed: ec2.IPeer, ports: number[]) {
    const group = new ec2.SecurityGroup(stack, `${name}-group`, { vpc, allowAllOutbound: false });
    for (const port of ports) group.addIngressRule(allowed, ec2.Port.tcp(port), "Who may connect");
    const balancer = new elb.ApplicationLoadBalancer(stack, name, { vpc, internetFacing, securityGroup: group });
    const https = balancer.addListener(`${name}-443`, {
        port: 443,
        open: false,
        certificates: [elb.ListenerCertificate.fromArn(ACM)],
        defaultAction: elb.ListenerAction.fixedResponse(404, { contentType: "text/plain", messageBody: "Not found" }),
    });
    return { group, balancer, https };
}
const open = endpoint("public", true, ec2.Peer.anyIpv4(), [80, 443, 8020, 8030]);
open.balancer.addListener("public-80", {
    port: 80,
    open: false,
    defaultAction: elb.ListenerAction.redirect({ protocol: "HTTPS", port: "443", permanent: true }),
});
const admin = endpoint("admin", false, ec2.Peer.ipv4("10.0.0.0/16"), [443, 8021, 8031]);

function database(name: string, databaseName?: string) {
    const group = new ec2.SecurityGroup(stack, `${name}-group`, { vpc, allowAllOutbound: false });
    const clients = new ec2.SecurityGroup(stack, `${name}-clients`, { vpc, allowAllOutbound: false });
    group.addIngressRule(clients, ec2.Port.tcp(5432), "PostgreSQL from its clients");
    clients.addEgressRule(group, ec2.Port.tcp(5432), "PostgreSQL");
    const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
    const instance = new rds.DatabaseInstance(stack, name, {
        engine,
        vpc,
        databaseName,
        securityGroups: [group],
        storageEncryptionKey: key,
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
        allocatedStorage: 20,
        maxAllocatedStorage: 100,
        storageType: rds.StorageType.GP3,
        storageEncrypted: true,
        credentials: rds.Credentials.fromGeneratedSecret("owner", { encryptionKey: key }),
        backupRetention: Duration.days(7),
        cloudwatchLogsExports: ["postgresql", "upgrade"],
        cloudwatchLogsRetention: logs.RetentionDays.TWO_WEEKS,
        parameterGroup: new rds.ParameterGroup(stack, `${name}-parameters`, {
            engine,
            parameters: { "rds.force_ssl": "1", log_connections: "1", log_min_duration_statement: "1000" },
        }),
        removalPolicy: RemovalPolicy.DESTROY,
    });
    return { instance, clients };
}
const wallet = database("wallet-db");
const users = database("keycloak-db", "keycloak");
const posts = database("sample-api-db", "app");
new route53.CnameRecord(stack, "keycloak-db-name", {
    zone,
    recordName: "keycloak-db",
    domainName: users.instance.dbInstanceEndpointAddress,
});

type Database = ReturnType<typeof database>;
const generated = (name: string) =>
    ecs.Secret.fromSecretsManager(
        new secrets.Secret(stack, name, {
            encryptionKey: key,
            generateSecretString: { passwordLength: 48, excludePunctuation: true },
        }),
    );
const credentials = ({ instance }: Database) => ecs.Secret.fromSecretsManager(instance.secret!, "password");

interface Task {
    name: string;
    image: DockerImageAsset;
    size?: { cpu: number; memoryLimitMiB: number };
    ports?: number[];
    command?: string[];
    secrets?: Record<string, ecs.Secret>;
    environment?: Record<string, string>;
    envoy?: boolean;
}

function task({ name, image: asset, size = { cpu: 256, memoryLimitMiB: 512 }, ports = [], ...more }: Task) {
    const definition = new ecs.FargateTaskDefinition(stack, `${name}-definition`, size);
    const logGroup = new logs.LogGroup(stack, `${name}-logs`, { retention: logs.RetentionDays.TWO_WEEKS });
    const logging = ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: name });
    definition.addContainer("app", {
        image: ecs.ContainerImage.fromDockerImageAsset(asset),
        logging,
        readonlyRootFilesystem: true,
        secrets: more.secrets,
        environment: more.environment,
        command: more.command,
        portMappings: ports.map((containerPort) => ({ containerPort })),
    });
    if (more.envoy) {
        const part = (which: string) =>
            ecs.Secret.fromSsmParameter(
                ssm.StringParameter.fromSecureStringParameterAttributes(stack, `${name}-${which}`, {
                    parameterName: `/identity/dev/${name}-tls/${which}`,
                    encryptionKey: key,
                }),
            );
        definition.addContainer("envoy", {
            image: ecs.ContainerImage.fromDockerImageAsset(images.envoy),
            logging,
            readonlyRootFilesystem: true,
            secrets: { TLS_CERTIFICATE: part("TLS_CERTIFICATE"), TLS_PRIVATE_KEY: part("TLS_PRIVATE_KEY") },
            portMappings: [{ containerPort: 8443 }],
        });
    }
    const group = new ec2.SecurityGroup(stack, `${name}-group`, { vpc, allowAllOutbound: false });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), "AWS and other services, over TLS");
    return { definition, group };
}

interface Route {
    through: typeof open;
    port: number;
    health: string;
    healthPort?: number;
    paths?: string[];
    protocol?: elb.ApplicationProtocol;
}

let priority = 0;
function service(spec: Task & { name: keyof typeof COUNTS; routes?: Route[]; databases?: Database[] }) {
    const { definition, group } = task(spec);
    const made = new ecs.FargateService(stack, spec.name, {
        cluster,
        taskDefinition: definition,
        desiredCount: COUNTS[spec.name],
        enableExecuteCommand: true,
        securityGroups: [group, ...(spec.databases ?? []).map(({ clients }) => clients)],
        circuitBreaker: { rollback: true },
        minHealthyPercent: 100,
        maxHealthyPercent: 200,
    });
    for (const route of spec.routes ?? []) {
        const protocol = route.protocol ?? elb.ApplicationProtocol.HTTP;
        const targets = new elb.ApplicationTargetGroup(
            stack,
            `${spec.name}-targets-${route.port}-${route.through === open ? "public" : "internal"}`,
            {
                vpc,
                protocol,
                port: 80,
                targetType: elb.TargetType.IP,
                deregistrationDelay: Duration.seconds(30),
                healthCheck: { path: route.health, port: String(route.healthPort ?? route.port) },
            },
        );
        const container = spec.envoy ? "envoy" : "app";
        targets.addTarget(made.loadBalancerTarget({ containerName: container, containerPort: route.port }));
        group.addIngressRule(route.through.group, ec2.Port.tcp(route.healthPort ?? route.port), "Health checks");
        if (route.paths) {
            new elb.ApplicationListenerRule(stack, `${spec.name}-rule-${++priority}`, {
                listener: route.through.https,
                priority,
                action: elb.ListenerAction.forward([targets]),
                conditions: [elb.ListenerCondition.pathPatterns(route.paths)],
            });
        } else {
            route.through.balancer.addListener(`${spec.name}-${route.port}`, {
                port: route.port,
                open: false,
                protocol: elb.ApplicationProtocol.HTTP,
                defaultAction: elb.ListenerAction.forward([targets]),
            });
        }
    }
    return made;
}

for (const [name, didcomm, api] of [
    ["issuer", 8020, 8021],
    ["holder", 8030, 8031],
] as const) {
    service({
        name,
        image: images.agent,
        size: { cpu: 512, memoryLimitMiB: 1024 },
        ports: [didcomm, api],
        databases: [wallet],
        command: ["start"],
        environment: { ACAPY_LABEL: name, ACAPY_WALLET_NAME: `${name}-wallet`, PGSSLMODE: "verify-full" },
        secrets: {
            ACAPY_WALLET_KEY: generated(`${name}-wallet-key`),
            ACAPY_ADMIN_API_KEY: generated(`${name}-api-key`),
            ACAPY_WALLET_STORAGE_CREDS: credentials(wallet),
        },
        routes: [
            { through: open, port: didcomm, health: "/status/ready", healthPort: api },
            { through: admin, port: api, health: "/status/ready" },
        ],
    });
}

const tls = { port: 8443, protocol: elb.ApplicationProtocol.HTTPS };
service({
    name: "hello",
    image: images.hello,
    envoy: true,
    routes: [{ ...tls, through: open, health: "/service", paths: ["/service"] }],
});

const keycloak = service({
    name: "keycloak",
    image: images.keycloak,
    size: { cpu: 1024, memoryLimitMiB: 2048 },
    databases: [users],
    ports: [8080, 9000, 7800, 57800],
    secrets: { KC_DB_PASSWORD: credentials(users), KC_BOOTSTRAP_ADMIN_PASSWORD: generated("keycloak-admin") },
    environment: { KC_DB_URL_HOST: users.instance.dbInstanceEndpointAddress },
    routes: [
        { through: open, port: 8080, health: "/health/ready", healthPort: 9000, paths: ["/realms/*", "/resources/*"] },
        { through: admin, port: 8080, health: "/health/ready", healthPort: 9000, paths: ["/*"] },
    ],
});
for (const port of [7800, 57800]) keycloak.connections.allowInternally(ec2.Port.tcp(port), "Among the nodes");

const sample = { image: images.sample, secrets: { DB_PASSWORD: credentials(posts) } };
service({
    ...sample,
    name: "sample-api-web",
    envoy: true,
    databases: [posts],
    routes: [{ ...tls, through: open, health: "/.healthcheck", paths: ["/posts", "/posts/*"] }],
});
service({ ...sample, name: "sample-api-worker", command: ["python3", "/app/worker.py"], databases: [posts] });
task({ ...sample, name: "sample-api-oneoff", command: ["python3", "/app/migrate.py"] });

const nightly = task({ ...sample, name: "sample-api-nightly", command: ["python3", "/app/nightly.py"] });
const failures = new sqs.Queue(stack, "sample-api-nightly-failures", { encryption: sqs.QueueEncryption.SQS_MANAGED });
new scheduler.Schedule(stack, "sample-api-nightly-schedule", {
    schedule: scheduler.ScheduleExpression.cron({ minute: "0", hour: "3" }),
    target: new EcsRunFargateTask(cluster, {
        taskDefinition: nightly.definition,
        securityGroups: [nightly.group, posts.clients],
        deadLetterQueue: failures,
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    }),
});
new events.Rule(stack, "sample-api-nightly-failed", {
    eventPattern: { source: ["aws.ecs"], detailType: ["ECS Task State Change"], detail: { lastStatus: ["STOPPED"] } },
    targets: [new SqsQueue(failures)],
});
new cloudwatch.Alarm(stack, "sample-api-nightly-alarm", {
    metric: failures.metricNumberOfMessagesSent(),
    threshold: 1,
    evaluationPeriods: 1,
});
for (const definition of [nightly.definition]) {
    definition.addToTaskRolePolicy(
        new iam.PolicyStatement({
            actions: ["ssm:GetParametersByPath"],
            resources: ["arn:aws:ssm:ap-northeast-1:123456789012:parameter/identity/dev/sample-api/*"],
        }),
    );
}

app.synth();
