import { expect } from "chai";
import { freeTag } from "../../../components/container-image/leftover-tag";

const TAG = { registryId: "123456789012", repositoryName: "agent-0123456", imageTag: "00ff-2" };

describe("a tag that an up left which was killed", () => {
    /** A repository with these tags, and what it was asked. */
    async function free(tags: Record<string, string>) {
        const asked: string[] = [];
        const send = async ({
            constructor,
            input,
        }: {
            constructor: { name: string };
            input: Record<string, never>;
        }) => {
            const { imageIds = [], imageTag } = input as { imageIds?: { imageTag: string }[]; imageTag?: string };
            const wanted = imageTag ?? imageIds[0]!.imageTag;
            asked.push(`${constructor.name} ${wanted}`);
            if (constructor.name === "BatchGetImageCommand") {
                const imageDigest = tags[wanted];
                return { images: imageDigest ? [{ imageManifest: "{}", imageId: { imageDigest } }] : [] };
            }
            if (constructor.name === "PutImageCommand" && tags[wanted]) {
                throw Object.assign(new Error("it is there"), { name: "ImageAlreadyExistsException" });
            }
            return {};
        };
        return { other: await freeTag({ send } as never, TAG), asked };
    }
    const digest = `sha256:${"ab".repeat(32)}`;
    const moved = {
        other: "00ff-2-left-abababab",
        asked: [
            "BatchGetImageCommand 00ff-2",
            "PutImageCommand 00ff-2-left-abababab",
            "BatchDeleteImageCommand 00ff-2",
        ],
    };

    it("is taken from its image, which keeps another one", async () => {
        expect(await free({ "00ff-2": digest })).to.deep.equal(moved);
    });

    it("is taken away where that was begun before", async () => {
        expect(await free({ "00ff-2": digest, "00ff-2-left-abababab": digest })).to.deep.equal(moved);
    });

    it("is not looked for any further where there is none", async () => {
        expect(await free({})).to.deep.equal({ other: undefined, asked: ["BatchGetImageCommand 00ff-2"] });
    });
});
