/** What each of a heritage's tasks gets. */
import type * as pulumi from "@pulumi/pulumi";
import { applicationDatabase } from "../application-database";
import type { DatabaseAccess } from "../database";
import type { ContainerArgs } from "../fargate/container";
import type { ParameterPath, Secret } from "../secret-store";
import type { HeritageArgs } from "./args";

export interface TaskInputs {
    parameterPath?: ParameterPath;
    environment: Record<string, pulumi.Input<string>>;
    secrets: Record<string, Secret>;
    securityGroupIds: pulumi.Input<string>[];
}

export const USER = "1000";
/** Days that logs are kept where the district does not say. */
const LOG_RETENTION_DAYS = 30;

/** Creates the database, where there is one. Returns what each task gets, and how a person gets at the database. */
export function taskInputs(
    name: string,
    args: HeritageArgs,
    parent: pulumi.Resource,
): { inputs: TaskInputs; database?: DatabaseAccess } {
    const { district, database: settings } = args;
    const { discovery, authority, vpc, secrets: store, protect, alarms } = district;
    const environment: Record<string, pulumi.Input<string>> = { ...args.environment };
    // To verify services that are reached by name over TLS, and an endpoint without a domain.
    if (authority && (discovery || args.clientOf?.length)) environment.DISTRICT_CA_PEM = authority.certificate;
    const secrets = { ...args.secrets };
    const callers = discovery ? [discovery.callersGroupId] : [];
    if (!settings) return { inputs: { environment, secrets, securityGroupIds: callers } };
    const logRetentionDays = district.logRetentionDays ?? LOG_RETENTION_DAYS;
    const place = { vpc, secrets: store, logRetentionDays, protect, alarms };
    const database = applicationDatabase(name, settings, place, { parent });
    const hasParameters = Object.keys(database.parameters).length > 0;
    return {
        inputs: {
            environment: { ...environment, ...database.environment },
            secrets: { ...secrets, ...database.secrets },
            parameterPath: hasParameters ? store.path(name, database.parameters) : undefined,
            securityGroupIds: [database.clientsGroupId, ...callers],
        },
        database: database.access,
    };
}

/** The application's container, as every task has it; `own` is what this task adds. */
export function applicationContainer(
    { image, imageCredentials, user = USER, notSecret }: HeritageArgs,
    inputs: TaskInputs,
    own: Pick<ContainerArgs, "environment" | "secrets" | "entryPoint" | "command" | "mounts" | "writable">,
): ContainerArgs {
    return {
        image,
        imageCredentials,
        user,
        notSecret,
        environment: { ...inputs.environment, ...own.environment },
        secrets: { ...inputs.secrets, ...own.secrets },
        parameterPath: inputs.parameterPath,
        entryPoint: own.entryPoint,
        command: own.command,
        mounts: own.mounts,
        writable: own.writable,
    };
}

/** What all of a heritage's tasks may connect to and do in AWS. */
export function networkAndRights({ clientOf, egress, connections, taskRoleStatements }: HeritageArgs) {
    return { clientOf, egress, connections, taskRoleStatements };
}
