import { expect } from "chai";
import { definition } from "../../components/deploy/definition";
import { repositoryOf, toStepFunctions } from "../../components/deploy/task-definition";
import { DeployMachine } from "../../components/deploy-machine";
import { FargateService } from "../../components/fargate-service";
import { FargateTask } from "../../components/fargate-task";
import { ask } from "../iam";
import { ACCOUNT, CLUSTER, make, type Made, REGION, VPC } from "./support";

const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/posts-1@sha256:${"a".repeat(64)}`;
const SIZE = { cluster: CLUSTER, vpc: VPC, cpu: 256, memory: 512 };
const app = (command: string[], environment = {}) => ({ image: IMAGE, user: "1000", command, environment });

interface Options {
    image?: string;
    beforeDeploySeconds?: number;
    services?: boolean;
}

function program({ image = IMAGE, beforeDeploySeconds = 100, services = true }: Options = {}) {
    const envoy = { image: "example.com/envoy@sha256:00", user: "101" };
    const containers = { app: { ...app(["web"], { "dotted.$": "$.digest" }), image }, envoy };
    const web = new FargateService("posts-web", { ...SIZE, count: 2, containers });
    const task = new FargateTask("posts-oneoff", { ...SIZE, containers: { app: { ...app(["migrate"]), image } } });
    const nightly = new FargateTask("posts-nightly", { ...SIZE, containers: { app: { ...app(["night"]), image } } });
    return new DeployMachine("posts-deployment", {
        cluster: CLUSTER,
        image,
        beforeDeploySeconds,
        services: services ? { "web-1": web } : {},
        oneOff: { name: "oneoff", task },
        scheduledTasks: { nightly },
    });
}

type States = Record<string, Record<string, unknown>>;
const machineOf = (made: Made) =>
    JSON.parse(String(made.inputs("aws.sfn.StateMachine").definition)) as { StartAt: string; States: States };
const parametersOf = (made: Made, state: string) =>
    machineOf(made).States[state]!.Parameters as Record<string, unknown> & {
        ContainerDefinitions: Record<string, unknown>[];
    };

/** Every state that another one names. */
function named(states: States): string[] {
    const found: string[] = [];
    JSON.stringify(states, (key, value: unknown) => {
        if (["Next", "Default", "StartAt"].includes(key)) found.push(String(value));
        return value;
    });
    return found;
}

describe("DeployMachine", () => {
    let made: Made;
    before(async () => {
        made = await make(() => void program());
    });

    it("registers what the program wrote, with another image where the application's ran", () => {
        const { ContainerDefinitions, ...rest } = parametersOf(made, "Register web-1");
        expect(rest).to.deep.include({
            Family: "acme-test-posts-web",
            Cpu: "256",
            Memory: "512",
            NetworkMode: "awsvpc",
            RequiresCompatibilities: ["FARGATE"],
            RuntimePlatform: { OperatingSystemFamily: "LINUX", CpuArchitecture: "X86_64" },
        });
        expect(rest).to.include.keys("ExecutionRoleArn", "TaskRoleArn");
        const [application, envoy] = ContainerDefinitions;
        expect(application).to.deep.include({
            Name: "app",
            Command: ["web"],
            User: "1000",
            ReadonlyRootFilesystem: true,
            "Image.$": `States.Format('${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/posts-1@{}', $.digest)`,
        });
        expect(application).not.to.have.property("Image");
        expect(envoy).to.deep.include({ Name: "envoy", Image: "example.com/envoy@sha256:00" });
    });

    it("leaves names alone that are the user's: variables, log options, labels", () => {
        const [{ LogConfiguration, Environment }] = parametersOf(made, "Register web-1").ContainerDefinitions as [
            Record<string, unknown>,
        ];
        expect((LogConfiguration as { Options: object }).Options).to.include.keys("awslogs-group", "max-buffer-size");
        // A variable's name is a value here, so that Step Functions takes none for a path.
        expect(Environment).to.deep.include({ Name: "dotted.$", Value: "$.digest" });
        expect(toStepFunctions({ dockerLabels: { some: 1 }, volumes: [{ name: "a", hostPath: null }] })).to.deep.equal({
            DockerLabels: { some: 1 },
            Volumes: [{ Name: "a" }],
        });
    });

    it("takes nothing but the digest from its input", () => {
        const paths = [...String(made.inputs("aws.sfn.StateMachine").definition).matchAll(/"\$\.[\w.[\]]+"/g)];
        const first = new Set(paths.map(([path]) => path!.replace(/^"\$\.(\w+).*$/, "$1")));
        // The others are what it wrote itself: the first state leaves everything but the digest behind.
        const answers = ["Failures", "TaskDefinition"]; // of ECS
        const own = ["digest", "left", "look", "registered", "run", "seen", "service"];
        expect([...first].sort()).to.deep.equal([...answers, ...own].sort());
        const { StartAt, States } = machineOf(made);
        expect(StartAt).to.equal("Is there a digest");
        expect(States["Take digits out"]).to.not.have.property("ResultPath");
    });

    it("names no state that there is not, and has none that nobody names", async () => {
        for (const options of [{}, { services: false }, { beforeDeploySeconds: undefined }] satisfies Options[]) {
            const { StartAt, States } = machineOf(await make(() => void program(options)));
            const branches = (States["Update the services"]?.Branches ?? []) as { States: States }[];
            const all = [...Object.keys(States), ...branches.flatMap((one) => Object.keys(one.States))];
            expect([...new Set([StartAt, ...named(States)])].sort()).to.deep.equal(all.sort());
        }
    });

    it("brings scheduled tasks last, when the services run", () => {
        const { States } = machineOf(made);
        expect(States["Update the services"]!.Next).to.equal("Register nightly");
        expect(States["Register nightly"]!.Next).to.equal("Deployed");
    });

    it("looks digests up in ECR, and nowhere where the image is elsewhere", async () => {
        expect(machineOf(made).States["Look the image up"]!.Parameters).to.deep.equal({
            RegistryId: ACCOUNT,
            RepositoryName: "posts-1",
            ImageIds: [{ "ImageDigest.$": "$.digest" }],
        });
        const elsewhere = await make(() => void program({ image: "ghcr.io:443/acme/posts:1" }));
        expect(machineOf(elsewhere).States).not.to.have.property("Look the image up");
        expect(repositoryOf("ghcr.io:443/acme/posts:1")).to.equal("ghcr.io:443/acme/posts");
        expect(repositoryOf(`ghcr.io:443/acme/posts@sha256:${"a".repeat(64)}`)).to.equal("ghcr.io:443/acme/posts");
    });

    it("waits for the task before the deployment as long as it may take, and stops it then", () => {
        const text = definition({
            repository: undefined,
            definitions: {},
            scheduled: {},
            services: {},
            before: { cluster: "c", task: "oneoff", subnets: [], securityGroups: [], timeoutSeconds: 95 },
        });
        expect(text).to.contain('"NumericGreaterThanEquals":10,"Next":"Stop the task"');
        expect(JSON.parse(text)).to.have.property("TimeoutSeconds", 1595);
    });

    const ecs = (resource: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:${resource}`;
    const IN = { "ecs:cluster": CLUSTER.arn };
    const SERVICE = ecs("service/cluster/posts-web-1");
    const may = async (action: string, resource: string, context: Record<string, string> = {}) => {
        // The simulated AWS calls a service by its name, AWS by its ARN.
        const policy = String(made.inputs("aws.iam.RolePolicy", "posts-deployment").policy).replaceAll(
            `"${made.one("aws.ecs.Service").id}"`,
            `"${SERVICE}"`,
        );
        return ask({ principal: `arn:aws:iam::${ACCOUNT}:role/posts-deployment`, policies: [policy] }, [
            action,
            resource,
            context,
        ]);
    };

    it("may do what its states do", async () => {
        const passed = String(made.one("aws.iam.Role", "posts-web-task").outputs.arn);
        for (const question of [
            ["ecr:DescribeImages", `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/posts-1`],
            ["ecs:RegisterTaskDefinition", ecs("task-definition/acme-test-posts-web:7")],
            ["ecs:RegisterTaskDefinition", ecs("task-definition/acme-test-posts-nightly:7")],
            ["ecs:UpdateService", SERVICE, IN],
            ["ecs:DescribeServices", SERVICE, IN],
            ["ecs:RunTask", ecs("task-definition/acme-test-posts-oneoff:7"), IN],
            ["ecs:TagResource", ecs("task/cluster/0123"), { "ecs:CreateAction": "RunTask" }],
            ["ecs:DescribeTasks", ecs("task/cluster/0123"), IN],
            ["ecs:StopTask", ecs("task/cluster/0123"), IN],
            ["iam:PassRole", passed, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }],
        ] as [string, string, Record<string, string>?][]) {
            expect(await may(...question), question.join(" ")).to.equal("Allowed");
        }
    });

    it("must not do anything else", async () => {
        for (const question of [
            ["ecr:DescribeImages", `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/other`],
            ["ecr:PutImage", `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/posts-1`],
            ["ecs:RegisterTaskDefinition", ecs("task-definition/acme-test-keycloak:7")],
            ["ecs:RunTask", ecs("task-definition/acme-test-posts-web:7"), IN],
            ["ecs:RunTask", ecs("task-definition/acme-test-posts-oneoff:7"), { "ecs:cluster": ecs("cluster/other") }],
            ["ecs:UpdateService", `${SERVICE}0`, IN],
            ["ecs:DeleteService", SERVICE, IN],
            ["ecs:TagResource", SERVICE, { "ecs:CreateAction": "CreateService" }],
            ["ecs:TagResource", ecs("task/cluster/0123")],
            [
                "iam:PassRole",
                `arn:aws:iam::${ACCOUNT}:role/admin`,
                { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
            ],
        ] as [string, string, Record<string, string>?][]) {
            expect(await may(...question), question.join(" ")).to.match(/Denied$/);
        }
    });

    it("is assumed by Step Functions for state machines of this account alone", () => {
        const trust = JSON.parse(String(made.inputs("aws.iam.Role", "posts-deployment").assumeRolePolicy));
        expect(trust.Statement).to.have.length(1);
        expect(trust.Statement[0]).to.deep.include({ Principal: { Service: "states.amazonaws.com" } });
        expect(trust.Statement[0].Condition).to.deep.equal({
            StringEquals: { "aws:SourceAccount": ACCOUNT },
            ArnLike: { "aws:SourceArn": `arn:aws:states:${REGION}:${ACCOUNT}:*` },
        });
    });
});
