/** What Secrets Manager says of a secret. No value is read. */
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { FoundSecret } from "../components/secret-store";

export interface DescribedSecret {
    /** Undefined where there is none, or one that is to be deleted. */
    readonly secret?: FoundSecret;
    /** The key that encrypts it, where that is not the account's own. */
    readonly keyArn?: string;
    readonly changed?: Date;
}

export async function describeSecret(
    client: Pick<SecretsManagerClient, "send">,
    SecretId: string,
): Promise<DescribedSecret> {
    const { DescribeSecretCommand, ResourceNotFoundException } = await import("@aws-sdk/client-secrets-manager");
    try {
        const found = await client.send(new DescribeSecretCommand({ SecretId }));
        if (found.DeletedDate) return {};
        const [version = ""] =
            Object.entries(found.VersionIdsToStages ?? {}).find(([, stages]) => stages.includes("AWSCURRENT")) ?? [];
        return {
            secret: { arn: found.ARN!, version },
            keyArn: found.KmsKeyId === "alias/aws/secretsmanager" ? undefined : found.KmsKeyId,
            changed: found.LastChangedDate,
        };
    } catch (error) {
        if (error instanceof ResourceNotFoundException) return {};
        throw error;
    }
}
