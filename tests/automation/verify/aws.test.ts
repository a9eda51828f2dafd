import net from "node:net";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { StopTaskCommand } from "@aws-sdk/client-ecs";
import {
    DescribeServicesCommand,
    DescribeTaskDefinitionCommand,
    DescribeTasksCommand,
    ListTasksCommand,
} from "@aws-sdk/client-ecs";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import type { Outputs } from "../../../automation/runner/deployed";
import { AwsTarget } from "../../../automation/verify/aws";
import type { Place } from "../../../automation/verify/target";
import { AROUND, Servers } from "./support";

const CLUSTER = "platform";
const arn = (id: string) => `arn:aws:ecs:eu-west-1:123456789012:task/platform/${id}`;
const task = (id: string, address: string, more = {}) => ({
    taskArn: arn(id),
    lastStatus: "RUNNING",
    healthStatus: "HEALTHY",
    attachments: [{ details: [{ name: "privateIPv4Address", value: address }] }],
    ...more,
});
const ENVIRONMENTS: Record<string, Record<string, string>> = {
    issuer: { ACAPY_ADMIN: '["0.0.0.0",8021]' },
    keycloak: {},
    "posts-web": {},
    "posts-worker": {},
};
const database = (host: string) => ({ host, port: 5432, user: "u", name: "d", passwordParameter: "/p" });
const OUTPUTS: Outputs = {
    clusterName: CLUSTER,
    serviceNames: Object.fromEntries(Object.keys(ENVIRONMENTS).map((name) => [name, `${name}-1`])),
    logGroups: {},
    oneOffTasks: {},
    workbenchId: null,
    databases: {
        "wallet-db": database("wallet-db.rds.amazonaws.com"),
        "keycloak-db": database("shared-db.rds.amazonaws.com"),
        "posts-db": database("shared-db.rds.amazonaws.com"),
    },
    ledgerUrl: null,
    didcommUrls: { issuer: "http://public.elb.amazonaws.com:8020" },
    adminUrls: { issuer: "http://internal-admin.eu-west-1.elb.amazonaws.com:8021" },
    serviceUrls: {
        "posts-web": "https://public.elb.amazonaws.com/posts",
        "posts-internal": "https://internal-admin.eu-west-1.elb.amazonaws.com/posts",
    },
    keycloakUrl: "https://public.elb.amazonaws.com",
    keycloakAdminUrl: "https://internal-admin.eu-west-1.elb.amazonaws.com",
    certificateAuthority: "PEM",
    secretParameters: { issuer: { ACAPY_ADMIN_API_KEY: "/elsewhere/KEY" } },
    webSocketUrls: {},
    keycloakDeployment: null,
    databaseAddress: "wallet-db.rds.amazonaws.com",
    deployRoles: {},
    deployMachines: {},
};

describe("verify: a stack on AWS", () => {
    /** ECS with two tasks, the second on another page; `stopping`: how often a stopped task is still there. */
    class Fake {
        readonly asked: unknown[] = [];
        tasks: object[] = [task("a1", "10.0.1.5"), task("b2", "10.0.2.5")];
        stopping = 1;
        healthy = [1, 2];
        values: Record<string, string> = {
            "/elsewhere/KEY": "k",
        };

        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it stands in for each client's overloads
        send = (async (command: any) => {
            this.asked.push(command);
            const { input } = command;
            if (command instanceof DescribeServicesCommand) {
                const [service] = command.input.services!;
                return {
                    services: [{ desiredCount: 2, taskDefinition: service, loadBalancers: [{ targetGroupArn: "tg" }] }],
                };
            }
            if (command instanceof ListTasksCommand) {
                const first = input.nextToken === undefined;
                return { taskArns: [arn(first ? "a1" : "b2")], nextToken: first ? "more" : undefined };
            }
            if (command instanceof DescribeTasksCommand) {
                if (input.tasks[0] === "gone")
                    return { tasks: this.stopping-- > 0 ? [{ lastStatus: "STOPPING" }] : [] };
                return {
                    tasks: this.tasks.filter((one) => input.tasks.includes((one as { taskArn: string }).taskArn)),
                };
            }
            if (command instanceof DescribeTaskDefinitionCommand) {
                const variables = ENVIRONMENTS[input.taskDefinition.replace(/-1$/, "")]!;
                const environment = Object.entries(variables).map(([name, value]) => ({ name, value }));
                return { taskDefinition: { containerDefinitions: [{ name: "app", environment }] } };
            }
            if (command instanceof DescribeTargetHealthCommand) {
                const healthy = this.healthy.length > 1 ? this.healthy.shift()! : this.healthy[0]!;
                return {
                    TargetHealthDescriptions: ["10.0.1.5", "10.0.2.5"].map((Id, i) => ({
                        Target: { Id },
                        TargetHealth: { State: i < healthy ? "healthy" : "initial" },
                    })),
                };
            }
            if (command instanceof GetParameterCommand) return { Parameter: { Value: this.values[input.Name] } };
            return {};
            // eslint-disable-next-line @typescript-eslint/no-explicit-any
        }) as any;
    }

    const made = (fake: Fake, environment = "dev", places?: Map<string, Place>, outputs = OUTPUTS) =>
        new AwsTarget(
            { ecs: fake, elb: fake, ssm: fake, region: "eu-west-1" },
            outputs,
            { project: "identity", stack: "dev", config: { "identity:environment": environment } },
            places,
            0.001,
        );

    it("is what the outputs say; tasks of prod are not stopped unless somebody says so", () => {
        const own = made(new Fake());
        expect(own.title).to.equal("identity dev on AWS, eu-west-1");
        expect(own.agents.issuer).to.deep.equal({
            didcommUrl: OUTPUTS.didcommUrls.issuer,
            adminUrl: OUTPUTS.adminUrls.issuer,
        });
        expect(own.expendable).to.equal(true);
        expect(made(new Fake(), "prod").expendable).to.equal(false);
        expect(own.internal(OUTPUTS.serviceUrls["posts-web"]!)).to.equal(false);
        expect(own.internal(OUTPUTS.serviceUrls["posts-internal"]!)).to.equal(true);
        expect(own.internal("https://web.internal.id.example.com")).to.equal(true);
        expect(own.internal("https://internal.id.example.com")).to.equal(false);
    });

    it("finds all tasks of a service, and how they are", async () => {
        const fake = new Fake();
        fake.tasks[1] = task("b2", "10.0.2.5", { healthStatus: "UNKNOWN" });
        fake.healthy = [2];
        const { wanted, tasks } = await made(fake).service("keycloak");
        expect(wanted).to.equal(2);
        expect(tasks.map(({ id, status, healthy }) => [id, status, healthy])).to.deep.equal([
            ["a1", "RUNNING", true],
            ["b2", "RUNNING", true], // it has no check of its own, and the load balancer asks it
        ]);
        fake.healthy = [1];
        expect((await made(fake).service("keycloak")).tasks.map(({ healthy }) => healthy)).to.deep.equal([true, false]);
        expect(tasks[0]!.at(9000)).to.deep.equal({ host: "10.0.1.5", port: 9000 });
        expect(tasks[0]!.at(8080)).to.equal(undefined);
    });

    it("reads secrets by the names of the outputs, or by where the program keeps them; once each", async () => {
        const fake = new Fake();
        fake.values["/identity/dev/keycloak/KC"] = "v";
        const own = made(fake);
        expect(await own.secret("issuer", "ACAPY_ADMIN_API_KEY")).to.equal("k");
        expect(await own.secret("keycloak", "KC")).to.equal("v");
        await own.secret("keycloak", "KC");
        expect(fake.asked).to.have.length(2);
    });

    it("stops a task, and waits until it is gone", async () => {
        const fake = new Fake();
        await made(fake).stop("keycloak", { id: "gone", status: "RUNNING", healthy: true, at: () => undefined });
        expect((fake.asked[0] as StopTaskCommand).input).to.deep.equal({
            cluster: CLUSTER,
            task: "gone",
            reason: "npx identity verify",
        });
        expect(fake.asked).to.have.length(3);
    });

    it("waits until there are as many tasks as there should be, and the load balancer asks them", async () => {
        const fake = new Fake();
        const said: string[] = [];
        await made(fake).settled("keycloak", { ...AROUND, say: (text) => void said.push(text) });
        expect(said).to.deep.equal(["1 of 2 tasks well"]);
    });

    it("knows each instance once", async () => {
        const fake = new Fake();
        const found = await made(fake).databases();
        expect(Object.entries(found).map(([name, { host }]) => [name, host])).to.deep.equal([
            ["wallet-db", "wallet-db.rds.amazonaws.com"],
            ["keycloak-db", "shared-db.rds.amazonaws.com"],
        ]);
        expect(fake.asked).to.deep.equal([]);
    });

    describe("the admin endpoint", () => {
        let servers: Servers;
        beforeEach(() => void (servers = new Servers()));
        afterEach(() => servers.close());
        const NAMES = [
            "internal-admin.eu-west-1.elb.amazonaws.com:8021",
            "internal-admin.eu-west-1.elb.amazonaws.com:443",
        ];

        it("is out of reach where its name leads nowhere, and says what to do", async () => {
            const nowhere = new Map(NAMES.map((name) => [name, { host: "nowhere.invalid", port: 1 }]));
            const why = (await made(new Fake(), "dev", nowhere).adminOutOfReach())!;
            expect(why.reason).to.contain(`${NAMES[0]}: no such name`);
            expect(why.remedy)
                .to.contain(`adminEndpoint.allowedCidrs`)
                .and.to.contain(`--connect-to ${NAMES[0]}=127.0.0.1:8021`);
        });

        it("is in reach by a tunnel, from where nobody reaches the tasks", async () => {
            const port = await servers.listen(net.createServer());
            const tunnel = new Map(NAMES.map((name) => [name, { host: "127.0.0.1", port }]));
            const own = made(new Fake(), "dev", tunnel);
            expect(await own.adminOutOfReach()).to.equal(undefined);
            expect(own.connectTo("internal-admin.eu-west-1.elb.amazonaws.com", 8021)).to.deep.equal({
                host: "127.0.0.1",
                port,
            });
            expect(new Set((await own.closed()).map(({ what }) => what))).to.deep.equal(
                new Set(["public.elb.amazonaws.com"]),
            );
        });

        it("lets whoever is in its network see that the tasks are silent, but for Keycloak's metrics", async () => {
            const port = await servers.listen(net.createServer());
            const admin = `http://127.0.0.1:${port}`;
            const outputs = { ...OUTPUTS, adminUrls: { issuer: admin }, keycloakAdminUrl: admin };
            const closed = await made(new Fake(), "dev", undefined, outputs).closed();
            const of = (what: string) => closed.filter((one) => one.what === what).map((one) => one.port);
            expect(of("issuer a1")).to.include.members([8080, 9000, 5432]);
            expect(of("keycloak b2")).to.include(8080).and.not.to.include(9000);
            expect(closed.find(({ what }) => what === "keycloak b2")!.host).to.equal("10.0.2.5");
        });

        it("has ports that the public endpoint must not have", async () => {
            const nowhere = new Map(NAMES.map((name) => [name, { host: "nowhere.invalid", port: 1 }]));
            const closed = await made(new Fake(), "dev", nowhere).closed();
            expect(closed.map(({ host, port }) => `${host}:${port}`)).to.deep.equal(
                [8021, 8080, 8443, 8444, 9901, 9000, 7800, 57800, 5432].map(
                    (port) => `public.elb.amazonaws.com:${port}`,
                ),
            );
        });
    });
});
