/** Where a secret comes from, and which variables are none. */
import { z } from "zod";

/** The value of a secret: in the file it is `secure: …`, as `pulumi config set --secret` writes it; here it is decrypted. */
export const encrypted = z.string().min(1).meta({ encrypted: true });

export const privateKeyPem = (path: string) =>
    encrypted.describe(
        `The key that belongs to it, as PEM: pulumi config set --secret --path 'identity:${path}.privateKey'`,
    );

/** Certificates are public; only the key that belongs to one is not. */
export const certificatePem = (about: string) => z.string().min(1).describe(about);

export const secretSource = z
    .strictObject({
        generate: z
            .strictObject({
                length: z.int().min(16).max(128).optional().describe("Letters and digits to make. Default: 48."),
            })
            .optional()
            .describe("Made once by the program (@pulumi/random), kept in the state encrypted."),
        value: encrypted
            .optional()
            .describe(
                "An encrypted value: pulumi config set --secret --path 'identity:agents.issuer.secrets.NAME.value'",
            ),
        parameter: z
            .string()
            .regex(/^\/[A-Za-z0-9_.\-/]+$/, "name of a parameter, such as /team/mail/key")
            .optional()
            .describe("The name of an SSM parameter that exists in this account and region. Its value is never read."),
        set: z
            .strictObject({})
            .optional()
            .describe("A value that is put into SSM by `npx identity secrets set`, before the deployment: set: {}"),
        secret: z
            .string()
            .regex(
                /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]+$/,
                "name or ARN of a secret in Secrets Manager",
            )
            .optional()
            .describe(
                "The name or the ARN of a secret in Secrets Manager that exists in this account and region. Its value is never read.",
            ),
        key: z
            .string()
            .regex(/^[^\s:]+$/, "key of a secret's JSON")
            .optional()
            .describe("With `secret`: one key of the JSON in it. Default: all of it."),
        keyArn: z
            .string()
            .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, "KMS key ARN")
            .optional()
            .describe(
                "With `parameter` or `secret`: the key that encrypts it, where that is not the account's own aws/ssm or aws/secretsmanager.",
            ),
    })
    .describe("Where a secret comes from: exactly one of generate, value, parameter, secret and set.");

/** The way out of a false alarm: a name in `environment`, and why it may be there. */
export const notSecret = z
    .record(z.string(), z.string().regex(/\S/, "reason"))
    .optional()
    .describe(
        "Variables in environment that look like secrets and are none, each with the reason, which the plan shows. Default: none.",
    );

export type SecretSource = z.infer<typeof secretSource>;
