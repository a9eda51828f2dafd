/**
 * Follows a deployment of ECS to its end, and fails where that end is not the version that was asked for.
 *
 * The AWS provider calls a service steady as soon as its tasks run, even where they are those of the version before: an
 * `up` that the circuit breaker undid passes. Here the program itself watches the deployment, in the middle of the `up`, and
 * fails it with what ECS says, why tasks stopped, and the last lines of their logs.
 *
 * It is an output of the program rather than a `pulumi.ResourceHook`: an error of an `after` hook is but a warning to the
 * engine of Pulumi 3.230, and a hook runs only when the service changes. What is asked here is asked in every `up`, so that
 * one that follows a rollback does not pass just because the program is the same as before.
 */
import type { Deployment as EcsDeployment, DeploymentAlarms, ECSClient, Service, Task } from "@aws-sdk/client-ecs";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { hasEngine } from "../engine";
import { OutputError } from "../output-error";
import { awsClients, type Clients } from "./aws-clients";
import { graphOf, ringingAlarms } from "./deployment-alarms";
import { type Deployment, rollAgain } from "./deployment-settings";
import { stopReasons, id } from "./stopped-task";
import { parseArn } from "../arn";

const POLL_SECONDS = 5;
/** ECS's answers lag behind: one that ends the wait has to be given so often, a little later each time. */
const AGREEING = 3;
const CONFIRM_SECONDS = 1;

/** A service's name, known when its deployment has come to an end; where that is the wrong one, the `up` fails. */
export function waitForRollout(
    name: string,
    service: aws.ecs.Service,
    taskDefinition: aws.ecs.TaskDefinition,
    timeoutSeconds: number,
    deployment: pulumi.Output<Deployment>,
): pulumi.Output<string> {
    if (pulumi.runtime.isDryRun() || !hasEngine()) return service.name;
    return pulumi
        .all([service.name, service.cluster, service.id, taskDefinition.arn, deployment])
        .apply(async ([serviceName, cluster, arn, wanted, way]) => {
            const rollout = { name, cluster, service: arn, taskDefinition: wanted, timeoutSeconds };
            const alarms = await followRollout(rollout, service);
            if (way === "replace") await rollAgain((await awsClients(parseArn(arn).region)).ecs, cluster, arn, alarms);
            return serviceName;
        });
}

interface Rollout {
    name: string;
    /** ARNs: of the cluster, of the service, and of the task definition that it should end with. */
    cluster: string;
    service: string;
    taskDefinition: string;
    timeoutSeconds: number;
}

/** Returns the service's deployment alarms. */
async function followRollout(rollout: Rollout, resource: pulumi.Resource): Promise<DeploymentAlarms | undefined> {
    const clients = await awsClients(parseArn(rollout.service).region);
    const deadline = Date.now() + rollout.timeoutSeconds * 1000;
    let [said, verdict, times]: [string, string, number] = ["", "", 0];
    let first: string | undefined;
    for (;;) {
        const service = await describe(clients.ecs, rollout);
        if (said === "") await warnOfRinging(clients, rollout, service, resource);
        first ??= service?.deployments?.find(
            (d) => d.status === "PRIMARY" && d.taskDefinition === rollout.taskDefinition,
        )?.id;
        const { done, failure } = judge(service, rollout.taskDefinition, first);
        times = verdict === `${done} ${failure}` ? times + 1 : 1;
        verdict = `${done} ${failure}`;
        if (done && times >= AGREEING) return service?.deploymentConfiguration?.alarms;
        const late = Date.now() > deadline;
        if ((failure && times >= AGREEING) || late) {
            const what = failure ?? `not finished after ${rollout.timeoutSeconds} seconds`;
            // Logged once with all that is known, and thrown in short, so that nothing that depends on the service goes on.
            await pulumi.log.error(await explain(clients, rollout, service, what), resource);
            throw new OutputError(`${rollout.name} was not deployed`);
        }
        const progress =
            `${rollout.name}: ${service?.runningCount ?? 0} of ${service?.desiredCount ?? "?"} tasks run` +
            (service?.pendingCount ? `, ${service.pendingCount} start` : "");
        if (progress !== said) pulumi.log.info(progress, resource, undefined, true);
        said = progress;
        const seconds = done || failure ? CONFIRM_SECONDS : POLL_SECONDS;
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
}

/** An alarm that rings when a deployment begins is not watched during it (ECS guide, "How CloudWatch alarms detect deployment failures"). */
async function warnOfRinging(
    clients: Clients,
    { name }: Rollout,
    service: Service | undefined,
    resource: pulumi.Resource,
) {
    if (service?.deployments?.every(({ rolloutState }) => rolloutState === "COMPLETED")) return;
    for (const alarm of await ringingAlarms(clients, service)) {
        const what = `${name}: the alarm ${alarm.name} rings already, so ECS does not go back because of it. ${alarm.why}`;
        pulumi.log.warn(what, resource);
    }
}

/** The service as ECS has it; nothing where it was made a moment ago and is not seen everywhere yet. */
async function describe(ecs: ECSClient, { cluster, service }: Rollout): Promise<Service | undefined> {
    const { DescribeServicesCommand } = await import("@aws-sdk/client-ecs");
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    return services?.[0];
}

/**
 * Whether a service has come to the end of its deployment, and to the right one. `first` is the deployment that was seen
 * first: another change than of the task definition (of subnets, say) is rolled back to one of the very same definition.
 */
export function judge(
    service: Pick<Service, "deployments"> | undefined,
    taskDefinition: string,
    first?: string,
): { done: boolean; failure?: string } {
    const deployments = service?.deployments ?? [];
    const primary = deployments.find((d) => d.status === "PRIMARY");
    if (!primary) return { done: false };
    // The circuit breaker's way back is a deployment of its own, which takes the place of the one that failed.
    const failed = deployments.find((d) => d.rolloutState === "FAILED" && (d === primary || d.id === first));
    if (failed) return { done: false, failure: failed.rolloutStateReason ?? "the deployment failed" };
    // A later revision is no way back: somebody else deployed it since, such as an application's own CI.
    if (primary.taskDefinition !== taskDefinition && !isLater(primary.taskDefinition, taskDefinition)) {
        return { done: false, failure: rolledBack(primary) };
    }
    return { done: primary.rolloutState === "COMPLETED" };
}

/** Whether it is of the same family, and was registered after the other. */
function isLater(text: string | undefined, other: string): boolean {
    const [family, revision] = [other.replace(/\d+$/, ""), Number(/\d+$/.exec(other))];
    return text !== undefined && text.startsWith(family) && Number(text.slice(family.length)) > revision;
}

const rolledBack = (primary: EcsDeployment) =>
    `ECS went back to ${primary.taskDefinition?.split("/").pop()}` +
    (primary.rolloutStateReason ? `: ${primary.rolloutStateReason}` : "");

/** What somebody wants to know who sees a deployment fail, without opening a console. */
async function explain(
    clients: Clients,
    rollout: Rollout,
    service: Service | undefined,
    what: string,
): Promise<string> {
    const { region } = parseArn(rollout.service);
    const lines = [`${rollout.name}: the new version does not run. ${what}`];
    // ECS repeats itself while it tries: the newest few events tell the story.
    for (const event of (service?.events ?? []).slice(0, 5)) lines.push(`  event: ${event.message}`);
    try {
        for (const alarm of await ringingAlarms(clients, service)) {
            lines.push(`  alarm ${alarm.name} rings: ${alarm.why}`, `    ${graphOf(alarm.name, region)}`);
        }
        const task = await lastStoppedTask(clients.ecs, rollout);
        if (task) {
            lines.push(...(await stopReasons(clients, task)));
        }
    } catch (error) {
        lines.push(`  (alarms, or why tasks stopped, could not be read: ${(error as Error).message})`);
    }
    lines.push(
        "  What ran before, if anything did, runs on. Put the cause right and run `pulumi up` again; to try the very",
        "  same version once more, run `pulumi up --refresh`.",
    );
    return lines.join("\n");
}

async function lastStoppedTask(
    ecs: ECSClient,
    { cluster, service, taskDefinition }: Rollout,
): Promise<Task | undefined> {
    const { ListTasksCommand, DescribeTasksCommand } = await import("@aws-sdk/client-ecs");
    const { taskArns } = await ecs.send(
        new ListTasksCommand({ cluster, serviceName: id(service), desiredStatus: "STOPPED" }),
    );
    if (!taskArns?.length) return undefined;
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    return tasks
        ?.filter((task) => task.taskDefinitionArn === taskDefinition)
        .sort((a, b) => Number(b.stoppedAt ?? 0) - Number(a.stoppedAt ?? 0))[0];
}
