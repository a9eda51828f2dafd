import type { NatGateway, RouteTable, Subnet } from "@aws-sdk/client-ec2";
import { expect } from "chai";
import { readConfig } from "../../config/load";
import { neededAddresses } from "../../platform/existing-network/addresses";
import type { Facts } from "../../platform/existing-network/facts";
import { judge } from "../../platform/existing-network/judge";
import { lookUpNetwork } from "../../platform/existing-network/look-up";
import { DEV, handedOver } from "../config/support";

const VPC = "vpc-0123456789abcdef0";
const id = (name: string) => `subnet-0000000000000000${name}`;
const AGENTS = "agents: { issuer: {} }\n";
const BY_IDS = `public: [${id("1")}, ${id("2")}], private: [${id("3")}, ${id("4")}]`;

function configOf(subnets = BY_IDS, more = AGENTS) {
    const yaml = `${DEV}${more}network: { existing: { vpc: ${VPC}, subnets: { ${subnets} } } }\n`;
    const { config, problems } = readConfig(handedOver(yaml), "identity", () => true);
    expect(problems).to.deep.equal([]);
    return config!;
}

const subnet = (name: string, zone: string, tier: string, more: Partial<Subnet> = {}): Subnet => ({
    SubnetId: id(name),
    AvailabilityZone: `ap-northeast-1${zone}`,
    CidrBlock: `10.9.${parseInt(name, 16)}.0/24`,
    AvailableIpAddressCount: 251,
    Tags: [{ Key: "Tier", Value: tier }],
    ...more,
});
const table = (RouteTableId: string, subnets: string[], route: object): RouteTable => ({
    RouteTableId,
    Associations: subnets.map((name) => ({ SubnetId: id(name) })),
    Routes: [{ DestinationCidrBlock: "0.0.0.0/0", State: "active", ...route }],
});
const NAT: NatGateway = { NatGatewayId: "nat-1", State: "available", NatGatewayAddresses: [{ PublicIp: "192.0.2.9" }] };

const tagsOf = (Stack: string) =>
    Object.entries({ Project: "identity", Stack, ManagedBy: "pulumi" }).map(([Key, Value]) => ({ Key, Value }));

/** A VPC in which everything is well. */
const WELL: Facts = {
    vpc: { VpcId: VPC, OwnerId: "111111111111", CidrBlock: "10.9.0.0/16" },
    dns: { support: true, hostnames: true },
    subnets: [
        subnet("1", "a", "public"),
        subnet("2", "c", "public"),
        subnet("3", "a", "private"),
        subnet("4", "c", "private"),
    ],
    elsewhere: [],
    routeTables: [
        table("rtb-1", ["1", "2"], { GatewayId: "igw-1" }),
        { ...table("rtb-2", [], { NatGatewayId: "nat-1" }), Associations: [{ Main: true }] },
    ],
    endpoints: [],
    gateways: [NAT],
    zones: ["ap-northeast-1a", "ap-northeast-1c"],
    groups: [],
    interfaces: [],
};

const judged = (facts: Partial<Facts>, config = configOf()) =>
    judge(
        { ...WELL, ...facts },
        { existing: config.network.existing!, config, project: "identity", stack: "dev", account: "111111111111" },
    );
const said = (...args: Parameters<typeof judged>) =>
    judged(...args).problems.map(({ what, fix }) => `${what} → ${fix}`);

const withSubnet = (name: string, more: Partial<Subnet>) =>
    WELL.subnets.map((one) => (one.SubnetId === id(name) ? { ...one, ...more } : one));
const privateRoute = (route: object) => [WELL.routeTables[0]!, table("rtb-2", ["3", "4"], route)];
const NO_ROUTE = [WELL.routeTables[0]!, { ...table("rtb-2", ["3", "4"], {}), Routes: [] }];
const endpoint = (name: string, VpcEndpointType: "Interface" | "Gateway" = "Interface") => ({
    ServiceName: `com.amazonaws.ap-northeast-1.${name}`,
    VpcEndpointType,
    State: "Available" as const, // on the wire in small letters
    PrivateDnsEnabled: VpcEndpointType === "Interface",
    RouteTableIds: ["rtb-2"],
});
const ENDPOINTS = [
    ...["ecr.api", "ecr.dkr", "logs", "ssm", "kms", "ssmmessages"].map((name) => endpoint(name)),
    endpoint("s3", "Gateway"),
];

/** What is otherwise than in `WELL`, how many things are said for it, and the first of them. */
const FAULTS: Record<string, [facts: Partial<Facts>, count: number, expected: RegExp]> = {
    "a subnet that is not there": [
        { subnets: WELL.subnets.slice(0, 3) },
        1,
        /private subnet subnet-\d+4 is not there.*→ network\.existing\.subnets\.private: the VPC has subnet-/,
    ],
    "a subnet of another VPC": [
        { subnets: WELL.subnets.slice(0, 3), elsewhere: [subnet("4", "c", "x", { VpcId: "vpc-9" })] },
        1,
        /is in vpc-9, and not in vpc-0123/,
    ],
    "two subnets in one zone": [
        { subnets: withSubnet("4", { AvailabilityZone: "ap-northeast-1a" }) },
        1,
        /2 private subnets in one zone, ap-northeast-1a.*→ .*one for each zone/,
    ],
    "tiers in other zones": [
        { subnets: withSubnet("2", { AvailabilityZone: "ap-northeast-1d" }), zones: [] },
        1,
        /public subnets are in ap-northeast-1a, ap-northeast-1d, and the private ones in/,
    ],
    "a Local Zone": [{ zones: ["ap-northeast-1a"] }, 2, /\(ap-northeast-1c\) is in a Local or a Wavelength Zone/],
    "an Outpost": [{ subnets: withSubnet("3", { OutpostArn: "arn:x" }) }, 1, /is on an Outpost/],
    "IPv6 alone": [{ subnets: withSubnet("3", { Ipv6Native: true }) }, 1, /has IPv6 addresses alone/],
    "DNS support that is off": [
        { dns: { support: false, hostnames: true } },
        1,
        /enableDnsSupport off.*→ aws ec2 modify-vpc-attribute --vpc-id vpc-\w+ --enable-dns-support$/,
    ],
    "DNS host names that are off": [{ dns: { support: true, hostnames: false } }, 1, /--enable-dns-hostnames$/],
    "another account's VPC": [{ vpc: { ...WELL.vpc, OwnerId: "222222222222" } }, 1, /belongs to account 222222222222/],
    "a stack that is in another VPC": [
        { groups: [{ GroupId: "sg-1", VpcId: "vpc-9" }] },
        1,
        /this stack is in vpc-9 \(security group sg-1\).*→ network\.existing as it was before.*another stack/,
    ],
    "the VPC that the stack made itself": [
        { vpc: { ...WELL.vpc, Tags: tagsOf("dev") } },
        1,
        /is the VPC that this stack made itself.*→ leave network\.existing out/,
    ],
    "public subnets without an internet gateway": [
        { routeTables: [table("rtb-1", ["1", "2"], { NatGatewayId: "nat-1" }), WELL.routeTables[1]!] },
        2,
        /no route of 0\.0\.0\.0\/0 to an internet gateway/,
    ],
    "private subnets that are public": [
        { routeTables: privateRoute({ GatewayId: "igw-1" }) },
        2,
        /leads to an internet gateway: it is a public one/,
    ],
    "a route whose target is gone": [
        { routeTables: privateRoute({ NatGatewayId: "nat-1", State: "blackhole" }) },
        2,
        /its target nat-1 is gone \(blackhole\)/,
    ],
    "a NAT gateway that failed": [{ gateways: [{ ...NAT, State: "failed" }] }, 2, /the NAT gateway nat-1 is failed/],
    "a route into a peering": [
        { routeTables: privateRoute({ VpcPeeringConnectionId: "pcx-1" }) },
        2,
        /a peering \(pcx-1\) leads to no gateway/,
    ],
    "no way out and no endpoints": [
        { routeTables: NO_ROUTE },
        1,
        /no interface endpoints with private DNS names for ecr\.api, .* and no gateway endpoint for s3/,
    ],
    "an endpoint without private names": [
        {
            routeTables: NO_ROUTE,
            endpoints: ENDPOINTS.map((one, i) => (i === 2 ? { ...one, PrivateDnsEnabled: false } : one)),
        },
        1,
        /private DNS names for logs: no task/,
    ],
    "too few addresses for tasks": [
        { subnets: withSubnet("3", { AvailableIpAddressCount: 9 }) },
        1,
        /has 9 free addresses, and the stack takes 12: 2 of tasks while a deployment rolls, 8 of the internal/,
    ],
    "too few addresses for the load balancer": [
        { subnets: withSubnet("1", { AvailableIpAddressCount: 7 }) },
        1,
        /has 7 free addresses, and the stack takes 8: 8 of the public load balancer/,
    ],
    "a subnet too small for a load balancer": [
        { subnets: withSubnet("1", { CidrBlock: "10.9.1.0/28" }) },
        1,
        /is a \/28, and a load balancer asks for a \/27/,
    ],
};

describe("A network that exists, as AWS describes it,", () => {
    it("may be another stack's own", () => {
        expect(said({ vpc: { ...WELL.vpc, Tags: tagsOf("prod") } })).to.deep.equal([]);
    });

    it("is taken where everything is well: its subnets in order, its block, and the gateways' addresses", () => {
        const { problems, network } = judged({});
        expect(problems).to.deep.equal([]);
        expect(network.subnets.private.map(({ zone }) => zone)).to.deep.equal(["ap-northeast-1a", "ap-northeast-1c"]);
        expect(network.subnets.database).to.deep.equal(network.subnets.private);
        expect(network).to.deep.include({ vpcId: VPC, cidrs: ["10.9.0.0/16"], natAddresses: ["192.0.2.9"] });
    });

    for (const [name, [facts, count, expected]] of Object.entries(FAULTS)) {
        it(`is refused for ${name}`, () => {
            const found = said(facts);
            expect(found, found.join("\n")).to.have.length(count);
            expect(found[0]).to.match(expected);
        });
    }

    it("is refused for all of it at once", () => {
        const facts = { dns: { support: false, hostnames: false }, subnets: withSubnet("3", { Ipv6Native: true }) };
        expect(said(facts)).to.have.length(3);
    });

    it("is found by tags, also with * in them, in the order of its zones", () => {
        const config = configOf('public: { tags: { Tier: public } }, private: { tags: { Tier: "priv*" } }');
        const { problems, network } = judged({ subnets: [...WELL.subnets].reverse() }, config);
        expect(problems).to.deep.equal([]);
        expect(network.subnets.private.map((one) => one.id)).to.deep.equal([id("3"), id("4")]);
    });

    it("says so where tags find nothing, or other zones than the stack is in", () => {
        const config = configOf("public: { tags: { Tier: open } }, private: { tags: { Tier: private } }");
        expect(said({}, config)[0]).to.match(/has the tags of public: \{ Tier: open \} → .*other tags, or ids/);
        const third = [subnet("5", "d", "public"), subnet("6", "d", "private")];
        const routeTables = [table("rtb-1", ["1", "2", "5"], { GatewayId: "igw-1" }), WELL.routeTables[1]!];
        const tags = configOf("public: { tags: { Tier: public } }, private: { tags: { Tier: private } }");
        const found = said({ subnets: [...WELL.subnets, ...third], routeTables, zones: [] }, tags);
        expect(found).to.have.length(2);
        expect(found[0]).to.match(/are in 3 zones .* and the stack is in 2 → network\.zones: 3/);
    });

    it("goes without a way out where it has the endpoints; what no endpoint replaces is refused", () => {
        const closed = { routeTables: NO_ROUTE, endpoints: ENDPOINTS };
        expect(said(closed)).to.deep.equal([]);
        const ledger = configOf(BY_IDS, "agents: { issuer: { genesisUrl: https://example.com/genesis } }\n");
        const found = said(closed, ledger);
        expect(found).to.have.length(1);
        expect(found[0]).to.match(/agents\.issuer\.genesisUrl: .*→ a route to the internet from the network's private/);
    });

    it("counts the addresses that the stack has already as the stack's", () => {
        const subnets = withSubnet("3", { AvailableIpAddressCount: 2 });
        const interfaces = Array.from({ length: 10 }, () => ({ SubnetId: id("3") }));
        expect(said({ subnets, interfaces })).to.deep.equal([]);
        expect(said({ subnets, interfaces: interfaces.slice(1) })[0]).to.match(
            /2 free addresses and 9 of this stack's/,
        );
    });

    it("needs addresses by tasks, databases and load balancers", () => {
        const { public: open, private: closed, database } = neededAddresses(configOf());
        // Two tasks, twice in a deployment, over two zones; a database and RDS's spare.
        expect([open.count, closed.count, database.count]).to.deep.equal([8, 2 + 8 + 2, 2]);
    });

    it("needs them of the shared instance once, however many databases are on it", () => {
        const shared =
            "identity:sharedDatabase: { instanceClass: db.t4g.small }\nidentity:walletDb: { shared: true }\n";
        const keycloak = 'identity:keycloak: { version: "26.7.3", database: { shared: true } }\n';
        expect(neededAddresses(configOf(BY_IDS, AGENTS + shared + keycloak)).database.count).to.equal(2);
    });

    it("is one VPC: none and two are refused", async () => {
        const config = configOf();
        const subject = { config, existing: { ...config.network.existing!, vpc: { tags: { Name: "main" } } } };
        const found = async (...ids: string[]) => {
            const ec2 = { send: () => Promise.resolve({ Vpcs: ids.map((VpcId) => ({ VpcId })) }) };
            const more = { project: "identity", stack: "dev", account: "111111111111" };
            return (await lookUpNetwork(ec2 as never, { ...subject, ...more })).problems[0]!.what;
        };
        expect(await found()).to.equal(
            "there is no VPC with the tags { Name: main } in ap-northeast-1, of this account",
        );
        expect(await found("vpc-1", "vpc-2")).to.equal("2 VPCs have the tags of network.existing.vpc: vpc-1, vpc-2");
    });
});
