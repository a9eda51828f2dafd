import { address, storage } from "../../plan/render/data";
import { badge, code, linesOf, table, tableSection } from "../elements";
import { html } from "../html";
import { zoneLetters } from "../picture/zones";
import type { MakeSection } from "../report";

export const databasesSection: MakeSection = ({ model: { databases, region } }) =>
    tableSection("databases", "Databases", {
        heads: ["database", "engine", "standby", "storage", "access", "backups", "deletion"],
        rows: databases.map((db) => [
            db.name,
            `${db.engine} on ${db.instanceClass}`,
            db.multiAz ? badge("Multi-AZ", "good") : badge(`none: in one of ${zoneLetters(db.zones, region)}`, "warn"),
            linesOf([storage(db), db.encrypted ? "encrypted" : badge("not encrypted", "down")]),
            linesOf([`${db.subnets.join(", ")} subnets`, address(db)]),
            linesOf([`${db.backupDays} days`, db.finalSnapshot ? "a last snapshot" : "no last snapshot"]),
            db.protected ? badge("protected", "good") : "not protected",
        ]),
    });

export const machinesSection: MakeSection = ({ model: { machines, region } }) =>
    tableSection("machines", "Machines", {
        heads: ["machine", "type", "volume", "subnet", "address", "metadata"],
        rows: machines.map((machine) => [
            machine.name,
            machine.instanceType,
            linesOf([`${machine.volumeGiB} GiB`, machine.encrypted ? "encrypted" : badge("not encrypted", "down")]),
            `${machine.subnets.join(", ")}, zone ${zoneLetters(machine.zones, region)}`,
            machine.publicAddress ? badge("public", "public") : "not public",
            machine.tokens ? "with tokens" : badge("without tokens", "down"),
        ]),
    });

export const secretsSection: MakeSection = ({ model: { secrets } }) =>
    tableSection("secrets", "Secrets, and who reads them", {
        caption: "Secrets",
        before: html`<p>By name only: no value is in the plan.</p>`,
        heads: ["parameter", "from", "read by"],
        rows: secrets.map(({ parameter, from, readers }) => {
            const names = readers.map(({ service, variable }) =>
                parameter.endsWith(`/${variable}`) ? service : html`${service} as ${code(variable)}`,
            );
            return [code(parameter), from, names.length === 0 ? "nobody" : linesOf(names)];
        }),
    });

export const protectedSection: MakeSection = ({ model }) => ({
    id: "protected",
    title: "Protected",
    body:
        model.protected.length === 0
            ? html`<p>Nothing: <code>pulumi destroy</code> deletes everything.</p>`
            : table({
                  caption: "Protected",
                  heads: ["name", "type", "by"],
                  rows: model.protected.map(({ name, type, by }) => [name, type, by.join(" and ")]),
              }),
});

export const outputsSection: MakeSection = ({ model: { outputs } }) =>
    tableSection("outputs", "Outputs", {
        heads: ["output", "value"],
        rows: Object.entries(outputs)
            .flatMap(([name, value]) => flat(name, value))
            .map(([name, text]) => [name, code(text)]),
    });

function flat(name: string, value: unknown): [string, string][] {
    if (value === null || value === undefined) return [];
    if (typeof value !== "object") return [[name, String(value)]];
    if (Array.isArray(value)) return value.length > 0 ? [[name, value.join(", ")]] : [];
    return Object.entries(value).flatMap(([key, inner]) => flat(`${name}.${key}`, inner));
}
