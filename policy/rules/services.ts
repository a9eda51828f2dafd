/** Policies for ECS services and schedules. */
import type { Policy, PolicyResource } from "../policy";
import { findingUnless } from "../policy";
import { TASK_DEFINITION } from "./containers";

export const SERVICE = "aws:ecs/service:Service";
export const CLUSTER = "aws:ecs/cluster:Cluster";
export const SCHEDULE = "aws:scheduler/schedule:Schedule";
const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";

interface Networked {
    networkConfiguration?: { assignPublicIp?: boolean };
}
interface ScheduleTarget {
    ecsParameters?: Networked;
    deadLetterConfig?: { arn?: unknown };
}

function networkOf({ type, inputs }: PolicyResource): Networked | undefined {
    if (type === SCHEDULE) return (inputs.target as ScheduleTarget | undefined)?.ecsParameters;
    return type === EVENT_TARGET ? (inputs.ecsTarget as Networked | undefined) : (inputs as Networked);
}

interface Service {
    launchType?: string;
    capacityProviderStrategies?: { capacityProvider: string }[];
    deploymentController?: { type?: string };
    deploymentCircuitBreaker?: { enable?: boolean; rollback?: boolean };
    deploymentMinimumHealthyPercent?: number;
    deploymentMaximumPercent?: number;
}

interface Cluster {
    configuration?: { executeCommandConfiguration?: { logging?: string } };
}

export const SERVICE_POLICIES: readonly Policy[] = [
    {
        name: "ecs-no-public-address",
        asks: "No task has a public address.",
        fix: "assignPublicIp: false, in private subnets; the world comes in through the public endpoint",
        dev: "mandatory",
        types: [SERVICE, SCHEDULE, EVENT_TARGET],
        check: (resource) =>
            findingUnless(
                networkOf(resource)?.networkConfiguration?.assignPublicIp !== true,
                "its tasks get a public address each",
            ),
    },
    {
        name: "ecs-fargate",
        asks: "Tasks run on Fargate, each with a network interface of its own (awsvpc).",
        fix: "requiresCompatibilities: [FARGATE] and networkMode: awsvpc; launchType: FARGATE, or FARGATE_SPOT as the capacity",
        dev: "mandatory",
        types: [TASK_DEFINITION, SERVICE],
        check: ({ type, inputs }) => {
            if (type === TASK_DEFINITION) {
                const { networkMode, requiresCompatibilities: on = [] } = inputs as {
                    networkMode?: string;
                    requiresCompatibilities?: string[];
                };
                return [
                    ...findingUnless(
                        networkMode === "awsvpc",
                        `its network mode is ${networkMode ?? "bridge, the default"}`,
                    ),
                    ...findingUnless(
                        on.length > 0 && on.every((text) => text === "FARGATE"),
                        `it is for ${on.join(", ") || "EC2, the default"}`,
                    ),
                ];
            }
            const { launchType, capacityProviderStrategies: capacity = [] } = inputs as Service;
            const others = capacity.map(({ capacityProvider }) => capacityProvider).filter((text) => !onFargate(text));
            if (capacity.length > 0) return findingUnless(others.length === 0, `its capacity is ${others.join(", ")}`);
            return findingUnless(launchType === "FARGATE", `its launch type is ${launchType ?? "left to the cluster"}`);
        },
    },
    {
        name: "ecs-circuit-breaker",
        asks: "A deployment that fails is stopped by the circuit breaker and rolled back.",
        fix: "deploymentCircuitBreaker: { enable: true, rollback: true }",
        dev: "advisory",
        types: [SERVICE],
        check: ({ inputs }) => {
            const service = inputs as Service;
            const { deploymentController, deploymentCircuitBreaker: breaker } = service;
            if ((deploymentController?.type ?? "ECS") !== "ECS") return []; // CodeDeploy or the external controller rolls back
            if (breaker?.enable !== true) return [{ what: "a deployment that fails goes on for ever" }];
            if (breaker.rollback === true) return [];
            const replaces = service.deploymentMinimumHealthyPercent === 0 && service.deploymentMaximumPercent === 100;
            const reason = "every task stops before the new ones start (0/100): the old version may not come back";
            return [{ what: "a deployment that fails is not rolled back", ...(replaces && { reason }) }];
        },
    },
    {
        name: "schedule-dead-letter",
        asks: "A scheduled task that could not be started leaves word in a queue.",
        fix: "target.deadLetterConfig: a queue that somebody is told of, as ScheduledTask has it",
        dev: "advisory",
        types: [SCHEDULE],
        check: ({ inputs }) => {
            if (!startsTask({ inputs })) return [];
            const { deadLetterConfig } = inputs.target as ScheduleTarget;
            return findingUnless(deadLetterConfig, "a run that could not be started is lost without a word");
        },
    },
    {
        name: "ecs-exec-logs",
        asks: "What is typed in a task's shell (ECS Exec) is logged.",
        fix: "logging: DEFAULT, which is the task's own log, or OVERRIDE with another one",
        dev: "mandatory",
        types: [CLUSTER],
        check: ({ inputs }) =>
            findingUnless(
                (inputs as Cluster).configuration?.executeCommandConfiguration?.logging !== "NONE",
                "sessions of ECS Exec leave no trace",
            ),
    },
];

/** Others start off hours, which come again the next day. */
export const startsTask = ({ inputs }: Pick<PolicyResource, "inputs">): boolean =>
    (inputs.target as ScheduleTarget | undefined)?.ecsParameters !== undefined;

const onFargate = (capacity: string) => capacity === "FARGATE" || capacity === "FARGATE_SPOT";
