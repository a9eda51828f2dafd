/** The step that runs the task before a deployment, and waits for its end. */
import { because, call, fail, NEXT, POLL_SECONDS, revision, type Step } from "../step-functions/states";

export interface BeforeTask {
    cluster: string;
    /** Which of the task definitions it runs. */
    task: string;
    subnets: string[];
    securityGroups: string[];
    timeoutSeconds: number;
}

export function before({ cluster, task, subnets, securityGroups, timeoutSeconds }: BeforeTask): Step {
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
