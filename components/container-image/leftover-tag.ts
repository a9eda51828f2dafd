/** A tag of ECR's is written once. An `up` that was killed after its push leaves one that the state does not know of. */
import { AsyncResource } from "node:async_hooks";
import type { ECRClient } from "@aws-sdk/client-ecr";
import * as pulumi from "@pulumi/pulumi";
import { hasEngine } from "../engine";
import { clientOptions } from "../fargate/aws-clients";

interface Tag {
    /** The account, as ECR has it. */
    readonly registryId: string;
    readonly repositoryName: string;
    readonly imageTag: string;
}

/**
 * Frees a tag in ECR that the state does not have, before an image is pushed under it. The next `up` would otherwise build an image that
 * differs in some byte, and ECR would refuse it ("tag is immutable") until the folder changes. The image that has the tag stays, under
 * another tag, for whatever may run it. The repository's lifecycle deletes it with the other old ones.
 */
export function freesLeftoverTag(name: string, resource: pulumi.Resource): pulumi.ResourceHook[] {
    if (!hasEngine()) return [];
    // Bound to where it is made: the engine calls a hook from outside the program, where its log would go nowhere.
    const free = AsyncResource.bind(async (imageName: string) => {
        const [, registryId, region, repositoryName, imageTag] = ECR_IMAGE.exec(imageName) ?? [];
        if (!registryId || !region || !repositoryName || !imageTag) return;
        const { ECRClient } = await import("@aws-sdk/client-ecr");
        const other = await freeTag(new ECRClient(await clientOptions(region)), {
            registryId,
            repositoryName,
            imageTag,
        });
        if (other)
            pulumi.log.info(`an up that was killed has pushed ${imageTag}: that image is ${other} now`, resource);
    });
    return [
        new pulumi.ResourceHook(`${name}-leftover-tag`, async ({ newInputs, oldInputs }) => {
            const imageName: unknown = newInputs?.imageName;
            if (typeof imageName === "string" && imageName !== oldInputs?.imageName) await free(imageName);
        }),
    ];
}

const ECR_IMAGE = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^@:]+):([\w.-]+)$/;

/** Gives the image of a tag another one, and takes this one away. Returns the other; undefined where no image has the tag. */
export async function freeTag(
    ecr: Pick<ECRClient, "send">,
    { imageTag, ...repository }: Tag,
): Promise<string | undefined> {
    const { BatchDeleteImageCommand, BatchGetImageCommand, PutImageCommand } = await import("@aws-sdk/client-ecr");
    const imageIds = [{ imageTag }];
    const { images = [] } = await ecr.send(new BatchGetImageCommand({ ...repository, imageIds }));
    const [image] = images;
    if (!image) return undefined;
    const { imageManifest, imageManifestMediaType, imageId } = image;
    // An image without a tag would be deleted with its last one (ECR guide, "Deleting an image").
    const other = `${imageTag}-left-${imageId!.imageDigest!.slice("sha256:".length).slice(0, 8)}`;
    const put = new PutImageCommand({ ...repository, imageManifest, imageManifestMediaType, imageTag: other });
    await ecr.send(put).catch((error: Error) => {
        if (error.name !== "ImageAlreadyExistsException") throw error; // it was killed in between
    });
    await ecr.send(new BatchDeleteImageCommand({ ...repository, imageIds }));
    return other;
}
