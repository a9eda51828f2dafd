import { Netmask } from "netmask";
import { UserError } from "../user-error";

/** How many zones a VPC's block is divided for, however many are in use: a zone added later gets the next free block. */
export const ZONE_SLOTS = 4;
/** The widest a VPC may be on AWS, and the narrowest in which every subnet still holds what it must (see below). */
export const VPC_MASK = { widest: 16, narrowest: 23 } as const;

export interface ZoneSubnets {
    readonly public: string;
    readonly private: string;
    readonly isolated: string;
}

/**
 * The subnets of each zone. The VPC's block is cut into four slots, one to a zone. Of a slot the private subnet takes
 * a half: every task has an address of its own. The public one takes a quarter: load balancers take up to eight
 * addresses at a time and ask for a /27 at least, so that /23 is the narrowest VPC. The isolated one, for databases,
 * takes an eighth, and an eighth stays free. Nothing depends on how many zones are used, so adding one renumbers nothing.
 */
export function layOutSubnets(vpcCidr: string, zones: number): ZoneSubnets[] {
    const vpc = new Netmask(vpcCidr);
    if (vpc.bitmask < VPC_MASK.widest || vpc.bitmask > VPC_MASK.narrowest || zones < 1 || zones > ZONE_SLOTS) {
        throw new UserError(
            `${zones} zones of ${vpcCidr}: a VPC is from /${VPC_MASK.widest} to /${VPC_MASK.narrowest}, over 1 to ${ZONE_SLOTS} zones`,
        );
    }
    const slotMask = vpc.bitmask + 2;
    const slotSize = 2 ** (32 - slotMask);
    return Array.from({ length: zones }, (_, zone) => {
        const start = vpc.netLong + zone * slotSize;
        return {
            private: block(start, slotMask + 1),
            public: block(start + slotSize / 2, slotMask + 2),
            isolated: block(start + (slotSize * 3) / 4, slotMask + 3),
        };
    });
}

function block(start: number, mask: number): string {
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
    return `${octets.join(".")}/${mask}`;
}

/** Whether `inner` lies wholly within `outer`. */
export function within(inner: string, outer: string): boolean {
    return new Netmask(outer).contains(new Netmask(inner));
}

/** The block that a text means, on its boundary (10.0.1.2/16 is 10.0.0.0/16); undefined where it is none. */
export function canonicalCidr(text: string): string | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match || match.slice(1, 5).some((octet) => Number(octet) > 255) || Number(match[5]) > 32) return undefined;
    const { base, bitmask } = new Netmask(match.slice(1, 5).map(Number).join(".") + `/${Number(match[5])}`);
    return `${base}/${bitmask}`;
}
