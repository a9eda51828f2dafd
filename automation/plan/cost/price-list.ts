/** The prices of one region; where the table has none, what they are taken for, and it is kept which ones these were. */
import { EVERYWHERE, HOURS, PRICES, type Prices, REFERENCE_REGION } from "../prices";

type Flat = "natGateway" | "loadBalancer" | "interfaceEndpoint" | "databaseStorage" | "volume" | "natGateway_gb";

export class PriceList {
    /** What is estimated, and how, each once. */
    readonly estimated = new Set<string>();
    private readonly own: Prices | undefined;
    private readonly reference = PRICES[REFERENCE_REGION];

    constructor(readonly region: string) {
        this.own = PRICES[region];
        if (!this.own) this.estimated.add(`everything: priced as ${REFERENCE_REGION}, there is no table of ${region}`);
    }

    private get prices(): Prices {
        return this.own ?? this.reference;
    }

    of(what: Flat): number {
        return this.prices[what];
    }

    /** A GB of logs that is taken in; undefined where the table does not say. */
    get logs(): number | undefined {
        return this.prices.logs_gb;
    }

    /** A task for a month. */
    fargate({ cpu, memory, arm, spot }: { cpu: number; memory: number; arm: boolean; spot: boolean }): number {
        const { vcpu, gib } = this.prices.fargate;
        const share = (arm ? EVERYWHERE.armShare : 1) * (spot ? EVERYWHERE.spotShare : 1);
        return ((cpu / 1024) * vcpu + (memory / 1024) * gib) * share * HOURS;
    }

    /** A database instance in one zone, an hour of it. */
    database(instanceClass: string): number | undefined {
        return this.byName("database", instanceClass, "db.t4g.micro");
    }

    instance(type: string): number | undefined {
        return this.byName("instance", type, "t4g.medium");
    }

    /** What the table lacks for a region is as much dearer there as one that it has. */
    private byName(kind: "database" | "instance", name: string, yardstick: string): number | undefined {
        const found = this.prices[kind][name];
        const there = this.reference[kind][name];
        if (found !== undefined || there === undefined) return found;
        const known = this.prices[kind][yardstick];
        const how = known === undefined ? `priced as ${REFERENCE_REGION}` : `in proportion to ${yardstick}`;
        this.estimated.add(`${name}: ${how}`);
        return known === undefined ? there : (there * known) / this.reference[kind][yardstick]!;
    }
}
