/** The parts of the picture: cards in columns, links between them, and the effect of a lost zone on each card. */
import type { Subnet } from "../../plan/sections/network";

/** The columns from left to right: from the internet to the data. */
export const COLUMNS = ["outside", "public", "entry", "work", "data"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Picture {
    readonly title: string;
    readonly region: string;
    /** The letters of the network's availability zones: `a`, `b`, … */
    readonly zones: readonly string[];
    readonly cidr: string;
    /** The VPC that exists, in which the stack is; undefined for one of its own. */
    readonly existingVpc?: string;
    readonly subnets: readonly Subnet[];
    readonly cards: readonly Card[];
    readonly links: readonly Link[];
    /** Regional services, which no zone can take away. */
    readonly regional: readonly { readonly title: string; readonly detail: string }[];
}

export interface Card {
    readonly id: string;
    readonly column: Column;
    readonly kind:
        "internet" | "network" | "load balancer" | "gateway" | "application" | "machine" | "AWS endpoints" | "database";
    readonly title: string;
    readonly detail: string;
    readonly rows: readonly Row[];
    /** Lines of small text below the rows. */
    readonly notes: readonly string[];
    /** Whether the internet reaches it. */
    readonly public?: boolean;
}

/** A part that runs in zones: a service, a database, a load balancer. */
export interface Row {
    readonly name?: string;
    /** `2 tasks` */
    readonly amount: string;
    /** The content of each zone's cell; undefined for a zone without this part. */
    readonly cells: readonly (string | undefined)[];
    /** Texts in place of the cells, where AWS chooses one of several zones. */
    readonly anywhere?: readonly string[];
    /** The effects of the loss of each zone. */
    readonly losses: readonly ZoneLoss[];
    /** Whether it is in only one zone at a time. */
    readonly once?: boolean;
}

export interface ZoneLoss {
    /**
     * `whole`: not affected; `less`: it runs with reduced capacity; `waits`: it is down until AWS has started it in another zone;
     * `may be down`: it is down if AWS placed it in this zone; `down`: it is down until the zone is back.
     */
    readonly state: "whole" | "less" | "waits" | "may be down" | "down";
    /** A few words for the card. */
    readonly short: string;
    /** The sentence for the list below the picture, after the name. Undefined where it is not affected. */
    readonly long?: string;
}

export interface Link {
    readonly from: string;
    readonly to: string;
    /** `8443 TLS` */
    readonly label: string;
    readonly title: string;
    readonly kind: "internet" | "network" | "data" | "out";
}
