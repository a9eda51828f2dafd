/**
 * The state machine that deploys an application, in Amazon States Language. The input is `{"digest": "sha256:…"}`; everything else is
 * written here, so whoever starts it chooses an image of one repository, and nothing more.
 */
import type { RegisterParameters } from "./task-definition";

export interface DeployedService {
    /** ARNs. */
    cluster: string;
    service: string;
}

export interface BeforeTask {
    cluster: string;
    /** Which of the task definitions it runs. */
    task: string;
    subnets: string[];
    securityGroups: string[];
    timeoutSeconds: number;
}

export interface DeployPlan {
    /** In ECR, where a digest is looked up first. Undefined for another registry: ECS finds out when it pulls. */
    repository: { registryId: string; name: string } | undefined;
    /** By the name of the service or task; registered before anything runs. */
    definitions: Record<string, RegisterParameters>;
    /** Registered once the services run the image: the schedule takes the latest revision. */
    scheduled: Record<string, RegisterParameters>;
    before: BeforeTask | undefined;
    services: Record<string, DeployedService>;
}

type State = Record<string, unknown>;
type States = Record<string, State>;

const POLL_SECONDS = 10;
/** Seconds that ECS may take for a service, as in an `up` (`fargate/rollout.ts`). */
const ROLLOUT_SECONDS = 1200;
/** Seconds for what is neither the task nor the services. */
const REST_SECONDS = 300;
/** Answers of ECS with another task definition before it counts as rolled back: the first ones may be old. */
const AGREEING = 3;

export function definition(plan: DeployPlan): string {
    const timeout = REST_SECONDS + ROLLOUT_SECONDS + (plan.before?.timeoutSeconds ?? 0);
    const steps = [
        check(),
        ...(plan.repository ? [lookUp(plan.repository)] : []),
        ...Object.entries(plan.definitions).map(register),
        ...(plan.before ? [before(plan.before)] : []),
        ...(Object.keys(plan.services).length > 0 ? [services(plan.services)] : []),
        ...Object.entries(plan.scheduled).map(register),
    ];
    return JSON.stringify({
        Comment: 'Deploys an image: {"digest": "sha256:…"}',
        TimeoutSeconds: timeout,
        ...inOrder([...steps, done()]),
    });
}

/** A few states that are one step: the first is where it starts, and `NEXT` is wherever the step after it starts. */
interface Step {
    start: string;
    states: States;
}
const NEXT = "<next>";

function inOrder(steps: Step[]): { StartAt: string; States: States } {
    const states = steps.map(({ states }, i) => {
        const text = JSON.stringify(states);
        return JSON.parse(text.replaceAll(JSON.stringify(NEXT), JSON.stringify(steps[i + 1]?.start ?? ""))) as States;
    });
    return { StartAt: steps[0]!.start, States: Object.assign({}, ...states) as States };
}

const call = (api: string, Parameters: unknown, more: State): State => ({
    Type: "Task",
    Resource: `arn:aws:states:::aws-sdk:${api}`,
    Parameters,
    // Throttling and a server's bad moment; a request that is wrong fails three times, and then with AWS's own words.
    Retry: [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 2 }],
    ...more,
});

const fail = (Error: string, Cause: string): State => ({ Type: "Fail", Error, Cause });
const because = (Error: string, CausePath: string): State => ({ Type: "Fail", Error, CausePath });

/**
 * `sha256:` and hexadecimal digits. Split at those digits such a text leaves `sh` and `:`, and any other character leaves more. Its length is
 * ECR's to judge: Step Functions has no function for it.
 */
const check = (): Step => ({
    start: "Is there a digest",
    states: {
        "Is there a digest": {
            Type: "Choice",
            Choices: [
                {
                    And: [
                        { Variable: "$.digest", IsPresent: true },
                        { Variable: "$.digest", IsString: true },
                        { Variable: "$.digest", StringMatches: "sha256:*" },
                    ],
                    Next: "Take digits out",
                },
            ],
            Default: "No digest",
        },
        "Take digits out": {
            Type: "Pass",
            // Whatever else the input has is left behind here.
            Parameters: {
                "digest.$": "$.digest",
                "left.$": "States.StringSplit($.digest, '0123456789abcdef')",
                registered: {},
            },
            Next: "Only digits",
        },
        "Only digits": {
            Type: "Choice",
            Choices: [
                {
                    And: [
                        { Variable: "$.left[1]", StringEquals: ":" },
                        { Not: { Variable: "$.left[2]", IsPresent: true } },
                    ],
                    Next: NEXT,
                },
            ],
            Default: "No digest",
        },
        "No digest": fail("NoDigest", 'The input has to be {"digest": "sha256:…"}, the digest of a pushed image'),
    },
});

const lookUp = ({ registryId, name }: { registryId: string; name: string }): Step => ({
    start: "Look the image up",
    states: {
        "Look the image up": call(
            "ecr:describeImages",
            { RegistryId: registryId, RepositoryName: name, ImageIds: [{ "ImageDigest.$": "$.digest" }] },
            { ResultPath: null, Next: NEXT },
        ),
    },
});

/** Where a step keeps the ARN of a revision. A reference path takes no dash. */
const revision = (name: string) => `$.registered.${name.replaceAll("-", "_")}`;

function register([name, parameters]: [string, RegisterParameters]): Step {
    const start = `Register ${name}`;
    const task = call("ecs:registerTaskDefinition", parameters, {
        ResultSelector: { "arn.$": "$.TaskDefinition.TaskDefinitionArn" },
        ResultPath: revision(name),
        Next: NEXT,
    });
    return { start, states: { [start]: task } };
}

function before({ cluster, task, subnets, securityGroups, timeoutSeconds }: BeforeTask): Step {
    const ended = { Variable: "$.look.status", StringEquals: "STOPPED" };
    const well = [
        { Variable: "$.run.coded", NumericEqualsPath: "$.run.all" },
        { Variable: "$.run.codes[0]", NumericEquals: 0 },
        { Not: { Variable: "$.run.codes[1]", IsPresent: true } },
    ];
    return {
        start: "Run the task before",
        states: {
            "Run the task before": call(
                "ecs:runTask",
                {
                    Cluster: cluster,
                    "TaskDefinition.$": `${revision(task)}.arn`,
                    LaunchType: "FARGATE",
                    NetworkConfiguration: {
                        AwsvpcConfiguration: {
                            Subnets: subnets,
                            SecurityGroups: securityGroups,
                            AssignPublicIp: "DISABLED",
                        },
                    },
                    EnableECSManagedTags: true,
                    PropagateTags: "TASK_DEFINITION",
                    StartedBy: "deployment",
                },
                {
                    ResultSelector: { "tasks.$": "$.Tasks[*].TaskArn", "failures.$": "$.Failures", looks: 0 },
                    ResultPath: "$.run",
                    Next: "Was it started",
                },
            ),
            "Was it started": {
                Type: "Choice",
                Choices: [{ Variable: "$.run.tasks[0]", IsPresent: true, Next: "Wait for the task" }],
                Default: "Not started",
            },
            "Not started": because("BeforeDeploy", "States.JsonToString($.run.failures)"),
            "Wait for the task": { Type: "Wait", Seconds: POLL_SECONDS, Next: "Look at the task" },
            "Look at the task": call(
                "ecs:describeTasks",
                { Cluster: cluster, "Tasks.$": "$.run.tasks" },
                {
                    ResultSelector: {
                        "status.$": "States.ArrayGetItem($.Tasks[*].LastStatus, 0)",
                        "reasons.$": "$.Tasks[*].StoppedReason",
                        "containers.$": "$.Tasks[*].Containers[*]",
                    },
                    ResultPath: "$.look",
                    Next: "Count the looks",
                },
            ),
            "Count the looks": {
                Type: "Pass",
                Parameters: {
                    "tasks.$": "$.run.tasks",
                    "looks.$": "States.MathAdd($.run.looks, 1)",
                    // One that could not start has no exit code.
                    "all.$": "States.ArrayLength($.look.containers)",
                    "coded.$": "States.ArrayLength($.look.containers[*].ExitCode)",
                    "codes.$": "States.ArrayUnique($.look.containers[*].ExitCode)",
                },
                ResultPath: "$.run",
                Next: "Has it ended",
            },
            "Has it ended": {
                Type: "Choice",
                Choices: [
                    { And: [ended, { Variable: "$.run.codes[0]", IsPresent: true }, ...well], Next: NEXT },
                    { ...ended, Next: "Task failed" },
                    {
                        Variable: "$.run.looks",
                        NumericGreaterThanEquals: Math.ceil(timeoutSeconds / POLL_SECONDS),
                        Next: "Stop the task",
                    },
                ],
                Default: "Wait for the task",
            },
            "Task failed": because(
                "BeforeDeploy",
                "States.Format('The task before the deployment failed; the services stay as they were. Exit codes {}, reason {}, task {}', " +
                    "States.JsonToString($.run.codes), States.JsonToString($.look.reasons), States.ArrayGetItem($.run.tasks, 0))",
            ),
            "Stop the task": call(
                "ecs:stopTask",
                {
                    Cluster: cluster,
                    "Task.$": "States.ArrayGetItem($.run.tasks, 0)",
                    Reason: "before_deploy took too long",
                },
                { ResultPath: null, Next: "Task took too long" },
            ),
            "Task took too long": fail(
                "BeforeDeploy",
                `The task before the deployment has not ended after ${timeoutSeconds} seconds; it was told to stop, and the services stay as they were`,
            ),
        },
    };
}

/** All at once; where one does not come up the execution fails, and ECS goes on with the others. */
const services = (all: Record<string, DeployedService>): Step => ({
    start: "Update the services",
    states: {
        "Update the services": {
            Type: "Parallel",
            Branches: Object.entries(all).map(([name, part]) => service(name, part)),
            ResultPath: null,
            Next: NEXT,
        },
    },
});

function service(name: string, { cluster, service }: DeployedService) {
    const [wait, look, count, judge] = [`Wait for ${name}`, `Look at ${name}`, `Count ${name}`, `Judge ${name}`];
    const primary = "$.Services[*].Deployments[?(@.Status=='PRIMARY')]";
    const wanted = `${revision(name)}.arn`;
    const why = (what: string) =>
        because(
            "NotDeployed",
            `States.Format('${name}: ${what}. {} {}', States.JsonToString($.service.reasons), States.JsonToString($.service.events))`,
        );
    return {
        StartAt: `Update ${name}`,
        States: {
            [`Update ${name}`]: call(
                "ecs:updateService",
                { Cluster: cluster, Service: service, "TaskDefinition.$": wanted },
                { ResultSelector: { other: 0 }, ResultPath: "$.seen", Next: wait },
            ),
            [wait]: { Type: "Wait", Seconds: POLL_SECONDS, Next: look },
            [look]: call(
                "ecs:describeServices",
                { Cluster: cluster, Services: [service] },
                {
                    ResultSelector: {
                        "versions.$": `${primary}.TaskDefinition`,
                        "states.$": `${primary}.RolloutState`,
                        "reasons.$": `${primary}.RolloutStateReason`,
                        "events.$": "$.Services[*].Events[0:4].Message",
                    },
                    ResultPath: "$.service",
                    Next: judge,
                },
            ),
            [judge]: {
                Type: "Choice",
                Choices: [
                    { Not: { Variable: "$.service.states[0]", IsPresent: true }, Next: wait },
                    { Not: { Variable: "$.service.versions[0]", StringEqualsPath: wanted }, Next: count },
                    { Variable: "$.service.states[0]", StringEquals: "COMPLETED", Next: `${name} runs` },
                    { Variable: "$.service.states[0]", StringEquals: "FAILED", Next: `${name} failed` },
                ],
                Default: wait,
            },
            [count]: {
                Type: "Pass",
                Parameters: { "other.$": "States.MathAdd($.seen.other, 1)" },
                ResultPath: "$.seen",
                Next: `Is ${name} rolled back`,
            },
            [`Is ${name} rolled back`]: {
                Type: "Choice",
                Choices: [
                    { Variable: "$.seen.other", NumericGreaterThanEquals: AGREEING, Next: `${name} was rolled back` },
                ],
                Default: wait,
            },
            [`${name} runs`]: { Type: "Succeed" },
            [`${name} failed`]: why("the deployment failed"),
            [`${name} was rolled back`]: why("ECS went back to another version"),
        },
    };
}

const done = (): Step => ({
    start: "Deployed",
    states: { Deployed: { Type: "Pass", Parameters: { "digest.$": "$.digest" }, End: true } },
});
