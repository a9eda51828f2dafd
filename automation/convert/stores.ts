/** Databases and caches that the file runs itself: made by the platform here, under the names that the application knows. */
import { some, type Tree } from "./heritage";
import type { App, Store, Workload } from "./model";
import { bindingName } from "./names";
import { unknownIn } from "./read/interpolate";
import { shown } from "./shown";

/** A heritage that is being put together. */
export interface Bindings {
    database?: Record<string, unknown>;
    readonly uses: Record<string, Record<string, unknown>>;
}

const HOST = /_?(HOST|HOSTNAME|SERVER|ADDRESS|ADDR|ENDPOINT)$/;
const ATTRIBUTES: Readonly<Record<string, string>> = {
    HOST: "host", HOSTNAME: "host", SERVER: "host", ADDRESS: "host", ADDR: "host",
    PORT: "port",
    USER: "user", USERNAME: "user",
    PASSWORD: "password", PASS: "password", PWD: "password",
    NAME: "name", DB: "name", DATABASE: "name", DBNAME: "name",
    URL: "url", URI: "url", DSN: "url",
}; // prettier-ignore
const OF_REDIS = ["host", "port", "password", "url"];
const SCHEMES = {
    postgres: /^(postgres|postgresql|postgis|psql|ecto)(\+\w+)?:\/\//,
    redis: /^(redis|rediss|valkey):\/\//,
};
const JDBC = /^jdbc:postgresql:\/\//;

/** Whether a value leads to the store: `redis://cache:6379/0`, `cache:6379`, `cache`. */
export const leadsTo = (value: string | undefined, hosts: readonly string[]): boolean =>
    value !== undefined &&
    hosts.some(
        (host) =>
            value === host ||
            value.startsWith(`${host}:`) ||
            new RegExp(`(//|@|,)${host.replaceAll(/[^\w-]/g, "\\$&")}([:/?,]|$)`).test(value),
    );

export const isUsedBy = (store: Store, workloads: readonly Workload[]): boolean =>
    workloads.some(
        ({ variables, from }) =>
            Object.values(variables).some((value) => leadsTo(value, store.hosts)) ||
            from.some((node) => {
                const before = node.plain("depends_on") ?? node.plain("links") ?? [];
                return (Array.isArray(before) ? before.map(String) : Object.keys(before as object)).some(
                    (dependency) => dependency.split(":")[0] === store.name,
                );
            }),
    );

/** Takes the store's variables out of the workloads, and says the bindings that are in their place. */
export function bindStore(app: App, store: Store, workloads: readonly Workload[], made: Bindings) {
    if (store.kind === "other") return bindOther(app, store, workloads);
    if (store.kind === "platform")
        return app.todo(`${store.name} is left out: ${store.what}${unbind(store, workloads, ", for")}.`, "uses");
    if (store.kind === "bucket") return bindBucket(app, store, workloads, made);
    if (store.kind === "postgres" && made.database) return secondDatabase(app, store, workloads);
    const variables: Record<string, string> = { ...store.variables };
    for (const workload of workloads) Object.assign(variables, variablesOf(store, workload));
    const own = store.kind === "postgres" ? DATABASE : cacheOf(store);
    const binding = { ...own.binding, ...store.keys, variables: some(variables) };
    if (store.kind === "postgres") made.database = binding;
    else made.uses[own.place[1]!] = binding;
    app.changed(`${store.name} (${store.what}) is ${own.what}`, ...own.place);
    if (Object.keys(variables).length === 0)
        return app.todo(
            `The file does not say by which variables the application finds ${own.name}: ${own.example}.`,
            ...own.place,
        );
    // The application has a value of its own for what the file leaves out, which is not the one here.
    const said = Object.values(variables);
    const missing = said.includes("url") ? [] : own.wanted.filter((attribute) => !said.includes(attribute));
    if (missing.length > 0)
        app.todo(
            `The file does not name all variables that tell the application of ${own.name}, and its own values are not those here: ` +
                `variables: { ${missing.map((attribute) => `…: ${attribute}`).join(", ")} }.`,
            ...own.place,
            "variables",
        );
}

/** What there is to say of a store that is made here. */
interface Own {
    readonly name: string;
    /** Where it is in the heritage's file, and with which key. */
    readonly place: readonly string[];
    readonly binding: Tree;
    readonly what: string;
    readonly example: string;
    /** What the application has to be told, unless it gets a url. */
    readonly wanted: readonly string[];
}

const DATABASE: Own = {
    name: "its database",
    place: ["database"],
    binding: {},
    what: "a PostgreSQL of RDS here: by TLS alone, and empty at first: restore a dump into it.",
    example: "DB_HOST and so on, or variables: { DATABASE_URL: url, … }",
    wanted: ["user", "password", "name"],
};

const cacheOf = ({ name }: Store): Own => ({
    name,
    place: ["uses", bindingName(name)],
    binding: { redis: {} },
    what: "a Valkey of ElastiCache here: by TLS (rediss://) and with a password, and empty at first.",
    example: "variables: { REDIS_URL: url }",
    wanted: ["password"],
});

function secondDatabase(app: App, store: Store, workloads: readonly Workload[]) {
    const variables = unbind(store, workloads, ", by");
    app.todo(
        `${store.name} (${store.what}) is another database, and a heritage has one: what uses it${variables} has to be a heritage of its own.`,
        "database",
    );
}

function variablesOf(store: Store, workload: Workload): Record<string, string> {
    const found: Record<string, string> = {};
    const take = (name: string, attribute: string) => {
        found[name] = attribute;
        delete workload.variables[name];
    };
    const prefixes = new Set<string>();
    for (const [name, value] of Object.entries(workload.variables)) {
        if (!leadsTo(value, store.hosts)) continue;
        if (SCHEMES[store.kind === "redis" ? "redis" : "postgres"].test(value!)) {
            take(name, "url");
            urlNotes(store, workload, name, value!);
        } else if (store.hosts.includes(value!)) {
            take(name, "host");
            prefixes.add(name.replace(HOST, ""));
        } else if (JDBC.test(value!)) jdbc(workload, name, value!, found);
        else {
            delete workload.variables[name];
            workload.todo(
                `${name}: ${value!.replace(/:\/\/[^@/]*@/, "://…@")} there; no attribute has this form: put it together from host and port.`,
                "environment",
            );
        }
    }
    for (const [name, value] of Object.entries(workload.variables)) {
        const prefix = [...prefixes].find(
            (beginning) => name.startsWith(`${beginning}_`) || (beginning === "PG" && name.startsWith(beginning)),
        );
        const attribute =
            prefix !== undefined
                ? ATTRIBUTES[name.slice(prefix.length).replace(/^_/, "")]
                : byValue(store, name, value);
        if (attribute && (store.kind !== "redis" || OF_REDIS.includes(attribute))) take(name, attribute);
    }
    return found;
}

/** A variable of another prefix that has the very value: the password of the database under POSTGRES_PASSWORD. */
function byValue(store: Store, name: string, value: string | undefined): string | undefined {
    // A value that the file leaves to whoever starts it, under the name that everyone has for it.
    if (value === undefined || unknownIn(value).length > 0) {
        if (store.kind === "postgres" && name === "DATABASE_URL") return "url";
        if (store.kind === "redis" && /^(REDIS|VALKEY)_URL$/.test(name)) return "url";
    }
    if (store.kind === "postgres" && /^(POSTGRES|PG)_?(USER|PASSWORD|DB|DATABASE)$/.test(name))
        return ATTRIBUTES[name.replace(/^(POSTGRES|PG)_?/, "")];
    if (store.kind === "redis" && /^REDIS_?PASSWORD$/.test(name)) return "password";
    return value && /PASS|PWD/.test(name) && value === store.password ? "password" : undefined;
}

function urlNotes(store: Store, workload: Workload, name: string, value: string) {
    const driver = /^[a-z]+\+\w+/.exec(value)?.[0] ?? /^(postgis|ecto|psql)/.exec(value)?.[0];
    if (driver)
        workload.top(
            "todo",
            `${name} begins with ${driver}:// there and with postgresql:// here: the application has to take that.`,
            "database",
            "variables",
            name,
        );
    const number = /\/(\d+)(\?.*)?$/.exec(value)?.[1];
    if (store.kind === "redis" && number !== undefined && number !== "0") {
        workload.top(
            "changed",
            `${name} is the database ${number} there; the url here names none: keys that two databases share meet in one.`,
            "uses",
        );
    }
    const query = /\?(.+)$/.exec(value)?.[1];
    if (query)
        workload.top(
            "changed",
            `${name} ended with ?${shown(query)} there; the url here says TLS alone.`,
            store.kind === "redis" ? "uses" : "database",
        );
}

/** Spring fills in `${…}` in its own variables. */
function jdbc(workload: Workload, name: string, value: string, found: Record<string, string>) {
    Object.assign(found, { DB_HOST: "host", DB_PORT: "port", DB_NAME: "name" });
    if (!name.startsWith("SPRING_")) {
        delete workload.variables[name];
        workload.todo(
            `${name}: ${shown(value, name)} there; put it together from DB_HOST, DB_PORT and DB_NAME, with sslmode=verify-full.`,
            "environment",
        );
        return;
    }
    workload.variables[name] =
        "jdbc:postgresql://${DB_HOST}:${DB_PORT}/${DB_NAME}?sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds-ca.pem";
    workload.changed(
        `${name}: ${shown(value, name)} there. Spring fills the variables in; /etc/ssl/certs/rds-ca.pem is written when the image is built (docs/heritages.md, "The database").`,
        "environment",
        name,
    );
    const prefix = name.replace(/_URL$/, "");
    for (const [suffix, attribute] of [
        ["_USERNAME", "user"],
        ["_PASSWORD", "password"],
    ] as const) {
        if (!(prefix + suffix in workload.variables)) continue;
        found[prefix + suffix] = attribute;
        delete workload.variables[prefix + suffix];
    }
}

function bindBucket(app: App, store: Store, workloads: readonly Workload[], made: Bindings) {
    const variables: Record<string, string> = {};
    for (const workload of workloads) {
        for (const [name, value] of Object.entries(workload.variables)) {
            if (/BUCKET(_NAME)?$/.test(name)) variables[name] = "name";
            else if (
                !/^(AWS|S3|MINIO)_?.*(ENDPOINT|ACCESS_KEY|SECRET|PATH_STYLE|USE_SSL)/.test(name) &&
                !leadsTo(value, store.hosts)
            )
                continue;
            else
                workload.changed(
                    `${name} is left out: S3 has its own address, and the task's role has the rights.`,
                    "environment",
                );
            delete workload.variables[name];
        }
    }
    made.uses[bindingName(store.name)] = { bucket: {}, variables: some(variables) };
    app.changed(
        `${store.name} (${store.what}) is a bucket of S3 here, and empty at first.`,
        "uses",
        bindingName(store.name),
    );
}

function bindOther(app: App, store: Store, workloads: readonly Workload[]) {
    const variables = unbind(store, workloads, ", and its address in");
    const host = `{ host: { name: …, port: ${store.port || "…"} } }`;
    app.todo(
        `${store.name} (${store.what}) is not made here: run it elsewhere; uses: { ${bindingName(store.name)}: ${host} }${variables}.`,
        "uses",
    );
}

/** Takes out the variables that lead to a store, and says their names behind `words`; "" where there are none. */
export function unbind(store: Store, workloads: readonly Workload[], words: string): string {
    const names = new Set<string>();
    for (const workload of workloads) {
        for (const [name, value] of Object.entries(workload.variables)) {
            if (!leadsTo(value, store.hosts)) continue;
            names.add(name);
            delete workload.variables[name];
        }
    }
    return names.size > 0 ? `${words} ${[...names].join(", ")}` : "";
}
