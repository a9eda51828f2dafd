import * as aws from "@pulumi/aws";

/**
 * Clients for what the provider does not tell, with the credentials that the provider has: the profile or role that the
 * stack's `aws:` configuration names, or else the environment's. Loaded when a deployment is followed, not at every start.
 */
export async function awsClients(region: string) {
    // The SDK warns on Node 20 of what its versions of 2027 will need; the version is pinned here, and Node 20 in its range.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    const { ECSClient } = await import("@aws-sdk/client-ecs");
    const { CloudWatchLogsClient } = await import("@aws-sdk/client-cloudwatch-logs");
    const options = { region, ...(await credentials(region)) };
    return { ecs: new ECSClient(options), logs: new CloudWatchLogsClient(options) };
}

async function credentials(region: string) {
    const profile = aws.config.profile;
    const role = aws.config.assumeRoles?.[0];
    if (!profile && !role?.roleArn) return {};
    const { fromIni, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
    const base = profile ? fromIni({ profile }) : undefined;
    if (!role?.roleArn) return { credentials: base };
    return {
        credentials: fromTemporaryCredentials({
            params: {
                RoleArn: role.roleArn,
                RoleSessionName: role.sessionName ?? "identity-platform",
                ExternalId: role.externalId,
            },
            clientConfig: { region },
            ...(base ? { masterCredentials: base } : {}),
        }),
    };
}
