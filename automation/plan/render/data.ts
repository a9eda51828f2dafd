import { groupBy } from "../grouping";
import type { DatabaseView } from "../sections/databases";
import type { Protected } from "../sections/protection";
import { type Layout, list, table } from "../text";
import { zones } from "./services";

export function renderDatabases(databases: readonly DatabaseView[], region: string, { width }: Layout): string[] {
    return table(
        databases.flatMap((db) => [
            [
                db.name,
                `${db.engine} on ${db.instanceClass}, ${db.multiAz ? "with a standby (Multi-AZ)" : "without a standby"}`,
            ],
            ["", `${storage(db)}, ${db.encrypted ? "encrypted" : "NOT encrypted"}`],
            ["", `${db.subnets.join(", ")} subnets in ${zones(db.zones, region)}, ${address(db)}`],
            [
                "",
                `backups of ${db.backupDays} days, ${db.finalSnapshot ? "a last snapshot" : "no last snapshot"} where it is deleted`,
            ],
            [
                "",
                db.protected
                    ? "protected from deletion by Pulumi and AWS"
                    : "not protected: `pulumi destroy` deletes it",
            ],
        ]),
        2,
        [],
        width,
    );
}

export const storage = ({ storage: { type, gib, growsToGib } }: DatabaseView) =>
    `${gib} GiB of ${type}${growsToGib > gib ? `, growing to ${growsToGib} GiB` : ""}`;

export const address = ({ publicAddress, tlsForced }: DatabaseView) =>
    `${publicAddress ? "a PUBLIC address" : "no public address"}, ${tlsForced ? "TLS forced" : "TLS NOT forced"}`;

export function renderProtected(all: readonly Protected[], { width }: Layout): string[] {
    if (all.length === 0) return ["  nothing: `pulumi destroy` deletes everything"];
    const groups = groupBy(all, ({ type, by }) => `${type} by ${by.join(" and ")}`);
    return table(
        groups.map((alike) => [alike[0].type, list(alike.map(({ name }) => name)), `by ${alike[0].by.join(" and ")}`]),
        2,
        [],
        width,
    );
}

export function renderOutputs(outputs: Readonly<Record<string, unknown>>, { dim, width }: Layout): string[] {
    const filled = Object.entries(outputs).filter(([, value]) => !isEmpty(value));
    const lines = filled.map(([name, value]) =>
        isRecord(value)
            ? [
                  `  ${dim(name)}`,
                  ...table(
                      Object.entries(value).map(([key, inner]) => [key, text(inner)]),
                      4,
                      [],
                      width,
                  ),
              ]
            : table([[name, text(value)]], 2, [dim], width),
    );
    return lines.flat();
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether an output has no value, since the stack has no such resources. */
const isEmpty = (value: unknown) => value === null || (isRecord(value) && Object.keys(value).length === 0);

const text = (value: unknown) => (isRecord(value) ? list(Object.keys(value)) : String(value));
