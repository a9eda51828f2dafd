/** Ids and ARNs in AWS's form, derived from a resource's name: two plans of one program are identical. */
import { createHash } from "node:crypto";
import type { Asked, Simulated } from "./resource-type";

export const ACCOUNT = "123456789012";

/** Hexadecimal digits, derived from a text by a hash. */
export const digits = (text: string, count = 17) => createHash("sha256").update(text).digest("hex").slice(0, count);

export const uuid = (text: string) => digits(text, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The account and region of simulated resources. */
export class Place {
    constructor(readonly region: string) {}

    arn(service: string, resource: string, region = this.region): string {
        return `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
    }

    /** The first zones of the region. */
    zones(count: number): string[] {
        return [..."abcdef"].slice(0, count).map((letter) => this.region + letter);
    }
}

/** The `name` input, or the name that Pulumi would give. */
export const named = ({ name, inputs }: Asked): string =>
    String(inputs.name ?? inputs.bucket ?? inputs.identifier ?? `${name}-${digits(name, 7)}`);

/** `vpc-0123456789abcdef0` */
export const prefixed =
    (prefix: string) =>
    ({ name }: Pick<Asked, "name">): string =>
        `${prefix}-${digits(name)}`;

/** The outputs that most resources have: an ARN, `arn:aws:<service>:<region>:<account>:<type>/<id>`, and the name. */
export const arnAndName: Simulated["outputs"] = ({ type, id }, place) => ({
    arn: place.arn(type.split(/[:/]/)[1]!, `${type.split(":")[2]!.toLowerCase()}/${id}`),
    name: id,
});

/** A resource of which the program reads only the ARN and the name. */
export const PLAIN: Simulated = { id: named, outputs: arnAndName };

/** A resource of EC2, whose id has a prefix: `vpc-…`. */
export const ec2 = (prefix: string): Simulated => ({ id: prefixed(prefix), outputs: arnAndName });

/** A resource that is not in AWS: its provider computes its outputs. */
export const computed = (outputs: (asked: Asked & { readonly id: string }) => Record<string, unknown>): Simulated => ({
    id: named,
    outputs,
});
