/** Load balancers. */
import { type ByRegion, HOURS, PUBLIC_ADDRESS } from "./prices";
import { items, PART, type ResourceTypes, sizeOf } from "./resource-type";
import { digits, named, PLAIN, type Place } from "./simulated";
import { filled, type TextRule, upTo } from "./texts";

/** The price of a load balancer for an hour, without its traffic. */
const LOAD_BALANCER: ByRegion = {
    "us-east-1": 0.0225,
    "eu-west-1": 0.0252,
    "eu-central-1": 0.027,
    "ap-northeast-1": 0.0243,
};

const NAME: TextRule = {
    takes: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    most: 32,
    words: "letters, digits and dashes, none at either end, and not internal-",
};

const arn = (place: Place, kind: string, id: string, name: string) =>
    place.arn("elasticloadbalancing", `${kind}/${id}/${digits(name, 16)}`);

const READS = ["elasticloadbalancing:Describe*"];

export const LB = {
    "aws:lb/loadBalancer:LoadBalancer": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ name, inputs, id }, place) => ({
                arn: arn(place, "loadbalancer/app", id, name),
                arnSuffix: `app/${id}/${digits(name, 16)}`,
                dnsName: `${inputs.internal ? "internal-" : ""}${id}.${place.region}.elb.amazonaws.com`,
                zoneId: `Z${digits(place.region, 13).toUpperCase()}`,
            }),
        },
        cost: {
            month: ({ internal, subnets }, prices) => [
                items("load balancer", 1, prices.of(LOAD_BALANCER) * HOURS),
                ...(internal ? [] : [items("public IPv4 address", sizeOf(subnets), PUBLIC_ADDRESS * HOURS)]),
            ],
            use: () => "load balancer capacity units (traffic)",
        },
        minutes: 2.5, // 2:19 to 2:52
        picture: { section: "endpoints" },
        address: ({ securityGroups, subnets, internal }) => ({
            kind: "load balancer",
            securityGroups: securityGroups as string[] | undefined,
            subnets: subnets as string[] | undefined,
            isPublic: !internal,
        }),
        ifLost: "a load balancer, with its address",
        deletionSwitch: "enableDeletionProtection",
        texts: { name: filled(NAME) },
        laptop: "real",
        reads: READS,
        writes: [
            "elasticloadbalancing:CreateLoadBalancer",
            "elasticloadbalancing:DeleteLoadBalancer",
            "elasticloadbalancing:ModifyLoadBalancerAttributes",
            "elasticloadbalancing:SetSecurityGroups",
            "elasticloadbalancing:SetSubnets",
            "elasticloadbalancing:SetIpAddressType",
        ],
        // elasticloadbalancing/latest/userguide/elb-service-linked-roles.html
        linkedRole: {
            service: "elasticloadbalancing.amazonaws.com",
            role: "AWSServiceRoleForElasticLoadBalancing",
        },
    },
    "aws:lb/listener:Listener": {
        ...PART,
        simulated: { id: named, outputs: ({ name, id }, place) => ({ arn: arn(place, "listener/app", id, name) }) },
        texts: {},
        laptop: "rendered",
        reads: READS,
        writes: [
            "elasticloadbalancing:CreateListener",
            "elasticloadbalancing:ModifyListener",
            "elasticloadbalancing:DeleteListener",
            "elasticloadbalancing:ModifyListenerAttributes",
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:RemoveTags",
        ],
    },
    "aws:lb/listenerCertificate:ListenerCertificate": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "rendered",
        reads: READS,
        writes: ["elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:RemoveListenerCertificates"],
    },
    "aws:lb/listenerRule:ListenerRule": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ name, id }, place) => ({ arn: arn(place, "listener-rule/app", id, name) }),
        },
        texts: {},
        laptop: "real",
        reads: READS,
        writes: [
            "elasticloadbalancing:CreateRule",
            "elasticloadbalancing:ModifyRule",
            "elasticloadbalancing:DeleteRule",
            "elasticloadbalancing:SetRulePriorities",
        ],
    },
    "aws:lb/targetGroup:TargetGroup": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ name, id }, place) => {
                const own = arn(place, "targetgroup", id, name);
                return { arn: own, arnSuffix: own.split(":").at(-1) };
            },
        },
        texts: { namePrefix: upTo(6, NAME) },
        laptop: "rendered",
        reads: READS,
        writes: [
            "elasticloadbalancing:CreateTargetGroup",
            "elasticloadbalancing:DeleteTargetGroup",
            "elasticloadbalancing:ModifyTargetGroup",
            "elasticloadbalancing:ModifyTargetGroupAttributes",
        ],
    },
} satisfies ResourceTypes;
