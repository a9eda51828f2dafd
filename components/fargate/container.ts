import * as pulumi from "@pulumi/pulumi";
import type { ParameterPath, Secret } from "../secret-store";
import { type DeadPeers, deadPeerControls } from "./dead-peers";
import { type EfsVolume, efsVolumeConfiguration } from "./efs-volume";
import { lowPortControls } from "./low-ports";
import { NOT_SECRET_LABEL, notSecretLabel } from "./not-secret";

export interface ContainerArgs extends DeadPeers {
    /** By digest: `repository@sha256:…`. */
    image: pulumi.Input<string>;
    /**
     * The log-in to a private registry: the ARN of a secret in Secrets Manager that holds `{"username": …, "password": …}`. The secret is in
     * the same region, encrypted by the account's own key (ECS developer guide, "Using non-AWS container images in Amazon ECS").
     * @default nothing, for ECR and for what is public
     */
    imageCredentials?: string;
    /** What the command is an argument of. @default the image's own */
    entryPoint?: string[];
    /** @default the image's own */
    command?: string[];
    /** In the clear: everybody who may read a task definition reads it. */
    environment?: Record<string, pulumi.Input<string>>;
    /** Variables in `environment` that look like secrets and are none, each with the reason. @default none */
    notSecret?: Record<string, string>;
    /** CPU units and MiB of the task's: how much is kept for it, and how much it may take. @default it shares the task's with the others */
    cpu?: number;
    memory?: number;
    /** By the variable that ECS puts each into when the container starts. */
    secrets?: Record<string, Secret>;
    /** Parameters that the application reads by itself when it starts; PARAMETER_STORE_PREFIX says below which path. */
    parameterPath?: ParameterPath;
    ports?: number[];
    /** Where it listens for the other containers of its task alone. @default nowhere */
    innerPorts?: number[];
    /** Containers of the task that have to be started, healthy, or well at their end, before this one; ECS stops them in the opposite order. */
    dependsOn?: Record<string, "START" | "HEALTHY" | "SUCCESS">;
    /** A command in the container that exits 0 when all is well. */
    healthCheck?: {
        command: string[];
        /** Seconds of grace after the start in which a failure does not count. @default 30 */
        startPeriod?: number;
    };
    /** The user's number. Said here, though the image says it too: a policy can then see that nobody is root. */
    user: string;
    /**
     * Directories that may be written to; the rest of the file system is read-only. Each is an empty volume of the task, with
     * the mode and owner that the image's VOLUME of the same path has (root's and 0755 where it has none).
     */
    writable?: string[];
    /** Directories that it shares with other containers of its task: by the volume's name, where. @default none */
    mounts?: Record<string, string>;
    /** Whether the task ends when it does. @default true */
    essential?: boolean;
    /** Off for what cannot do without writing all over its root file system. @default true */
    readonlyRoot?: boolean;
    /** Its log goes to the task's log router, with these options, instead of to CloudWatch. @default CloudWatch */
    log?: { options: Record<string, string>; secretOptions?: Record<string, Secret> };
    /** What makes it the task's log router. @default it is none */
    firelens?: { type: "fluentbit"; options: Record<string, string> };
    /** Seconds between SIGTERM and SIGKILL, up to 120. @default 30, the default of ECS */
    stopTimeout?: number;
}

/** Where the agent of ECS Exec writes: without these it does not start beside a read-only root file system. */
export const EXEC_DIRECTORIES = ["/var/lib/amazon", "/var/log/amazon"];

export interface Rendered {
    readonly definitions: pulumi.Output<string>;
    readonly volumes: { name: string; efsVolumeConfiguration?: ReturnType<typeof efsVolumeConfiguration> }[];
}

/** What the task definition calls a volume that containers share. */
const volumeName = (volume: string) => `volume-${volume}`;

/**
 * The containers of a task definition, as JSON. Containers, variables and secrets are sorted by name, so that the order in
 * which a program happens to list them makes no new revision.
 */
export function renderContainers(
    containers: Record<string, ContainerArgs>,
    options: {
        logGroup: pulumi.Input<string>;
        region: pulumi.Input<string>;
        exec: boolean;
        efsVolumes?: Readonly<Record<string, EfsVolume>>;
    },
): Rendered {
    const names = Object.keys(containers).sort();
    const mounts = (name: string) => {
        const paths = [...new Set([...(containers[name]!.writable ?? []), ...(options.exec ? EXEC_DIRECTORIES : [])])];
        const volumes = paths.map((path) => `${name}${path.replaceAll(/[^a-zA-Z0-9]/g, "-")}`);
        const own = paths.map((containerPath, i) => ({
            // /a/b and /a-b are two directories.
            sourceVolume: volumes.indexOf(volumes[i]!) === i ? volumes[i]! : `${volumes[i]}-${i + 1}`,
            containerPath,
        }));
        const shared = Object.entries(containers[name]!.mounts ?? {}).sort(byName);
        return [
            ...own,
            ...shared.map(([volume, containerPath]) => ({ sourceVolume: volumeName(volume), containerPath })),
        ];
    };
    const efs = new Map(
        Object.entries(options.efsVolumes ?? {}).map(([volume, settings]) => [volumeName(volume), settings]),
    );
    return {
        definitions: pulumi.jsonStringify(
            names.map((name) => {
                const container = containers[name]!;
                const controls = [...lowPortControls(container, containers), ...deadPeerControls(container)];
                return definition(name, container, mounts(name), controls, options);
            }),
        ),
        volumes: [...new Set(names.flatMap((name) => mounts(name).map(({ sourceVolume }) => sourceVolume)))].map(
            (name) => ({
                name,
                ...(efs.has(name) ? { efsVolumeConfiguration: efsVolumeConfiguration(efs.get(name)!) } : {}),
            }),
        ),
    };
}

function definition(
    name: string,
    args: ContainerArgs,
    mountPoints: { sourceVolume: string; containerPath: string }[],
    systemControls: ReturnType<typeof lowPortControls>,
    options: { logGroup: pulumi.Input<string>; region: pulumi.Input<string> },
) {
    const secrets = Object.entries(args.secrets ?? {}).sort(byName);
    const read = [
        ...secrets,
        ...Object.entries(args.log?.secretOptions ?? {}).sort(byName),
        ...Object.entries(args.parameterPath?.parameters ?? {}).sort(byName),
    ];
    const notSecret = notSecretLabel(args.notSecret ?? {}, Object.keys(args.environment ?? {}));
    const environment = {
        ...args.environment,
        ...(args.parameterPath ? { PARAMETER_STORE_PREFIX: args.parameterPath.prefix } : {}),
    };
    const labels = {
        ...(read.length > 0 ? { "secret-versions": versions(read) } : {}),
        ...(notSecret === undefined ? {} : { [NOT_SECRET_LABEL]: notSecret }),
    };
    return {
        name,
        image: args.image,
        repositoryCredentials: args.imageCredentials && { credentialsParameter: args.imageCredentials },
        essential: args.essential ?? true,
        cpu: args.cpu,
        memory: args.memory,
        entryPoint: args.entryPoint,
        command: args.command,
        user: args.user,
        environment: Object.entries(environment)
            .sort(byName)
            .map(([variable, value]) => ({ name: variable, value })),
        secrets: secrets.map(([variable, secret]) => ({ name: variable, valueFrom: secret.valueFrom ?? secret.arn })),
        // A changed secret changes its label, and so makes a new revision; it holds versions, never values.
        dockerLabels: Object.keys(labels).length > 0 ? labels : undefined,
        portMappings: (args.ports ?? []).map((port) => ({ containerPort: port, hostPort: port, protocol: "tcp" })),
        dependsOn:
            args.dependsOn &&
            Object.entries(args.dependsOn)
                .sort(byName)
                .map(([containerName, condition]) => ({ containerName, condition })),
        healthCheck: args.healthCheck && {
            command: args.healthCheck.command,
            interval: 15,
            timeout: 10,
            retries: 3,
            startPeriod: args.healthCheck.startPeriod ?? 30,
        },
        readonlyRootFilesystem: args.readonlyRoot ?? true,
        // `initProcessEnabled` reaps what the application leaves behind, and passes signals on.
        linuxParameters: { initProcessEnabled: true, capabilities: { add: [], drop: ["ALL"] } },
        mountPoints: mountPoints.map((mount) => ({ ...mount, readOnly: false })),
        volumesFrom: [],
        systemControls,
        stopTimeout: args.stopTimeout ?? 30,
        logConfiguration: args.log ? toRouter(args.log) : toCloudWatch(name, options),
        firelensConfiguration: args.firelens,
    };
}

const toCloudWatch = (name: string, options: { logGroup: pulumi.Input<string>; region: pulumi.Input<string> }) => ({
    logDriver: "awslogs",
    options: {
        "awslogs-group": options.logGroup,
        "awslogs-region": options.region,
        "awslogs-stream-prefix": name,
        // A log that CloudWatch does not take must not stop the application: what does not fit is dropped.
        mode: "non-blocking",
        "max-buffer-size": "25m",
    },
});

const toRouter = ({ options, secretOptions = {} }: NonNullable<ContainerArgs["log"]>) => ({
    logDriver: "awsfirelens",
    options,
    secretOptions: Object.entries(secretOptions)
        .sort(byName)
        .map(([name, secret]) => ({ name, valueFrom: secret.valueFrom ?? secret.arn })),
});

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);

const versions = (secrets: [string, Secret][]) =>
    pulumi
        .all(secrets.map(([variable, secret]) => pulumi.interpolate`${variable}=${secret.version}`))
        .apply((tokens) => tokens.join(" "));
