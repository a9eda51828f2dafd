/** The step that gives the services their new task definitions, and waits until they run. */
import { because, call, NEXT, POLL_SECONDS, revision, type Step } from "../step-functions/states";

export interface DeployedService {
    /** ARNs. */
    cluster: string;
    service: string;
}

/** Answers of ECS with another task definition before it counts as rolled back: the first ones may be old. */
const AGREEING = 3;

/** All at once; where one does not come up the execution fails, and ECS goes on with the others. */
export const services = (all: Record<string, DeployedService>): Step => ({
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
