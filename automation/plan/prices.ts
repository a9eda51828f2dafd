/**
 * What AWS asks for, on demand and before taxes. Prices change seldom, and a table of them is out of date some day: whoever relies on an
 * estimate looks at the date, and at AWS's own calculator.
 *
 * Read off AWS's price list (https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/index.json, what AWS's pricing pages are made of) as
 * published copies of it and bills give it; each price below is in at least one of them. What is missing for a region is estimated, and the
 * plan says so.
 */
export const PRICES_OF = "October 2026";
export const CURRENCY = "USD";
export const SOURCE = "AWS price list, on demand, without taxes and discounts";
/** As AWS's calculator has it. */
export const HOURS = 730;

/** An hour of each, unless it says a month. */
export interface Prices {
    /** Linux on x86. */
    readonly fargate: { readonly vcpu: number; readonly gib: number };
    readonly natGateway: number;
    readonly loadBalancer: number;
    /** In one zone. */
    readonly interfaceEndpoint: number;
    /** PostgreSQL in one zone, by class. With a standby (Multi-AZ) it is twice as much, and so is its storage. */
    readonly database: Readonly<Record<string, number>>;
    /** A GiB of gp3 for a month. */
    readonly databaseStorage: number;
    /** Linux, by type. */
    readonly instance: Readonly<Record<string, number>>;
    /** A GiB of gp3 for a month. */
    readonly volume: number;
    /** What depends on use alone, for the reader to multiply: a GB through a NAT gateway, a GB of logs taken in. */
    readonly natGateway_gb: number;
    readonly logs_gb?: number;
}

/** The same in every region. */
export const EVERYWHERE = {
    publicAddress: 0.005,
    kmsKey_month: 1,
    advancedParameter_month: 0.05,
    hostedZone_month: 0.5,
    alarm_month: 0.1,
    secret_month: 0.4,
    webAcl_month: 5,
    webAclRule_month: 1,
    images_gbMonth: 0.1,
    /** Fargate on Graviton, of the price on x86: 0.05056 and 0.04045 in Tokyo, the same share elsewhere. */
    armShare: 0.8,
    /** Fargate Spot, of the price on demand. AWS sets it anew by what it has left over: 0.0234 for 0.0696 where it was read. */
    spotShare: 0.34,
} as const;

/** The region that the others are estimated by, where they lack a price. */
export const REFERENCE_REGION = "us-east-1";

export const PRICES: Readonly<Record<string, Prices>> & Readonly<Record<typeof REFERENCE_REGION, Prices>> = {
    "us-east-1": {
        fargate: { vcpu: 0.04048, gib: 0.004445 },
        natGateway: 0.045,
        loadBalancer: 0.0225,
        interfaceEndpoint: 0.01,
        database: { "db.t4g.micro": 0.016, "db.t4g.small": 0.032, "db.t4g.medium": 0.065, "db.t4g.large": 0.129 },
        databaseStorage: 0.115,
        instance: {
            ...{ "t4g.micro": 0.0084, "t4g.small": 0.0168, "t4g.medium": 0.0336, "t4g.large": 0.0672 },
            ...{ "t3.micro": 0.0104, "t3.small": 0.0208, "t3.medium": 0.0416, "t3.large": 0.0832 },
        },
        volume: 0.08,
        natGateway_gb: 0.045,
        logs_gb: 0.5,
    },
    "eu-west-1": {
        fargate: { vcpu: 0.04048, gib: 0.004445 },
        natGateway: 0.048,
        loadBalancer: 0.0252,
        interfaceEndpoint: 0.011,
        database: { "db.t4g.micro": 0.017, "db.t4g.small": 0.035, "db.t4g.medium": 0.069 },
        databaseStorage: 0.127,
        instance: { "t4g.small": 0.0184, "t4g.medium": 0.0368, "t3.micro": 0.0114 },
        volume: 0.088,
        natGateway_gb: 0.048,
    },
    "eu-central-1": {
        fargate: { vcpu: 0.04656, gib: 0.00511 },
        natGateway: 0.052,
        loadBalancer: 0.027,
        interfaceEndpoint: 0.012,
        database: { "db.t4g.micro": 0.019 },
        databaseStorage: 0.137,
        instance: {},
        volume: 0.0952,
        natGateway_gb: 0.052,
        logs_gb: 0.63,
    },
    "ap-northeast-1": {
        fargate: { vcpu: 0.05056, gib: 0.00553 },
        natGateway: 0.062,
        loadBalancer: 0.0243,
        interfaceEndpoint: 0.014,
        database: { "db.t4g.micro": 0.025 },
        databaseStorage: 0.138,
        instance: { "t4g.medium": 0.0432 },
        volume: 0.096,
        natGateway_gb: 0.062,
        logs_gb: 0.76,
    },
};
