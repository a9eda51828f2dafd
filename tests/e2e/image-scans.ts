/** ECR's scans of images that are pushed nowhere: the engine's Docker may be a stand-in, and then the emulator has no image to look into. */

const SCAN = "AmazonEC2ContainerRegistry_V20150921.DescribeImageScanFindings";

/** What is found in the images of a repository, by its name; in others nothing. */
export const scanFindings = new Map<string, readonly object[]>();
/** Images whose scan was asked for before: the first answer is that it is still going on. */
const begun = new Set<string>();

interface Asked {
    readonly repositoryName: string;
    readonly imageId: { readonly imageDigest: string };
}

/** What ECR answers where it is asked for a scan. */
export function scanAnswer(operation: string, body: Buffer): string | undefined {
    if (operation !== SCAN) return undefined;
    const { repositoryName, imageId } = JSON.parse(body.toString("utf8")) as Asked;
    const image = `${repositoryName}@${imageId.imageDigest}`;
    const ended = begun.has(image);
    begun.add(image);
    const findings = scanFindings.get(repositoryName) ?? [];
    return JSON.stringify({
        repositoryName,
        imageId,
        imageScanStatus: { status: ended ? "COMPLETE" : "IN_PROGRESS" },
        ...(ended ? { imageScanFindings: { findings, imageScanCompletedAt: Date.now() / 1000 } } : {}),
    });
}
