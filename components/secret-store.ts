import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Statement, accountAndRegion } from "./iam";

/** A parameter, or a secret of Secrets Manager, that ECS puts into a container's environment. Its value is nowhere in here. */
export interface Secret {
    readonly parameterName: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
    /** What a task definition has, where that is more than the ARN: a key of a secret's JSON in Secrets Manager. @default the ARN */
    readonly valueFrom?: pulumi.Output<string>;
    /** Which of the two keeps it; their permissions differ. @default "SSM" */
    readonly keptBy?: "SSM" | "Secrets Manager";
    /** The key that encrypts it; undefined for the account's own `aws/ssm` or `aws/secretsmanager`, which need no permission. */
    readonly keyArn: pulumi.Output<string> | undefined;
    /**
     * Changes with the value. ECS reads a parameter when a task starts and never again, and cannot be told which version
     * to read; so a task definition carries this token, and a changed value makes a new revision of it.
     */
    readonly version: pulumi.Output<string>;
    /** The value, where the program itself has it. */
    readonly value?: pulumi.Output<string>;
}

/** Parameters that an application reads by itself when it starts: all that there are below one path. */
export interface ParameterPath {
    /** The path, with its slash in front and none behind. */
    readonly prefix: string;
    readonly arn: pulumi.Output<string>;
    readonly keyArn: pulumi.Output<string>;
    /** By what follows the path, e.g. `database/main/password`. */
    readonly parameters: Readonly<Record<string, Secret>>;
}

/**
 * @example
 * const secrets = new SecretStore("secrets");
 * const token = secrets.generate("worker", "API_TOKEN"); // /<project>/<stack>/worker/API_TOKEN
 * const mail = secrets.existing("/team/mail/password");
 * // containers: { worker: { secrets: { API_TOKEN: token, MAIL_PASSWORD: mail }, … } }
 */
export interface SecretStoreArgs {
    /**
     * Keep the key when the stack goes, for what is still encrypted by it: the last snapshot of a database.
     * @default false
     */
    retainKey?: boolean;
    /**
     * What the parameters' names begin with.
     * @default `/<project>/<stack>`
     */
    prefix?: string;
    /**
     * Refuse to delete or replace the key, and wait 30 days instead of 7 where it is deleted after all. Without its key
     * every secret, and everything else that is encrypted by it, is lost.
     * @default false
     */
    protect?: boolean;
}

/**
 * The secrets of a stack: a KMS key that rotates yearly, and SecureStrings in SSM Parameter Store under
 * `/<project>/<stack>/<service>/<NAME>`.
 *
 * A secret is generated, given by the program, or a parameter that somebody else keeps. What comes back is a reference
 * (`Secret`) with which a task definition names the parameter and `secretStatements` lets one role read just that one.
 */
export class SecretStore extends pulumi.ComponentResource {
    readonly keyArn: pulumi.Output<string>;
    readonly prefix: string;
    private readonly name: string;

    constructor(name: string, args: SecretStoreArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:SecretStore", name, {}, opts);
        this.name = name;
        this.prefix = args.prefix ?? `/${pulumi.getProject()}/${pulumi.getStack()}`;
        const key = new aws.kms.Key(
            `${name}-key`,
            {
                description: `Secrets and data under ${this.prefix}`,
                enableKeyRotation: true,
                deletionWindowInDays: args.protect ? 30 : 7,
            },
            { parent: this, protect: args.protect, retainOnDelete: args.retainKey },
        );
        new aws.kms.Alias(
            `${name}-key`,
            { name: `alias${this.prefix.replaceAll(".", "-")}`, targetKeyId: key.keyId },
            { parent: this },
        );
        this.keyArn = key.arn;
        this.registerOutputs({ keyArn: this.keyArn });
    }

    /**
     * A secret that the program makes once, of letters and digits (what Askar takes in a password without quoting).
     * It stays as it is until its length is changed or it is replaced by hand.
     */
    generate(service: string, variable: string, options: { length?: number; protect?: boolean } = {}): Secret {
        const password = this.password(`${service}-${variable}`, options);
        return this.put(service, variable, password, options);
    }

    /** A generated value that is no parameter of its own, to be part of one (`put`). */
    password(
        name: string,
        options: {
            length?: number;
            protect?: boolean;
            /** Another number makes another value; 0 is the first one. @default 0 */
            generation?: number;
        } = {},
    ): pulumi.Output<string> {
        const { generation = 0 } = options;
        const keepers = generation > 0 ? { generation: String(generation) } : undefined;
        return new random.RandomPassword(
            `${this.name}-${name}`,
            { length: options.length ?? 48, special: false, keepers },
            { parent: this, protect: options.protect },
        ).result;
    }

    /**
     * A secret whose value the program has: from encrypted configuration, or put together of others. One that may be longer than the
     * 4 KB of a standard parameter is `large`: SSM then makes it an advanced one where it has to, for 5 cents a month.
     */
    put(
        service: string,
        variable: string,
        value: pulumi.Input<string>,
        options: { protect?: boolean; large?: boolean } = {},
    ): Secret {
        const parameter = new aws.ssm.Parameter(
            `${this.name}-${service}-${variable}`, // one name for one pair: a variable is in capitals, or has a slash in it
            {
                name: `${this.prefix}/${service}/${variable}`,
                description: `${variable} of ${service}`,
                type: "SecureString",
                ...(options.large ? { tier: "Intelligent-Tiering" } : {}),
                keyId: this.keyArn,
                value: pulumi.secret(value),
            },
            { parent: this, protect: options.protect },
        );
        return {
            parameterName: parameter.name,
            arn: parameter.arn,
            keyArn: this.keyArn,
            version: parameter.version.apply(String),
            value: pulumi.secret(value),
        };
    }

    /**
     * Parameters of a service that it reads by itself, by what follows its path: for an image whose entry point asks SSM for
     * whatever there is below PARAMETER_STORE_PREFIX. All are encrypted, a user's name like a password: one permission reads them all.
     */
    path(service: string, values: Record<string, pulumi.Input<string>>): ParameterPath {
        const { account, region, partition } = accountAndRegion(this);
        const prefix = `${this.prefix}/${service}`;
        return {
            prefix,
            arn: pulumi.interpolate`arn:${partition}:ssm:${region}:${account}:parameter${prefix}`,
            keyArn: this.keyArn,
            parameters: Object.fromEntries(
                Object.entries(values).map(([key, value]) => [key, this.put(service, key, value)]),
            ),
        };
    }

    /**
     * A parameter that exists already, in this account and region. It is not read, so the program cannot see that it
     * changed: whoever changes it raises `version`.
     */
    existing(parameterName: string, options: { keyArn?: pulumi.Input<string>; version?: number } = {}): Secret {
        const { account, region, partition } = accountAndRegion(this);
        return {
            parameterName: pulumi.output(parameterName),
            arn: pulumi.interpolate`arn:${partition}:ssm:${region}:${account}:parameter/${parameterName.replace(/^\//, "")}`,
            keyArn: options.keyArn === undefined ? undefined : pulumi.output(options.keyArn),
            version: pulumi.output(String(options.version ?? 1)),
        };
    }

    /**
     * A secret of Secrets Manager that exists already, in this account and region; with `key` one key of the JSON in it. It is not read.
     * `found` is what Secrets Manager says of it: a name alone is not its ARN, which ends in six characters of AWS's own.
     */
    inSecretsManager(
        nameOrArn: string,
        options: { key?: string; keyArn?: pulumi.Input<string>; found?: FoundSecret } = {},
    ): Secret {
        const { account, region, partition } = accountAndRegion(this);
        const { key, keyArn, found } = options;
        const known = found?.arn ?? (nameOrArn.startsWith("arn:") ? nameOrArn : undefined);
        const arn = pulumi.output(
            known ?? pulumi.interpolate`arn:${partition}:secretsmanager:${region}:${account}:secret:${nameOrArn}`,
        );
        return {
            parameterName: pulumi.output(nameOrArn),
            arn,
            // <ARN>:<key>:<stage>:<version>, of which the last two may be empty (ECS guide, "Pass Secrets Manager secrets").
            valueFrom: key === undefined ? arn : pulumi.interpolate`${arn}:${key}::`,
            keptBy: "Secrets Manager",
            keyArn: keyArn === undefined ? undefined : pulumi.output(keyArn),
            version: pulumi.output(found?.version ?? "1"),
        };
    }
}

/** What Secrets Manager says of a secret, without its value. */
export interface FoundSecret {
    readonly arn: string;
    /** The id of the version that is current. */
    readonly version: string;
}

/**
 * What a role needs to read just these secrets: `ssm:GetParameters` on their ARNs, and `kms:Decrypt` on each key, through
 * SSM and for these parameters only (SSM encrypts with the parameter's ARN as context, KMS developer guide).
 */
export function secretStatements(secrets: readonly Secret[], parent: pulumi.Resource): Statement[] {
    const [inManager, inSsm] = [true, false].map((kept) =>
        secrets.filter(({ keptBy }) => (keptBy === "Secrets Manager") === kept),
    ) as [Secret[], Secret[]];
    return [...readStatements(inSsm, STORES.ssm, parent), ...readStatements(inManager, STORES.secretsmanager, parent)];
}

const STORES = {
    ssm: { service: "ssm", action: "ssm:GetParameters", context: "kms:EncryptionContext:PARAMETER_ARN" },
    // Secrets Manager user guide, "Secret encryption and decryption": the context has the secret's ARN.
    secretsmanager: {
        service: "secretsmanager",
        action: "secretsmanager:GetSecretValue",
        context: "kms:EncryptionContext:SecretARN",
    },
} as const;

/** Two keys of one secret's JSON are one ARN. */
const arns = (secrets: readonly Secret[]) =>
    pulumi.all(secrets.map(({ arn }) => arn)).apply((all) => [...new Set(all)]);

function readStatements(
    secrets: readonly Secret[],
    { service, action, context }: (typeof STORES)[keyof typeof STORES],
    parent: pulumi.Resource,
): Statement[] {
    if (secrets.length === 0) return [];
    const { region } = accountAndRegion(parent);
    const byKey = new Map<pulumi.Output<string>, pulumi.Output<string>[]>();
    for (const { keyArn, arn } of secrets) if (keyArn) byKey.set(keyArn, [...(byKey.get(keyArn) ?? []), arn]);
    return [
        { Effect: "Allow", Action: action, Resource: arns(secrets) },
        ...[...byKey].map(([key, ownSecrets]): Statement => ({
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: key,
            Condition: {
                StringEquals: {
                    "kms:ViaService": pulumi.interpolate`${service}.${region}.amazonaws.com`,
                    [context]: ownSecrets,
                },
            },
        })),
    ];
}

/** What a role needs to read what is below a path, whatever it will be: that path alone, and by its key alone. */
export function pathStatements({ arn, keyArn }: ParameterPath, parent: pulumi.Resource): Statement[] {
    const { region } = accountAndRegion(parent);
    const below = pulumi.interpolate`${arn}/*`;
    return [
        { Effect: "Allow", Action: "ssm:GetParametersByPath", Resource: [arn, below] },
        {
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: keyArn,
            Condition: {
                StringEquals: { "kms:ViaService": pulumi.interpolate`ssm.${region}.amazonaws.com` },
                StringLike: { "kms:EncryptionContext:PARAMETER_ARN": below },
            },
        },
    ];
}
