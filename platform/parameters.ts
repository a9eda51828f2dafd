import type { Parameter, SSMClient } from "@aws-sdk/client-ssm";

/** Parameters that SSM takes in one question. */
const AT_ONCE = 10;

/** Those that exist, by name; no value is decrypted. */
export async function parametersOf(ssm: Pick<SSMClient, "send">, names: string[]): Promise<Map<string, Parameter>> {
    const { GetParametersCommand } = await import("@aws-sdk/client-ssm");
    const wanted = [...new Set(names)];
    const found = new Map<string, Parameter>();
    for (let i = 0; i < wanted.length; i += AT_ONCE) {
        const { Parameters = [] } = await ssm.send(
            new GetParametersCommand({ Names: wanted.slice(i, i + AT_ONCE), WithDecryption: false }),
        );
        for (const parameter of Parameters) found.set(parameter.Name!, parameter);
    }
    return found;
}
