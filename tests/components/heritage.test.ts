import { expect } from "chai";
import { Heritage, type HeritageArgs } from "../../components/heritage";
import { district, HERITAGE } from "./every-component";
import { make, type Made, refusal } from "./support";

const heritage = (changes: Partial<HeritageArgs> = {}, around: object = {}) =>
    make(() => {
        const made = new Heritage("blog", { ...HERITAGE, ...changes, district: { ...district(), ...around } });
        return { urls: made.urls, services: made.serviceNames, logs: made.logGroupNames };
    });

interface Container {
    name: string;
    command?: string[];
    environment: { name: string; value: string }[];
    secrets: { name: string; valueFrom: string }[];
    mountPoints: { containerPath: string }[];
}
const containers = (made: Made, name: string) =>
    JSON.parse(String(made.inputs("aws.ecs.TaskDefinition", name).containerDefinitions)) as Container[];
const app = (made: Made, name: string) => containers(made, name).find((one) => one.name === "app")!;
const told = (made: Made, name: string) =>
    Object.fromEntries(app(made, name).environment.map((variable) => [variable.name, variable.value]));

const ALL = ["blog-nightly", "blog-oneoff", "blog-plain", "blog-web", "blog-worker"];

describe("Heritage", () => {
    it("makes a task definition for each service, each scheduled task and whatever runs once, all of one image", async () => {
        const made = await heritage();
        expect(made.all("aws.ecs.TaskDefinition").map(({ name }) => name)).to.deep.equal(ALL);
        expect(made.all("aws.ecs.Service").map(({ name }) => name)).to.deep.equal([
            "blog-plain",
            "blog-web",
            "blog-worker",
        ]);
        const commands = ALL.map((name) => app(made, name).command?.join(" "));
        expect(commands).to.deep.equal(["night", "migrate", undefined, undefined, "work"]);
        expect(made.outputs).to.have.property("urls").that.has.all.keys("web", "plain");
        expect(made.outputs).to.have.property("logs").that.has.all.keys("web", "plain", "worker", "nightly", "oneoff");
    });

    it("tells all of them the same: its environment, its database, its secrets, and whom to trust in the district", async () => {
        const made = await heritage();
        for (const name of ALL) {
            expect(told(made, name), name).to.include({
                LOG: "info",
                DB_USER: "app",
                DB_NAME: "app",
                DB_POOL_MAX: "5",
            });
            expect(told(made, name), name).to.include.keys("DB_HOST", "DB_PORT", "DISTRICT_CA_PEM");
            expect(app(made, name).secrets.map((secret) => secret.name)).to.deep.equal(["DB_PASSWORD"]);
        }
    });

    it("lets them read the database's credentials by themselves, and puts them nowhere else", async () => {
        const made = await heritage({ database: { ...HERITAGE.database!, credentials: "path" } });
        for (const name of ALL) {
            expect(told(made, name).PARAMETER_STORE_PREFIX, name).to.equal("/acme/test/blog");
            expect(told(made, name)).not.to.include.keys("DB_USER", "DB_HOST");
            expect(app(made, name).secrets).to.deep.equal([]);
        }
        const parameters = made.all("aws.ssm.Parameter").map(({ inputs }) => inputs.name);
        for (const key of ["host", "name", "password", "port", "user"]) {
            expect(parameters).to.include(`/acme/test/blog/database/app/${key}`);
        }
    });

    it("tells them who signs the database's certificate", async () => {
        const made = await heritage({
            database: { ...HERITAGE.database!, authorities: "-----BEGIN CERTIFICATE-----" },
        });
        for (const name of ["blog-web", "blog-worker", "blog-nightly", "blog-oneoff"]) {
            expect(told(made, name).DB_CA_PEM, name).to.equal("-----BEGIN CERTIFICATE-----");
        }
    });

    it("has ECS log in to a private registry, by a secret that the execution role alone may read", async () => {
        const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry-AbCdEf";
        const made = await heritage({ imageCredentials: secret });
        for (const name of ["blog-web", "blog-worker", "blog-nightly", "blog-oneoff"]) {
            expect(app(made, name), name).to.deep.include({ repositoryCredentials: { credentialsParameter: secret } });
            const { Statement } = JSON.parse(made.inputs("aws.iam.RolePolicy", `${name}-execution`).policy as string);
            expect(Statement, name).to.deep.include({
                Effect: "Allow",
                Action: "secretsmanager:GetSecretValue",
                Resource: [secret],
            });
        }
        expect(
            JSON.stringify(made.all("aws.iam.RolePolicy").filter(({ name }) => name.endsWith("-task"))),
        ).not.to.include("secretsmanager");
        expect(containers(made, "blog-web").find(({ name }) => name === "envoy")).not.to.have.property(
            "repositoryCredentials",
        );
    });

    it("puts Envoy before what has listeners, unless TLS is left out, and says where the application listens", async () => {
        const made = await heritage();
        expect(containers(made, "blog-web").map(({ name }) => name)).to.deep.equal(["app", "envoy"]);
        expect(told(made, "blog-web")).to.include({ HOST: "127.0.0.1", PORT: "8080" });
        expect(containers(made, "blog-plain").map(({ name }) => name)).to.deep.equal(["app"]);
        expect(told(made, "blog-plain")).to.include({ HOST: "0.0.0.0", PORT: "8080" });
        expect(told(made, "blog-worker")).not.to.include.keys("HOST", "PORT");
    });

    it("tells the load balancers how to judge a service, and ECS how long after a start it does not count", async () => {
        const healthCheck = { codes: "200-299", graceSeconds: 90, intervalSeconds: 20 };
        const told = { healthCheck, deregistrationSeconds: 5, stickySeconds: 600 };
        const { web, plain } = HERITAGE.services!;
        const made = await heritage({ services: { web: { ...web!, ...told }, plain: { ...plain!, ...told } } });
        for (const [group, name] of [
            ["public-blog-web", "blog-web"],
            ["admin-blog-plain", "blog-plain"],
        ] as const) {
            const inputs = made.inputs("aws.lb.TargetGroup", group);
            expect(inputs).to.deep.include({
                deregistrationDelay: 5,
                stickiness: { type: "lb_cookie", enabled: true, cookieDuration: 600 },
            });
            expect(inputs.healthCheck, group).to.include({ matcher: "200-299", interval: 20, timeout: 5 });
            expect(inputs.healthCheck).not.to.have.property("graceSeconds");
            expect(made.inputs("aws.ecs.Service", name).healthCheckGracePeriodSeconds).to.equal(90);
        }
    });

    for (const [protocol, version] of [
        ["grpc", "GRPC"],
        ["http2", "HTTP2"],
    ] as const) {
        it(`speaks ${protocol} from the load balancer up to the application`, async () => {
            const { web, plain } = HERITAGE.services!;
            const made = await heritage({ services: { web: { ...web!, protocol }, plain: { ...plain!, protocol } } });
            const suffix = version.toLowerCase();
            expect(made.inputs("aws.lb.TargetGroup", `public-blog-web-${suffix}`)).to.include({
                protocol: "HTTPS",
                protocolVersion: version,
            });
            expect(made.inputs("aws.lb.TargetGroup", `admin-blog-plain-${suffix}`)).to.include({
                protocol: "HTTP",
                protocolVersion: version,
            });
            const envoy = containers(made, "blog-web").find(({ name }) => name === "envoy")!;
            expect(envoy.command!.join()).to.include('{"http2_protocol_options":{}}');
        });
    }

    it("gives what is reachable a name, and lets in whoever may call, on the one port", async () => {
        const made = await heritage();
        expect(made.all("aws.servicediscovery.Service").map(({ name }) => name)).to.deep.equal(["blog-web"]);
        const registry = made.one("aws.servicediscovery.Service");
        expect(registry.inputs.healthCheckCustomConfig).to.deep.equal({ failureThreshold: 1 });
        expect(registry.ignoreChanges).to.deep.equal(["healthCheckCustomConfig"]); // one that runs is not replaced for it
        expect(made.rules()).to.include("blog-web: in tcp 8443-8443 discovery");
        expect(made.rules()).to.include("discovery: out tcp 1-65535 discovery");
        expect(made.inputs("aws.ecs.Service", "blog-web").serviceRegistries).to.have.property("registryArn");
        for (const name of ["blog-plain", "blog-worker"]) {
            expect(made.inputs("aws.ecs.Service", name).serviceRegistries).to.equal(undefined);
        }
        const [group] = made.all("aws.ec2.SecurityGroup").filter(({ name }) => name === "discovery");
        for (const service of made.all("aws.ecs.Service")) {
            const { securityGroups } = service.inputs.networkConfiguration as { securityGroups: string[] };
            expect(securityGroups, service.name).to.include(group!.id);
        }
    });

    it("lets others reach a worker on its own port, in plain text", async () => {
        const worker = { cpu: 256, memory: 512, count: 1, reachable: true, port: 9000 };
        const made = await heritage({ services: { worker } });
        expect(made.rules()).to.include("blog-worker: in tcp 9000-9000 discovery");
        expect(told(made, "blog-worker")).to.include({ HOST: "0.0.0.0", PORT: "9000" });
        expect(made.rules().filter((rule) => rule.startsWith("blog-worker: in"))).to.have.length(1);
    });

    it("gives a listener's rule the priority that it names", async () => {
        const listeners = [{ endpoint: "public" as const, host: "blog", paths: ["/feed/*"], priority: 7 }];
        for (const tls of [true, false]) {
            const web = { cpu: 256, memory: 512, count: 1, healthCheckPath: "/up", tls, listeners };
            const made = await heritage({ services: { web } });
            const rules = made.all("aws.lb.ListenerRule").filter(({ inputs }) => inputs.priority === 7);
            expect(rules, `with tls ${tls}`).to.have.length(1);
        }
    });

    it("runs on Spot what may, and nothing else", async () => {
        const made = await heritage();
        expect(made.inputs("aws.ecs.Service", "blog-worker")).to.deep.include({
            capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
        });
        expect(made.inputs("aws.ecs.Service", "blog-worker")).not.to.have.property("launchType");
        expect(made.inputs("aws.ecs.Service", "blog-web")).to.include({ launchType: "FARGATE" });
    });

    it("lets what runs to its end write to the directories that it names, and nothing else", async () => {
        const { scheduledTasks, beforeDeploy } = HERITAGE;
        const made = await heritage({
            scheduledTasks: { nightly: { ...scheduledTasks!.nightly!, writable: ["/var/run"] } },
            beforeDeploy: { ...beforeDeploy!, writable: ["/tmp"] },
        });
        const directories = (name: string) => app(made, name).mountPoints.map(({ containerPath }) => containerPath);
        expect(directories("blog-nightly")).to.deep.equal(["/var/run"]);
        expect(directories("blog-oneoff")).to.deep.equal(["/tmp"]);
        expect(directories("blog-worker")).to.deep.equal([]);
    });

    it("has services wait for all that the task before a deployment needs", async () => {
        const made = await heritage();
        for (const service of made.all("aws.ecs.Service")) {
            expect(made.waitsFor(service), service.name).to.include.members([
                "aws.ecs.TaskDefinition blog-oneoff",
                "aws.iam.RolePolicy blog-oneoff-execution",
                "aws.vpc.SecurityGroupEgressRule blog-oneoff-out",
            ]);
        }
        const without = await heritage({ beforeDeploy: undefined });
        expect(without.waitsFor(without.one("aws.ecs.Service", "blog-worker"))).not.to.include(
            "aws.ecs.TaskDefinition blog-oneoff",
        );
        expect(app(without, "blog-oneoff").command).to.equal(undefined);
    });

    it("is deployed by a state machine, with every one of its parts, and lets its CI start that", async () => {
        const made = await heritage();
        const { Statement } = JSON.parse(String(made.inputs("aws.iam.RolePolicy", "blog-deployment").policy));
        const of = (action: string) =>
            Statement.find(({ Action }: { Action: string | string[] }) => [Action].flat().includes(action)).Resource;
        expect(of("ecs:RegisterTaskDefinition")).to.have.length(5);
        expect(of("ecs:UpdateService")).to.have.length(3);
        expect(of("iam:PassRole")).to.have.length(10);
        const ci = JSON.parse(String(made.inputs("aws.iam.RolePolicy", "blog-deploy").policy)).Statement;
        expect(ci.map(({ Action }: { Action: string }) => Action)).to.deep.equal([
            "states:StartExecution",
            "states:DescribeExecution",
        ]);
        const none = await heritage({ deploy: undefined });
        expect(none.all("identity.DeployMachine")).to.deep.equal([]);
        expect(none.all("identity.DeployRole")).to.deep.equal([]);
    });

    it("refuses what its district cannot give", async () => {
        const program = (around: object) => () =>
            void new Heritage("blog", { ...HERITAGE, district: { ...district(), ...around } });
        expect(await refusal(program({ authority: undefined, discovery: undefined }))).to.contain(
            "blog-web: to be reachable by name it needs the district's discovery",
        );
        expect(await refusal(program({ envoyImage: undefined }))).to.contain(
            "needs the district's authority and Envoy's image",
        );
    });
});
