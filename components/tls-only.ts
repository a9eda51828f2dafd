import * as pulumi from "@pulumi/pulumi";

/** A statement of a resource's policy that denies everybody what comes without TLS. */
export const deniedWithoutTls = (action: string, resources: pulumi.Input<string>[]) => ({
    Effect: "Deny",
    Principal: "*", // everybody: what is denied is only to come without TLS
    Action: action,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** A resource's policy that denies everybody what comes without TLS, and allows nobody anything. */
export const tlsOnly = (action: string, resources: pulumi.Input<string>[]): pulumi.Output<string> =>
    pulumi.jsonStringify({ Version: "2012-10-17", Statement: [deniedWithoutTls(action, resources)] });
