import { defineCommand, defineGroup } from "./cli/define";

const pin = defineCommand({
    summary: "writes digests into the Dockerfiles, and hashes into requirements.txt",
    description: `
Writes into each Dockerfile of images/ and automation/local/images/ the digest that the image it starts from has now
(name:tag@sha256:…), and requirements.txt anew from requirements.in, with the hash of each package. Run it again to raise
them; the difference is for review. An image whose version a build argument decides is named, and left as it is.

It needs Docker with buildx, and the registries. A file with another digest is another image: its tasks are deployed anew.`,
    options: { check: { help: "write nothing; exit code 1 where an image is named by its tag alone" } },
    examples: [["npx identity images pin --check", "names each image that starts from a tag alone"]],
    exitCodes: {
        0: "done",
        1: "an image is named by its tag alone",
        2: "the arguments are wrong, or a registry does not answer",
    },
    run: async (input, context) => (await import("./images/pin")).pin(input, context),
});

export const images = defineGroup({ summary: "what the images start from", commands: { pin } });
