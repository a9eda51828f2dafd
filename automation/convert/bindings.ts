/** Variables that lead to another service of the application, or out of the platform. */
import type { Workload } from "./model";
import { bindingName } from "./names";
import { shown } from "./shown";
import { leadsTo } from "./stores";

/** A workload where it is found in the end. */
export interface Placed {
    readonly workload: Workload;
    readonly heritage: string;
    readonly service: string;
}

/** `http://api:3000` and `api` become a binding to that service, which is reachable then. */
export function bindServices(
    placed: readonly Placed[],
    uses: (heritage: string) => Record<string, Record<string, unknown>>,
) {
    for (const { workload, heritage } of placed) {
        for (const [name, value] of Object.entries(workload.variables)) {
            const target = placed.find(
                (other) =>
                    other.workload !== workload &&
                    other.workload.kind === "service" &&
                    leadsTo(value, [other.workload.name]),
            );
            if (!target || value === undefined) continue;
            target.workload.keys.reachable = true;
            const host = target.workload.name;
            const port = target.workload.keys.port as number | undefined;
            const attribute =
                value === host ? "host" : new RegExp(`^https?://${host}(:\\d+)?/?$`).test(value) ? "url" : undefined;
            delete workload.variables[name];
            const address = `${target.heritage}-${target.service}.<stack>.internal`;
            if (attribute === undefined) {
                workload.todo(
                    `${name}: ${shown(value, name)} there; here ${host} is at ${address}${port === undefined ? "" : `:${"listeners" in target.workload.keys ? 8443 : port}`}.`,
                    "environment",
                );
                continue;
            }
            const of = uses(heritage);
            const key = bindingName(target.service);
            const binding = (of[key] ??= { service: `${target.heritage}/${target.service}`, variables: {} });
            (binding.variables as Record<string, string>)[name] = attribute;
            workload.changed(
                `${name}: ${shown(value, name)} there; here it leads to ${address}${"listeners" in target.workload.keys ? ", by TLS" : ""}.`,
            );
        }
    }
}

const PORTS: Readonly<Record<string, number>> = {
    amqp: 5672,
    amqps: 5671,
    mysql: 3306,
    mysql2: 3306,
    postgres: 5432,
    postgresql: 5432,
    redis: 6379,
    rediss: 6379,
    mongodb: 27017,
    smtp: 587,
    smtps: 465,
    kafka: 9092,
    ldap: 389,
    ldaps: 636,
    nats: 4222,
};
const HOST_NAME = /^(?=.*\.)(?!localhost|127\.|0\.0\.)[a-z0-9.-]+$/i;

/** What a variable says of a host outside: tasks may go out on 443, and to what a binding names. */
export function bindHosts(workloads: readonly Workload[], uses: Record<string, Record<string, unknown>>) {
    for (const workload of workloads) {
        for (const [name, value] of Object.entries(workload.variables)) {
            const outside = value === undefined ? undefined : (byUrl(value) ?? byPair(name, value, workload.variables));
            if (!outside || outside.port === 443 || isNamed(uses, outside)) continue;
            const base = bindingName(
                name.replace(/_?(URL|URI|HOST|HOSTNAME|ADDRESS|SERVER|ENDPOINT|DSN)$/, "") || "host",
            );
            const key = base in uses ? bindingName(`${base.slice(0, 9)}-${outside.port % 100}`) : base;
            uses[key] = { host: { name: outside.host, port: outside.port }, variables: {} };
        }
    }
}

interface Outside {
    readonly host: string;
    readonly port: number;
}

const isNamed = (uses: Record<string, Record<string, unknown>>, { host, port }: Outside) =>
    Object.values(uses).some(
        ({ host: known }) =>
            (known as { name?: string } | undefined)?.name === host && (known as { port?: number }).port === port,
    );

function byUrl(value: string): Outside | undefined {
    const [, scheme = "", host = "", port] =
        /^([a-z0-9]+)(?:\+\w+)?:\/\/(?:[^@/]*@)?([^:/?@]+)(?::(\d+))?/i.exec(value) ?? [];
    const number = port === undefined ? PORTS[scheme.toLowerCase()] : Number(port);
    return HOST_NAME.test(host) && number !== undefined ? { host, port: number } : undefined;
}

function byPair(name: string, value: string, variables: Workload["variables"]): Outside | undefined {
    const [, prefix] = /^(.*?)_?(?:HOST|HOSTNAME|ADDRESS|SERVER|ENDPOINT)$/.exec(name) ?? [];
    const port = prefix === undefined ? undefined : variables[`${prefix}_PORT`];
    return port !== undefined && /^\d+$/.test(port) && HOST_NAME.test(value)
        ? { host: value, port: Number(port) }
        : undefined;
}
