/** Databases, secrets, what is protected, and outputs. */
import { groupBy } from "../grouping";
import type { Plan } from "../model";
import { list } from "../text";
import { type Block, code, marked, tableOf } from "./blocks";
import { zones } from "./workloads";

export function databasesTable({ databases, region }: Plan): Block[] {
    const rows = databases.map((db) => [
        db.name,
        [
            `${db.engine} on ${db.instanceClass}`,
            db.multiAz ? marked("good", "with a standby (Multi-AZ)") : marked("warn", "without a standby"),
        ],
        [
            `${db.storage.gib} GiB of ${db.storage.type}`,
            ...(db.storage.growsToGib > db.storage.gib ? [`growing to ${db.storage.growsToGib} GiB`] : []),
            db.encrypted ? "encrypted" : marked("down", "NOT encrypted"),
        ],
        [
            `${db.subnets.join(", ")} subnets in ${zones(db.zones, region)}`,
            db.publicAddress ? marked("public", "a PUBLIC address") : "no public address",
            db.tlsForced ? "TLS forced" : marked("down", "TLS NOT forced"),
        ],
        [
            `backups of ${db.backupDays} days`,
            `${db.finalSnapshot ? "a last snapshot" : "no last snapshot"} where it is deleted`,
            db.protected ? marked("good", "protected by Pulumi and AWS") : "not protected",
        ],
    ]);
    return tableOf("Databases", ["database", "engine", "storage", "access", "kept"], rows);
}

export function secretsTable({ secrets }: Plan): Block[] {
    const rows = secrets.map(({ parameter, from, readers }) => [
        code(parameter),
        from,
        list(
            readers.map(({ service, variable }) =>
                parameter.endsWith(`/${variable}`) ? service : `${service} as ${variable}`,
            ),
        ) || "nobody",
    ]);
    return tableOf("Secrets", ["parameter", "from", "read by"], rows);
}

export function protectedTable({ protected: all }: Plan): Block[] {
    if (all.length === 0) return [{ paragraph: "nothing: `pulumi destroy` deletes everything" }];
    const groups = groupBy(all, ({ type, by }) => `${type} by ${by.join(" and ")}`);
    const rows = groups.map((alike) => [alike[0].type, list(alike.map(({ name }) => name)), alike[0].by.join(" and ")]);
    return tableOf("Protected", ["type", "names", "by"], rows);
}

export const outputsTable = ({ outputs }: Plan): Block[] =>
    tableOf(
        "Outputs",
        ["output", "value"],
        Object.entries(outputs)
            .flatMap(([name, value]) => flat(name, value))
            .map(([name, text]) => [name, code(text)]),
    );

/** `serviceUrls.hello` and its value; nothing for an output without one, since the stack has no such resources. */
function flat(name: string, value: unknown): [string, string][] {
    if (value === null || value === undefined) return [];
    if (typeof value !== "object") return [[name, String(value)]];
    if (Array.isArray(value)) return value.length > 0 ? [[name, value.join(", ")]] : [];
    return Object.entries(value).flatMap(([key, inner]) => flat(`${name}.${key}`, inner));
}
