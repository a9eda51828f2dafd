import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { ContainerImage } from "../components/container-image";
import { type BuildInput, buildOf, imageName } from "../config/builds";
import type { PlatformConfig } from "../config/defaults";
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";

/** What an image that talks to a database is built with. */
export const databaseBuildArgs = (region: string) => ({ RDS_CA_PEM: rdsCertificateAuthorities(region) });

/** The images of services and heritages. Those that are built of one folder are one; Envoy's is built where a task needs one. */
export class Images {
    private readonly built = new Map<string, ContainerImage>();
    private sidecar: ContainerImage | undefined;

    constructor(
        private readonly config: PlatformConfig,
        private readonly opts: { provider: aws.Provider },
    ) {}

    of(owner: string, { image, build }: { image?: string; build?: BuildInput }): pulumi.Input<string> {
        if (image !== undefined) return image;
        const name = imageName(owner, build!);
        const containerImage = this.built.get(name) ?? this.build(name, build!);
        this.built.set(name, containerImage);
        return containerImage.reference;
    }

    get envoy(): pulumi.Output<string> {
        const { envoyImage, protect } = this.config;
        const args = envoyImage ? { existing: envoyImage } : { context: "images/envoy", protect };
        this.sidecar ??= new ContainerImage("envoy", args, this.opts);
        return this.sidecar.reference;
    }

    /** With RDS's authorities where one of those that run it has a database. */
    private build(name: string, input: BuildInput) {
        const { services, heritages, region, protect } = this.config;
        const users = [...Object.entries(services), ...Object.entries(heritages)];
        const reads = users.some(
            ([owner, { build, database }]) => build && database && imageName(owner, build) === name,
        );
        const build = buildOf(input);
        const args = { ...build.args, ...(reads ? databaseBuildArgs(region) : {}) };
        return new ContainerImage(
            name,
            {
                ...build,
                args: Object.keys(args).length > 0 ? args : undefined,
                dockerignore: typeof input !== "string",
                protect,
            },
            this.opts,
        );
    }
}
