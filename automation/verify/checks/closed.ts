/** Ports and paths that must not answer. */
import { lookup } from "node:dns/promises";
import { BlockList, isIPv6 } from "node:net";
import { all, NotInStack, type Check, Failed } from "../check";
import { list } from "../../plan/text";
import { NoAnswer, request } from "../http";
import { databaseHandshake, databaseInTheClear, reach } from "../sockets";
import { adminUrls, type Database, type Target } from "../target";

export const ports: Check = {
    name: "closed-ports",
    proves: "admin ports, applications past their Envoy, nodes and databases do not answer where they must not",
    async run(target) {
        const closed = await target.closed();
        if (closed.length === 0) throw new NotInStack("the stack has no endpoint that anything could be behind");
        const hosts = [...new Set(closed.map(({ what }) => what))];
        return all(hosts, async (what) => {
            const places = closed.filter((place) => place.what === what);
            const reached = await Promise.all(places.map((place) => reach(place)));
            const open = places.filter((_, i) => reached[i] === "open");
            if (open.length > 0) {
                const where = open.map(({ host, port }) => `${host}:${port}`).join(", ");
                throw new Failed("no answer from ports that are nobody's", `${what} answers at ${where}`);
            }
            const ports = [...new Set(places.map(({ port }) => String(port)))];
            return `${what}: ${list(ports)} ${[...new Set(reached)].join(" or ")}`;
        });
    },
};

/** Paths of Keycloak that users do not need. Some are written so that a load balancer and Keycloak may parse them differently. */
const KEYCLOAKS = [
    "/admin",
    "/admin/",
    "/admin/master/console/",
    "/admin/realms",
    "/metrics",
    "/health",
    "/health/ready",
    "/realms/../admin/master/console/",
    "/realms/%2e%2e/admin/master/console/",
    "//admin/master/console/",
    "/realms/..;/admin/master/console/",
    "/resources/../metrics",
    // The administrators' realm.
    "/realms/master",
    "/realms/master/protocol/openid-connect/auth",
    "/realms//master",
    "/realms/./master",
    "/realms/%6daster",
    "/realms/master;a=b",
    "/.well-known/oauth-authorization-server/realms/master",
];
const NOTHING = "/nothing-is-here";

export const paths: Check = {
    name: "closed-paths",
    proves: "the public endpoint has no admin console, no realm master, no metrics, no health, and 404 for what it does not know",
    async run(target) {
        const { keycloak, services, logins } = target;
        const open = Object.entries(services).filter(([name]) => !Object.hasOwn(logins, name)); // others send to a log-in (logins.ts)
        const urls = open.map(([, url]) => url).filter((url) => url.startsWith("https:") && !target.internal(url));
        const origins = [...new Set(urls.map((url) => new URL(url).origin))];
        const tried = [
            ...origins.map((origin) => ({ origin, path: NOTHING })),
            ...(keycloak ? [NOTHING, ...KEYCLOAKS].map((path) => ({ origin: keycloak.url, path })) : []),
        ];
        if (tried.length === 0) throw new NotInStack("nothing of the stack is behind the HTTPS of a public endpoint");
        const statuses = new Set<number>();
        for (const { origin, path } of tried) {
            const answer = await request(target, origin, { rawPath: path }).catch((error: unknown) => {
                if (error instanceof NoAnswer && error.code === "ECONNRESET") return undefined; // a closed connection is also a refusal
                throw error;
            });
            if (!answer) continue;
            statuses.add(answer.status);
            const refused = path === NOTHING ? answer.status === 404 : [400, 403, 404].includes(answer.status);
            if (!refused) {
                const where = answer.headers.location ? `, ${answer.headers.location}` : "";
                throw new Failed(`404 for ${origin}${path}`, `${answer.status}${where}`);
            }
        }
        return [`${[...new Set(tried.map(({ path }) => path))].join(", ")}: ${[...statuses].sort().join(" or ")}`];
    },
};

export const database: Check = {
    name: "closed-database",
    proves: "databases are out of reach, and insist on TLS with whoever reaches them",
    async run(target) {
        const databases = Object.entries(await target.databases());
        if (databases.length === 0) throw new NotInStack("the stack has no database");
        return all(databases, ([name, place]) => (place.inReach ? insists(target, name, place) : isAway(name, place)));
    },
};

async function isAway(what: string, { name, host, port }: Database): Promise<string> {
    const { addresses, open } = await addressesOf(host);
    if (open.length > 0) throw new Failed(`no public address of ${what}`, `${name} is at ${open.join(", ")}`);
    const reached = await reach({ host, port });
    if (reached === "open") throw new Failed(`no answer from ${what}`, `${host}:${port} accepts connections from here`);
    const known = addresses.length > 0 ? `private addresses alone, ${reached}` : "no address out here";
    return `${what}: ${known}`;
}

async function insists({ authority }: Target, what: string, place: Database): Promise<string> {
    const refusal = await databaseInTheClear(place);
    if (refusal === undefined || !/no encryption|SSL/i.test(refusal)) {
        throw new Failed(`${what} to refuse a connection without TLS`, refusal ?? "it goes on to ask for a password");
    }
    const shown = await databaseHandshake(place, place.name, authority).catch((error: Error) => {
        throw new Failed(`TLS at ${what}`, error.message);
    });
    if (shown.problem) {
        throw new Failed(
            `a certificate of ${what} for ${place.name} that is trusted`,
            `${shown.problem}: by ${shown.issuer}`,
        );
    }
    return `${what}: refused without TLS, a certificate for its name with it`;
}

const PRIVATE = new BlockList();
for (const [network, prefix] of [
    ["10.0.0.0", 8],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
    ["100.64.0.0", 10], // shared address space (RFC 6598), which a VPC may have too
    ["127.0.0.0", 8],
] as const) {
    PRIVATE.addSubnet(network, prefix);
}
PRIVATE.addSubnet("fc00::", 7, "ipv6");

/** The addresses of a host, and those of them that the world can reach. */
async function addressesOf(host: string) {
    const addresses = (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address);
    const open = addresses.filter((address) => !PRIVATE.check(address, isIPv6(address) ? "ipv6" : "ipv4"));
    return { addresses, open };
}

export const adminEndpoint: Check = {
    name: "closed-admin",
    proves: "the admin endpoint has no public address",
    async run(target) {
        const hosts = [...new Set(adminUrls(target).map((url) => new URL(url).hostname))];
        if (hosts.length === 0) throw new NotInStack("the stack has nothing behind the admin endpoint");
        return all(hosts, async (host) => {
            const { addresses, open } = await addressesOf(target.connectTo(host, 443).host);
            if (open.length > 0) throw new Failed(`no public address of ${host}`, open.join(", "));
            return `${host}: ${addresses.join(", ") || "no address out here"}`;
        });
    },
};
