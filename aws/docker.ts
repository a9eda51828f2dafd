/** Images that the program builds and pushes. */
import { PART, type ResourceTypes } from "./resource-type";
import { computed, digits } from "./simulated";

const READS = ["ecr:GetAuthorizationToken"];

export const DOCKER = {
    "docker:index/image:Image": {
        ...PART,
        simulated: computed(({ inputs }) => ({
            repoDigest: `${String(inputs.imageName).replace(/:[^:/]*$/, "")}@sha256:${digits(JSON.stringify(inputs), 64)}`,
        })),
        // To pull the base image, build, and push half a gigabyte; Keycloak's own build step takes 19 s.
        minutes: (_, name) => (name === "keycloak" ? 2.5 : name === "acapy-agent" ? 2 : 1),
        texts: {},
        laptop: "real",
        reads: READS,
        writes: [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
            "ecr:PutImage",
            "ecr:BatchDeleteImage", // to delete a tag that a killed `up` left
        ],
    },
} satisfies ResourceTypes;
