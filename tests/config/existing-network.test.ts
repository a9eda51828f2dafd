import { expect } from "chai";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, problemsOf, refusals } from "./support";

const AGENTS = "agents: { issuer: {} }\n";
const id = (digit: number | string) => `subnet-0000000000000000${digit}`;
const PUBLIC = `public: [${id(1)}, ${id(2)}]`;
const PRIVATE = `private: [${id(3)}, ${id(4)}]`;
const VPC = "vpc: vpc-0123456789abcdef0";

const stack = (existing: string, beside = "") => `${DEV}${AGENTS}network: { existing: { ${existing} }${beside} }\n`;
const subnets = (text: string, beside = "") => stack(`${VPC}, subnets: { ${text} }`, beside);
const beside = (key: string) => subnets(`${PUBLIC}, ${PRIVATE}`, `, ${key}`);

const AT = "identity:network.existing";
const BROKEN: Broken = {
    "no VPC": [stack(`subnets: { ${PUBLIC}, ${PRIVATE} }`), `${AT}.vpc`, /is missing/, /by id/],
    "a VPC's id that is none": [
        stack(`vpc: vpc-main, subnets: { ${PUBLIC}, ${PRIVATE} }`),
        `${AT}.vpc`,
        /"vpc-main" is no VPC's id/,
        /vpc-0123456789abcdef0/,
    ],
    "no subnets": [stack(VPC), `${AT}.subnets`, /is missing/, /public, private/],
    "no private subnets": [subnets(PUBLIC), `${AT}.subnets.private`, /is missing/, /For tasks/],
    "no public subnets": [subnets(PRIVATE), `${AT}.subnets.public`, /is missing/, /internet gateway/],
    "a subnet's id that is none": [
        subnets(`public: [${id(1)}, public-b], ${PRIVATE}`),
        `${AT}.subnets.public[1]`,
        /"public-b" is no subnet's id/,
        /One in each zone/,
    ],
    "a single subnet": [
        subnets(`${PUBLIC}, private: [${id(3)}]`),
        `${AT}.subnets.private`,
        /has 1, and 2 is the least/,
        /One in each zone/,
    ],
    "a subnet that is there twice": [
        subnets(`${PUBLIC}, private: [${id(3)}, ${id(3)}]`),
        `${AT}.subnets.private[1]`,
        /is there twice/,
        /^once$/,
    ],
    "a subnet that is public and private": [
        subnets(`${PUBLIC}, private: [${id(3)}, ${id(2)}]`),
        `${AT}.subnets.private[1]`,
        /is named as a public subnet, too/,
        /another subnet/,
    ],
    "databases in a public subnet": [
        subnets(`${PUBLIC}, ${PRIVATE}, database: [${id(1)}, ${id(5)}]`),
        `${AT}.subnets.database[0]`,
        /is named as a public subnet, too/,
        /another subnet/,
    ],
    "tiers of other numbers": [
        subnets(`public: [${id(1)}, ${id(2)}, ${id(6)}], ${PRIVATE}`),
        `${AT}.subnets.public`,
        /has 3 subnets, and the stack is in 2 zones/,
        /one subnet for each zone/,
    ],
    "zones that are not as many as its subnets": [
        subnets(`public: { tags: { Tier: public } }, ${PRIVATE}`, ", zones: 3"),
        `${AT}.subnets.private`,
        /has 2 subnets, and the stack is in 3 zones/,
        /network\.zones left out/,
    ],
    "a block of its own": [beside("cidr: 10.0.0.0/16"), "identity:network.cidr", /means nothing/, /leave it out/],
    "a NAT gateway": [beside("nat: single"), "identity:network.nat", /adds no gateway/, /leave it out/],
    endpoints: [beside("interfaceEndpoints: true"), "identity:network.interfaceEndpoints", /no endpoint/, /leave/],
    "flow logs": [beside("flowLogs: true"), "identity:network.flowLogs", /whoever keeps it/, /leave it out/],
    "names of zones": [
        beside("zoneNames: [ap-northeast-1a, ap-northeast-1c]"),
        "identity:network.zoneNames",
        /those of the subnets/,
        /leave it out/,
    ],
};

describe("A network that exists, in a stack file,", () => {
    refusals(BROKEN);

    it("is taken by ids and by tags; databases are in the private subnets where nothing else is said", () => {
        const yaml = subnets(
            `public: { tags: { Tier: public } }, private: { tags: { Name: "app-private-*" } }`,
            ", zones: 3",
        );
        const { config } = readConfig(handedOver(yaml), "identity", () => false);
        expect(config!.network).to.include({ zones: 3, nat: undefined, cidr: undefined });
        const { existing } = config!.network;
        expect(existing!.subnets.database).to.equal(existing!.subnets.private);
        const byIds = readConfig(handedOver(subnets(`${PUBLIC}, ${PRIVATE}`)), "identity", () => false);
        expect(byIds.config!.network.zones).to.equal(2);
    });

    it("is told of with everything that is wrong in it, at once", () => {
        const yaml = subnets(`${PUBLIC}, private: [${id(3)}, ${id(1)}]`, ", nat: none, flowLogs: false");
        expect(problemsOf(yaml)).to.have.length(3);
    });
});
