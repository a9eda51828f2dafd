/** Runs a few components against the simulated AWS, and finds what they made. */
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { expect } from "chai";
import { simulate } from "../../automation/plan/simulate";
import { ACCOUNT } from "../../aws/simulated";
import type { SimulatedResource } from "../../automation/plan/simulated-aws";
import type { Secret } from "../../components/secret-store";

export { ACCOUNT };
export const REGION = "eu-west-1";
export const PROJECT = "acme";
export const STACK = "test";
/** The VPC of those tests that are not about one. */
export const VPC = {
    id: "vpc-1",
    publicSubnetIds: ["subnet-public-1", "subnet-public-2"],
    privateSubnetIds: ["subnet-private-1", "subnet-private-2"],
    isolatedSubnetIds: ["subnet-isolated-1", "subnet-isolated-2"],
};

/** The least that a database is told, beside who it is for. */
export const DATABASE = {
    vpc: VPC,
    engineVersion: "17",
    instanceClass: "db.t4g.micro",
    storageGiB: 20,
    maxStorageGiB: 100,
    multiAz: false,
    backupDays: 7,
    logRetentionDays: 14,
};
export const CLUSTER = { name: "cluster", arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/cluster` };

export interface Resource extends SimulatedResource {
    /** As a program writes it: `aws.rds.Instance`, `identity.Database`. */
    readonly kind: string;
    readonly ignoreChanges: readonly string[];
    readonly retainOnDelete: boolean;
    readonly aliases: readonly string[];
    /** What makes it anew when it changes. */
    readonly replacementTrigger: unknown;
    /** The name of the provider given for it; undefined for the default one. */
    readonly provider: string | undefined;
}

type Registration = Pick<Resource, "ignoreChanges" | "retainOnDelete" | "aliases" | "replacementTrigger" | "provider">;

export interface Options {
    config?: Record<string, string>;
    secretKeys?: string[];
}

/** What a program made, and what it returned. */
export class Made {
    constructor(
        readonly resources: readonly Resource[],
        readonly outputs: Record<string, unknown>,
    ) {}

    all(kind: string): Resource[] {
        return this.resources.filter((resource) => resource.kind === kind).sort((a, b) => (a.name < b.name ? -1 : 1));
    }

    /** The one resource of a kind (and of a name). */
    one(kind: string, name?: string): Resource {
        const found = this.all(kind).filter((resource) => name === undefined || resource.name === name);
        if (found.length === 1) return found[0]!;
        throw new Error(
            `${found.length} resources are ${kind} ${name ?? ""}; there are:\n${this.list(this.resources).join("\n")}`,
        );
    }

    inputs(kind: string, name?: string): Record<string, unknown> {
        return this.one(kind, name).inputs;
    }

    /** Kind and name of the children of the one component of a kind (and of a name), sorted. */
    childrenOf(kind: string, name?: string): string[] {
        const { urn } = this.one(kind, name);
        return this.list(this.resources.filter((resource) => resource.parent === urn));
    }

    /** Kind and name of what a resource waits for, sorted. */
    waitsFor(resource: Resource): string[] {
        return this.list(this.resources.filter(({ urn }) => resource.dependencies.includes(urn)));
    }

    /** Each rule of the security groups as `<group>: in|out <ports> <from or to whom>`, sorted; `names` are of groups that were given. */
    rules(names: Record<string, string> = {}): string[] {
        const named = (id: unknown) =>
            names[String(id)] ?? this.resources.find((resource) => resource.id === id)?.name ?? String(id);
        const rule = (direction: string, { inputs: r }: Resource) =>
            `${named(r.securityGroupId)}: ${direction} ${r.ipProtocol} ${r.fromPort}-${r.toPort} ` +
            (r.cidrIpv4 ?? r.cidrIpv6 ?? named(r.referencedSecurityGroupId ?? r.prefixListId));
        return [
            ...this.all("aws.vpc.SecurityGroupIngressRule").map((resource) => rule("in", resource)),
            ...this.all("aws.vpc.SecurityGroupEgressRule").map((resource) => rule("out", resource)),
        ].sort();
    }

    private list(resources: readonly Resource[]): string[] {
        return resources.map(({ kind, name }) => `${kind} ${name}`).sort();
    }
}

/** Runs a program to its end. Its outputs are known in what comes back; a secret is `[secret]`. */
export async function make(program: () => unknown, options: Options = {}): Promise<Made> {
    const registrations = new Map<string, Registration>();
    const { resources, outputs } = await simulate(
        () => {
            listen(registrations);
            return program();
        },
        { project: PROJECT, stack: STACK, ...options, config: { "aws:region": REGION, ...options.config } },
    );
    const none: Registration = {
        ignoreChanges: [],
        retainOnDelete: false,
        aliases: [],
        replacementTrigger: undefined,
        provider: undefined,
    };
    return new Made(
        resources.map((resource) => ({
            ...resource,
            kind: kindOf(resource.type),
            ...(registrations.get(resource.urn) ?? none),
        })),
        outputs,
    );
}

/** Asserts that a program is refused, and returns the sentence that says why. */
export async function refusal(program: () => unknown): Promise<string> {
    try {
        await make(program);
    } catch (error) {
        expect(pulumi.RunError.isInstance(error), String(error)).to.equal(true);
        return (error as Error).message;
    }
    throw new Error("it was not refused");
}

/** aws:rds/instance:Instance is aws.rds.Instance, awsx:ec2:Vpc is awsx.ec2.Vpc, docker:index/image:Image is docker.Image. */
function kindOf(type: string): string {
    const [pkg, module = "", name] = type.split(":");
    return [pkg, module.split("/")[0], name].filter((part) => part !== "index").join(".");
}

interface Request {
    getIgnorechangesList(): string[];
    getRetainondelete(): boolean;
    getAliasesList(): { getUrn(): string; getSpec(): { getName(): string } | undefined }[];
    getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
    getProvider(): string;
}
type Callback = (error: unknown, response?: { getUrn(): string }) => void;

/** The options that the simulation does not keep, heard at the same place. */
function listen(registrations: Map<string, Registration>) {
    const monitor = settings.getMonitor() as unknown as { registerResource(r: Request, c: Callback): Promise<void> };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) =>
        register(request, (error, response) => {
            if (response) {
                registrations.set(response.getUrn(), {
                    ignoreChanges: request.getIgnorechangesList(),
                    retainOnDelete: request.getRetainondelete(),
                    aliases: request.getAliasesList().map((alias) => alias.getSpec()?.getName() || alias.getUrn()),
                    replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
                    provider: request.getProvider().split("::")[3],
                });
            }
            callback(error, response);
        });
}

/** The statements of a policy's document. */
export const statementsOf = ({ inputs }: Resource, key = "policy"): Record<string, unknown>[] => {
    const { Version, Statement, ...rest } = JSON.parse(inputs[key] as string);
    expect({ Version, rest }).to.deep.equal({ Version: "2012-10-17", rest: {} });
    return Statement;
};

/** What the trust policy of a role has to be, exactly. */
export const trustOf = (service: string, source: string) => [
    {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        Condition: {
            StringEquals: { "aws:SourceAccount": ACCOUNT },
            ArnLike: { "aws:SourceArn": `arn:aws:${source}:${REGION}:${ACCOUNT}:*` },
        },
    },
];

export const known = <T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> =>
    new Promise((resolve) => pulumi.output(output).apply(resolve));

/** A reference to a secret that exists, made without a `SecretStore`. */
export function secretAt(parameterName: string, options: { keyArn?: string; version?: string } = {}): Secret {
    return {
        parameterName: pulumi.output(parameterName),
        arn: pulumi.output(`arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${parameterName}`),
        keyArn: options.keyArn === undefined ? undefined : pulumi.output(options.keyArn),
        version: pulumi.output(options.version ?? "1"),
    };
}
