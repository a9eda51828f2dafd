import { existsSync } from "node:fs";
import * as aws from "@pulumi/aws";
import * as ecr from "@pulumi/awsx/ecr"; // alone: the whole of awsx takes a tenth of the time that all packages take to load
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type Build, buildDigest, contextDigest, dockerfileOf } from "./container-image/build";
import { checksEmulation } from "./container-image/emulation";
import { gates, type ImageGate } from "./container-image/gate";
import { freesLeftoverTag } from "./container-image/leftover-tag";
import { type Architecture, dockerPlatform } from "./fargate/architecture";
import { lookUp } from "./lookup";
import { UserError } from "./user-error";

/**
 * @example
 * const built = new ContainerImage("worker", { context: "images/worker", args: { NODE_VERSION: "24" } });
 * const web = new ContainerImage("web", { context: ".", dockerfile: "docker/web/Dockerfile", target: "production", dockerignore: true });
 * const existing = new ContainerImage("mail", { existing: `ghcr.io/acme/mail@sha256:${"0".repeat(64)}` });
 */
export interface ContainerImageArgs {
    /**
     * The folder with the Dockerfile, from the working directory. Relative, since it is kept in the state: the next machine to
     * run the program has its checkout somewhere else. Either this or `existing`.
     */
    context?: string;
    /** The Dockerfile, from the context. @default "Dockerfile" */
    dockerfile?: string;
    /** The stage of the Dockerfile that comes out. @default the last one */
    target?: string;
    /**
     * Leave out of the digest what `.dockerignore` keeps out of the build. An image that was built without it gets another tag once.
     * @default with a Dockerfile or a target that is named here
     */
    dockerignore?: boolean;
    /** Build arguments. They are public: whoever has the image can read them. */
    args?: Record<string, string>;
    /** An image that exists already, by digest: `repository@sha256:…`. Nothing is built. */
    existing?: string;
    /**
     * The processors that its tasks run on, as their `architecture` says. A machine of another kind builds by emulation, which is many
     * times as slow, and only where Docker has it (docs/configuration.md).
     * @default "x86_64"
     */
    architecture?: Architecture;
    /**
     * Refuse to delete the repository while it holds images.
     * @default false
     */
    protect?: boolean;
    /**
     * What ECR's scan may find in it: anything worse stops the `up`, before something uses the image. Each image is asked about once. Of one
     * that exists already nothing is asked.
     * @default anything
     */
    gate?: ImageGate;
}

export type { ImageGate };

/** Images that a repository keeps, so that a rollback finds the one it wants. */
const KEPT_IMAGES = 30;

/**
 * An image by digest: built here and pushed to a repository of its own (scanned on push, tags immutable, old images
 * expired), or one that exists.
 *
 * The tag begins with a digest of the build's folder and arguments: an `up` builds when one of them changed, and only then.
 */
export class ContainerImage extends pulumi.ComponentResource {
    /** `repository@sha256:…`, what a task definition names. */
    readonly reference: pulumi.Output<string>;

    constructor(name: string, args: ContainerImageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:ContainerImage", name, {}, opts);
        if ((args.context === undefined) === (args.existing === undefined)) {
            throw new UserError(
                `${name}: an image is built from a context or exists already; give exactly one of the two`,
            );
        }
        if (args.existing !== undefined && !/@sha256:[0-9a-f]{64}$/.test(args.existing)) {
            throw new UserError(`${name}: ${args.existing} names no image by digest; it ends in @sha256:<64 digits>`);
        }
        const { context } = args;
        const build = context === undefined ? undefined : { ...args, context };
        if (build && !existsSync(dockerfileOf(build))) {
            throw new UserError(`${name}: there is no ${dockerfileOf(build)} in ${process.cwd()}`);
        }
        this.reference = build ? this.build(name, build) : pulumi.output(args.existing!);
        this.registerOutputs({ reference: this.reference });
    }

    private build(name: string, args: ContainerImageArgs & Build): pulumi.Output<string> {
        const { context, target } = args;
        const repository = new ecr.Repository(
            name,
            {
                imageScanningConfiguration: { scanOnPush: true },
                imageTagMutability: "IMMUTABLE",
                forceDelete: !args.protect,
                lifecyclePolicy: {
                    rules: [{ description: "the newest images", tagStatus: "any", maximumNumberOfImages: KEPT_IMAGES }],
                },
            },
            { parent: this },
        );
        // Of the account's own registry, whichever repository: so it is known before the repository is.
        const login = lookUp({ about: "a log-in to the registry (ECR)", needs: "ecr:GetAuthorizationToken" }, () =>
            aws.ecr.getAuthorizationToken({}, { parent: this }),
        );
        const platform = dockerPlatform(args.architecture);
        const isPlain = !args.dockerignore && args.dockerfile === undefined && target === undefined;
        const digest = isPlain ? contextDigest(context, args.args, platform) : buildDigest(args, platform);
        const dockerfile = args.dockerfile === undefined ? undefined : dockerfileOf(args);
        // A tag of ECR's is written once. Going back to what was built before makes a digest that was there before, and a build
        // of it that is another image to the byte; so the tag ends in how often the digest has changed, which SSM counts.
        const build = new aws.ssm.Parameter(
            name,
            {
                name: `/${pulumi.getProject()}/${pulumi.getStack()}/images/${name}`,
                description: `What the image ${name} was built of`,
                type: "String",
                insecureValue: digest, // no secret: a preview shows from what to what
            },
            { parent: this },
        );
        const before = [...checksEmulation(name, platform, this), ...freesLeftoverTag(name, this)];
        const hooks = before.length > 0 ? { beforeCreate: before, beforeUpdate: before } : undefined;
        const image = new docker.Image(
            name,
            {
                imageName: pulumi.interpolate`${repository.url}:${digest}-${build.version}`,
                build: { context, dockerfile, target, platform, args: args.args },
                registry: { server: repository.url, username: login.userName, password: pulumi.secret(login.password) },
            },
            { parent: this, hooks },
        );
        const reference = args.gate ? this.passed(name, image.repoDigest, args.gate) : image.repoDigest;
        repositories.set(reference, repository.url);
        return reference;
    }

    /** The image, once it was let through. Which one it was is kept by SSM: an `up` that was refused leaves it as it was. */
    private passed(name: string, image: pulumi.Output<string>, gate: ImageGate): pulumi.Output<string> {
        const before = gates(name, gate, this);
        const passed = new aws.ssm.Parameter(
            `${name}-passed`,
            {
                name: `/${pulumi.getProject()}/${pulumi.getStack()}/images/${name}/passed`,
                description: `The image ${name} that ECR's scan had nothing against`,
                type: "String",
                insecureValue: image,
            },
            { parent: this, hooks: before.length > 0 ? { beforeCreate: before, beforeUpdate: before } : undefined },
        );
        return passed.insecureValue;
    }
}

/** URLs of the repositories of what is built here, by the image's reference. */
const repositories = new WeakMap<object, pulumi.Output<string>>();

/**
 * The repository in ECR that an image is in, as an ARN; undefined for one of another registry. Of an image that is built here it is known
 * while the image is not, so that a new image leaves its execution role's policy as it is, in a preview as well.
 */
export function repositoryOf(image: pulumi.Input<string>): pulumi.Output<string | undefined> {
    const url = typeof image === "string" ? undefined : repositories.get(image);
    return pulumi.output(url ?? image).apply(ecrRepositoryArn);
}

/** The repository in ECR that an image reference names, as an ARN; undefined for an image of another registry. */
export function ecrRepositoryArn(reference: string): string | undefined {
    const match = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^@:]+)/.exec(reference);
    if (!match) return undefined;
    const [, account, region, repository] = match;
    const partition = region!.startsWith("cn-") ? "aws-cn" : region!.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    return `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}
