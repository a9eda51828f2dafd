/**
 * What AWS asks for, on demand and before taxes. Prices change seldom, and a table of them is out of date some day: whoever relies on an
 * estimate looks at the date, and at AWS's own calculator. The prices themselves are with the types of resources that have them.
 *
 * They are read off AWS's price list (https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/index.json, what AWS's pricing pages are made
 * of) as published copies of it and bills give it; each is in at least one of them. What is missing for a region is estimated, and the
 * plan says so.
 */
export const PRICES_OF = "October 2026";
export const CURRENCY = "USD";
export const SOURCE = "AWS price list, on demand, without taxes and discounts";
/** Of a month, as AWS's calculator has it. */
export const HOURS = 730;

/** The regions that have prices here. */
const REGIONS = ["us-east-1", "eu-west-1", "eu-central-1", "ap-northeast-1"] as const;
/** The region that the others are estimated by, where they lack a price. */
const REFERENCE_REGION = "us-east-1";

export type ByRegion<Price = number> = Readonly<Record<(typeof REGIONS)[number], Price>>;
/** By size or class, as far as they are known. */
export type ByClass = Readonly<Record<string, number>>;

/** An hour of a public IPv4 address, in every region. */
export const PUBLIC_ADDRESS = 0.005;

/** The prices of one region; where the table has none, what they are taken for, and it is kept which ones these were. */
export class PriceList {
    /** What is estimated, and how, each once. */
    readonly estimated = new Set<string>();
    private readonly known: keyof ByRegion;

    constructor(readonly region: string) {
        const known = REGIONS.find((item) => item === region);
        this.known = known ?? REFERENCE_REGION;
        if (!known) this.estimated.add(`everything: priced as ${REFERENCE_REGION}, there is no table of ${region}`);
    }

    of<Price>(prices: ByRegion<Price>): Price {
        return prices[this.known];
    }

    /** The price of a class. What the table lacks for a region is as much dearer there as the `yardstick`, which it has. */
    ofClass(prices: ByRegion<ByClass>, name: string, yardstick: string): number | undefined {
        const here = this.of(prices);
        const reference = prices[REFERENCE_REGION];
        const there = reference[name];
        if (here[name] !== undefined || there === undefined) return here[name];
        const known = here[yardstick];
        const how = known === undefined ? `priced as ${REFERENCE_REGION}` : `in proportion to ${yardstick}`;
        this.estimated.add(`${name}: ${how}`);
        return known === undefined ? there : (there * known) / reference[yardstick]!;
    }
}

/** `, 0.062 for a GB`, where the price is known. */
export const unitPrice = (price: number | undefined, unit: string): string =>
    price === undefined ? "" : `, ${price} for ${unit}`;
