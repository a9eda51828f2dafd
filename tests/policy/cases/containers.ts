import type { Cases, Given } from "../support";

const GOOD = {
    name: "app",
    image: `example.com/app@sha256:${"0123456789abcdef".repeat(4)}`,
    user: "1000",
    readonlyRootFilesystem: true,
    environment: [{ name: "PORT", value: "8080" }],
    logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/identity/dev/app" } },
};
const task = (...containers: object[]): Given => ({
    type: "aws:ecs/taskDefinition:TaskDefinition",
    inputs: { containerDefinitions: JSON.stringify(containers.map((one) => ({ ...GOOD, ...one }))) },
});
const variable = (name: string, value: string) => task({ environment: [{ name, value }] });
const agent = { name: "datadog-agent", essential: false, readonlyRootFilesystem: false };
const router = {
    name: "log-router",
    user: "0",
    readonlyRootFilesystem: false,
    firelensConfiguration: { type: "fluentbit" },
};

const FALSE_ALARM = { environment: [{ name: "PARTNER_TOKEN", value: "demo" }] };

export const CONTAINERS: Record<string, Cases> = {
    "ecs-no-secret-in-environment": {
        passes: [
            task({}),
            task({ environment: undefined }),
            variable("ACAPY_WALLET_NAME", "issuer"),
            variable("KC_HOSTNAME", "https://auth.example.com"),
            variable("NRIA_PASSTHROUGH_ENVIRONMENT", "FARGATE"),
            variable("TOKEN_TTL", "3600"),
            variable("ACAPY_AUTO_RESPOND_CREDENTIAL_OFFER", "true"),
            variable("DB_SECRET", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"),
            { type: "aws:ecs/taskDefinition:TaskDefinition", inputs: { containerDefinitions: "no JSON" } },
        ],
        fails: [
            [
                variable("DB_PASSWORD", "hunter2"),
                "container app: the variable DB_PASSWORD looks like a secret: its name is that of a secret",
            ],
            [
                variable("apiKey_token", "x"),
                "container app: the variable apiKey_token looks like a secret: its name is that of a secret",
            ],
            [
                variable("URL", "postgres://app:hunter2@db/app"),
                "container app: the variable URL looks like a secret: its value looks like a password in a URL",
            ],
            [
                variable("CERT", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
                "container app: the variable CERT looks like a secret: its value looks like a private key",
            ],
            [
                task(
                    {},
                    {
                        name: "side",
                        environment: [
                            { name: "JWT", value: "x" },
                            { name: "WALLET_SEED", value: "s" },
                        ],
                    },
                ),
                "container side: the variable JWT looks like a secret: its name is that of a secret",
                "container side: the variable WALLET_SEED looks like a secret: its name is that of a secret",
            ],
            [
                // A reason is for the variable that it names, and a label of somebody else's is none.
                task(
                    { ...FALSE_ALARM, dockerLabels: { "not-secret": '{"OTHER":"why"}' } },
                    { name: "side", ...FALSE_ALARM, dockerLabels: { "not-secret": "no JSON" } },
                ),
                "container app: the variable PARTNER_TOKEN looks like a secret: its name is that of a secret",
                "container side: the variable PARTNER_TOKEN looks like a secret: its name is that of a secret",
            ],
        ],
        excuses: [
            [
                task({ ...FALSE_ALARM, dockerLabels: { "not-secret": '{"PARTNER_TOKEN":"printed in its manual"}' } }),
                "container app: the variable PARTNER_TOKEN looks like a secret: its name is that of a secret",
                "printed in its manual",
            ],
        ],
    },
    "ecs-image-by-digest": {
        passes: [task({})],
        fails: [
            [
                task({ image: "example.com/app:1.2" }),
                "container app: example.com/app:1.2 can come to mean another image between two starts of a task",
            ],
            [
                task({ image: undefined }),
                "container app: its image can come to mean another image between two starts of a task",
            ],
        ],
    },
    "ecs-read-only-root": {
        passes: [task({})],
        fails: [
            [task({ readonlyRootFilesystem: false }), "container app: its root file system can be written to"],
            [
                // By its name alone anything could be an agent.
                task({ ...agent, essential: true }, { readonlyRootFilesystem: undefined }),
                "container datadog-agent: its root file system can be written to",
                "container app: its root file system can be written to",
            ],
        ],
        excuses: [
            [
                task(agent),
                "container datadog-agent: its root file system can be written to",
                "the agent writes its configuration at its start",
            ],
            [
                task(router),
                "container log-router: its root file system can be written to",
                "ECS writes the log router's configuration",
            ],
        ],
    },
    "ecs-non-root": {
        passes: [task({}), task({ user: "1000:0" }), task({ user: "keycloak" })],
        fails: [
            [task({ user: undefined }), "container app: its user is not said, and may be root"],
            [task({ user: "0" }), "container app: it runs as root"],
            [task({ user: "root:root" }), "container app: it runs as root"],
        ],
        excuses: [
            [
                task(router),
                "container log-router: it runs as root",
                "ECS writes the log router's socket for root alone",
            ],
        ],
    },
    "ecs-logs": {
        passes: [task({}), task({ logConfiguration: { logDriver: "awsfirelens" } })],
        fails: [
            [task({ logConfiguration: undefined }), "container app: it has no log"],
            [task({ logConfiguration: { logDriver: "syslog" } }), "container app: its log goes to syslog"],
            [
                task({ logConfiguration: { logDriver: "awslogs", options: { "awslogs-create-group": "true" } } }),
                "container app: ECS makes its log group, which keeps everything for ever",
            ],
        ],
    },
};
