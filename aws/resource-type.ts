/**
 * What is known of a type of resource: one entry for each that the program makes, in the file of its AWS service. An entry has every part;
 * a part that does not apply is `null`, so that the compiler asks for each of a new type.
 */
import type { PriceList } from "./prices";
import type { Place } from "./simulated";
import type { TextRule } from "./texts";

/** What the program gave a resource; in a state and in the plan, a secret is an object or a placeholder. */
export type Inputs = Readonly<Record<string, unknown>>;

export interface ResourceType {
    /** What the simulated AWS answers to its creation. */
    readonly simulated: Simulated;
    /** What it costs; `null`: nothing. */
    readonly cost: Cost | null;
    /** How long its creation takes, in minutes, which may depend on its inputs and its name. */
    readonly minutes: number | ((inputs: Inputs, name: string) => number);
    /** How the report draws it; `null`: not at all. */
    readonly picture: Picture | null;
    /** Where it is in the network, and in which security groups; `null`: it has no address of its own. */
    readonly address: ((inputs: Inputs) => Address) | null;
    /** What is lost with it, for good: prod lets nothing replace or delete it by the way. `null`: nothing that a new one would not have. */
    readonly ifLost: string | null;
    /** The input by which AWS itself refuses to delete it; `null`: AWS has none. */
    readonly deletionSwitch: "deletionProtection" | "enableDeletionProtection" | "disableApiTermination" | null;
    /** What AWS keeps after its deletion, or what has to be done before it; `null`: nothing. */
    readonly stays: ((inputs: Inputs, outputs: Inputs) => readonly string[]) | null;
    /** The account's quota that a first `up` may meet; `null`: none that a stack comes near to. */
    readonly quota: CountedQuota | VcpuQuotas | null;
    /** What AWS takes for its names and texts, by input: as the action that makes it has it in the service's API reference. */
    readonly texts: Readonly<Record<string, TextRule>>;
    /** What becomes of it on a laptop. */
    readonly laptop: Laptop;
    /**
     * The IAM actions by which a preview sees how it is set: nothing that is in it, no object of a bucket, no line of a log, no image's layer, no
     * message.
     */
    readonly reads: readonly string[];
    /** The IAM actions that make, change and delete it. Of IAM, KMS, SSM and S3 the deploy role has them by name (automation/bootstrap/deploy-policy.ts). */
    readonly writes: readonly string[];
    /** The service's own role in the account, which the first one needs; `null`: none. */
    readonly linkedRole: LinkedRole | null;
}

/** The types of one AWS service, by Pulumi's type token. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** A resource as the simulated AWS is asked for it. */
export interface Asked {
    readonly type: string;
    readonly name: string;
    readonly inputs: Inputs;
}

export interface Simulated {
    readonly id: (asked: Asked) => string;
    /** Beside its inputs. */
    readonly outputs: (asked: Asked & { readonly id: string }, place: Place) => Record<string, unknown>;
}

export interface Cost {
    /** What it costs by the month, whatever goes through it. `size`: of an ECS service. */
    readonly month?: (inputs: Inputs, prices: PriceList, size: ServiceSize | undefined) => readonly (Item | Unpriced)[];
    /** What depends on its use, and so is in no sum: in words, with the price of a unit. */
    readonly use?: (prices: PriceList) => string;
}

/** A line of the bill. */
export interface Item {
    readonly what: string;
    /** How many of them; an autoscaled service has a range. */
    readonly min: number;
    readonly max: number;
    /** One of them for a month. */
    readonly each: number;
}

/** Something that costs, and nobody here knows how much. */
export interface Unpriced {
    readonly unpriced: string;
}

/** What has to be known of a service beside its own inputs. */
export interface ServiceSize {
    readonly cpu: number;
    readonly memory: number;
    readonly min: number;
    readonly max: number;
    readonly arm: boolean;
    readonly spot: boolean;
}

/** A card for each, made from its own inputs or from a section of the plan; or a line below the picture that counts them. */
export type Picture =
    | { readonly card: (inputs: Inputs, find: Find) => CardText }
    | { readonly section: "endpoints" | "services" | "network" }
    | {
          readonly line: {
              readonly title: string;
              readonly one: string;
              readonly many?: string;
              readonly more?: string;
          };
      };

/** The inputs of another resource of the stack, by its type and id. */
export type Find = (type: string, id: unknown) => Inputs | undefined;

export interface CardText {
    readonly kind: "machine" | "database";
    readonly detail: string;
    /** What there is of it; nothing where that is one. */
    readonly amount: string;
    /** Whether it survives the loss of its zone: `one` is in one zone, `standby` has another one. */
    readonly copies: "one" | "standby";
    /** Lines of small text. */
    readonly notes: readonly string[];
}

export interface Address {
    readonly kind: "service" | "load balancer" | "database" | "AWS endpoint" | "machine";
    /** @default the resource's name */
    readonly name?: string;
    readonly securityGroups: readonly string[] | undefined;
    /** Ids of subnets, or the group that has them. */
    readonly subnets: readonly string[] | { readonly type: string; readonly id: unknown } | undefined;
    /** Reached by a public address, not by those of its subnets. */
    readonly isPublic: boolean;
}

/** Of which an account has a number to begin with. */
export interface CountedQuota {
    readonly what: string;
    readonly service: string;
    readonly code: string;
    /** What the preflight counts in the region. */
    readonly inUse: "addresses" | "vpcs";
}

/** vCPUs that run at once. */
export interface VcpuQuotas {
    readonly onDemand: { readonly what: string; readonly code: string };
    readonly spot: { readonly what: string; readonly code: string };
    readonly service: string;
}

/**
 * `real`: the laptop has one of its own, and answers with what is real of it (automation/local/local-aws.ts). `rendered`: it is in the compose
 * file. `left out`: the stack runs without it. `refused`: the stack would not be the same without it, and nothing stands in for it.
 */
export type Laptop = "real" | "rendered" | "left out" | { readonly refused: string };

export interface LinkedRole {
    readonly service: string;
    readonly role: string;
}

/** Minutes of what one call makes: a role, a rule, a parameter. Between 0 and 10 seconds. */
export const ONE_CALL = 0.05;

/** A setting of another resource, or a part of it: free, made by one call, nowhere by itself, and not missed. */
export const PART = {
    cost: null,
    minutes: ONE_CALL,
    picture: null,
    address: null,
    ifLost: null,
    deletionSwitch: null,
    stays: null,
    quota: null,
    linkedRole: null,
} as const satisfies Partial<ResourceType>;

/** Items of a bill. */
export const items = (what: string, count: number, each: number): Item => ({ what, min: count, max: count, each });
export const sizeOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
