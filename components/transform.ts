import type * as pulumi from "@pulumi/pulumi";

/**
 * Changes what a component gives to one of its children: a partial object to merge in, or a function that edits the
 * arguments and options in place. The one way past what a component's own arguments offer.
 */
export type Transform<Args> = Partial<Args> | ((args: Args, opts: pulumi.CustomResourceOptions, name: string) => void);

/** A child's constructor arguments after its transform: `new aws.lb.LoadBalancer(...transformed(t, name, args, opts))`. */
export function transformed<Args extends object>(
    transform: Transform<Args> | undefined,
    name: string,
    args: Args,
    opts: pulumi.CustomResourceOptions,
): [name: string, args: Args, opts: pulumi.CustomResourceOptions] {
    if (typeof transform !== "function") return [name, { ...args, ...transform }, opts];
    const [ownArgs, ownOpts] = [{ ...args }, { ...opts }];
    transform(ownArgs, ownOpts, name);
    return [name, ownArgs, ownOpts];
}
