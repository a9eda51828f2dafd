/** Application Auto Scaling, of ECS services. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import { filled, READABLE, upTo } from "./texts";

const READS = ["application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource"];

export const APPAUTOSCALING = {
    "aws:appautoscaling/policy:Policy": {
        ...PART,
        simulated: PLAIN,
        texts: { name: filled(upTo(256, READABLE)) },
        laptop: "left out",
        reads: READS,
        writes: ["application-autoscaling:PutScalingPolicy", "application-autoscaling:DeleteScalingPolicy"],
    },
    "aws:appautoscaling/target:Target": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out", // the minimum number of tasks runs
        reads: READS,
        writes: [
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:DeregisterScalableTarget",
            "application-autoscaling:TagResource",
            "application-autoscaling:UntagResource",
        ],
        // autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
        linkedRole: {
            service: "ecs.application-autoscaling.amazonaws.com",
            role: "AWSServiceRoleForApplicationAutoScaling_ECSService",
        },
    },
} satisfies ResourceTypes;
