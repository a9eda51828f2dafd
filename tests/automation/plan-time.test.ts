import path from "node:path";
import { expect } from "chai";
import { Inventory } from "../../automation/plan/inventory";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { renderBlocks } from "../../automation/plan/render/blocks";
import { time, waitsFor } from "../../automation/plan/sections/time";
import type { SimulatedResource } from "../../automation/plan/simulated-aws";
import { timeTable } from "../../automation/plan/tables/time";
import { WIDTH } from "../../automation/plan/text";

const ROOT = path.join(__dirname, "../..");
const IMAGE = "docker:index/image:Image";
const DATABASE = "aws:rds/instance:Instance";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const SERVICE = "aws:ecs/service:Service";
const VALIDATION = "aws:acm/certificateValidation:CertificateValidation";

/** A resource by itself, for the arithmetic. */
const resource = (name: string, type: string, ...dependencies: string[]): SimulatedResource => ({
    urn: `urn::${name}`,
    type,
    name,
    parent: undefined,
    id: name,
    inputs: {},
    outputs: {},
    dependencies: dependencies.map((one) => `urn::${one}`),
    protect: false,
    component: false,
    remote: false,
});

describe("the time of a first up", () => {
    let planned: Record<string, PlannedStack>;
    before(async () => {
        planned = {
            dev: await planStack({ root: ROOT, stack: "dev" }),
            prod: await planStack({ root: ROOT, stack: "prod" }),
        };
    });

    it("is that of the longest chain, and of nothing beside it", () => {
        const all = [
            resource("db", DATABASE),
            resource("image", IMAGE),
            resource("definition", "aws:ecs/taskDefinition:TaskDefinition", "db", "image"),
            resource("service", SERVICE, "definition"),
        ];
        const { minutes, chain, beside } = time(new Inventory(all));
        expect(chain.map(({ name }) => name)).to.eql(["db", "definition", "service"]);
        expect(minutes).to.be.closeTo(6.5 + 0.05 + 2.5, 1e-6);
        expect(beside.map(({ name, start }) => [name, start])).to.eql([["image", 0]]);
    });

    it("has whatever depends on a component wait for all that is in it", () => {
        const component = { ...resource("part", "own:index:Part"), component: true };
        const inner = { ...resource("db", DATABASE), parent: component.urn };
        const { chain } = time(new Inventory([component, inner, resource("service", SERVICE, "part")]));
        expect(chain.map(({ name }) => name)).to.eql(["db", "service"]);
    });

    it("is the network, the database and Keycloak on it, in dev and in prod", () => {
        for (const [stack, { model }] of Object.entries(planned)) {
            const names = model.time.chain.map(({ name }) => name);
            // A database waits for a NAT gateway, and not for the NAT instance of dev.
            const network = stack === "dev" ? "vpc" : "vpc-1";
            const database = stack === "dev" ? "shared-db" : "keycloak-db";
            expect(names).to.include.members([network, database, "keycloak"]);
            const ends = model.time.chain.map(({ end }) => end);
            expect(ends).to.eql([...ends].sort((a, b) => a - b));
            expect(model.time.minutes).to.equal(ends.at(-1));
        }
        expect(planned.prod!.model.time.minutes).to.be.greaterThan(planned.dev!.model.time.minutes);
    });

    it("holds up no database, image or load balancer for one another, and no service for another", () => {
        for (const [stack, { resources }] of Object.entries(planned)) {
            const inventory = new Inventory(resources);
            const upstream = (one: SimulatedResource, seen = new Set<SimulatedResource>()): Set<SimulatedResource> => {
                for (const other of waitsFor(one, inventory)) {
                    if (seen.has(other)) continue;
                    seen.add(other);
                    upstream(other, seen);
                }
                return seen;
            };
            const waits = (type: string, ...forTypes: string[]) =>
                inventory
                    .ofType(type)
                    .flatMap((one) =>
                        [...upstream(one)]
                            .filter((other) => forTypes.includes(other.type))
                            .map((other) => `${one.name} waits for ${other.name}, ${other.type}`),
                    );
            expect(inventory.ofType(IMAGE).length).to.be.greaterThan(0);
            expect(waits(IMAGE, DATABASE, BALANCER, SERVICE, IMAGE, VALIDATION, "awsx:ec2:Vpc")).to.eql([]);
            expect(waits(DATABASE, BALANCER, SERVICE, IMAGE, DATABASE, VALIDATION)).to.eql([]);
            expect(waits(BALANCER, DATABASE, SERVICE, IMAGE, BALANCER, VALIDATION)).to.eql([]);
            expect(waits(SERVICE, SERVICE)).to.eql([]);
            expect(waits(VALIDATION, BALANCER, DATABASE, IMAGE, "awsx:ec2:Vpc")).to.satisfy(
                (all: string[]) => all.every((one) => one.startsWith("admin ")), // the name of the private zone, which is in the VPC
            );
            // What a service waits for is its own: of databases, the one that it is told of.
            const databases = (name: string) =>
                [...upstream(inventory.ofType(SERVICE).find((one) => one.name === name)!)]
                    .filter(({ type }) => type === DATABASE)
                    .map((one) => one.name);
            expect(databases("issuer")).to.eql([stack === "dev" ? "shared-db" : "wallet-db"]);
            expect(databases("keycloak")).to.eql([stack === "dev" ? "shared-db" : "keycloak-db"]);
        }
        const hello = planned.dev!.model.time.beside.find(
            ({ name, type }) => name === "hello" && type.includes("Service"),
        )!;
        expect(hello.start, "an application without a database").to.be.lessThan(6);
    });

    it("is drawn within a hundred columns", () => {
        const same = { bold: String, dim: String, cyan: String };
        const lines = renderBlocks(timeTable(planned.prod!.model), same);
        expect(lines.filter((line) => line.length > WIDTH)).to.eql([]);
        expect(lines[0]).to.match(/about \d+ minutes/);
        expect(lines.find((line) => line.includes("keycloak-db"))).to.match(/13\.0 min\s+█+$/);
        expect(lines.find((line) => line.includes("wallet-db"))).to.match(/13\.0 min\s+░+$/);
    });
});
