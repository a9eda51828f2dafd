/** A stack's plan in the form of `terraform show -json`: Pulumi's AWS provider is Terraform's, under other names. */
import type { SimulatedResource } from "../../automation/plan/simulated-aws";

type Values = Record<string, unknown>;

export interface TerraformResource {
    readonly address: string;
    readonly mode: "managed";
    readonly type: string;
    readonly name: string;
    readonly values: Values;
}

/** Modules whose types Terraform names otherwise than `aws_<module>_<type>`. */
const MODULES: Readonly<Record<string, string>> = {
    ec2: "aws_",
    rds: "aws_db_",
    servicediscovery: "aws_service_discovery_",
    lb: "aws_lb_",
};
const TYPES: Readonly<Record<string, string>> = { "aws:lb/loadBalancer:LoadBalancer": "aws_lb" };

/** Inputs that are maps. Any other object is a block, which Terraform has in a list. */
const MAPS = new Set(["tags", "tagsAll", "dimensions"]);

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export function terraformType(type: string): string {
    const [, modulePath = "", short = ""] = type.split(":");
    const [of = ""] = modulePath.split("/");
    const own = snake(short[0]!.toLowerCase() + short.slice(1));
    return TYPES[type] ?? `${MODULES[of] ?? `aws_${of}_`}${own}`;
}

/** Pulumi has lists of blocks in the plural. */
const singular = (name: string) =>
    name.endsWith("ies")
        ? `${name.slice(0, -3)}y`
        : name.endsWith("ases")
          ? name.slice(0, -2)
          : name.replace(/(?<!s)s$/, "");

const isObject = (value: unknown): value is Values =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** The resources of AWS. Where a value is another one's id, ARN or DNS name, it is a reference to that, as in Terraform's own source. */
export function terraformResources(resources: readonly SimulatedResource[]): TerraformResource[] {
    const own = resources.filter(({ type }) => type.startsWith("aws:"));
    const addresses = new Map(own.map(({ type, urn }, i) => [urn, `${terraformType(type)}.${nameOf(urn)}_${i}`]));
    const references = new Map<unknown, string[]>();
    for (const { urn, id, outputs } of own) {
        for (const [attribute, value] of Object.entries({ dns_name: outputs.dnsName, arn: outputs.arn, id })) {
            if (typeof value !== "string") continue;
            references.set(value, [...(references.get(value) ?? []), `${addresses.get(urn)}.${attribute}`]);
        }
    }
    /** A bucket's policy has the bucket's id, and a parameter group may be called like a subnet group: the key tells them apart. */
    const referenceTo = (key: string, input: unknown) => {
        const all = references.get(input) ?? [];
        return all.find((one) => snake(key).includes(one.slice("aws_db_".length, one.indexOf(".")))) ?? all[0];
    };

    const value = (key: string, input: unknown, self: string): unknown => {
        if (Array.isArray(input)) return input.map((one) => (isObject(one) ? block(one, self) : value(key, one, self)));
        if (isObject(input)) return MAPS.has(key) ? input : [block(input, self)];
        const reference = referenceTo(key, input);
        return reference === undefined || reference.startsWith(`${self}.`) ? input : reference;
    };
    const block = (inputs: Values, self: string): Values =>
        Object.fromEntries(
            Object.entries(inputs).map(([key, input]) => {
                const blocks = Array.isArray(input) && input.some(isObject);
                return [snake(blocks ? singular(key) : key), value(key, input, self)];
            }),
        );

    return own.map(({ type, urn, inputs }) => {
        const address = addresses.get(urn)!;
        const name = address.slice(address.indexOf(".") + 1);
        return { address, mode: "managed", type: terraformType(type), name, values: block(inputs, address) };
    });
}

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2).replace(/[^A-Za-z0-9-]/g, "-");

export const terraformPlan = (resources: readonly TerraformResource[]) => ({
    format_version: "1.1",
    terraform_version: "1.5.7",
    planned_values: { root_module: { resources } },
    resource_changes: resources.map(({ values, ...resource }) => ({
        ...resource,
        change: { actions: ["create"], before: null, after: values, after_unknown: {} },
    })),
    configuration: {
        root_module: { resources: resources.map(({ values: _, ...resource }) => ({ ...resource, expressions: {} })) },
    },
});
