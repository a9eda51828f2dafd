/**
 * A container of a task definition as Docker runs it: the settings of a service in a compose file, which the tests of the images
 * turn into arguments of `docker run`.
 */
import { namespaceControls } from "../../components/fargate/low-ports";
import { withoutSlash } from "../../config/dockerfile";
import type { ContainerDefinition as Known, TaskDefinition as Rendered } from "../plan/sections/task-definitions";

/** What a container of RegisterTaskDefinition may say and Docker can do. */
export interface ContainerDefinition extends Known {
    readonly essential?: boolean;
    readonly cpu?: number;
    readonly memory?: number;
    readonly entryPoint?: readonly string[];
    readonly workingDirectory?: string;
    readonly healthCheck?: {
        readonly command: readonly string[];
        readonly interval?: number;
        readonly timeout?: number;
        readonly retries?: number;
        readonly startPeriod?: number;
    };
    readonly readonlyRootFilesystem?: boolean;
    readonly linuxParameters?: {
        readonly initProcessEnabled?: boolean;
        readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
    };
    readonly ulimits?: readonly { readonly name: string; readonly softLimit: number; readonly hardLimit: number }[];
    readonly stopTimeout?: number;
    readonly systemControls?: readonly { readonly namespace: string; readonly value: string }[];
    readonly dependsOn?: readonly { readonly containerName: string; readonly condition: string }[];
    readonly firelensConfiguration?: unknown;
}

/** Of a task definition, what its containers are run by. */
export type TaskDefinition = Pick<Rendered, "family"> &
    Partial<Pick<Rendered, "cpu" | "memory" | "volumes">> & {
        readonly containerDefinitions: readonly ContainerDefinition[];
    };

/** A service of a compose file, as far as the container's own definition decides it. */
export interface ContainerSettings {
    readonly image: string;
    readonly entrypoint?: readonly string[];
    readonly command?: readonly string[];
    readonly user?: string;
    readonly working_dir?: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly healthcheck?: {
        readonly test: readonly string[];
        readonly interval: string;
        readonly timeout: string;
        readonly retries: number;
        readonly start_period: string;
    };
    readonly read_only?: boolean;
    readonly volumes: readonly {
        readonly type: "volume";
        /** Of a volume that containers share, and of a file system, the task definition's name for it. */
        readonly source?: string;
        readonly target: string;
        readonly read_only: boolean;
        readonly volume?: { readonly nocopy: boolean };
    }[];
    readonly init?: boolean;
    readonly cap_add: readonly string[];
    readonly cap_drop: readonly string[];
    readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
    /** Of the task's network namespace, whichever of its containers has them. */
    readonly sysctls: Readonly<Record<string, string>>;
    readonly stop_grace_period: string;
    readonly mem_limit?: string;
    readonly memswap_limit?: string;
    readonly cpus?: number;
}

/** What `containerSettings` hands on, or whoever calls it. */
const HANDED_ON = [
    "cpu",
    "memory",
    "user",
    "entryPoint",
    "command",
    "workingDirectory",
    "environment",
    "secrets",
    "healthCheck",
    "readonlyRootFilesystem",
    "mountPoints",
    "linuxParameters",
    "ulimits",
    "stopTimeout",
    "portMappings",
    "systemControls",
    "dependsOn",
];
/** What changes nothing inside a container. */
const WITHOUT_EFFECT = [
    "name",
    "image",
    "repositoryCredentials", // whoever pulls an image here is logged in to its registry
    "essential",
    "logConfiguration",
    "dockerLabels",
    "versionConsistency",
    "startTimeout",
    "restartPolicy",
    "memoryReservation",
];

/**
 * The settings of one container, `image` in place of the one that it names, and `declared` what the image's VOLUME names, where that is
 * known. Secrets are not among them: where their values come from
 * is the caller's. What Docker cannot be told is refused: left out, it would be another container than that of the task.
 */
export function containerSettings(
    definition: TaskDefinition,
    container: ContainerDefinition,
    image = container.image,
    declared?: readonly string[],
): ContainerSettings {
    refuseUnknown(container);
    const { user, entryPoint, command, workingDirectory, linuxParameters, readonlyRootFilesystem } = container;
    const memory = container.memory ?? definition.memory;
    return {
        image,
        ...(entryPoint?.length ? { entrypoint: entryPoint } : {}),
        ...(command ? { command } : {}),
        ...(user === undefined ? {} : { user }),
        ...(workingDirectory === undefined ? {} : { working_dir: workingDirectory }),
        environment: environmentOf(container),
        ...(container.healthCheck ? { healthcheck: healthCheck(container.healthCheck) } : {}),
        ...(readonlyRootFilesystem ? { read_only: true } : {}),
        volumes: volumes(definition, container, declared),
        ...(linuxParameters?.initProcessEnabled ? { init: true } : {}),
        cap_add: linuxParameters?.capabilities?.add ?? [],
        cap_drop: linuxParameters?.capabilities?.drop ?? [],
        ulimits: Object.fromEntries(
            (container.ulimits ?? []).map((limit) => [limit.name, { soft: limit.softLimit, hard: limit.hardLimit }]),
        ),
        sysctls: namespaceControls(
            definition.containerDefinitions.flatMap(({ systemControls = [] }) => systemControls),
        ),
        stop_grace_period: `${stopTimeout(container)}s`,
        // As much with swap as without: Fargate has none.
        ...(memory === undefined ? {} : { mem_limit: `${memory}m`, memswap_limit: `${memory}m` }),
        ...(definition.cpu === undefined ? {} : { cpus: Number(definition.cpu) / 1024 }),
    };
}

export const environmentOf = (container: Pick<ContainerDefinition, "environment">): Record<string, string> =>
    Object.fromEntries((container.environment ?? []).map(({ name, value }) => [name, value]));

/** The default of ECS is 30 s. */
export const stopTimeout = (container: Pick<ContainerDefinition, "stopTimeout">) => container.stopTimeout ?? 30;

/** The defaults are those of ECS. */
function healthCheck(check: NonNullable<ContainerDefinition["healthCheck"]>): ContainerSettings["healthcheck"] {
    const { command, interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = check;
    return {
        test: command,
        retries,
        interval: `${interval}s`,
        timeout: `${timeout}s`,
        start_period: `${startPeriod}s`,
    };
}

/**
 * Volumes without a name: as fresh as a task's, and gone with the container. Docker gives each the owner, the mode and the files of the image's
 * directory; Fargate does that where a VOLUME of the image names it, and else it is root's with mode 0755, as Docker's is with `nocopy`.
 */
function volumes(
    definition: TaskDefinition,
    { name, mountPoints = [] }: ContainerDefinition,
    declared: readonly string[] | undefined,
): ContainerSettings["volumes"] {
    return mountPoints.map(({ sourceVolume, containerPath, readOnly = false }) => {
        const volume = definition.volumes?.find((candidate) => candidate.name === sourceVolume);
        if (!volume) {
            throw new Error(`${name}: the mount point ${containerPath} is of no volume of the task definition`);
        }
        const sharing = definition.containerDefinitions.filter((other) =>
            other.mountPoints?.some((mount) => mount.sourceVolume === sourceVolume),
        );
        const isEfs = volume.efsVolumeConfiguration !== undefined;
        const source = isEfs || sharing.length > 1 ? { source: sourceVolume } : {};
        const bare = isEfs || (declared !== undefined && !declared.includes(withoutSlash(containerPath)));
        const mount = { type: "volume", ...source, target: containerPath, read_only: readOnly } as const;
        return bare ? { ...mount, volume: { nocopy: true } } : mount;
    });
}

function refuseUnknown(container: ContainerDefinition): void {
    const unknown = Object.entries(container)
        .filter(([key, value]) => ![...HANDED_ON, ...WITHOUT_EFFECT].includes(key) && !isEmpty(value))
        .map(([key]) => key);
    const { initProcessEnabled: _, capabilities: __, ...others } = container.linuxParameters ?? {};
    unknown.push(...Object.keys(others).map((key) => `linuxParameters.${key}`));
    if (unknown.length === 0) return;
    throw new Error(
        `${container.name}: the task definition has ${unknown.join(", ")}, which nobody hands on to a container`,
    );
}

const isEmpty = (value: unknown) =>
    value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
