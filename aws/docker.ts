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
        // A base image pulled, a build, a push of half a gigabyte; Keycloak's build runs its own for 19 s.
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
            "ecr:BatchDeleteImage", // of a tag that an `up` left which was killed
        ],
    },
} satisfies ResourceTypes;
