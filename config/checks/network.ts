/** The VPC and its load balancers. */
import { internalZone } from "../../components/endpoint/hosts";
import { canonicalCidr, VPC_MASK, within } from "../../components/network/subnets";
import { listenersOf, type PlatformConfig } from "../defaults";
import { checkExistingNetwork } from "./existing-network";
import { cidrListProblems, cidrProblems, PRIVATE_RANGES, type Problem, wayOutKey } from "./common";

/** Rules that a security group takes: AWS's quota, adjustable on request. */
const SECURITY_GROUP_RULES = 60;
/** Those of Keycloak's tasks: two load balancers on two ports each, and two ports among themselves. */
const KEYCLOAK_RULES = 6;

export function checkNetwork({ network, agents, region }: PlatformConfig): Problem[] {
    if (network.existing) return [...checkExistingNetwork(network), ...ledgerProblems({ network, agents })];
    const problems = cidrProblems(["network", "cidr"], network.cidr);
    if (problems.length === 0) {
        const mask = Number(network.cidr.split("/")[1]);
        if (mask < VPC_MASK.widest || mask > VPC_MASK.narrowest) {
            problems.push({
                path: ["network", "cidr"],
                what: `a /${mask} is too ${mask > VPC_MASK.narrowest ? "small: four zones with room for a load balancer in each do not fit" : "large for a VPC"}`,
                fix: `from /${VPC_MASK.widest} to /${VPC_MASK.narrowest}, e.g. ${network.cidr.split("/")[0]}/${VPC_MASK.widest}`,
            });
        }
        if (!isPrivate(network.cidr)) {
            problems.push({
                path: ["network", "cidr"],
                what: `${network.cidr} is not a private range: the VPC would hide those addresses of the internet from itself`,
                fix: `a block within ${PRIVATE_RANGES.join(", ")}`,
            });
        }
    }
    if (network.zoneNames && network.zoneNames.length !== network.zones) {
        problems.push({
            path: ["network", "zoneNames"],
            what: `names ${network.zoneNames.length} zones, and zones is ${network.zones}`,
            fix: "as many names as zones, or zones left out",
        });
    }
    for (const [i, zone] of (network.zoneNames ?? []).entries()) {
        if (zone.slice(0, -1) === region && network.zoneNames!.indexOf(zone) === i) continue;
        problems.push({
            path: ["network", "zoneNames", i],
            what: `${zone} is named twice, or not in ${region}`,
            fix: `${region}a and its like`,
        });
    }
    if (network.nat === "none" && !network.interfaceEndpoints) {
        problems.push({
            path: ["network", "nat"],
            what: "without NAT and without interface endpoints no task can pull its image, read its secrets or write a log",
            fix: "nat: instance or single, or interfaceEndpoints: true beside nat: none",
            also: [["network", "interfaceEndpoints"]],
        });
    }
    return [...problems, ...ledgerProblems({ network, agents })];
}

function ledgerProblems({ network, agents }: Pick<PlatformConfig, "network" | "agents">): Problem[] {
    if (network.nat !== "none") return [];
    return Object.entries(agents).flatMap(([name, agent]): Problem[] => {
        if (!agent.genesisUrl) return [];
        const what = "the agent cannot reach a ledger: the network has no NAT gateway";
        return [{ path: ["agents", name, "genesisUrl"], what, fix: `${wayOutKey(network)}, or leave genesisUrl out` }];
    });
}

export function checkEndpoints(config: PlatformConfig): Problem[] {
    const { domain, production, publicEndpoint, adminEndpoint } = config;
    const agents = Object.keys(config.agents).length;
    const problems = [
        ...cidrListProblems(["publicEndpoint", "allowedCidrs"], publicEndpoint.allowedCidrs),
        ...cidrListProblems(["adminEndpoint", "allowedCidrs"], adminEndpoint.allowedCidrs),
    ];
    adminEndpoint.allowedCidrs.forEach((block, i) => {
        if (canonicalCidr(block) !== undefined && !isPrivate(block)) {
            problems.push({
                path: ["adminEndpoint", "allowedCidrs", i],
                what: `${block} is not a private network, and the admin API answers its documentation and status without a key`,
                fix: "networks that come in by VPN or peering, e.g. 10.8.0.0/24",
            });
        }
    });
    problems.push(...ownNetworkProblems(config), ...applicationProblems(config));
    if (production && publicEndpoint.plainHttp) {
        problems.push({
            path: ["publicEndpoint", "plainHttp"],
            what: "plain HTTP is for dev only",
            fix: "leave it out, and give domain.name",
        });
    } else if (!domain && !publicEndpoint.plainHttp && (production || agents > 0)) {
        problems.push({
            path: ["domain"],
            what: "is missing: without a domain there is no certificate, and so no HTTPS",
            fix: production
                ? "domain: { name: id.example.com }, in a public hosted zone of this account"
                : "domain: { name: id.example.com }, or publicEndpoint: { plainHttp: true }",
            also: [["environment"], ["publicEndpoint", "plainHttp"]],
        });
    } else if (domain && publicEndpoint.plainHttp) {
        problems.push({
            path: ["publicEndpoint", "plainHttp"],
            what: `with the domain ${domain.name} the endpoint speaks HTTPS`,
            fix: "leave plainHttp out, or the domain",
        });
    }
    // Listeners: HTTPS with its redirect, and without a domain one for each cluster of agents.
    const ways = listenersOf(config);
    const tls = domain || config.keycloak || Object.keys(config.services).length > 0 || ways.includes("public");
    const listeners = (tls ? 2 : 0) + (domain ? 0 : agents);
    // The addresses of NAT are let in beside a restricted list (`platform/district.ts`).
    const { zones, nat: strategy = "per-zone" } = config.network; // a network that exists may have one in each zone
    const gateways = { none: 0, instance: 1, single: 1, "per-zone": zones }[strategy];
    const { allowedCidrs } = publicEndpoint;
    const nat = allowedCidrs.includes("0.0.0.0/0") ? 0 : gateways;
    problems.push(...ruleProblems("publicEndpoint", allowedCidrs.length, listeners, nat));
    const admins = adminEndpoint.allowedCidrs.length + adminEndpoint.allowedSecurityGroupIds.length;
    const tasks = adminEndpoint.allowedApplications.reduce((sum, name) => sum + groupsOf(config, name), 0);
    const adminProblems = ruleProblems(
        "adminEndpoint",
        admins + tasks + (config.workbench ? 1 : 0),
        domain ? 1 : agents + (config.keycloak || ways.includes("internal") ? 1 : 0),
    );
    problems.push(...adminProblems);
    if (config.keycloak && adminProblems.length === 0 && admins > SECURITY_GROUP_RULES - KEYCLOAK_RULES) {
        problems.push({
            path: ["adminEndpoint", "allowedCidrs"],
            what: `${admins} networks and groups, who may read Keycloak's metrics, and its own ${KEYCLOAK_RULES} rules are more than ${SECURITY_GROUP_RULES}, AWS's quota for a security group`,
            fix: "fewer, larger networks",
        });
    }
    if (domain && `*.${internalZone(domain.name)}`.length > 64) {
        problems.push({
            path: ["domain", "name"],
            what: `*.${internalZone(domain.name)} is longer than the 64 characters that a certificate's name may have`,
            fix: "a shorter domain",
        });
    }
    adminEndpoint.allowedSecurityGroupIds.forEach((group, i, all) => {
        if (all.indexOf(group) === i) return;
        problems.push({
            path: ["adminEndpoint", "allowedSecurityGroupIds", i],
            what: `${group} is there twice`,
            fix: "once",
        });
    });
    if (domain && domain.name !== domain.zone && !domain.name.endsWith(`.${domain.zone}`)) {
        problems.push({
            path: ["domain", "zone"],
            what: `${domain.name} is not in the zone ${domain.zone}`,
            fix: `the public hosted zone that holds it: ${domain.name} or one of its parents`,
        });
    }
    return problems;
}

const isPrivate = (block: string) =>
    canonicalCidr(block) !== undefined && PRIVATE_RANGES.some((range) => within(block, range));

/** The blocks of a network that exists are known to AWS alone: `platform/existing-network` asks the same of them. */
const ownNetworkProblems = ({ network, adminEndpoint }: PlatformConfig): Problem[] =>
    network.existing ? [] : vpcBlockProblems(adminEndpoint.allowedCidrs, network.cidr);

/** Every task of the stack has an address of the VPC: a block that contains one of them would let in all tasks. */
export function vpcBlockProblems(allowedCidrs: readonly string[], vpcCidr: string): Problem[] {
    const vpc = canonicalCidr(vpcCidr);
    return allowedCidrs.flatMap((block, i): Problem[] => {
        if (vpc === undefined || !isPrivate(block)) return [];
        if (!within(block, vpc) && !within(vpc, block)) return [];
        return [
            {
                path: ["adminEndpoint", "allowedCidrs", i],
                what:
                    `${block} holds addresses of the VPC itself (${vpcCidr}): whoever takes over any task of the stack would reach ` +
                    "every agent's admin API and Keycloak's console",
                fix:
                    "allowedApplications: [name] for an application of this stack, allowedSecurityGroupIds for another machine in the VPC, " +
                    "and for people `workbench: {}` with `npx identity tunnel`; or the VPN's own network",
                also: [["network", "cidr"]],
            },
        ];
    });
}

/** Checks the names of heritages and services of this stack. */
function applicationProblems(config: PlatformConfig): Problem[] {
    const known = [...Object.keys(config.heritages), ...Object.keys(config.services)];
    return config.adminEndpoint.allowedApplications.flatMap((name, i, all): Problem[] => {
        const path = ["adminEndpoint", "allowedApplications", i];
        if (!known.includes(name)) {
            return [
                {
                    path,
                    what: `${name} is neither a heritage nor a service of this stack`,
                    fix:
                        known.length > 0 ? `one of ${known.join(", ")}` : "leave it out: this stack has no application",
                    also: [["heritages"], ["services"]],
                },
            ];
        }
        return all.indexOf(name) === i ? [] : [{ path, what: `${name} is there twice`, fix: "once" }];
    });
}

/** The security groups of an application: one for each of its services and tasks, and for the one-off task of a heritage. */
function groupsOf({ heritages }: PlatformConfig, name: string): number {
    const heritage = heritages[name];
    return heritage ? Object.keys({ ...heritage.services, ...heritage.scheduledTasks }).length + 1 : 1;
}

/** A rule for each listener and each network or group: HTTPS and its redirect, or a listener for each cluster. */
function ruleProblems(endpoint: string, named: number, listeners: number, gateways = 0): Problem[] {
    const clients = named + gateways;
    const among = gateways === 0 ? "" : ` (${gateways} NAT gateways among them)`;
    if (clients * listeners <= SECURITY_GROUP_RULES) return [];
    return [
        {
            path: [endpoint, "allowedCidrs"],
            what:
                `${clients} networks and groups${among} on ${listeners} listeners are ${clients * listeners} rules, and a security ` +
                `group takes ${SECURITY_GROUP_RULES} by AWS's quota`,
            fix: "fewer, larger networks",
            also: [["agents"]],
        },
    ];
}
