/**
 * The state machine that deploys an application, in Amazon States Language. The input is `{"digest": "sha256:…"}`; everything else is
 * written here, so whoever starts it chooses an image of one repository, and nothing more.
 */
import { type BeforeTask, before } from "./before-task";
import { type DeployedService, services } from "./services";
import { call, fail, inOrder, NEXT, revision, type Step } from "../step-functions/states";
import type { RegisterParameters } from "./task-definition";

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

/** Seconds that ECS may take for a service, as in an `up` (`fargate/rollout.ts`). */
const ROLLOUT_SECONDS = 1200;
/** Seconds for what is neither the task nor the services. */
const REST_SECONDS = 300;

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

function register([name, parameters]: [string, RegisterParameters]): Step {
    const start = `Register ${name}`;
    const task = call("ecs:registerTaskDefinition", parameters, {
        ResultSelector: { "arn.$": "$.TaskDefinition.TaskDefinitionArn" },
        ResultPath: revision(name),
        Next: NEXT,
    });
    return { start, states: { [start]: task } };
}

const done = (): Step => ({
    start: "Deployed",
    states: { Deployed: { Type: "Pass", Parameters: { "digest.$": "$.digest" }, End: true } },
});
