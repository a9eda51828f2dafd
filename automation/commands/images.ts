import { THRESHOLDS, type Threshold } from "../../components/container-image/scan";
import { UsageError } from "../shared/errors";
import { defineCommand, defineGroup, type InputOf } from "./cli/define";
import { JSON_ALONE, STACK } from "./cli/options";

const pin = defineCommand({
    summary: "writes digests into the Dockerfiles, and hashes into requirements.txt",
    description: `
Writes into each Dockerfile of images/ and automation/local/images/ the digest that the image it starts from has now
(name:tag@sha256:…), and requirements.txt anew from requirements.in, with the hash of each package. Run it again to raise
them; the difference is for review. An image whose version a build argument decides is named, and left as it is.

It needs Docker with buildx, and the registries. A file with another digest is another image: its tasks are deployed anew.`,
    options: { check: { help: "write nothing; exit code 1 where an image is named by its tag alone" } },
    examples: [["npx identity images pin --check", "names each image that starts from a tag alone"]],
    exitCodes: { 1: "an image is named by its tag alone", 2: "the arguments are wrong, or a registry does not answer" },
    run: async (input, context) => (await import("./images/pin")).pin(input, context),
});

export type CheckInput = InputOf<typeof check>;
const check = defineCommand({
    summary: "names what ECR's scans find in a stack's images",
    description: `
Names each finding of the severity that images.gate in the stack file stops an \`up\` for, or worse, in the images in
ECR that the task definitions of the last \`up\` name; and each exception there that nothing needs any more.`,
    options: {
        stack: STACK,
        severity: {
            value: "severity",
            parse: threshold,
            help: `${THRESHOLDS.join(", ")}: this and worse, whatever the stack file says`,
        },
        rescan: { help: "have ECR scan them again before, where it did not in the last 24 hours" },
        json: JSON_ALONE,
    },
    notes: `
A basic scan is made when an image is pushed, and knows what was known then. Amazon Inspector scans anew by itself.`,
    examples: [["npx identity images check --stack prod --rescan", "what is known by now"]],
    exitCodes: {
        0: "nothing of the severity is in an image, or the stack file has no images.gate",
        1: "something is, a scan has failed, or AWS does not answer",
        2: "the arguments or the configuration are wrong",
    },
    run: async (input, context): Promise<number> => (await import("./images/check")).check(input, context),
});

function threshold(text: string, flag: string): Threshold {
    const found = THRESHOLDS.find((severity) => severity === text);
    if (found) return found;
    throw new UsageError(`${flag} ${text}: one of ${THRESHOLDS.join(", ")}`);
}

export const images = defineGroup({
    summary: "what the images start from, and what is found in them",
    commands: { pin, check },
});
