/** Services: their tasks and their autoscaling. */
import { call, type Step } from "../step-functions/states";
import type { OffHoursPlan } from "./plan";
import { type Branch, inPieces, request, until } from "./steps";

const POLL_SECONDS = 15;
/** A task that is deregistered from a load balancer goes on for up to an hour (`deregistration_seconds`). */
const STOP_LIMIT_SECONDS = 3900;
/** ECS takes so many services in one question (API reference, DescribeServices). */
const SERVICES_PER_LOOK = 10;
const START_POLL_SECONDS = 30;
const START_LIMIT_SECONDS = 1200;

const entries = ({ services }: OffHoursPlan) => Object.entries(services);

/** Sets the number of tasks, for all services at once. */
export const setTasks = (plan: OffHoursPlan, way: "stop" | "start"): Branch[] =>
    entries(plan).map(([name, { cluster, service, count }]) => {
        const state = way === "stop" ? `Stop the tasks of ${name}` : `Start the tasks of ${name}`;
        const parameters = { Cluster: cluster, Service: service, DesiredCount: way === "stop" ? 0 : count };
        return { StartAt: state, States: { [state]: call("ecs:updateService", parameters, { End: true }) } };
    });

/** Until no task runs or starts. */
export function untilStopped(plan: OffHoursPlan): Branch[] {
    const none = (counts: string) => [
        { Variable: `$.seen.${counts}[0]`, NumericEquals: 0 },
        { Not: { Variable: `$.seen.${counts}[1]`, IsPresent: true } },
    ];
    return inPieces(entries(plan), SERVICES_PER_LOOK).map((piece, i) =>
        until({
            what: `the tasks, ${i + 1}`,
            look: {
                api: "ecs:describeServices",
                parameters: { Cluster: piece[0]![1].cluster, Services: piece.map(([, { service }]) => service) },
                select: {
                    "running.$": "States.ArrayUnique($.Services[*].RunningCount)",
                    "pending.$": "States.ArrayUnique($.Services[*].PendingCount)",
                },
            },
            done: { And: [...none("running"), ...none("pending")] },
            seconds: POLL_SECONDS,
            limitSeconds: STOP_LIMIT_SECONDS,
            late: `tasks still run after ${STOP_LIMIT_SECONDS / 60} minutes, of ${piece.map(([name]) => name).join(", ")}`,
        }),
    );
}

/** Until each service has its tasks. */
export const untilStarted = (plan: OffHoursPlan): Branch[] =>
    entries(plan).map(([name, { cluster, service, count }]) =>
        until({
            what: name,
            look: {
                api: "ecs:describeServices",
                parameters: { Cluster: cluster, Services: [service] },
                select: { "running.$": "States.ArrayGetItem($.Services[*].RunningCount, 0)" },
            },
            done: { Variable: "$.seen.running", NumericGreaterThanEquals: count },
            seconds: START_POLL_SECONDS,
            limitSeconds: START_LIMIT_SECONDS,
            late: `${name} has not its ${count} tasks after ${START_LIMIT_SECONDS / 60} minutes; its events in ECS say why`,
        }),
    );

/**
 * Autoscaling is suspended, and its minimum is 0: registering a target moves a service's tasks into its range (API reference,
 * RegisterScalableTarget).
 */
export const autoscaling = (plan: OffHoursPlan, way: "suspend" | "resume"): Step[] =>
    entries(plan).flatMap(([name, { scaling }]) => {
        if (!scaling) return [];
        const suspended = way === "suspend";
        return [
            request(
                `${suspended ? "Suspend" : "Resume"} the autoscaling of ${name}`,
                "applicationautoscaling:registerScalableTarget",
                {
                    ServiceNamespace: "ecs",
                    ScalableDimension: "ecs:service:DesiredCount",
                    ResourceId: scaling.resourceId,
                    MinCapacity: suspended ? 0 : scaling.min,
                    SuspendedState: {
                        DynamicScalingInSuspended: suspended,
                        DynamicScalingOutSuspended: suspended,
                        ScheduledScalingSuspended: suspended,
                    },
                },
            ),
        ];
    });
