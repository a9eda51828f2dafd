import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { ContainerImage, type ContainerImageArgs } from "../components/container-image";
import type { Architecture } from "../components/fargate/architecture";
import { type BuildInput, buildOf, imageName, imageNameFor, usersOf } from "../config/builds";
import { hasTls, isBehindEnvoy, type PlatformConfig } from "../config/defaults";
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";

/** What an image that talks to a database is built with. */
export const databaseBuildArgs = (region: string) => ({ RDS_CA_PEM: rdsCertificateAuthorities(region) });

interface Owned {
    readonly image?: string;
    readonly build?: BuildInput;
    readonly architecture: Architecture;
}

/** The images that several tasks run: each is built once for the processors of those tasks, where a task needs it. */
export class Images {
    private readonly built = new Map<string, ContainerImage>();

    constructor(
        private readonly config: PlatformConfig,
        private readonly opts: { provider: aws.Provider },
    ) {}

    /** Of a service or a heritage. Those that are built of one folder are one. */
    of(owner: string, { image, build, architecture }: Owned): pulumi.Input<string> {
        if (image !== undefined) return image;
        const name = imageName(owner, build!);
        const users = usersOf(this.config, name);
        return this.shared(
            name,
            this.build(build!, users),
            architecture,
            users.map((user) => user.architecture),
        );
    }

    /** The sidecar of agents, Keycloak and services with TLS up to their tasks. */
    envoy(architecture: Architecture): pulumi.Output<string> {
        const { envoyImage, services, heritages } = this.config;
        const args = envoyImage ? { existing: envoyImage } : { context: "images/envoy" };
        const behind = Object.values(heritages).filter((heritage) =>
            Object.values(heritage.services).some(isBehindEnvoy),
        );
        const users = [...hasTls(this.config), ...Object.values(services), ...behind].map(
            (service) => service.architecture,
        );
        return this.shared("envoy", args, architecture, users);
    }

    /** An image for one of its users; `users` are the processors of all of them, and another kind than the stack's has it in its name. */
    shared(name: string, args: ContainerImageArgs, architecture: Architecture, users: readonly Architecture[]) {
        const { architecture: own, protect, images } = this.config;
        const [full, all] =
            args.existing === undefined
                ? [imageNameFor(name, architecture, users, own), { ...args, architecture, protect, gate: images.gate }]
                : [name, args];
        const image = this.built.get(full) ?? new ContainerImage(full, all, this.opts);
        this.built.set(full, image);
        return image.reference;
    }

    /** With RDS's authorities where one of those that run it has a database. */
    private build(input: BuildInput, users: readonly { readonly database?: unknown }[]): ContainerImageArgs {
        const build = buildOf(input);
        const reads = users.some(({ database }) => database);
        const args = { ...build.args, ...(reads ? databaseBuildArgs(this.config.region) : {}) };
        return {
            ...build,
            args: Object.keys(args).length > 0 ? args : undefined,
            dockerignore: typeof input !== "string",
        };
    }
}
