/** What is looked at before anything is made or changed, in a preview and in an `up`. */
import type { Parameter, SSMClient } from "@aws-sdk/client-ssm";
import * as pulumi from "@pulumi/pulumi";
import { hasEngine } from "../components/engine";
import { clientOptions } from "../components/fargate/aws-clients";
import type { PlatformConfig } from "../config/defaults";
import { type Reference, references } from "../config/references";

/** What SSM takes in one question. */
const AT_ONCE = 10;

/**
 * The versions of the parameters that the configuration names and somebody else sets, by name: a secret whose version is another one
 * redeploys what reads it. Fails where one of them does not exist, and names all that do not. No value is decrypted.
 *
 * Asked of SSM itself, since the provider's `getParameter` stops at the first that is missing, and hands over the value. Whoever
 * deploys needs `ssm:GetParameters` on them. In the plan, where there is no AWS, every one is taken to be there.
 */
export async function parameterVersions(config: PlatformConfig): Promise<ReadonlyMap<string, number>> {
    const wanted = references(prefix(), config);
    if (wanted.length === 0 || !hasEngine()) return new Map();
    const { SSMClient } = await import("@aws-sdk/client-ssm");
    const ssm = new SSMClient(await clientOptions(config.region));
    const names = wanted.map(({ parameter }) => parameter);
    const found = await parametersOf(ssm, names).catch((error: Error) => {
        throw new pulumi.RunError(
            `SSM does not say whether the secrets' parameters exist: ${error.message}\n` +
                "whoever deploys needs ssm:GetParameters on them",
        );
    });
    const missing = wanted.filter(({ parameter }) => !found.has(parameter));
    if (missing.length > 0) throw new pulumi.RunError(describe(missing, config.region));
    return new Map([...found].map(([name, { Version }]) => [name, Version!]));
}

/** Those that exist, by name; no value is decrypted. */
export async function parametersOf(ssm: Pick<SSMClient, "send">, names: string[]): Promise<Map<string, Parameter>> {
    const { GetParametersCommand } = await import("@aws-sdk/client-ssm");
    const wanted = [...new Set(names)];
    const found = new Map<string, Parameter>();
    for (let i = 0; i < wanted.length; i += AT_ONCE) {
        const { Parameters = [] } = await ssm.send(
            new GetParametersCommand({ Names: wanted.slice(i, i + AT_ONCE), WithDecryption: false }),
        );
        for (const one of Parameters) found.set(one.Name!, one);
    }
    return found;
}

/** Where a stack's own parameters are. */
export const prefix = () => `/${pulumi.getProject()}/${pulumi.getStack()}`;

export function describe(missing: readonly Reference[], region: string): string {
    const what = missing.length === 1 ? "one parameter is" : `${missing.length} parameters are`;
    return [
        `${what} missing in SSM (${region}); nothing was changed`,
        ...missing.map(({ parameter, owner, variable, set }) => {
            const fix = set
                ? `npm run secrets -- set ${owner} ${variable} --stack ${pulumi.getStack()}`
                : "whoever keeps it has to make it, a SecureString; or is it in another region?";
            return `    ${parameter}\n        for ${owner}: ${variable}\n        → ${fix}`;
        }),
    ].join("\n");
}
