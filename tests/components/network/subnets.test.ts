import { expect } from "chai";
import fc from "fast-check";
import { canonicalCidr, layOutSubnets, VPC_MASK, within, ZONE_SLOTS } from "../../../components/network/subnets";

/** First and last address of a block, worked out here without the code under test. */
function extent(cidr: string): { first: number; last: number; mask: number } {
    const [address, mask] = cidr.split("/") as [string, string];
    const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return { first, last: first + 2 ** (32 - Number(mask)) - 1, mask: Number(mask) };
}

const address = (n: number) => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join(".");

/** Every block on its boundary, of every width that a VPC may have. */
const vpcCidr = fc
    .integer({ min: VPC_MASK.widest, max: VPC_MASK.narrowest })
    .chain((mask) => fc.nat(2 ** mask - 1).map((block) => `${address(block * 2 ** (32 - mask))}/${mask}`));
const zones = fc.integer({ min: 2, max: ZONE_SLOTS });

const blocks = (cidr: string, count: number) =>
    layOutSubnets(cidr, count).flatMap((zone) => [zone.public, zone.private, zone.isolated]);

describe("layOutSubnets", () => {
    it("gives a /16 the blocks that the documentation shows", () => {
        expect(layOutSubnets("10.0.0.0/16", 3)).to.deep.equal([
            { private: "10.0.0.0/19", public: "10.0.32.0/20", isolated: "10.0.48.0/21" },
            { private: "10.0.64.0/19", public: "10.0.96.0/20", isolated: "10.0.112.0/21" },
            { private: "10.0.128.0/19", public: "10.0.160.0/20", isolated: "10.0.176.0/21" },
        ]);
    });

    it("overlaps nowhere", () => {
        fc.assert(
            fc.property(vpcCidr, zones, (cidr, count) => {
                const sorted = blocks(cidr, count)
                    .map(extent)
                    .sort((a, b) => a.first - b.first);
                expect(sorted).to.have.length(3 * count);
                for (const [i, next] of sorted.slice(1).entries()) expect(next.first).to.be.above(sorted[i]!.last);
            }),
        );
    });

    it("stays within the VPC, each block on its boundary", () => {
        fc.assert(
            fc.property(vpcCidr, zones, (cidr, count) => {
                const vpc = extent(cidr);
                for (const block of blocks(cidr, count)) {
                    const { first, last, mask } = extent(block);
                    expect(first).to.be.at.least(vpc.first);
                    expect(last).to.be.at.most(vpc.last);
                    expect(first % 2 ** (32 - mask)).to.equal(0);
                }
            }),
        );
    });

    it("leaves room for a load balancer in each public subnet, and for what AWS asks for in each", () => {
        fc.assert(
            fc.property(vpcCidr, zones, (cidr, count) => {
                for (const zone of layOutSubnets(cidr, count)) {
                    expect(extent(zone.public).mask).to.be.at.most(27); // Elastic Load Balancing user guide
                    expect(extent(zone.isolated).mask).to.be.at.most(28); // VPC user guide
                    expect(extent(zone.private).mask).to.be.below(extent(zone.public).mask);
                }
            }),
        );
    });

    it("renumbers nothing when a zone is added", () => {
        fc.assert(
            fc.property(vpcCidr, zones, (cidr, count) => {
                expect(layOutSubnets(cidr, count).slice(0, count - 1)).to.deep.equal(layOutSubnets(cidr, count - 1));
            }),
        );
    });
});

describe("layOutSubnets of what does not fit", () => {
    const sentence = (cidr: string, count: number) =>
        `${count} zones of ${cidr}: a VPC is from /16 to /23, over 1 to 4 zones`;
    for (const [cidr, count] of [
        ["10.0.0.0/16", 5],
        ["10.0.0.0/16", 0],
        ["10.0.0.0/24", 2],
        ["10.0.0.0/15", 2],
    ] as const) {
        it(`refuses ${count} zones of ${cidr}`, () => {
            expect(() => layOutSubnets(cidr, count)).to.throw(sentence(cidr, count));
        });
    }
});

describe("within", () => {
    it("is true of a block in another, and of the block itself", () => {
        expect(within("10.1.0.0/16", "10.0.0.0/8")).to.equal(true);
        expect(within("10.0.0.0/8", "10.0.0.0/8")).to.equal(true);
        expect(within("10.0.0.0/8", "10.1.0.0/16")).to.equal(false);
        expect(within("11.0.0.0/16", "10.0.0.0/8")).to.equal(false);
        expect(within("172.16.0.0/11", "172.16.0.0/12")).to.equal(false);
    });
});

describe("canonicalCidr", () => {
    it("puts a block on its boundary", () => {
        expect(canonicalCidr("10.0.1.2/16")).to.equal("10.0.0.0/16");
        expect(canonicalCidr("0.0.0.0/0")).to.equal("0.0.0.0/0");
        expect(canonicalCidr("192.168.1.1/32")).to.equal("192.168.1.1/32");
        expect(canonicalCidr("192.168.1.123/25")).to.equal("192.168.1.0/25");
        expect(canonicalCidr("010.08.0.0/16")).to.equal("10.8.0.0/16");
    });

    it("leaves alone what is on its boundary", () => {
        fc.assert(fc.property(vpcCidr, (cidr) => canonicalCidr(cidr) === cidr));
    });

    for (const text of [
        "",
        "10.0.0.0",
        "10.0.0/16",
        "x10.0.0.0/16",
        "256.0.0.0/8",
        "10.0.0.0/33",
        "10.0.0.0/16 ",
        "::/0",
        "any",
    ]) {
        it(`knows that "${text}" is none`, () => expect(canonicalCidr(text)).to.equal(undefined));
    }
});
