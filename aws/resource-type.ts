/**
 * The entry of a resource type: one for each type that the program creates, in the file of its AWS service. An entry has every part; a part
 * that does not apply is `null`, so that the compiler asks for each part of a new type.
 */
import type { PriceList } from "./prices";
import type { Place } from "./simulated";
import type { TextRule } from "./texts";

/** The inputs of a resource. In a state and in the plan, a secret is an object or a placeholder. */
export type Inputs = Readonly<Record<string, unknown>>;

export interface ResourceType {
    /** The id and outputs with which the simulated AWS answers its creation. */
    readonly simulated: Simulated;
    /** Its cost; `null`: it is free. */
    readonly cost: Cost | null;
    /** Minutes that its creation takes. They may depend on its inputs and its name. */
    readonly minutes: number | ((inputs: Inputs, name: string) => number);
    /** How the report draws it; `null`: the picture does not show it. */
    readonly picture: Picture | null;
    /** Its place in the network and its security groups; `null`: it has no address of its own. */
    readonly address: ((inputs: Inputs, name: string) => Address) | null;
    /** What is lost for good with it; the guard then refuses to replace or delete it in prod. `null`: a new resource is as good. */
    readonly ifLost: string | null;
    /** The input that makes AWS refuse its deletion; `null`: AWS has none. */
    readonly deletionSwitch: "deletionProtection" | "enableDeletionProtection" | "disableApiTermination" | null;
    /** What AWS keeps after its deletion, or what must be done before it; `null`: nothing. */
    readonly stays: ((inputs: Inputs, outputs: Inputs) => readonly string[]) | null;
    /** The account's quota that a first `up` may exceed; `null`: a stack comes near to none. */
    readonly quota: CountedQuota | OwnQuota | VcpuQuotas | null;
    /** The names and texts that AWS accepts, by input: the constraints of the creating action in the service's API reference. */
    readonly texts: Readonly<Record<string, TextRule>>;
    /** What stands in for it on a laptop. */
    readonly laptop: Laptop;
    /**
     * The IAM actions with which a preview reads its settings. None reads its content: no object of a bucket, no line of a log, no layer of
     * an image, no message.
     */
    readonly reads: readonly string[];
    /** The IAM actions that create, change and delete it. Those of IAM, KMS, SSM and S3 are in automation/bootstrap/deploy-policy.ts. */
    readonly writes: readonly string[];
    /** The service-linked role that its first creation in an account needs; `null`: none. */
    readonly linkedRole: LinkedRole | null;
}

/** The types of one AWS service, by Pulumi's type token. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** A resource that the simulated AWS is asked to create. */
export interface Asked {
    readonly type: string;
    readonly name: string;
    readonly inputs: Inputs;
}

export interface Simulated {
    readonly id: (asked: Asked) => string;
    /** The outputs in addition to its inputs. */
    readonly outputs: (asked: Asked & { readonly id: string }, place: Place) => Record<string, unknown>;
}

export interface Cost {
    /** The fixed cost of a month. `size`: of an ECS service. */
    readonly month?: (inputs: Inputs, prices: PriceList, size: ServiceSize | undefined) => readonly (Item | Unpriced)[];
    /** The cost that depends on its use and is in no sum: a text with the price of a unit. */
    readonly use?: (prices: PriceList) => string;
}

/** A line of the bill. */
export interface Item {
    readonly what: string;
    /** The number of units; a range for an autoscaled service. */
    readonly min: number;
    readonly max: number;
    /** The price of a unit for a month. */
    readonly each: number;
    /** Whether off hours stop it, and its price with it. @default false */
    readonly stops?: boolean;
}

/** A cost whose price is not known. */
export interface Unpriced {
    readonly unpriced: string;
}

/** The size of a service, which its own inputs do not have. */
export interface ServiceSize {
    readonly cpu: number;
    readonly memory: number;
    readonly min: number;
    readonly max: number;
    readonly arm: boolean;
    /** The tasks on Fargate Spot: `share`, from 0 to 1, of those beyond `base`. */
    readonly spot: { readonly base: number; readonly share: number };
}

/** A card for each resource, made from its inputs or from a section of the plan; or a line below the picture that counts the resources. */
export type Picture =
    | { readonly card: (inputs: Inputs, find: Find) => CardText | undefined }
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
    /** The amount; empty for a single one. */
    readonly amount: string;
    /** `one` is lost with its zone; `standby` has a copy in another zone; `each` is in each zone. */
    readonly copies: "one" | "standby" | "each";
    /** Lines of small text. */
    readonly notes: readonly string[];
}

export interface Address {
    readonly kind: "service" | "load balancer" | "database" | "AWS endpoint" | "machine";
    /** Resources of one kind and one name are one address, in the subnets of all of them. @default the resource's name */
    readonly name?: string;
    readonly securityGroups: readonly string[] | undefined;
    /** The ids of subnets, or the subnet group that has them. */
    readonly subnets: readonly string[] | { readonly type: string; readonly id: unknown } | undefined;
    /** Whether it is reached at a public address, and not at an address of its subnets. */
    readonly isPublic: boolean;
}

/** A resource whose number an account limits. */
export interface CountedQuota {
    readonly what: string;
    readonly service: string;
    readonly code: string;
    /** The resources that the preflight counts in the region. */
    readonly inUse: "addresses" | "vpcs";
}

/** A quota that few stacks come near to: the preflight counts the stack's own alone, and asks for the quota of a stack with more than `least`. */
export interface OwnQuota {
    readonly what: string;
    readonly service: string;
    readonly code: string;
    /** What an account has in every region. */
    readonly least: number;
}

/** vCPUs that run at the same time. */
export interface VcpuQuotas {
    readonly onDemand: { readonly what: string; readonly code: string };
    readonly spot: { readonly what: string; readonly code: string };
    readonly service: string;
}

/**
 * `real`: the laptop creates one and answers with its outputs (automation/local/local-aws.ts). `rendered`: it is in the compose file.
 * `left out`: the stack runs without it. `refused`: the stack does not work without it, and nothing can stand in for it.
 */
export type Laptop = "real" | "rendered" | "left out" | { readonly refused: string };

export interface LinkedRole {
    readonly service: string;
    readonly role: string;
}

/** Minutes that one API call takes: for a role, a rule, a parameter. Between 0 and 10 seconds. */
export const ONE_CALL = 0.05;

/** A setting or a part of another resource: it is free, takes one API call, has no address, and nothing is lost with it. */
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

/** Lines of the bill, with a fixed number of units. */
export const items = (what: string, count: number, each: number): Item => ({ what, min: count, max: count, each });
/** The same, of what off hours stop. */
export const stopping = (what: string, count: number, each: number): Item => ({
    ...items(what, count, each),
    stops: true,
});
export const sizeOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
