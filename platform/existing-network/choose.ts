/** Which of a VPC's subnets the stack file means: by ids, in its order; or by tags, in the order of their zones. */
import type { Subnet } from "@aws-sdk/client-ec2";
import type { Problem } from "../../components/aws-error";
import type { SubnetChoice, SubnetTier } from "../../config/defaults";
import type { Facts } from "./facts";

export interface Choice {
    readonly tier: SubnetTier;
    readonly subnets: readonly Subnet[];
    readonly problems: readonly Problem[];
}

export const keyOfTier = (tier: SubnetTier) => `network.existing.subnets.${tier}`;
/** `subnet-… (eu-central-1a)` */
export const named = ({ SubnetId, AvailabilityZone }: Subnet) => `${SubnetId} (${AvailabilityZone})`;
const zonesOf = (subnets: readonly Subnet[]) => [...new Set(subnets.map((subnet) => subnet.AvailabilityZone!))].sort();

export function choose(tier: SubnetTier, choice: SubnetChoice, zones: number, facts: Facts): Choice {
    const { subnets, problems } = Array.isArray(choice) ? byIds(tier, choice, facts) : byTags(tier, choice.tags, facts);
    const unusable = subnets.flatMap((subnet) => subnetProblems(tier, subnet, facts));
    const spread = problems.length === 0 ? zoneProblems(tier, subnets, zones) : [];
    return { tier, subnets, problems: [...problems, ...unusable, ...spread] };
}

function byIds(tier: SubnetTier, ids: readonly string[], { vpc, subnets, elsewhere }: Facts) {
    const found = ids.flatMap((id) => subnets.find(({ SubnetId }) => SubnetId === id) ?? []);
    const missing = ids.filter((id) => !found.some(({ SubnetId }) => SubnetId === id));
    const problems = missing.map((id): Problem => {
        const other = elsewhere.find(({ SubnetId }) => SubnetId === id);
        const where = other
            ? `is in ${other.VpcId}, and not in ${vpc.VpcId}`
            : "is not there, in this account and region";
        return { what: `the ${tier} subnet ${id} ${where}`, fix: `${keyOfTier(tier)}: ${inVpc(subnets)}` };
    });
    return { subnets: found, problems };
}

function byTags(tier: SubnetTier, tags: Readonly<Record<string, string>>, { vpc, subnets }: Facts) {
    const found = subnets
        .filter(({ Tags = [] }) =>
            Object.entries(tags).every(([key, value]) =>
                Tags.some((tag) => tag.Key === key && matches(value, tag.Value ?? "")),
            ),
        )
        .sort((a, b) => (inOrder(a) < inOrder(b) ? -1 : 1));
    if (found.length > 0) return { subnets: found, problems: [] };
    const text = Object.entries(tags).map(([key, value]) => `${key}: ${value}`);
    const what = `no subnet of ${vpc.VpcId} has the tags of ${tier}: { ${text.join(", ")} }`;
    return { subnets: found, problems: [{ what, fix: `${keyOfTier(tier)}: other tags, or ids; ${inVpc(subnets)}` }] };
}

const inOrder = ({ AvailabilityZone, SubnetId }: Subnet) => `${AvailabilityZone} ${SubnetId}`;

/** As EC2's filters take it: `*` is any text, `?` one character. */
function matches(pattern: string, value: string): boolean {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(value);
}

/** Ids to choose from; ten at most. */
const inVpc = (subnets: readonly Subnet[]) =>
    subnets.length === 0
        ? "the VPC has none"
        : `the VPC has ${subnets.slice(0, 10).map(named).join(", ")}${subnets.length > 10 ? ", and others" : ""}`;

function subnetProblems(tier: SubnetTier, subnet: Subnet, { zones }: Facts): Problem[] {
    const fix = `another subnet in ${keyOfTier(tier)}`;
    const says = (what: string): Problem => ({ what: `the ${tier} subnet ${named(subnet)} ${what}`, fix });
    return [
        ...(subnet.Ipv6Native
            ? [says("has IPv6 addresses alone: the stack's security groups and listeners are of IPv4")]
            : []),
        ...(subnet.OutpostArn ? [says("is on an Outpost, where Fargate runs no tasks")] : []),
        ...(!subnet.OutpostArn && zones.length > 0 && !zones.includes(subnet.AvailabilityZone!)
            ? [says("is in a Local or a Wavelength Zone, and not in an availability zone of the region")]
            : []),
    ];
}

/** Two zones at least, one subnet in each (ELB, "Application Load Balancers": one subnet per availability zone). */
function zoneProblems(tier: SubnetTier, subnets: readonly Subnet[], zones: number): Problem[] {
    const inZones = zonesOf(subnets);
    const crowded = inZones.flatMap((zone): Problem[] => {
        const both = subnets.filter(({ AvailabilityZone }) => AvailabilityZone === zone);
        if (both.length === 1) return [];
        const what = `${both.map(({ SubnetId }) => SubnetId).join(" and ")} are ${both.length} ${tier} subnets in one zone, ${zone}`;
        return [
            {
                what: `${what}: a load balancer takes one of each zone`,
                fix: `${keyOfTier(tier)}: one for each zone, by its id`,
            },
        ];
    });
    if (crowded.length > 0 || inZones.length === zones) return crowded;
    const what = `the ${tier} subnets are in ${inZones.length} zones (${inZones.join(", ")}), and the stack is in ${zones}`;
    const fewer = inZones.length >= 2 && inZones.length <= 4;
    const fix = fewer
        ? `network.zones: ${inZones.length}, or other tags in ${keyOfTier(tier)}`
        : `${keyOfTier(tier)}: subnets in two to four zones`;
    return [{ what, fix }];
}

/** All tiers are in the same zones: a load balancer sends nothing to a task in a zone where it has no subnet. */
export function sameZones(choices: readonly Choice[]): Problem[] {
    const of = (wanted: SubnetTier) => choices.find(({ tier }) => tier === wanted)!;
    const own = zonesOf(of("private").subnets);
    return choices.flatMap(({ tier, subnets }): Problem[] => {
        const zones = zonesOf(subnets);
        if (zones.join() === own.join()) return [];
        const what = `the ${tier} subnets are in ${zones.join(", ")}, and the private ones in ${own.join(", ")}`;
        return [{ what, fix: `${keyOfTier(tier)}: subnets in the zones of the private ones` }];
    });
}
