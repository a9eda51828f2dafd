import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { CertificateAuthority } from "../../components/certificate-authority";
import { Endpoint } from "../../components/endpoint";
import { SecretStore } from "../../components/secret-store";
import { TlsService, type TlsServiceArgs } from "../../components/tls-service";
import { type Pair, TestAuthority } from "../certificates";
import { ACCOUNT, CLUSTER, type Made, make, PROJECT, REGION, refusal, STACK, statementsOf, VPC } from "./support";

const image = (name: string) => `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}@sha256:${"0".repeat(64)}`;
const HTTPS = { certificateArn: "arn:certificate", domain: "id.example.com", zoneId: "Z1" };
const parameterArn = (name: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${PROJECT}/${STACK}/${name}`;

const publicEndpoint = () => new Endpoint("public", { vpc: VPC, allowedCidrs: ["0.0.0.0/0"], https: HTTPS });

const program = (
    args: Partial<TlsServiceArgs>,
    more: (secrets: SecretStore) => Partial<TlsServiceArgs> = () => ({}),
) => {
    const secrets = new SecretStore("secrets");
    const made = new TlsService("hello", {
        cluster: CLUSTER,
        vpc: VPC,
        cpu: 256,
        memory: 512,
        count: 2,
        secrets,
        image: image("hello"),
        envoyImage: image("envoy"),
        certificate: new CertificateAuthority("authority"),
        listeners: args.listeners ?? [{ endpoint: publicEndpoint() }],
        port: 8080,
        healthCheckPath: "/service",
        ...args,
        ...more(secrets),
    });
    return { url: made.url };
};
const service = (...args: Parameters<typeof program>) => make(() => program(...args));

interface Container {
    name: string;
    command?: string[];
    user: string;
    environment: { name: string; value: string }[];
    secrets: { name: string; valueFrom: string }[];
    portMappings: { containerPort: number }[];
    dependsOn?: unknown;
    readonlyRootFilesystem: boolean;
    dockerLabels?: Record<string, string>;
}
const containers = (made: Made): Record<"app" | "envoy", Container> =>
    Object.fromEntries(
        (JSON.parse(made.inputs("aws.ecs.TaskDefinition").containerDefinitions as string) as Container[]).map((one) => [
            one.name,
            one,
        ]),
    ) as Record<"app" | "envoy", Container>;
const text = (made: Made) => JSON.stringify(made.inputs("aws.ecs.TaskDefinition"));

describe("TlsService", () => {
    let pair: Pair;
    let other: Pair;
    let chain: string;
    before(() => {
        const ours = new TestAuthority();
        pair = ours.server(["hello.example.com"]);
        other = ours.server(["other.example.com"]);
        chain = ours.intermediatePem;
    });

    it("is an application that only Envoy beside it reaches", async () => {
        const { app, envoy } = containers(await service({}));
        expect(app.portMappings).to.deep.equal([]);
        expect(app.environment).to.deep.equal([
            { name: "HOST", value: "127.0.0.1" },
            { name: "PORT", value: "8080" },
        ]);
        expect(envoy.portMappings.map(({ containerPort }) => containerPort)).to.deep.equal([8443]);
        expect(envoy.dependsOn).to.deep.equal([{ containerName: "app", condition: "START" }]);
        expect([app, envoy].map(({ user, readonlyRootFilesystem }) => [user, readonlyRootFilesystem])).to.deep.equal([
            ["1000", true],
            ["101", true],
        ]);
    });

    it("lets in the load balancer on Envoy's port, and nobody else", async () => {
        const made = await service({});
        expect(made.rules().filter((rule) => rule.startsWith("hello: in"))).to.deep.equal([
            "hello: in tcp 8443-8443 public",
        ]);
    });

    it("has TLS from the load balancer on, its health check with it", async () => {
        const made = await service({});
        expect(made.inputs("aws.lb.TargetGroup")).to.deep.include({ protocol: "HTTPS", targetType: "ip" });
        expect(made.inputs("aws.lb.TargetGroup").healthCheck).to.deep.include({ path: "/service", protocol: "HTTPS" });
        expect(made.outputs.url).to.equal("https://hello.id.example.com");
    });

    it("rolls, and has as many tasks as it is told", async () => {
        const made = await service({ count: 3 });
        expect(made.inputs("aws.ecs.Service")).to.deep.include({
            desiredCount: 3,
            deploymentMinimumHealthyPercent: 100,
            deploymentMaximumPercent: 200,
            deploymentCircuitBreaker: { enable: true, rollback: true },
        });
    });

    it("gives Envoy certificate, chain and key out of SSM, and nothing of them to anything else", async () => {
        const made = await service({});
        const { app, envoy } = containers(made);
        expect(envoy.secrets).to.deep.equal([
            { name: "TLS_CERTIFICATE", valueFrom: parameterArn("hello-tls/TLS_CERTIFICATE") },
            { name: "TLS_PRIVATE_KEY", valueFrom: parameterArn("hello-tls/TLS_PRIVATE_KEY") },
        ]);
        expect(app.secrets).to.deep.equal([]);
        expect(envoy.dockerLabels).to.deep.equal({ "secret-versions": "TLS_CERTIFICATE=1 TLS_PRIVATE_KEY=1" });
        expect(app.dockerLabels).to.equal(undefined);
        const value = made.inputs("aws.ssm.Parameter", "secrets-hello-tls-TLS_CERTIFICATE").value;
        expect(value).to.equal("[secret]");
        expect(made.inputs("tls.CertRequest").dnsNames).to.deep.equal(["hello.test.internal"]);
    });

    for (const protocol of ["http1", "http2"] as const) {
        it(`tells Envoy where the application is, and that it speaks ${protocol}`, async () => {
            const command = containers(await service({ port: 9000, protocol })).envoy.command!;
            const overlay = JSON.parse(command[command.indexOf("--config-yaml") + 1]!);
            const [cluster] = overlay.static_resources.clusters;
            expect(cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address).to.deep.equal({
                address: "127.0.0.1",
                port_value: 9000,
            });
            const [options] = Object.values(cluster.typed_extension_protocol_options) as Record<string, unknown>[];
            expect(options!.explicit_http_config).to.have.all.keys(
                protocol === "http2" ? "http2_protocol_options" : "http_protocol_options",
            );
        });
    }

    it("waits for an application that has a check of its own", async () => {
        const { envoy } = containers(await service({ healthCheck: { command: ["CMD", "true"] } }));
        expect(envoy.dependsOn).to.deep.equal([{ containerName: "app", condition: "HEALTHY" }]);
    });

    it("takes a certificate from elsewhere, which may be large, and none of it is in the clear", async () => {
        const certificate = { certificate: pair.certificate + chain, privateKey: pair.privateKey };
        const made = await service({ certificate });
        for (const variable of ["TLS_CERTIFICATE", "TLS_PRIVATE_KEY"]) {
            expect(made.inputs("aws.ssm.Parameter", `secrets-hello-tls-${variable}`)).to.include({
                type: "SecureString",
                tier: "Intelligent-Tiering",
                value: "[secret]",
            });
        }
        expect(text(made)).not.to.contain("BEGIN");
        expect(made.all("tls.CertRequest")).to.deep.equal([]);
    });

    it("lets the application read its path alone, and by its own role", async () => {
        const made = await service({}, (secrets) => ({
            parameterPath: secrets.path("hello", { "database/app/user": "app" }),
        }));
        const { app } = containers(made);
        expect(app.environment).to.deep.include({
            name: "PARAMETER_STORE_PREFIX",
            value: `/${PROJECT}/${STACK}/hello`,
        });
        expect(app.dockerLabels).to.deep.equal({ "secret-versions": "database/app/user=1" });
        const task = statementsOf(made.one("aws.iam.RolePolicy", "hello-task"));
        expect(task.map(({ Action, Resource }) => [Action, Resource])).to.deep.equal([
            ["ssm:GetParametersByPath", [parameterArn("hello"), parameterArn("hello/*")]],
            ["kms:Decrypt", made.one("aws.kms.Key").outputs.arn],
        ]);
        expect(task[1]!.Condition).to.deep.equal({
            StringEquals: { "kms:ViaService": `ssm.${REGION}.amazonaws.com` },
            StringLike: { "kms:EncryptionContext:PARAMETER_ARN": parameterArn("hello/*") },
        });
        expect(JSON.stringify(statementsOf(made.one("aws.iam.RolePolicy", "hello-execution")))).not.to.contain(
            "ByPath",
        );
    });

    for (const port of [8443, 9901]) {
        it(`refuses the port ${port}, which is Envoy's`, async () => {
            expect(await refusal(() => program({ port }))).to.match(/hello: port \d+ is Envoy's own/);
        });
    }

    it("refuses a path without a slash", async () => {
        expect(await refusal(() => program({ healthCheckPath: "service" }))).to.contain(
            "the path service has no slash",
        );
        const listener = () => ({ endpoint: publicEndpoint(), paths: ["posts/*"] });
        expect(await refusal(() => program({ listeners: [listener()] }))).to.contain("the path posts/* has no slash");
    });

    it("refuses a service that no load balancer leads to", async () => {
        expect(await refusal(() => program({ listeners: [] }))).to.match(/hello: listeners is empty/);
    });

    it("has a listener on each of several load balancers, and the first one's address", async () => {
        const made = await make(() => {
            const admin = new Endpoint("admin", { vpc: VPC, allowedCidrs: [], https: HTTPS, internal: true });
            return program({
                listeners: [{ endpoint: publicEndpoint(), host: "shop", paths: ["/shop/*"] }, { endpoint: admin }],
            });
        });
        expect(made.all("aws.lb.ListenerRule").map(({ name }) => name)).to.deep.equal([
            "admin-hello",
            "public-shop/shop/*",
        ]);
        expect(made.inputs("aws.ecs.Service").loadBalancers).to.have.length(2);
        expect(made.outputs.url).to.equal("https://shop.id.example.com/shop");
    });

    it("refuses a key that does not fit, and says nothing of it", async () => {
        const certificate = { certificate: pair.certificate, privateKey: pulumi.secret(other.privateKey) };
        const said = await refusal(() => program({ certificate }));
        expect(said)
            .to.match(/hello: Envoy's key pair does not belong to the certificate/)
            .and.not.to.contain("PRIVATE KEY");
    });
});
