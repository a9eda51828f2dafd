import { expect } from "chai";
import { Inventory } from "../../automation/plan/inventory";
import { connections } from "../../automation/plan/sections/connections";
import { Network } from "../../automation/plan/sections/network";
import type { SimulatedResource } from "../../automation/plan/simulated-aws";

const resource = (type: string, name: string, inputs: Record<string, unknown>): SimulatedResource => ({
    urn: `urn:${type}::${name}`,
    type,
    name,
    parent: undefined,
    id: name,
    inputs,
    outputs: inputs,
    dependencies: [],
    protect: false,
    component: false,
    remote: false,
});
const group = (name: string) => resource("aws:ec2/securityGroup:SecurityGroup", name, {});
const subnet = (name: string, cidrBlock: string) =>
    resource("aws:ec2/subnet:Subnet", name, {
        cidrBlock,
        availabilityZone: "eu-west-1a",
        tags: { SubnetType: "Private" },
    });
const service = (name: string, ...securityGroups: string[]) =>
    resource("aws:ecs/service:Service", name, { networkConfiguration: { securityGroups, subnets: ["tasks"] } });
const loadBalancer = (name: string, internal: boolean, ...securityGroups: string[]) =>
    resource("aws:lb/loadBalancer:LoadBalancer", name, { securityGroups, internal, subnets: ["balancers"] });

let rules = 0;
const rule = (kind: "Ingress" | "Egress", of: string, other: string, ports: [number, number] | "all") =>
    resource(`aws:vpc/securityGroup${kind}Rule:SecurityGroup${kind}Rule`, `rule-${++rules}`, {
        securityGroupId: of,
        ...(other.includes("/") ? { cidrIpv4: other } : { referencedSecurityGroupId: other }),
        ...(ports === "all" ? { ipProtocol: "-1" } : { ipProtocol: "tcp", fromPort: ports[0], toPort: ports[1] }),
    });
const into = (of: string, from: string, ports: [number, number] | "all") => rule("Ingress", of, from, ports);
const out = (of: string, to: string, ports: [number, number] | "all") => rule("Egress", of, to, ports);

const NETWORK = [subnet("tasks", "10.0.0.0/24"), subnet("balancers", "10.0.1.0/24"), group("a"), group("b")];
const found = (...resources: SimulatedResource[]) =>
    connections(new Network(new Inventory([...NETWORK, ...resources]))).map(
        ({ from, to, ports, among }) =>
            `${from.name} → ${to.name} ${ports.join(",")}${among ? ` (${among.map(({ name }) => name).join()})` : ""}`,
    );

describe("who may talk to whom", () => {
    const [client, server] = [service("client", "a"), service("server", "b")];

    it("is open where one side lets out and the other lets in, on the ports that both do", () => {
        expect(found(client, server, out("a", "b", [1, 65535]), into("b", "a", [8020, 8020]))).to.eql([
            "client → server 8020",
        ]);
        expect(found(client, server, out("a", "b", [8000, 8100]), into("b", "a", [8050, 9000]))).to.eql([
            "client → server 8050–8100",
        ]);
        expect(found(client, server, out("a", "b", "all"), into("b", "a", "all"))).to.eql(["client → server all"]);
        expect(found(client, server, out("a", "10.0.0.0/16", "all"), into("b", "a", [1, 2]))).to.include(
            "client → server 1–2",
        );
    });

    it("does not exist where either side has no rule for it", () => {
        expect(found(client, server, out("a", "b", [1, 65535]))).to.eql([]);
        expect(found(client, server, into("b", "a", [8020, 8020]))).to.eql([]);
        expect(found(client, server, out("a", "b", [1, 8019]), into("b", "a", [8020, 8020]))).to.eql([]);
        expect(found(client, server, out("a", "192.168.0.0/16", "all"), into("b", "a", [1, 2]))).not.to.include(
            "client → server 1–2",
        );
    });

    it("uses the rules of all security groups of a side", () => {
        const both = service("both", "own", "a");
        expect(found(group("own"), both, server, out("a", "b", [1, 9]), into("b", "a", [5, 5]))).to.eql([
            "both → server 5",
        ]);
        expect(found(group("own"), both, server, out("own", "b", [1, 9]), into("b", "a", [5, 5]))).to.eql([
            "both → server 5",
        ]);
    });

    it("lets the tasks of one service talk to each other where its group does", () => {
        expect(found(server, out("b", "b", [7800, 7800]), into("b", "b", [7800, 7800]))).to.eql([
            "server → server 7800",
        ]);
    });

    it("shows a security group of another stack by its id", () => {
        expect(found(server, into("b", "sg-0123456789abcdef0", [443, 443]))).to.eql([
            "sg-0123456789abcdef0 → server 443",
        ]);
    });

    it("says who of the stack is in a network that is let in, and is let out to there", () => {
        const admin = loadBalancer("admin", true, "b");
        const [toAll, fromVpc] = [out("a", "0.0.0.0/0", [1, 65535]), into("b", "10.0.0.0/16", [443, 443])];
        expect(found(client, admin, toAll, fromVpc)).to.include("10.0.0.0/16 → admin 443 (client)");
        expect(found(client, admin, fromVpc)).to.eql(["10.0.0.0/16 → admin 443 ()"]);
        expect(found(client, admin, toAll, into("b", "10.0.1.0/24", [443, 443]))).to.include(
            "10.0.1.0/24 → admin 443 ()",
        );
    });

    it("knows that a public address is reached from a public one: by a way out of the VPC, and as anybody", () => {
        const pub = loadBalancer("public", false, "b");
        const [toAll, fromAll] = [out("a", "0.0.0.0/0", [1, 65535]), into("b", "0.0.0.0/0", [443, 443])];
        expect(found(client, pub, toAll, fromAll)).to.include("0.0.0.0/0 → public 443 ()");
        const route = { ...resource("aws:ec2/route:Route", "way-out", {}), parent: subnet("tasks", "").urn };
        expect(found(route, client, pub, toAll, fromAll)).to.include("0.0.0.0/0 → public 443 (client)");
        expect(found(route, client, pub, toAll, into("b", "10.0.0.0/16", [443, 443]))).to.include(
            "10.0.0.0/16 → public 443 ()",
        );
    });
});
