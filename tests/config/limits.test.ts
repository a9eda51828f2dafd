/** The last value that is accepted, and the first that is refused. */
import { expect } from "chai";
import { DEV, problemsOf } from "./support";

const networks = (count: number) => Array.from({ length: count }, (_, i) => `10.${i + 1}.0.0/16`).join(", ");
const AGENT = `${DEV}agents: { issuer: {} }\n`;
const DOMAIN = AGENT.replace("publicEndpoint: { plainHttp: true }", "domain: { name: id.example.com }");
const DIGEST = "a".repeat(64);
const SERVICE = `services: { app: { image: "x@sha256:${DIGEST}", healthCheckPath: /up, paths: [/a] } }\n`;
/** A stack in dev, whose public endpoint lets in so many networks; its NAT gateway is one more. */
const open = (count: number, rest: string) =>
    `${DEV.replace("plainHttp: true", `plainHttp: true, allowedCidrs: [${networks(count)}]`)}${rest}`;
const admins = (count: number, rest = "") => `${DOMAIN}adminEndpoint: { allowedCidrs: [${networks(count)}] ${rest}}\n`;
/** Agents of a stack in dev, by the connections that each of their tasks may open: db.t4g.micro takes 78, of which 5 are kept. */
const connections = (each: Record<string, number>) =>
    `${DEV}agents: {${Object.entries(each)
        .map(
            ([name, count], i) =>
                `${name}: { count: 1, walletConnections: ${count}, didcommPort: ${8020 + 10 * i}, adminPort: ${8021 + 10 * i} }`,
        )
        .join(", ")}}`;
/** A wallet database on the shared instance: its role may open 5 connections more than two tasks of each + 2. */
const shared = (each: number) =>
    `${DEV}sharedDatabase: {}\nwalletDb: { shared: true }\nagents: { issuer: { count: 1, walletConnections: ${each} } }`;
const KEYCLOAK = `keycloak: { version: "26.7.3" }\n`;
const agents = (count: number) =>
    `${DEV}sharedDatabase: { instanceClass: db.r8g.16xlarge }\nwalletDb: { shared: true }\nagents: {${Array.from({ length: count }, (_, i) => `a${i}: { count: 1, didcommPort: ${8020 + 2 * i}, adminPort: ${8021 + 2 * i} }`).join(", ")}}`;
const services = (count: number) =>
    `${DOMAIN.replace("agents: { issuer: {} }\n", "")}services: {${Array.from({ length: count }, (_, i) => `s${i}: { image: "x@sha256:${DIGEST}", healthCheckPath: /up }`).join(", ")}}`;
const storage = (most: number) => `${AGENT}walletDb: { storageGiB: 100, maxStorageGiB: ${most} }`;
const image = (reference: string) => `${AGENT}agentImage: "${reference}"`;
const named = (length: number) =>
    AGENT.replace("publicEndpoint: { plainHttp: true }", `domain: { name: ${domain(length)} }`);
const domain = (length: number) => `${"a".repeat(30)}.${"b".repeat(length - 35)}.com`;
const app = (name: string, keys: string) => `${name}: { image: "x@sha256:${DIGEST}", healthCheckPath: /up, ${keys} }`;
/** Two services, of which the first has the wider path, with a priority each. */
const paths = (wide: string, narrow: string, [first, second]: readonly [number, number], hosts = ["a", "a"]) =>
    `${DEV}services: { ${app("wide", `paths: ["${wide}"], priority: ${first}`)}, ${app("narrow", `paths: ["${narrow}"], priority: ${second}`)} }`.replace(
        DEV,
        hosts[0] === hosts[1] ? DEV : DOMAIN.replace("agents: { issuer: {} }\n", ""),
    );
const alarm = (setting: string, rest = AGENT) => `${rest}alarms: { enabled: true, settings: { ${setting} } }`;
const emails = (count: number) =>
    `${AGENT}budget: 100\nalarms: { emails: [${Array.from({ length: count }, (_, i) => `a${i}@example.com`).join(", ")}] }`;
const vpc = (cidr: string) => `${AGENT}network: { cidr: ${cidr} }`;

const LIMITS: Record<string, [accepted: string, refused: string, what: RegExp]> = {
    "the widest VPC": [vpc("10.0.0.0/16"), vpc("10.0.0.0/15"), /a \/15 is too large for a VPC/],
    "the narrowest VPC": [vpc("10.0.0.0/23"), vpc("10.0.0.0/24"), /a \/24 is too small/],
    "rules of a security group": [
        `${DOMAIN}adminEndpoint: { allowedCidrs: [${networks(60)}] }`,
        `${DOMAIN}adminEndpoint: { allowedCidrs: [${networks(61)}] }`,
        /61 networks and groups on 1 listeners are 61 rules, and a security group takes 60/,
    ],
    "rules with the groups that the admin endpoint names": [
        admins(59, ", allowedSecurityGroupIds: [sg-0123456789abcdef0]"),
        admins(60, ", allowedSecurityGroupIds: [sg-0123456789abcdef0]"),
        /61 networks and groups/,
    ],
    "rules with an application that the admin endpoint names": [
        `${admins(59, ", allowedApplications: [app]")}${SERVICE}`,
        `${admins(60, ", allowedApplications: [app]")}${SERVICE}`,
        /61 networks and groups/,
    ],
    "rules with the workbench": [
        `${admins(59)}workbench: {}`,
        `${admins(60)}workbench: {}`,
        /61 networks and groups on 1 listeners/,
    ],
    "rules of an endpoint with plain HTTP alone": [
        open(59, "agents: { issuer: {} }"),
        open(60, "agents: { issuer: {} }"),
        /on 1 listeners are 61 rules/,
    ],
    "rules of an endpoint with HTTPS beside it": [
        open(19, `agents: { issuer: {} }\n${SERVICE}`),
        open(20, `agents: { issuer: {} }\n${SERVICE}`),
        /on 3 listeners are 63 rules/,
    ],
    "connections to a database": [
        connections({ issuer: 36 }),
        connections({ issuer: 37 }),
        /takes about 78 connections, and the agents may open 74 while a deployment rolls \(tasks × 2 × walletConnections\)/,
    ],
    "connections of several to one database": [
        connections({ small: 10, large: 26 }),
        connections({ small: 10, large: 27 }),
        /may open 74 while .*; most of them large: 54\)/,
    ],
    "connections to an instance that is shared": [shared(32), shared(33), /takes about 78 connections.*open 75 /],
    "rules with Keycloak's own": [
        `${admins(54)}${KEYCLOAK}`,
        `${admins(55)}${KEYCLOAK}`,
        /55 networks and groups, who may read Keycloak's metrics, and its own 6 rules are more than 60/,
    ],
    "listeners of a load balancer": [agents(50), agents(51), /51 clusters are more than .*: 50 listeners by AWS's/],
    "rules of a load balancer": [services(100), services(101), /101 services are more than .*: 100 rules by AWS's/],
    "storage that grows": [storage(110), storage(109), /maxStorageGiB/],
    "storage that does not grow": [storage(100), storage(101), /maxStorageGiB/],
    "a digest": [image(`a/b:1.2@sha256:${DIGEST}`), image(`a/b:1.2@sha256:${DIGEST}0`), /has no digest/],
    "an image's name": [image(`a@sha256:${DIGEST}`), image(`-a@sha256:${DIGEST}`), /has no digest/],
    "networks that are named once": [
        `${DOMAIN}adminEndpoint: { allowedCidrs: [10.1.0.0/16, 10.2.0.0/16] }`,
        `${DOMAIN}adminEndpoint: { allowedCidrs: [10.1.0.0/16, 10.1.0.0/16] }`,
        /allowedCidrs\[1\]: 10\.1\.0\.0\/16 overlaps 10\.1\.0\.0\/16/,
    ],
    "a rule behind a wider one": [
        paths("/a/*", "/a/b", [20, 10]),
        paths("/a/*", "/a/b", [10, 20]),
        /narrow\.paths\[0\]: no request reaches it: wide is asked first, and takes \/a\/\* → another priority/,
    ],
    "a rule behind one that is not wider": [
        paths("/a/*", "/b/c", [10, 20]),
        paths("/*", "/b/c", [10, 20]),
        /takes \/\*/,
    ],
    "a rule behind a wider one, with a domain by its host": [
        paths("/a/*", "/a/b", [10, 20], ["a", "b"]),
        paths("/a/*", "/a/b", [10, 20]),
        /no request reaches it/,
    ],
    "a threshold in percent": [
        alarm('"issuer/cpu": { threshold: 99.9 }'),
        alarm('"issuer/cpu": { threshold: 100 }'),
        /more than 100 % never is/,
    ],
    "a threshold in seconds": [
        alarm('"issuer/latency": { threshold: 100 }'),
        alarm('"issuer/latnecy": { threshold: 100 }'),
        /latnecy is no kind of alarm → did you mean latency\?/,
    ],
    "what has an alarm": [
        alarm('"vpc/nat-ports": { threshold: 5 }', `${AGENT}network: { nat: single }\n`),
        alarm('"keycloak/cpu": { threshold: 5 }'),
        /keycloak has no alarm cpu → /,
    ],
    "whom AWS tells of a budget": [emails(10), emails(11), /is told to 11 e-mail addresses, and AWS tells 10 at most/],
    "a name in a certificate": [named(53), named(54), /64/],
};

describe("a limit", () => {
    for (const [name, [accepted, refused, what]] of Object.entries(LIMITS)) {
        it(`of ${name} holds on both sides`, () => {
            expect(problemsOf(accepted)).to.deep.equal([]);
            expect(problemsOf(refused)).to.have.length(1);
            expect(problemsOf(refused)[0]).to.match(what);
        });
    }
});
