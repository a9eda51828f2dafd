import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { ContainerImage } from "../components/container-image";
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

    of({ image, build }: { image?: string; build?: string }): pulumi.Input<string> {
        if (image !== undefined) return image;
        const context = build!;
        const containerImage = this.built.get(context) ?? this.build(context);
        this.built.set(context, containerImage);
        return containerImage.reference;
    }

    get envoy(): pulumi.Output<string> {
        const { envoyImage, protect } = this.config;
        const args = envoyImage ? { existing: envoyImage } : { context: "images/envoy", protect };
        this.sidecar ??= new ContainerImage("envoy", args, this.opts);
        return this.sidecar.reference;
    }

    /** With RDS's authorities where one of those that run it has a database. */
    private build(context: string) {
        const { services, heritages, region, protect } = this.config;
        const users = [...Object.values(services), ...Object.values(heritages)];
        const reads = users.some(({ build, database }) => build === context && database);
        const name = context
            .replace(/^images\//, "")
            .replaceAll(/[^a-z0-9]+/gi, "-")
            .replaceAll(/^-|-$/g, ""); // a repository's name begins and ends with neither
        return new ContainerImage(
            name,
            { context, args: reads ? databaseBuildArgs(region) : undefined, protect },
            this.opts,
        );
    }
}
