/** All policies, in the order in which they are shown. docs/policies.md has the reasons. */
import type { Policy } from "./policy";
import { ALARM_POLICIES } from "./rules/alarms";
import { BACKUP_POLICIES } from "./rules/backups";
import { CONTAINER_POLICIES } from "./rules/containers";
import { DATA_POLICIES } from "./rules/data";
import { DATABASE_POLICIES } from "./rules/databases";
import { EFS_POLICIES } from "./rules/file-systems";
import { IAM_POLICIES } from "./rules/iam";
import { KEYCLOAK_POLICIES } from "./rules/keycloak";
import { TLS_POLICIES } from "./rules/tls";
import { LOAD_BALANCER_POLICIES } from "./rules/load-balancers";
import { NETWORK_POLICIES } from "./rules/network";
import { SERVICE_POLICIES } from "./rules/services";
import { TAG_POLICIES } from "./rules/tags";
import { TEXT_POLICIES } from "./rules/texts";

export const POLICIES: readonly Policy[] = [
    ...SERVICE_POLICIES,
    ...CONTAINER_POLICIES,
    ...DATABASE_POLICIES,
    ...LOAD_BALANCER_POLICIES,
    ...NETWORK_POLICIES,
    ...ALARM_POLICIES,
    ...BACKUP_POLICIES,
    ...DATA_POLICIES,
    ...EFS_POLICIES,
    ...IAM_POLICIES,
    ...TEXT_POLICIES,
    ...KEYCLOAK_POLICIES,
    ...TLS_POLICIES,
    ...TAG_POLICIES,
];

export const POLICY_NAMES = POLICIES.map(({ name }) => name);
