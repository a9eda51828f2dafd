/** Roles, and what they may do. */
import { groupBy } from "../grouping";
import type { Plan } from "../model";
import type { Permission, RoleView } from "../sections/roles";
import { list } from "../text";
import { type Block, tableOf } from "./blocks";

/** Roles with equal permissions share a row. */
export const rolesTable = ({ roles }: Plan): Block[] =>
    tableOf(
        "Roles",
        ["role", "taken on by", "may"],
        roleGroups(roles).map(({ role, services }) => [
            role.service === undefined ? role.name : [`${role.purpose} role of`, list(services)],
            [role.trusts.join(", "), ...(role.guarded ? ["for this account only"] : [])],
            permissions(role).map((permission) => permission.join(": ")),
        ]),
    );

/** Roles that differ only in their service. */
const roleGroups = (roles: readonly RoleView[]) =>
    groupBy(roles, (role) => JSON.stringify([role.purpose, role.trusts, role.guarded, permissions(role)])).map(
        (alike) => ({ role: alike[0], services: alike.flatMap(({ service }) => service ?? []) }),
    );

/** A role's permissions, with a placeholder for its service's name: the roles of several services then have equal permissions. */
function permissions({ service, may }: RoleView): string[][] {
    if (may.length === 0) return [["nothing"]];
    const general = (name: string) =>
        service === undefined
            ? name
            : name
                  .split("/")
                  .map((part) => part.replace(new RegExp(`^${service}(-tls)?$`), "<service>$1"))
                  .join("/");
    return may.map((permission) => [
        `${permission.effect === "Deny" ? "not " : ""}${permission.words.join(", ")}`,
        target(permission, general),
    ]);
}

function target({ on, star, conditions }: Permission, general: (name: string) => string): string {
    const where = star === undefined ? on.map(general).join(", ") : `* (${star})`;
    return [
        where,
        ...conditions.map(({ key, values }) => {
            if (key === PARAMETER_ARN && values.every((value) => value.endsWith("/*"))) return "for that path only";
            return CONDITIONS[key] ?? `if ${key} is ${values.join(" or ")}`;
        }),
    ].join(", ");
}

const PARAMETER_ARN = "kms:EncryptionContext:PARAMETER_ARN";
const CONDITIONS: Readonly<Record<string, string>> = {
    "ecs:cluster": "in this cluster only",
    "ecs:CreateAction": "when it starts it only",
    "iam:PassedToService": "to tasks of ECS only",
    "kms:ViaService": "through SSM only",
    [PARAMETER_ARN]: "for these secrets only",
};
