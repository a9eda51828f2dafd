import { groupBy } from "../../plan/grouping";
import { permissions } from "../../plan/render/roles";
import { linesOf, table } from "../elements";
import { html } from "../html";
import type { MakeSection } from "../report";

/** Roles with equal permissions share a row, as in the terminal. */
export const rolesSection: MakeSection = ({ model: { roles } }) => {
    if (roles.length === 0) return undefined;
    const groups = groupBy(roles, (role) =>
        JSON.stringify([role.purpose, role.trusts, role.guarded, permissions(role)]),
    );
    return {
        id: "roles",
        title: "Roles, and what they may do",
        body: table({
            caption: "Roles",
            heads: ["role", "taken on by", "may"],
            rows: groups.map((alike) => {
                const [role] = alike;
                const services = alike.flatMap(({ service }) => service ?? []);
                return [
                    role.service === undefined ? role.name : linesOf([`${role.purpose} role of`, services.join(", ")]),
                    linesOf([role.trusts.join(", "), role.guarded && "for this account only"]),
                    linesOf(
                        permissions(role).map(
                            ([what, on]) => html`${what}${on && html`: <span class="quiet">${on}</span>`}`,
                        ),
                    ),
                ];
            }),
        }),
    };
};
