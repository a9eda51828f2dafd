/** Variables with a port that no egress rule opens: the task's connection would time out. */
import { openPorts } from "../egress";
import type { HeritageConfig } from "../defaults";
import type { Path, Problem } from "./common";
import { secretProblems } from "./variables";

/** Default ports by a URL's scheme. Without http: such a URL is mostly an identifier, and no connection. */
const PORTS: Readonly<Record<string, number>> = {
    ...{ redis: 6379, rediss: 6379, valkey: 6379, memcached: 11211, postgres: 5432, postgresql: 5432, mysql: 3306 },
    ...{ mariadb: 3306, mongodb: 27017, amqp: 5672, amqps: 5671, nats: 4222, kafka: 9092, smtp: 25, smtps: 465 },
    ...{ ldap: 389, ldaps: 636, sftp: 22, ssh: 22, mqtt: 1883, mqtts: 8883 },
};
/** Schemes of databases with a driver: postgresql+psycopg, postgis. */
const schemePort = (scheme: string) => PORTS[scheme] ?? PORTS[scheme.split("+")[0]!];

interface Named {
    readonly host: string;
    readonly port: number;
}

/** Hosts that need no egress: the task itself, names in the district (docs/heritages.md, "By name"), and placeholders. */
const isWithin = (host: string) =>
    /^(localhost|0\.0\.0\.0|127\.[\d.]+|169\.254\.[\d.]+|\[?::1?\]?)$/i.test(host) ||
    /\.(internal|localhost)$/i.test(host) ||
    /[${}<>%*]/.test(host);

/** The hosts and ports in the variables of one task, by the variable with the port. */
export function namedPorts(environment: Readonly<Record<string, string>>): [variable: string, named: Named][] {
    const found = Object.entries(environment).flatMap(([variable, value]): [string, Named][] => [
        ...inUrls(value).map((named): [string, Named] => [variable, named]),
        ...inPairs(value).map((named): [string, Named] => [variable, named]),
        ...besideHost(variable, value, environment).map((named): [string, Named] => [variable, named]),
    ]);
    return found.filter(([, { host }]) => !isWithin(host));
}

/** One URL, or several separated by commas: the nodes of a database. */
function inUrls(value: string): Named[] {
    const url = /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/(?:[^@/\s]*@)?([^/?#\s]+)/i.exec(value.trim());
    if (!url) return [];
    const [, scheme, hosts] = url;
    return hosts!.split(",").flatMap((part): Named[] => {
        const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(part.replace(/^[a-z][a-z0-9+.-]*:\/\//i, ""))!;
        const number = port === undefined ? schemePort(scheme!.toLowerCase()) : Number(port);
        return number === undefined || !host ? [] : [{ host, port: number }];
    });
}

/** `b-1.example.com:9094,b-2.example.com:9094`. */
const inPairs = (value: string): Named[] =>
    /^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}:\d+)(\s*,\s*[A-Za-z0-9.-]+:\d+)*$/.test(value.trim())
        ? value.split(",").map((pair) => {
              const [host, port] = pair.trim().split(":");
              return { host: host!, port: Number(port) };
          })
        : [];

const HOSTS = ["HOST", "HOSTNAME", "SERVER", "ADDRESS", "ADDR"];

/** SMTP_PORT beside SMTP_HOST, PGPORT beside PGHOST. */
function besideHost(variable: string, value: string, environment: Readonly<Record<string, string>>): Named[] {
    const prefix = /^(.+?)PORT$/i.exec(variable)?.[1];
    if (prefix === undefined || !/^\d+$/.test(value)) return [];
    const upper = new Map(Object.entries(environment).map(([name, text]) => [name.toUpperCase(), text]));
    const host = HOSTS.map((word) => upper.get(prefix.toUpperCase() + word)).find(Boolean);
    return host === undefined || host.includes("/") ? [] : [{ host: host.replace(/:\d+$/, ""), port: Number(value) }];
}

/** `environments`: the path of each task's variables, and all variables of the task. */
export function connectionProblems(
    heritage: Pick<HeritageConfig, "egress" | "uses" | "notSecret">,
    environments: readonly {
        path: Path;
        own: Readonly<Record<string, string>>;
        all: Readonly<Record<string, string>>;
    }[],
    domain: string | undefined,
): Problem[] {
    const open = openPorts(heritage).filter(({ protocol }) => protocol === "tcp");
    const isOpen = (port: number) => port === 443 || open.some(({ from, to }) => from <= port && port <= to);
    const isOwn = (host: string) =>
        domain !== undefined && (host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`));
    return environments.flatMap(({ path, own, all }) =>
        namedPorts(all)
            .filter(([variable]) => secretProblems(path, variable, all[variable]!, heritage.notSecret).length === 0)
            .filter(([variable, { host, port }]) => Object.hasOwn(own, variable) && !isOpen(port) && !isOwn(host))
            .map(([variable, { host, port }]): Problem => ({
                path: [...path, variable],
                what: `${variable} says port ${port} of ${host}, and no egress opens it: a task connects to 443 and its own database alone`,
                fix: `egress: [{ port: ${port}, to: 0.0.0.0/0 }], or the network it is in; or what it is under uses, e.g. host: { name: ${host}, port: ${port} }`,
            })),
    );
}
