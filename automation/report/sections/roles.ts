import { permissions, roleGroups } from "../../plan/render/roles";
import { linesOf, tableSection } from "../elements";
import { html } from "../html";
import type { MakeSection } from "../report";

/** Roles with equal permissions share a row, as in the terminal. */
export const rolesSection: MakeSection = ({ model: { roles } }) =>
    tableSection("roles", "Roles, and what they may do", {
        caption: "Roles",
        heads: ["role", "taken on by", "may"],
        rows: roleGroups(roles).map(({ role, services }) => [
            role.service === undefined ? role.name : linesOf([`${role.purpose} role of`, services.join(", ")]),
            linesOf([role.trusts.join(", "), role.guarded && "for this account only"]),
            linesOf(
                permissions(role).map(([what, on]) => html`${what}${on && html`: <span class="quiet">${on}</span>`}`),
            ),
        ]),
    });
