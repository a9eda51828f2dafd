/** What the picture of a platform is made of: cards in columns, lines between them, and what the loss of a zone does to each. */
import type { Subnet } from "../../plan/sections/network";

/** Who is where, from left to right: from outside into the network, and towards the data. */
export const COLUMNS = ["outside", "public", "entry", "work", "data"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Picture {
    readonly title: string;
    readonly region: string;
    /** `a`, `b`, …: the zones of the region that the network is in. */
    readonly zones: readonly string[];
    readonly cidr: string;
    readonly subnets: readonly Subnet[];
    readonly cards: readonly Card[];
    readonly links: readonly Link[];
    /** What is kept by the region as a whole. */
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
    /** Reached from the internet. */
    readonly public?: boolean;
}

/** Something that runs in zones: a service, a database, a load balancer. */
export interface Row {
    readonly name?: string;
    /** `2 tasks` */
    readonly amount: string;
    /** What is in each zone of the picture; where AWS chooses one of several, `anywhere` says so in place of all. */
    readonly cells: readonly (string | undefined)[];
    readonly anywhere?: readonly string[];
    /** What becomes of it when a zone is lost, zone by zone. */
    readonly fates: readonly ZoneLoss[];
    /** It is in one zone alone, and away with it. */
    readonly once?: boolean;
}

export interface ZoneLoss {
    /**
     * `whole`: nothing is missing; `less`: it goes on with less; `waits`: it is away until AWS has put it elsewhere; `may be down`: it is
     * away where AWS put it into this zone; `down`: it is away until the zone is back.
     */
    readonly state: "whole" | "less" | "waits" | "may be down" | "down";
    /** In a few words, for the picture. */
    readonly short: string;
    /** For the list below it, after the name. Nothing where there is nothing to say. */
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
