import type { Inventory } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";

/** The part of a container definition that the plan reads. */
export interface ContainerDefinition {
    readonly name: string;
    readonly image: string;
    readonly repositoryCredentials?: { readonly credentialsParameter: string };
    readonly user?: string;
    readonly readonlyRootFilesystem?: boolean;
    readonly command?: readonly string[];
    readonly mountPoints?: readonly {
        readonly sourceVolume: string;
        readonly containerPath: string;
        readonly readOnly?: boolean;
    }[];
    readonly portMappings?: readonly { containerPort: number }[];
    readonly environment?: readonly { name: string; value: string }[];
    readonly secrets?: readonly { name: string; valueFrom: string }[];
    readonly logConfiguration?: { options?: Record<string, string> };
}

/** The input of ECS's RegisterTaskDefinition. */
export interface TaskDefinition {
    readonly family: string;
    readonly cpu: string;
    readonly memory: string;
    readonly networkMode: string;
    readonly requiresCompatibilities: readonly string[];
    readonly runtimePlatform?: unknown;
    readonly executionRoleArn: string;
    readonly taskRoleArn: string;
    readonly volumes: readonly {
        readonly name: string;
        readonly efsVolumeConfiguration?: {
            readonly fileSystemId: string;
            readonly authorizationConfig: { readonly accessPointId: string };
        };
    }[];
    readonly containerDefinitions: readonly ContainerDefinition[];
}

/** The component of a one-off task. Its outputs have its task definition. */
export const TASK = "identity:index:FargateTask";

/** The task definitions of services and one-off tasks, by their names. */
export function taskDefinitions(inventory: Inventory): Map<string, TaskDefinition> {
    const users = [
        ...inventory
            .ofType("aws:ecs/service:Service")
            .map(({ name, inputs }) => [name, String(inputs.taskDefinition)] as const),
        ...inventory.ofType(TASK).map(({ name, outputs }) => [name, String(outputs.taskDefinitionArn)] as const),
    ];
    return new Map(
        users.flatMap(([name, arn]) => {
            const found = inventory.byArn(arn);
            return found ? [[name, parsed(found)] as const] : [];
        }),
    );
}

function parsed({ inputs }: SimulatedResource): TaskDefinition {
    const { family, cpu, memory, networkMode, requiresCompatibilities, runtimePlatform } =
        inputs as never as TaskDefinition;
    const { executionRoleArn, taskRoleArn, volumes = [] } = inputs as never as TaskDefinition;
    return {
        family,
        cpu,
        memory,
        networkMode,
        requiresCompatibilities,
        runtimePlatform,
        executionRoleArn,
        taskRoleArn,
        volumes: volumes.map(({ name, efsVolumeConfiguration }) => ({
            name,
            ...(efsVolumeConfiguration ? { efsVolumeConfiguration } : {}),
        })),
        containerDefinitions: JSON.parse(String(inputs.containerDefinitions)),
    };
}
