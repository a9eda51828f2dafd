/** Valkey, which speaks Redis's protocol. */
import { type ByClass, type ByRegion, HOURS } from "./prices";
import { items, PART, type ResourceTypes } from "./resource-type";
import { digits, PLAIN } from "./simulated";
import { filled, READABLE, type TextRule, upTo } from "./texts";

/** An hour of a node with Valkey: a fifth less than with Redis (ElastiCache pricing, "Valkey"). */
const NODE: ByRegion<ByClass> = {
    "us-east-1": { "cache.t4g.micro": 0.0128, "cache.t4g.small": 0.0256, "cache.t4g.medium": 0.052 },
    "eu-west-1": {},
    "eu-central-1": {},
    "ap-northeast-1": {},
};

const NAME: TextRule = {
    takes: /^[A-Za-z](-?[A-Za-z0-9])*$/,
    most: 40,
    words: "letters, digits and single dashes, a letter first and no dash last",
};

const READS = ["elasticache:Describe*", "elasticache:ListTagsForResource"];

export const ELASTICACHE = {
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        ...PART,
        simulated: {
            id: ({ name, inputs }) => String(inputs.replicationGroupId ?? `${name}-${digits(name, 7)}`),
            outputs: ({ id }, place) => ({
                arn: place.arn("elasticache", `replicationgroup:${id}`),
                primaryEndpointAddress: `master.${id}.${digits(place.region, 6)}.${place.region}.cache.amazonaws.com`,
            }),
        },
        cost: {
            month: ({ nodeType, numCacheClusters }, prices) => {
                const what = `Valkey ${String(nodeType)}`;
                const hour = prices.ofClass(NODE, String(nodeType), "cache.t4g.micro");
                return [hour === undefined ? { unpriced: what } : items(what, Number(numCacheClusters), hour * HOURS)];
            },
        },
        minutes: ({ numCacheClusters }) => (Number(numCacheClusters) > 1 ? 12 : 7),
        picture: {
            card: ({ engineVersion, numCacheClusters, transitEncryptionEnabled, atRestEncryptionEnabled }) => {
                const standby = Number(numCacheClusters) > 1;
                return {
                    kind: "database",
                    detail: `Valkey ${String(engineVersion)}`,
                    amount: standby ? "with a standby" : "no standby",
                    copies: standby ? "standby" : "one",
                    notes: [
                        `${atRestEncryptionEnabled === true ? "encrypted" : "NOT encrypted"}, ` +
                            (transitEncryptionEnabled === true ? "TLS only" : "TLS not forced"),
                        "no backups",
                    ],
                };
            },
        },
        address: ({ securityGroupIds, subnetGroupName }) => ({
            kind: "database",
            securityGroups: securityGroupIds as string[] | undefined,
            subnets: { type: "aws:elasticache/subnetGroup:SubnetGroup", id: subnetGroupName },
            isPublic: false,
        }),
        ifLost: "a Redis, with its data",
        texts: { replicationGroupId: filled(NAME), description: READABLE },
        laptop: "real",
        reads: READS,
        writes: [
            "elasticache:CreateReplicationGroup",
            "elasticache:ModifyReplicationGroup",
            "elasticache:DeleteReplicationGroup",
            "elasticache:IncreaseReplicaCount",
            "elasticache:DecreaseReplicaCount",
            "elasticache:AddTagsToResource",
            "elasticache:RemoveTagsFromResource",
        ],
        // AmazonElastiCache/latest/dg/using-service-linked-roles.html
        linkedRole: { service: "elasticache.amazonaws.com", role: "AWSServiceRoleForElastiCache" },
    },
    "aws:elasticache/subnetGroup:SubnetGroup": {
        ...PART,
        simulated: PLAIN,
        texts: {
            name: filled(upTo(255, { takes: /^[A-Za-z0-9-]+$/, most: 255, words: "letters, digits and dashes" })),
            description: READABLE,
        },
        laptop: "left out",
        reads: READS,
        writes: [
            "elasticache:CreateCacheSubnetGroup",
            "elasticache:ModifyCacheSubnetGroup",
            "elasticache:DeleteCacheSubnetGroup",
        ],
    },
} satisfies ResourceTypes;
