import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { FargateService } from "../../components/fargate-service";
import { type Plugins, mergePlugins } from "../../components/plugins";
import { SecretStore } from "../../components/secret-store";
import { CLUSTER, make, type Made, refusal, statementsOf, VPC } from "./support";

const image = (name: string) => `example.com/${name}@sha256:${"a".repeat(64)}`;
const APP = { image: image("app"), user: "1000", environment: { DD_SERVICE: "own" } };
const ENVOY = { image: image("envoy"), user: "101" };

function program(plugins: (secrets: SecretStore) => Plugins, containers = { app: APP, envoy: ENVOY } as object) {
    const secrets = new SecretStore("secrets");
    const size = { cpu: 256, memory: 512, count: 1 };
    const args = { ...size, cluster: CLUSTER, vpc: VPC, containers: { ...containers }, plugins: plugins(secrets) };
    return new FargateService("blog", args);
}
const service = (plugins: (secrets: SecretStore) => Plugins) => make(() => void program(plugins));

interface Container {
    name: string;
    essential: boolean;
    user: string;
    readonlyRootFilesystem: boolean;
    environment: { name: string; value: string }[];
    secrets: { name: string; valueFrom: string }[];
    logConfiguration: { logDriver: string; options: Record<string, string>; secretOptions?: unknown[] };
    firelensConfiguration?: object;
    command?: string[];
    dockerLabels?: Record<string, string>;
    linuxParameters: { capabilities: object };
}
function containers(made: Made): Record<string, Container> {
    const all = JSON.parse(String(made.inputs("aws.ecs.TaskDefinition").containerDefinitions)) as Container[];
    return Object.fromEntries(all.map((one) => [one.name, one]));
}
const told = ({ environment }: Container) => Object.fromEntries(environment.map(({ name, value }) => [name, value]));
const key = (secrets: SecretStore, name: string) => secrets.put("plugins", name, pulumi.secret("k3y"));

describe("Plugins", () => {
    it("leave a task as it is where there are none", async () => {
        const made = await service(() => ({}));
        expect(Object.keys(containers(made))).to.deep.equal(["app", "envoy"]);
        expect(containers(made).app!.logConfiguration.logDriver).to.equal("awslogs");
        expect(containers(made).app!.essential).to.equal(true);
    });

    it("put Datadog's agent beside the application, which keeps what it is told by itself", async () => {
        const made = await service((secrets) => ({
            datadog: { image: image("agent"), apiKey: key(secrets, "DD_API_KEY"), site: "datadoghq.eu" },
        }));
        const { app, envoy, "datadog-agent": agent } = containers(made);
        expect(agent).to.include({ essential: false, user: "100", readonlyRootFilesystem: false });
        expect(told(agent!)).to.include({ ECS_FARGATE: "true", DD_SITE: "datadoghq.eu", DD_ENV: "test" });
        expect(agent!.secrets.map(({ name }) => name)).to.deep.equal(["DD_API_KEY"]);
        expect(agent!.dockerLabels)
            .to.have.property("secret-versions")
            .that.matches(/^DD_API_KEY=/);
        expect(agent!.linuxParameters.capabilities).to.deep.equal({ add: [], drop: ["ALL"] });
        expect(told(app!)).to.deep.equal({ DD_AGENT_HOST: "127.0.0.1", DD_ENV: "test", DD_SERVICE: "own" });
        expect(told(envoy!)).to.deep.equal({});
        const [policy] = made.all("aws.iam.RolePolicy");
        expect(statementsOf(policy!).find(({ Action }) => Action === "ssm:GetParameters")!.Resource).to.have.length(1);
    });

    it("put New Relic's integration beside it", async () => {
        const made = await service((secrets) => ({
            newrelic: { image: image("nri-ecs"), licenseKey: key(secrets, "NRIA_LICENSE_KEY") },
        }));
        const agent = containers(made)["newrelic-infra"]!;
        expect(agent.essential).to.equal(false);
        expect(told(agent)).to.include({ FARGATE: "true", NRIA_IS_FORWARD_ONLY: "true", NRIA_OVERRIDE_HOST_ROOT: "" });
        expect(agent.secrets.map(({ name }) => name)).to.deep.equal(["NRIA_LICENSE_KEY"]);
    });

    it("put a collector beside it, which is told its configuration and its secrets, and not their values", async () => {
        const config = "receivers: {}\nexporters: { otlp: { headers: { key: '${env:TOKEN}' } } }\nservice: {}\n";
        const made = await service((secrets) => ({
            otel: { image: image("otelcol"), config, secrets: { TOKEN: key(secrets, "TOKEN") } },
        }));
        const { app, "otel-collector": collector } = containers(made);
        expect(collector!.command).to.deep.equal(["--config=env:OTEL_COLLECTOR_CONFIG"]);
        expect(told(collector!)).to.deep.equal({ OTEL_COLLECTOR_CONFIG: config });
        expect(collector).to.include({ essential: false, user: "10001", readonlyRootFilesystem: true });
        expect(told(app!)).to.include({
            OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
            OTEL_SERVICE_NAME: "blog",
        });
    });

    it("send every container's log but the router's own through the router, with secrets by name", async () => {
        const options = { Name: "http", Host: "logs.example.com", tls: "on" };
        const made = await service((secrets) => ({
            firelens: {
                image: image("fluent-bit"),
                options,
                secretOptions: { http_Passwd: key(secrets, "http_Passwd") },
            },
        }));
        const { app, envoy, "log-router": router } = containers(made);
        for (const one of [app!, envoy!]) {
            const { secretOptions, ...rest } = one.logConfiguration;
            expect(rest).to.deep.equal({ logDriver: "awsfirelens", options });
            expect(secretOptions).to.deep.equal([
                { name: "http_Passwd", valueFrom: made.one("aws.ssm.Parameter").outputs.arn },
            ]);
            expect(one.dockerLabels)
                .to.have.property("secret-versions")
                .that.matches(/^http_Passwd=/);
        }
        expect(router!.logConfiguration.logDriver).to.equal("awslogs");
        expect(router!.firelensConfiguration).to.deep.equal({
            type: "fluentbit",
            options: { "enable-ecs-log-metadata": "true" },
        });
        expect(router).to.include({ essential: true, user: "0" });
        const [policy] = made.all("aws.iam.RolePolicy");
        expect(statementsOf(policy!).some(({ Action }) => Action === "ssm:GetParameters")).to.equal(true);
    });

    it("refuse a container of their own name", async () => {
        const said = await refusal(
            () =>
                void program((secrets) => ({ newrelic: { image: image("x"), licenseKey: key(secrets, "K") } }), {
                    "newrelic-infra": APP,
                }),
        );
        expect(said).to.equal("blog: the container newrelic-infra is a plugin's own");
    });

    it("are as the heritage has them where the district has them, too", () => {
        const one = (name: string) => ({ firelens: { image: name, options: {} } });
        expect(mergePlugins(one("district"), one("heritage")).firelens!.image).to.equal("heritage");
        expect(mergePlugins(one("district"), { firelens: undefined }).firelens!.image).to.equal("district");
        expect(mergePlugins()).to.deep.equal({
            datadog: undefined,
            newrelic: undefined,
            firelens: undefined,
            otel: undefined,
        });
    });
});
