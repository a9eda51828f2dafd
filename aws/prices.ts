/**
 * AWS's prices, on demand and before taxes. Prices change seldom, but these will be out of date some day: before you rely on an estimate,
 * look at its date and at AWS's own calculator. The prices themselves are in the entries of the resource types.
 *
 * They are from published copies of AWS's price list (https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/index.json, which AWS's pricing
 * pages show) and from bills; each price is in at least one of them. A price that is missing for a region is estimated, and the plan says
 * so.
 */
export const PRICES_OF = "October 2026";
export const CURRENCY = "USD";
export const SOURCE = "AWS price list, on demand, without taxes and discounts";
/** Hours in a month, as AWS's calculator counts them. */
export const HOURS = 730;

/** The regions that have prices. */
const REGIONS = ["us-east-1", "eu-west-1", "eu-central-1", "ap-northeast-1"] as const;
/** The region from which a missing price of another region is estimated. */
const REFERENCE_REGION = "us-east-1";

export type ByRegion<Price = number> = Readonly<Record<(typeof REGIONS)[number], Price>>;
/** Prices by size or class, as far as they are known. */
export type ByClass = Readonly<Record<string, number>>;

/** The price of a public IPv4 address for an hour, in every region. */
export const PUBLIC_ADDRESS = 0.005;

/** The prices of one region. Where the table has none, an estimate; `estimated` lists these. */
export class PriceList {
    /** What is estimated and how, each once. */
    readonly estimated = new Set<string>();
    /** The region whose prices these are: another one where there is no table. */
    readonly from: keyof ByRegion;

    constructor(readonly region: string) {
        const known = REGIONS.find((item) => item === region);
        this.from = known ?? REFERENCE_REGION;
        if (!known) this.estimated.add(`everything: priced as ${REFERENCE_REGION}, there is no table of ${region}`);
    }

    of<Price>(prices: ByRegion<Price>): Price {
        return prices[this.from];
    }

    /** The price of a class. One that is missing for a region is estimated by the ratio of the `yardstick`'s prices in both regions. */
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

/** `, 0.062 for a GB`; empty where the price is not known. */
export const unitPrice = (price: number | undefined, unit: string): string =>
    price === undefined ? "" : `, ${price} for ${unit}`;
