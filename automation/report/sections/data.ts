import { address, storage } from "../../plan/render/data";
import { badge, code, linesOf, table } from "../elements";
import { html } from "../html";
import { zoneLetter } from "../picture/zones";
import type { MakeSection } from "../report";

export const databasesSection: MakeSection = ({ model: { databases, region } }) =>
    databases.length === 0
        ? undefined
        : {
              id: "databases",
              title: "Databases",
              body: table({
                  caption: "Databases",
                  heads: ["database", "engine", "standby", "storage", "access", "backups", "deletion"],
                  rows: databases.map((db) => [
                      db.name,
                      `${db.engine} on ${db.instanceClass}`,
                      db.multiAz
                          ? badge("Multi-AZ", "good")
                          : badge(
                                `none: in one of ${db.zones.map((zone) => zoneLetter(zone, region)).join(", ")}`,
                                "warn",
                            ),
                      linesOf([storage(db), db.encrypted ? "encrypted" : badge("not encrypted", "down")]),
                      linesOf([`${db.subnets.join(", ")} subnets`, address(db)]),
                      linesOf([`${db.backupDays} days`, db.finalSnapshot ? "a last snapshot" : "no last snapshot"]),
                      db.protected ? badge("protected", "good") : "not protected",
                  ]),
              }),
          };

export const machinesSection: MakeSection = ({ model: { machines, region } }) =>
    machines.length === 0
        ? undefined
        : {
              id: "machines",
              title: "Machines",
              body: table({
                  caption: "Machines",
                  heads: ["machine", "type", "volume", "subnet", "address", "metadata"],
                  rows: machines.map((machine) => [
                      machine.name,
                      machine.instanceType,
                      linesOf([
                          `${machine.volumeGiB} GiB`,
                          machine.encrypted ? "encrypted" : badge("not encrypted", "down"),
                      ]),
                      `${machine.subnets.join(", ")}, zone ${machine.zones.map((zone) => zoneLetter(zone, region)).join(", ")}`,
                      machine.publicAddress ? badge("public", "public") : "not public",
                      machine.tokens ? "with tokens" : badge("without tokens", "down"),
                  ]),
              }),
          };

export const secretsSection: MakeSection = ({ model: { secrets } }) =>
    secrets.length === 0
        ? undefined
        : {
              id: "secrets",
              title: "Secrets, and who reads them",
              body: html`<p>By name only: no value is in the plan.</p>
                  ${table({
                      caption: "Secrets",
                      heads: ["parameter", "from", "read by"],
                      rows: secrets.map(({ parameter, from, readers }) => [
                          code(parameter),
                          from,
                          readers.length === 0
                              ? "nobody"
                              : linesOf(
                                    readers.map(({ service, variable }) =>
                                        parameter.endsWith(`/${variable}`)
                                            ? service
                                            : html`${service} as ${code(variable)}`,
                                    ),
                                ),
                      ]),
                  })}`,
          };

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

export const outputsSection: MakeSection = ({ model: { outputs } }) => {
    const rows = Object.entries(outputs).flatMap(([name, value]) => flat(name, value));
    return rows.length === 0
        ? undefined
        : {
              id: "outputs",
              title: "Outputs",
              body: table({
                  caption: "Outputs",
                  heads: ["output", "value"],
                  rows: rows.map(([name, text]) => [name, code(text)]),
              }),
          };
};

function flat(name: string, value: unknown): [string, string][] {
    if (value === null || value === undefined) return [];
    if (typeof value !== "object") return [[name, String(value)]];
    if (Array.isArray(value)) return value.length > 0 ? [[name, value.join(", ")]] : [];
    return Object.entries(value).flatMap(([key, inner]) => flat(`${name}.${key}`, inner));
}
