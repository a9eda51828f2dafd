import type { Cases, Given } from "../support";

const service = (inputs: Record<string, unknown>): Given => ({ type: "aws:ecs/service:Service", inputs });
const schedule = (target: object): Given => ({ type: "aws:scheduler/schedule:Schedule", inputs: { target } });
const task = (inputs: Record<string, unknown>): Given => ({ type: "aws:ecs/taskDefinition:TaskDefinition", inputs });
const network = (assignPublicIp: boolean) => ({ networkConfiguration: { subnets: ["subnet-1"], assignPublicIp } });
const FOR_EVER = "a deployment that fails goes on for ever";
const NO_WAY_BACK = "a deployment that fails is not rolled back";

const cluster = (executeCommandConfiguration?: object): Given => ({
    type: "aws:ecs/cluster:Cluster",
    inputs: { configuration: { executeCommandConfiguration } },
});

export const SERVICES: Record<string, Cases> = {
    "ecs-no-public-address": {
        passes: [
            service(network(false)),
            service({}),
            schedule({ ecsParameters: network(false) }),
            schedule({ arn: "arn:aws:lambda:eu-west-1:123456789012:function:f" }),
            { type: "aws:cloudwatch/eventTarget:EventTarget", inputs: { arn: "arn:aws:sqs:eu-west-1:123456789012:q" } },
        ],
        fails: [
            [service(network(true)), "its tasks get a public address each"],
            [schedule({ ecsParameters: network(true) }), "its tasks get a public address each"],
            [
                { type: "aws:cloudwatch/eventTarget:EventTarget", inputs: { ecsTarget: network(true) } },
                "its tasks get a public address each",
            ],
        ],
    },
    "ecs-fargate": {
        passes: [
            task({ networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] }),
            service({ launchType: "FARGATE" }),
            service({ capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] }),
        ],
        fails: [
            [task({}), "its network mode is bridge, the default", "it is for EC2, the default"],
            [
                task({ networkMode: "host", requiresCompatibilities: ["EC2", "FARGATE"] }),
                "its network mode is host",
                "it is for EC2, FARGATE",
            ],
            [service({}), "its launch type is left to the cluster"],
            [service({ launchType: "EC2" }), "its launch type is EC2"],
            [
                service({
                    launchType: "FARGATE",
                    capacityProviderStrategies: [{ capacityProvider: "FARGATE" }, { capacityProvider: "machines" }],
                }),
                "its capacity is machines",
            ],
        ],
    },
    "ecs-circuit-breaker": {
        passes: [
            service({ deploymentCircuitBreaker: { enable: true, rollback: true } }),
            service({ deploymentController: { type: "CODE_DEPLOY" } }),
        ],
        fails: [
            [service({}), FOR_EVER],
            [service({ deploymentCircuitBreaker: { enable: false, rollback: true } }), FOR_EVER],
            [service({ deploymentCircuitBreaker: { enable: true, rollback: false } }), NO_WAY_BACK],
            // Neither half of 0/100 stops every task before a new one starts.
            ...[
                [0, 200],
                [50, 100],
            ].map(([least, most]): [Given, string] => [
                service({
                    deploymentCircuitBreaker: { enable: true, rollback: false },
                    deploymentMinimumHealthyPercent: least,
                    deploymentMaximumPercent: most,
                }),
                NO_WAY_BACK,
            ]),
        ],
        excuses: [
            [
                service({
                    deploymentCircuitBreaker: { enable: true, rollback: false },
                    deploymentMinimumHealthyPercent: 0,
                    deploymentMaximumPercent: 100,
                }),
                NO_WAY_BACK,
                "every task stops before the new ones start (0/100): the old version may not come back",
            ],
        ],
    },
    "schedule-dead-letter": {
        passes: [
            schedule({ ecsParameters: {}, deadLetterConfig: { arn: "arn:aws:sqs:eu-west-1:123456789012:q" } }),
            schedule({}), // of off hours
        ],
        fails: [[schedule({ ecsParameters: {} }), "a run that could not be started is lost without a word"]],
    },
    "ecs-exec-logs": {
        passes: [cluster(undefined), cluster({}), cluster({ logging: "DEFAULT" }), cluster({ logging: "OVERRIDE" })],
        fails: [[cluster({ logging: "NONE" }), "sessions of ECS Exec leave no trace"]],
    },
};
