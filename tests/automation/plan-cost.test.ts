import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { NAT_GATEWAY } from "../../aws/ec2";
import { FARGATE } from "../../aws/ecs";
import { HOURS, PriceList } from "../../aws/prices";
import { databaseHour } from "../../aws/rds";
import { identity, identityWith } from "../../automation/commands";
import { costs as command } from "../../automation/commands/costs";
import { costs as compareCosts } from "../../automation/commands/costs/compare";
import type { CommandContext } from "../../automation/shared/context";
import { type Plan, plan } from "../../automation/plan/model";
import { planStack } from "../../automation/plan/plan-stack";
import { renderBlocks } from "../../automation/plan/render/blocks";
import { amount, costTables } from "../../automation/plan/tables/cost";
import type { CostView } from "../../automation/plan/sections/cost";
import { simulate } from "../../automation/plan/simulate";
import { FargateService } from "../../components/fargate-service";
import { CLUSTER, VPC } from "../components/support";
import { WIDTH } from "../../automation/plan/text";

const ROOT = path.join(__dirname, "../..");
const plain = { bold: String, dim: String, cyan: String };

/** What the resources of a program cost. */
async function costOf(program: () => unknown, region = "us-east-1"): Promise<CostView> {
    const simulation = await simulate(program, { project: "p", stack: "s", config: { "aws:region": region } });
    return plan({ project: "p", stack: "s", environment: "dev", region }, simulation, {}).model.cost;
}
const component = ({ components }: CostView, name: string) => components.find((one) => one.name === name)!;
const lines = (cost: CostView, name: string) =>
    component(cost, name).items.map(({ what, min, max }) => `${min === max ? min : `${min}–${max}`} ${what}`);

describe("the cost of a month", () => {
    let dev: Plan;
    let prod: Plan;
    before(async () => {
        dev = (await planStack({ root: ROOT, stack: "dev" })).model;
        prod = (await planStack({ root: ROOT, stack: "prod" })).model;
    });

    it("is the sum of its components, and each the sum of its items", () => {
        for (const { cost } of [dev, prod]) {
            const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);
            for (const end of ["min", "max"] as const) {
                expect(cost[end]).to.be.closeTo(sum(cost.components.map((one) => one[end])), 1e-6);
                expect(cost[end]).to.be.closeTo(sum(cost.services.map((one) => one[end])), 1e-6);
                for (const one of cost.components) {
                    expect(one[end]).to.be.closeTo(sum(one.items.map(({ month }) => month[end])), 1e-6);
                    expect(one[end]).to.be.closeTo(sum(one.items.map((item) => item[end] * item.each)), 1e-6);
                }
            }
            expect(cost.unpriced).to.eql([]);
            for (const { name } of cost.services) expect(name).to.match(/^[A-Z]/); // AWS's own, and not a module of Pulumi's
        }
    });

    it("has the items that AWS bills by the hour", () => {
        expect(lines(dev.cost, "vpc")).to.have.members([
            "1 hosted zone",
            "1 EC2 instance t4g.nano",
            "8 GiB of gp3",
            "1 public IPv4 address",
            "1 CloudWatch alarm",
        ]);
        expect(lines(dev.cost, "public")).to.eql(["1 load balancer", "2 public IPv4 address"]);
        expect(lines(dev.cost, "admin")).to.eql(["1 load balancer"]);
        expect(lines(dev.cost, "secrets")).to.eql(["1 KMS key"]);
        const tokyo = FARGATE["ap-northeast-1"];
        expect(component(dev.cost, "shared-db").min).to.be.closeTo(2 * 0.025 * HOURS + 20 * 0.138, 1e-6);
        const task = (0.25 * tokyo.vcpu + 0.5 * tokyo.gib) * HOURS;
        expect(component(dev.cost, "hello").min).to.be.closeTo(2 * 0.34 * task, 1e-6);
    });

    it("is a range where a service scales by itself, and twice as much for a database with a standby", () => {
        const tasks = "3–6 task of 0.5 vCPU and 1 GiB";
        expect(lines(prod.cost, "issuer")).to.eql(["12 CloudWatch alarm", "1 CloudWatch metric", tasks]);
        const { min, max, items } = component(prod.cost, "issuer");
        const watched = items.slice(0, 2).reduce((sum, item) => sum + item.min * item.each, 0);
        expect(max - watched).to.be.closeTo(2 * (min - watched), 1e-6);
        const [instance, storage] = component(prod.cost, "wallet-db").items;
        expect(instance!.what).to.equal("RDS db.t4g.medium with a standby");
        expect(instance!.each).to.be.closeTo(2 * ((0.065 * 0.025) / 0.016) * HOURS, 1e-6);
        expect(storage!.each).to.equal(2 * 0.138);
        expect(prod.cost.estimated).to.include("db.t4g.medium: in proportion to db.t4g.micro");
    });

    it("counts the tasks on Spot and those on demand, each at its price", async () => {
        const made = await costOf(() => {
            const base = { cluster: CLUSTER, vpc: VPC, cpu: 1024, memory: 2048, count: 3 };
            const containers = { app: { image: "example.com/app@sha256:00", user: "1000" } };
            new FargateService("some", { ...base, containers, spot: { base: 1, share: 50 } });
            new FargateService("arm", { ...base, containers, architecture: "arm64", spot: true });
        });
        expect(lines(made, "some")).to.eql(["2 task of 1 vCPU and 2 GiB", "1 task of 1 vCPU and 2 GiB, Spot"]);
        const task = (0.04048 + 2 * 0.004445) * HOURS;
        expect(component(made, "some").min).to.be.closeTo(2.34 * task, 1e-6);
        expect(lines(made, "arm")).to.eql(["3 task of 1 vCPU and 2 GiB, Graviton, Spot"]);
        expect(component(made, "arm").min).to.be.closeTo(3 * 0.8 * 0.34 * task, 1e-6);
        const [choice] = made.choices.filter(({ what }) => what === "processors of tasks");
        expect(choice!.now).to.equal("1 of 2 on Graviton");
        expect(choice!.options.map(({ name, change }) => [name, change > 0])).to.eql([
            ["all Graviton", false],
            ["all x86", true],
        ]);
    });

    it("says what another choice would change", () => {
        const options = (plan: Plan, what: string) => plan.cost.choices.find((one) => one.what === what)!.options;
        const gateway = (0.062 + 0.005) * HOURS;
        const instance = (0.0054 + 0.005) * HOURS + 8 * 0.096 + 0.1;
        const changes = (plan: Plan) => options(plan, "way out").map(({ change }) => change);
        const endpoints = (zones: number) => 6 * zones * 0.014 * HOURS;
        for (const [plan, now, ways] of [
            [dev, instance, [gateway, 2 * gateway, endpoints(2)]],
            [prod, 3 * gateway, [instance, gateway, endpoints(3)]],
        ] as const) {
            expect(changes(plan)).to.have.length(3);
            changes(plan).forEach((change, i) => expect(change).to.be.closeTo(ways[i]! - now, 1e-6));
        }
        expect(component(dev.cost, "vpc").min).to.be.closeTo(instance + 0.5, 1e-6); // and the private zone
        expect(options(dev, "standby of databases")[0]!.change).to.be.closeTo(2 * 0.025 * HOURS + 20 * 0.138, 1e-6);
        expect(options(prod, "standby of databases")[0]!.change).to.be.lessThan(0);
        const tasks = dev.cost.components
            .flatMap(({ items }) => items)
            .filter(({ what }) => what.startsWith("task"))
            .reduce((total, { month }) => total + month.min, 0);
        expect(options(dev, "processors of tasks").map(({ name }) => name)).to.eql(["all Graviton"]);
        expect(options(dev, "processors of tasks")[0]!.change).to.be.closeTo(-0.2 * tasks, 1e-6);
        expect(options(dev, "capacity of tasks").map(({ name }) => name)).to.eql(["all on demand"]);
        expect(options(dev, "capacity of tasks")[0]!.change).to.be.closeTo(tasks / 0.34 - tasks, 1e-6);
        expect(options(prod, "capacity of tasks").map(({ name }) => name)).to.eql(["all on Fargate Spot"]);
        const byService = (plan: Plan, service: string) => plan.cost.services.find(({ name }) => name === service)!.min;
        expect(options(prod, "alarms")[0]!.change).to.be.closeTo(-byService(prod, "CloudWatch"), 1e-6);
        expect(options(prod, "web ACL")[0]!.change).to.be.closeTo(-byService(prod, "WAF"), 1e-6);
        expect(dev.cost.choices.map(({ what }) => what)).not.to.include.oneOf(["alarms", "web ACL"]);
    });

    it("names the types without a price", async () => {
        const made = await costOf(() => {
            new aws.elasticache.Cluster("cache", { nodeType: "cache.t4g.micro" });
            new aws.rds.Instance("db", { instanceClass: "db.x2g.large", storageType: "io2", allocatedStorage: 20 });
            new aws.ec2.Instance("machine", { instanceType: "t4g.small", ami: "ami-1" });
            new aws.iam.InstanceProfile("profile");
        });
        expect(made.unpriced).to.have.members([
            "aws:elasticache Cluster (p-s)",
            "RDS db.x2g.large (p-s)",
            "RDS storage io2 (p-s)",
        ]);
        expect(made.min).to.be.closeTo(0.0168 * HOURS + 8 * 0.08, 1e-6);
        expect(renderBlocks(costTables({ cost: made }), plain).join("\n")).to.include(
            "NOT in the sum, their prices are unknown: ",
        );
    });

    it("counts interface endpoints by zone, and what costs by the month", async () => {
        const made = await costOf(() => {
            const endpoint = { vpcId: "vpc-1", serviceName: "s", subnetIds: ["a", "b"] };
            new aws.ec2.VpcEndpoint("ssm", { ...endpoint, vpcEndpointType: "Interface" });
            new aws.ec2.VpcEndpoint("s3", { ...endpoint, vpcEndpointType: "Gateway" });
            new aws.ssm.Parameter("large", { type: "String", tier: "Advanced", value: "v" });
            new aws.ssm.Parameter("small", { type: "String", value: "v" });
            new aws.cloudwatch.MetricAlarm("alarm", { comparisonOperator: "x", evaluationPeriods: 1 });
            const metric = { namespace: "AWS/SQS", metricName: "m", stat: "Sum", period: 300 };
            const metricQueries = [
                { id: "e", expression: "a + b", returnData: true },
                ...["a", "b"].map((id) => ({ id, metric })),
            ];
            new aws.cloudwatch.MetricAlarm("of-two", { comparisonOperator: "x", evaluationPeriods: 1, metricQueries });
        });
        expect(made.min).to.be.closeTo(2 * 0.01 * HOURS + 0.05 + 3 * 0.1, 1e-6);
    });

    it("is estimated by another region where there is no table, and says so", () => {
        const prices = new PriceList("sa-east-1");
        expect(prices.of(NAT_GATEWAY)).to.equal(0.045);
        expect(prices.from).to.equal("us-east-1");
        expect([...prices.estimated]).to.eql(["everything: priced as us-east-1, there is no table of sa-east-1"]);
        expect(databaseHour("db.t4g.medium", new PriceList("eu-west-1"))).to.equal(0.069);
        expect(databaseHour("db.nonsense", new PriceList("eu-west-1"))).to.equal(undefined);
    });

    it("fits a hundred columns, and has the date of its prices", () => {
        for (const { cost } of [dev, prod]) {
            const text = renderBlocks(costTables({ cost }), plain);
            expect(text.filter((line) => line.length > WIDTH)).to.eql([]);
            expect(text.join(" ")).to.include("October 2026").and.to.include("Not in the sum");
            expect(text.find((line) => line.includes("in all"))).to.include(amount(cost));
        }
    });
});

describe("npx identity costs", () => {
    const root = mkdtempSync(path.join(tmpdir(), "costs-"));
    after(() => rmSync(root, { recursive: true, force: true }));
    const run = async (...stacks: string[]) => {
        let said = "";
        const say = (text: string) => void (said += text);
        const context = { root, out: say, err: say, signal: new AbortController().signal } as unknown as CommandContext;
        // The stack files are in a folder of their own; images are the project's.
        const costs = {
            ...command,
            run: (input: { stacks: string[] }) => compareCosts(input, { ...context, files: ROOT }),
        };
        const code = await identity(["costs", ...stacks], context, identityWith({ costs }));
        return { code, said: stripVTControlCharacters(said) }; // CI=true turns colours on
    };

    it("puts every stack of the folder side by side", async () => {
        cpSync(path.join(ROOT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
        const file =
            "config:\n    aws:region: eu-west-1\n    identity:environment: dev\n    identity:publicEndpoint: { plainHttp: true }\n";
        writeFileSync(path.join(root, "Pulumi.small.yaml"), `${file}    identity:keycloak: { version: "26.7.3" }\n`);
        writeFileSync(path.join(root, "Pulumi.agents.yaml"), `${file}    identity:agents: { issuer: {} }\n`);
        const { code, said } = await run();
        expect(code).to.equal(0);
        const rows = said.split("\n").map((line) => line.trim().split(/ {2,}/));
        expect(rows[0]!.slice(1)).to.eql(["agents", "small"]);
        expect(rows.find(([name]) => name === "issuer")).to.eql(["issuer", "6.13", "–"]);
        expect(rows.find(([name]) => name === "ECS (Fargate)")).to.eql(["ECS (Fargate)", "6.13", "25"]);
        expect(said.split("\n").filter((line) => line.length > WIDTH)).to.eql([]);
    });

    it("says which stack has no file", async () => {
        expect(await run("none")).to.include({ code: 2 });
    });

    it("takes no option but its help", async () => {
        expect(await run("--hlep")).to.deep.equal({
            code: 2,
            said: "unknown option '--hlep'\n(Did you mean --help?)\nnpx identity costs --help says what there is\n",
        });
    });
});
