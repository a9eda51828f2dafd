/** The roles that AWS's services have in an account: linked to the service, one for the whole account, named by AWS. */
import type { IAM } from "@aws-sdk/client-iam";
import type { LinkedRole as TypeLinkedRole } from "../../aws/resource-type";
import { ENTRIES } from "../../aws/types";
import { groupBy } from "../plan/grouping";
import type { AccountSetting } from "./account-setting";

export interface LinkedRole extends TypeLinkedRole {
    /** The types of resource whose first one needs the role. */
    readonly types: readonly string[];
}

/**
 * Those that a stack uses. A service makes its own when it is first used, which is too late for what is made a moment later: a cluster's
 * capacity providers are refused with "Unable to assume the service linked role" then.
 */
export const LINKED_ROLES: readonly LinkedRole[] = groupBy(
    [...ENTRIES].flatMap(([type, entry]) => (entry.linkedRole === null ? [] : [{ ...entry.linkedRole, type }])),
    ({ service }) => service,
).map((alike) => {
    const { service, role } = alike[0];
    return { service, role, types: alike.map(({ type }) => type) };
});

/** Makes the role where the account has none. By its path, which the service's name is in: a role may have been made under another name. */
export function linkedRole(client: IAM, { service }: LinkedRole): AccountSetting {
    const look = async () => {
        const { Roles = [] } = await client.listRoles({ PathPrefix: `/aws-service-role/${service}/` });
        if (Roles.length > 0) return [];
        const put = () => client.createServiceLinkedRole({ AWSServiceName: service });
        return [{ what: "make it", put }];
    };
    return { what: "service-linked role", name: service, look };
}

/** How the first `up` goes on without one, and what to do before it. */
export const withoutLinkedRole = ({ service, role }: LinkedRole): string =>
    `the account has no role ${role} yet: AWS makes it in the first up, which may fail once for that; before it: ` +
    `aws iam create-service-linked-role --aws-service-name ${service} (npx identity bootstrap does it, too)`;
