import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DescribeImagesCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
import { expect } from "chai";
import { ContainerImage } from "../../components/container-image";
import { contextDigest } from "../../components/container-image/build";
import { needsEngine, TestStack } from "./engine";

/** An image that an `up` has pushed, and that was killed before the state knew. */
describe("an image's tag on a real engine", () => {
    let stack: TestStack;
    const ecr = new ECRClient({ region: "ap-northeast-1" });
    const write = (text: string) => {
        const folder = path.join(stack.dir, "images/agent");
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, "Dockerfile"), text);
        return contextDigest(folder);
    };
    const repositoryOf = async () =>
        /amazonaws\.com\/([^@]+)@/.exec((await stack.outputs()).reference!.value as string)![1]!;
    const tags = async (repositoryName: string) => {
        const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
        return imageDetails.flatMap(({ imageTags = [] }) => imageTags);
    };

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("image", "Pulumi.dev.yaml", async () => ({
            reference: new ContainerImage("agent", { context: "images/agent" }).reference,
        }));
        write("FROM scratch\n");
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("is made free before it is pushed, and the image that had it stays", async () => {
        await stack.up();
        const repositoryName = await repositoryOf();
        const tag = `${write("FROM scratch\nLABEL second=1\n")}-2`;
        const imageManifest = JSON.stringify({
            schemaVersion: 2,
            mediaType: "application/vnd.docker.distribution.manifest.v2+json",
            layers: [],
            config: { digest: `sha256:${"0".repeat(64)}` },
        });
        await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: tag }));
        await stack.up();
        expect(stack.log).to.contain(`an up that was killed has pushed ${tag}`);
        const left = await tags(repositoryName);
        expect(left).not.to.include(tag); // the engine's docker pushes nothing
        expect(left.filter((one) => one.startsWith(`${tag}-left-`))).to.have.length(1);
        await stack.upUnchanged();
        expect(stack.log).not.to.contain("an up that was killed");
    });
});
