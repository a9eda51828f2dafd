/** The names that a stack's roles depend on, out of its stack file and its heritages' files. */
import { readConfig } from "../../config/load";
import { EFS_ACTIONS } from "../../components/fargate/efs-volume";
import { BUCKET_ACTIONS, OBJECT_ACTIONS } from "../../components/bucket";
import { QUEUE_ACTIONS } from "../../components/queue";
import type { HeritageConfig, PlatformConfig } from "../../config/defaults";
import { instancesOf } from "../../config/instances";
import { inSecretsManager, references } from "../../config/references";
import type { StackFile } from "../plan/stack-file";
import { UsageError } from "../shared/errors";
import type { StackName } from "./names";

/** `parameters`: those outside of the stack's path that `--parameters` names; `realms`: whether `--realms` is there. */
export function stackOf(
    { config: all, project, stack, file, secretKeys }: StackFile,
    parameters: string[],
    realms = false,
): StackName {
    const region = all["aws:region"] ?? "";
    const { config, problems } = readConfig(all, project, (key) => secretKeys.includes(key), stack);
    if (!config) {
        const what = problems.length === 1 ? "one problem" : `${problems.length} problems`;
        throw new UsageError(
            `${file} has ${what}, and the roles depend on what it names: npx identity plan --stack ${stack} says what they are`,
        );
    }
    if (realms && !(config.keycloak && config.workbench)) {
        throw new UsageError(`--realms: ${file} needs identity:keycloak, and identity:workbench for the way to it`);
    }
    const named = references(`/${project}/${stack}`, config)
        .filter(({ set }) => !set) // those are below the stack's own path
        .map(({ parameter }) => parameter);
    const isCovered = (parameter: string) => parameters.some((prefix) => matches(prefix, parameter));
    return {
        name: stack,
        region,
        production: config.production,
        domains: [config.domain, ...config.domains].flatMap((domain) => domain?.name.toLowerCase() ?? []),
        ...secretsManager(config),
        ...permissionsOf(config),
        ...(config.schedule && { offHours: true }),
        ...(config.backup && { backup: true }),
        ...(hasMonitoring(config) && { monitoring: true }),
        ...(hasChat(config) && { chat: true }),
        ...(realms && { realms }),
        parameters: [...new Set([...parameters, ...named.filter((parameter) => !isCovered(parameter))])].sort(),
    };
}

export const hasMonitoring = (config: PlatformConfig): boolean =>
    instancesOf(config).some(({ settings }) => settings.monitoringSeconds > 0);

/** Whether its alarms tell channels, which read graphs by a role of the stack's. */
export const hasChat = ({ alarms: { slack, teams } }: PlatformConfig) => slack.length + teams.length > 0;

/** What its heritages' tasks may do besides; nothing where they may not. */
export function permissionsOf({ heritages }: PlatformConfig): Pick<StackName, "permissions"> {
    const permissions = Object.values(heritages).flatMap(({ permissions: own, uses }) => [
        ...own.map(({ actions, resources }) => ({ actions, resources })),
        ...Object.values(uses).flatMap(existingPermissions),
    ]);
    const mounts = Object.values(heritages).some(({ volumes }) => Object.values(volumes).some(({ efs }) => efs));
    if (mounts) permissions.push(MOUNTING);
    return permissions.length > 0 ? { permissions } : {};
}

/**
 * EFS looks at none of a file system's tags when it is mounted (EFS user guide, "EFS condition keys for NFS clients"), and its id is known once it
 * is made. A mount target of another stack is in another network.
 */
const MOUNTING = { actions: [...EFS_ACTIONS], resources: ["arn:aws:elasticfilesystem:*:*:file-system/*"] };

/** What tasks may do with a bucket or a queue that exists already: the boundary does not know it by its name or its tags. */
function existingPermissions({ bucket, queue }: HeritageConfig["uses"][string]) {
    const objects = bucket?.existing && `arn:aws:s3:::${bucket.existing}`;
    const waiting =
        queue?.existing && (queue.existing.startsWith("arn:") ? queue.existing : `arn:aws:sqs:*:*:${queue.existing}`);
    return [
        ...(objects ? [{ actions: [...BUCKET_ACTIONS, ...OBJECT_ACTIONS], resources: [objects, `${objects}/*`] }] : []),
        ...(waiting ? [{ actions: QUEUE_ACTIONS, resources: [waiting] }] : []),
    ];
}

/** A name is the ARN's end but for six characters of AWS's own (Secrets Manager guide, "Secret ARN"). */
function secretsManager(config: PlatformConfig): Pick<StackName, "secrets" | "secretKeys"> {
    const named = inSecretsManager(config);
    if (named.length === 0) return {};
    const ends = named.map(({ secret }) =>
        secret.startsWith("arn:") ? secret.split(":secret:")[1]! : `${secret}-??????`,
    );
    const keys = [...new Set(named.flatMap(({ source }) => source.keyArn ?? []))].sort();
    return { secrets: ends.sort(), ...(keys.length > 0 ? { secretKeys: keys } : {}) };
}

export const matches = (pattern: string, name: string) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
