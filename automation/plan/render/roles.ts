import { groupBy } from "../grouping";
import type { Permission, RoleView } from "../sections/roles";
import { type Layout, list, table } from "../text";

export function renderRoles(roles: readonly RoleView[], { bold, width }: Layout): string[] {
    return roleGroups(roles).flatMap(({ role, services }) => {
        const title = role.service === undefined ? role.name : `${role.purpose} role of ${list(services)}`;
        const trust = `taken on by ${role.trusts.join(", ")}${role.guarded ? ", for this account only" : ""}`;
        return [...table([[title, trust]], 2, [bold], width), ...table(permissions(role), 4, [], width)];
    });
}

/** Roles that differ only in their service. */
export const roleGroups = (roles: readonly RoleView[]) =>
    groupBy(roles, (role) => JSON.stringify([role.purpose, role.trusts, role.guarded, permissions(role)])).map(
        (alike) => ({ role: alike[0], services: alike.flatMap(({ service }) => service ?? []) }),
    );

/** A role's permissions, with a placeholder for its service's name: the roles of several services then have equal permissions. */
export function permissions({ service, may }: RoleView): string[][] {
    if (may.length === 0) return [["nothing"]];
    const general = (name: string) =>
        service === undefined
            ? name
            : name
                  .split("/")
                  .map((part) => (part === service ? "<service>" : part))
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
