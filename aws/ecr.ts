/** Image repositories. */
import { unitPrice } from "./prices";
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import { filled } from "./texts";

/** The price of a GB of images for a month, in every region. */
const STORAGE_GB = 0.1;

const READS = ["ecr:Describe*", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource"];

export const ECR = {
    "aws:ecr/repository:Repository": {
        ...PART,
        simulated: PLAIN,
        cost: { use: () => `images in ECR${unitPrice(STORAGE_GB, "a GB and month")}` },
        picture: { line: { title: "Images", one: "ECR repository", many: "ECR repositories" } },
        texts: {
            name: filled({
                takes: /^([a-z0-9]+([._-][a-z0-9]+)*\/)*[a-z0-9]+([._-][a-z0-9]+)*$/,
                most: 256,
                words: "small letters and digits, with single . _ - / between them",
            }),
        },
        laptop: "left out", // Docker keeps the images
        reads: READS,
        writes: [
            "ecr:CreateRepository",
            "ecr:DeleteRepository",
            "ecr:TagResource",
            "ecr:UntagResource",
            "ecr:PutImageScanningConfiguration",
            "ecr:PutImageTagMutability",
        ],
    },
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        reads: READS,
        writes: ["ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy"],
    },
} satisfies ResourceTypes;
