/** The instance that several databases share: who is on it, under which names, and whether their connections fit. */
import { SHARED_MASTER } from "../../components/rds/shared-roles";
import { maxConnections, RESERVED_CONNECTIONS } from "../../components/rds/connections";
import type { PlatformConfig } from "../defaults";
import { sharedRoles, type SharedRoleConfig } from "../shared-roles";
import { databaseProblems, type Problem } from "./common";

/** Roles and databases that PostgreSQL, RDS or the program keep for themselves. */
const KEPT = ["postgres", "rdsadmin", "template0", "template1", SHARED_MASTER];
const AT = ["sharedDatabase"];

export function checkSharedDatabase(config: PlatformConfig): Problem[] {
    const roles = sharedRoles(config);
    const settings = config.sharedDatabase;
    if (settings === undefined) return roles.flatMap(missingProblem);
    return [
        ...databaseProblems(AT, settings, [], "", { fixed: 0 }),
        ...connectionProblems(settings.instanceClass, roles),
        ...nameProblems(roles, config),
    ];
}

/** Once for all clusters of agents. */
const missingProblem = ({ path }: SharedRoleConfig, i: number, all: readonly SharedRoleConfig[]): Problem[] =>
    all.findIndex((other) => other.path.join() === path.join()) < i
        ? []
        : [
              {
                  path,
                  what: "there is no shared instance in this stack",
                  fix: "sharedDatabase: {} in the stack file; or no shared, for an instance of its own",
              },
          ];

/** Each role has a limit. Together they are what the instance takes, so that none keeps another one out. */
function connectionProblems(instanceClass: string, roles: readonly SharedRoleConfig[]): Problem[] {
    const limit = maxConnections(instanceClass);
    const wanted = roles.reduce((sum, { connections }) => sum + connections, 0);
    if (limit === undefined || wanted <= limit - RESERVED_CONNECTIONS) return [];
    const each = roles.map(({ role, connections }) => `${role} ${connections}`).join(", ");
    return [
        {
            path: [...AT, "instanceClass"],
            what:
                `${instanceClass} takes about ${limit} connections, and those who share it may open ${wanted} while a deployment ` +
                `rolls (${each})`,
            fix: "a larger class, fewer tasks, smaller pools (walletConnections, poolSize, connections), or an instance of its own for one of them",
        },
    ];
}

/** Names are the instance's: two roles, or two databases, of one name would be one. */
function nameProblems(roles: readonly SharedRoleConfig[], { agents, walletDb }: PlatformConfig): Problem[] {
    const owners = new Map<string, string>(KEPT.map((name) => [name, "PostgreSQL, RDS or the program"]));
    const problems: Problem[] = [];
    for (const { role, database, path } of roles) {
        const of = path[0] === "walletDb" || path[0] === "keycloak" ? String(path[0]) : path.slice(0, 2).join(".");
        for (const name of new Set([role, ...(database ? [database] : [])])) {
            const taken = owners.get(name);
            if (taken !== undefined) {
                problems.push({
                    path,
                    what: `its role and database on the shared instance would be called ${name}, as those of ${taken} are`,
                    fix: "another name, or an instance of its own",
                });
            } else owners.set(name, of);
        }
    }
    for (const [name, { walletName }] of Object.entries(walletDb.shared ? agents : {})) {
        const taken = owners.get(walletName);
        if (taken === undefined) continue;
        problems.push({
            path: ["agents", name, "walletName"],
            what: `${walletName} is on the shared instance, too, as the database of ${taken}`,
            fix: `another name, such as ${name}-wallet`,
        });
    }
    return problems;
}
