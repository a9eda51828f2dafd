import type { ECSClientConfig } from "@aws-sdk/client-ecs";
import * as aws from "@pulumi/aws";

export type Clients = Awaited<ReturnType<typeof awsClients>>;

type Credentials = ECSClientConfig["credentials"];

/** Clients for what the provider does not tell. Loaded when a deployment is followed, not at every start. */
export async function awsClients(region: string) {
    const { ECSClient } = await import("@aws-sdk/client-ecs");
    const { CloudWatchLogsClient } = await import("@aws-sdk/client-cloudwatch-logs");
    const { CloudWatchClient } = await import("@aws-sdk/client-cloudwatch");
    const options = await clientOptions(region);
    return {
        ecs: new ECSClient(options),
        logs: new CloudWatchLogsClient(options),
        cloudWatch: new CloudWatchClient(options),
    };
}

/** What a client is made with: the credentials that the stack's `aws:` configuration names, or else the environment's. */
export async function clientOptions(region: string) {
    // The SDK warns on Node 20 of what its versions of 2027 will need; the version is pinned here, and Node 20 in its range.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    const credentials = await configured(region);
    return { region, requestHandler: LIMITS, ...(credentials ? { credentials } : {}) };
}

/** Milliseconds. By itself the SDK waits for a connection and for an answer for ever. */
const LIMITS = { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true };

/** For questions before anything is made: no answer is an answer, within seconds. The SDK would try three times. */
export async function boundedOptions(region: string) {
    const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true };
    return { ...(await clientOptions(region)), maxAttempts: 2, requestHandler };
}

/** Keys or a profile, and then each role in turn, as the provider takes them. */
async function configured(region: string): Promise<Credentials> {
    const { accessKey, secretKey, token, profile, assumeRoles, assumeRoleWithWebIdentity: web } = aws.config;
    if (!accessKey && !profile && !assumeRoles?.length && !web) return undefined;
    const { fromIni, fromTemporaryCredentials, fromTokenFile } = await import("@aws-sdk/credential-providers");
    const clientConfig = { region };
    let credentials: Credentials;
    if (accessKey && secretKey) {
        credentials = async () => ({ accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: token });
    } else if (profile) credentials = fromIni({ profile });
    else if (web?.webIdentityTokenFile) {
        credentials = fromTokenFile({ ...web, clientConfig } as Parameters<typeof fromTokenFile>[0]);
    }
    for (const role of assumeRoles ?? []) {
        credentials = fromTemporaryCredentials({
            params: {
                RoleArn: role.roleArn,
                RoleSessionName: role.sessionName ?? "identity-platform",
                ExternalId: role.externalId,
            },
            clientConfig,
            masterCredentials: credentials,
        });
    }
    return credentials;
}
