import { stripVTControlCharacters } from "node:util";
import { DescribeTaskDefinitionCommand, type TaskDefinition } from "@aws-sdk/client-ecs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { expectAllowed } from "./deploy-role";
import { needsEngine, type TestStack } from "./engine";
import { ecs, failed, HeritageStack, SERVICE } from "./heritage";
import { execute, pushImage } from "./state-machine";

const STACK = "deployed";

/** What is done to a heritage without a change of its program: its secrets, its one-off task, deployments by its own CI. */
describe("a heritage's secrets and deployments on a real engine", () => {
    let heritage: HeritageStack;
    let stack: TestStack;

    const deployMachine = async () =>
        ((await heritage.outputs()).deployMachines as Record<string, string>)["sample-api"]!;
    /** The latest revision of a family, and the image of its application. */
    const latest = async (family: string) =>
        (await ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition: family }))).taskDefinition!
            .taskDefinitionArn!;
    const imageOf = async (family: string) => {
        const { taskDefinition } = await ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition: family }));
        return taskDefinition!.containerDefinitions!.find(({ name }) => name === "app")!.image!;
    };

    before(async function () {
        needsEngine(this);
        heritage = await HeritageStack.create(STACK);
        stack = heritage.stack;
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("comes up", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
    });

    it("names every parameter that is missing, all at once and before anything is changed", async () => {
        heritage.edit(["secrets"], { API_TOKEN: { set: {} }, MAIL_KEY: { parameter: "/team/mail/key" } });
        heritage.edit(["environment"], { LOG_LEVEL: "warning" });
        for (const operation of [() => stack.preview(), () => stack.up()]) {
            await failed(operation());
            expect(stack.log).to.contain("2 things stand in the way in AWS; nothing was made");
            expect(stack.log).to.contain(`npx identity secrets set sample-api API_TOKEN --stack ${STACK}`);
            expect(stack.log).to.contain("/team/mail/key");
            expect(stack.log).not.to.match(/^ *[~+-]/m);
            expect(heritage.released()).to.equal(0);
        }
    });

    it("takes a secret that is set by the command, and deploys who reads it when it is set again", async () => {
        const put = new PutParameterCommand({ Name: "/team/mail/key", Value: "mail", Type: "SecureString" });
        await new SSMClient({ region: "ap-northeast-1" }).send(put);
        const first = await heritage.command(
            ["secrets", "set", "--stack", STACK, "sample-api", "API_TOKEN"],
            "f1rst\n",
        );
        expect(first.code, first.err).to.equal(0);
        expect(first.err.split("\n").sort()).to.deep.equal(SET(1).split("\n").sort());
        await stack.up();
        expect(await stack.labels("sample-api-worker")).to.equal(VERSIONS("API_TOKEN=1 MAIL_KEY=1"));
        const second = await heritage.command(
            ["secrets", "set", "--stack", STACK, "sample-api", "API_TOKEN"],
            "s3cond\n",
        );
        expect(second.code).to.equal(0);
        expect(second.err.split("\n").filter((line) => /deployed anew/.test(line))).to.have.length(2); // web and worker
        await stack.up();
        expect(await stack.labels("sample-api-worker")).to.equal(VERSIONS("API_TOKEN=2 MAIL_KEY=1"));
        const list = await heritage.command(["secrets", "list", "--stack", STACK]);
        expect(list.code).to.equal(0);
        const table = stripVTControlCharacters(list.out); // a CI has colours
        expect(table).to.match(/\/identity\/deployed\/sample-api\/API_TOKEN +set +2 .*sample-api-worker/);
        for (const { out, err } of [first, second, list]) expect(out + err).not.to.match(/f1rst|s3cond/);
    });

    it("makes a generated secret anew, with what is made of it, and nothing else", async () => {
        const before = (await stack.secrets()).passwords;
        const rotated = await heritage.command([
            "secrets",
            "rotate",
            "--stack",
            STACK,
            "sample-api",
            "database/app/password",
        ]);
        expect(rotated.err).to.equal("");
        expect(rotated.code).to.equal(0);
        const after = (await stack.secrets()).passwords;
        expect(after).to.have.length(1);
        expect(after).not.to.deep.equal(before);
        for (const text of [...before, ...after]) expect(rotated.out).not.to.contain(text);
        expect(await stack.labels("sample-api-worker")).to.contain("database/app/password=2");
        await stack.upUnchanged();
    });

    it("runs a command with the heritage's image, secrets and network, and returns its exit code", async () => {
        const { code, err } = await heritage.command([
            "task",
            "--stack",
            STACK,
            "sample-api",
            "--",
            "python3",
            "/app/migrate.py",
        ]);
        expect(err).to.match(/^sample-api: task [\w-]+ was started\n/);
        expect(code).to.equal(0);
        const unknown = await heritage.command(["task", "--stack", STACK, "blog", "--", "ls"]);
        expect(unknown).to.include({ code: 2, err: "there is no heritage blog; there are: sample-api\n" });
    });

    it("gives a service a name and takes another one off Spot, and its CI gets a role", async () => {
        heritage.edit(["services", "web", "reachable"], true);
        heritage.edit(["services", "worker", "spot"], false);
        heritage.edit(["deploy"], { repository: "acme/posts" });
        await stack.up();
        expect(stack.steps.create).to.include("aws:servicediscovery/service:Service::sample-api-web");
        expect(stack.steps.replace).to.include(`${SERVICE}::sample-api-worker`);
        expect((await heritage.outputs()).deployRoles)
            .to.have.property("sample-api")
            .that.matches(/^arn:aws:iam::.*:role\//);
        await stack.upUnchanged();
    });

    it("is deployed by its own CI, which hands over a digest and nothing else", async () => {
        const machine = await deployMachine();
        const image = await imageOf(`identity-${STACK}-sample-api-worker`);
        const digest = await pushImage(image.split("@")[0]!.replace(/^[^/]+\//, ""), "next");
        expect(await execute(machine, { digest, Command: ["sh"] })).to.include({ status: "SUCCEEDED" });
        for (const service of ["web", "worker"]) {
            const family = `identity-${STACK}-sample-api-${service}`;
            expect((await heritage.running())[`sample-api-${service}`]).to.equal(await latest(family));
            expect(await imageOf(family)).to.equal(`${image.split("@")[0]}@${digest}`);
        }
        // The schedule starts the latest revision of its family.
        const [schedule] = (await stack.resources()).filter(({ type }) => type === "aws:scheduler/schedule:Schedule");
        const { ecsParameters } = schedule!.outputs!.target as { ecsParameters: { taskDefinitionArn: string } };
        expect(ecsParameters.taskDefinitionArn).to.match(/:task-definition\/identity-deployed-sample-api-\w+$/);
        const scheduled = ecsParameters.taskDefinitionArn.split("/")[1]!;
        expect(await imageOf(scheduled)).to.equal(`${image.split("@")[0]}@${digest}`);
        // All else is as the program wrote it, tags and labels too.
        const { taskDefinition, tags } = await ecs().send(
            new DescribeTaskDefinitionCommand({
                taskDefinition: `identity-${STACK}-sample-api-worker`,
                include: ["TAGS"],
            }),
        );
        const before = await ecs().send(
            new DescribeTaskDefinitionCommand({
                taskDefinition: `identity-${STACK}-sample-api-worker:${taskDefinition!.revision! - 1}`,
                include: ["TAGS"],
            }),
        );
        const same = ({ containerDefinitions }: TaskDefinition) =>
            containerDefinitions!.map(({ image: _, ...container }) => container);
        expect(same(taskDefinition!)).to.deep.equal(same(before.taskDefinition!));
        expect(tags).to.have.deep.members(before.tags!);
        // An `up` leaves it.
        const deployed = await heritage.running();
        await stack.upUnchanged();
        expect(await heritage.running()).to.deep.equal(deployed);
    });

    it("is not deployed by a digest that is none, that was not pushed, or that does not come up", async () => {
        const machine = await deployMachine();
        const before = await heritage.running();
        for (const input of [
            {},
            { digest: "latest" },
            { digest: `sha256:${"g".repeat(64)}` },
            { digest: "sha256:ab:cd" },
        ]) {
            expect(await execute(machine, input), JSON.stringify(input)).to.include({ error: "NoDigest" });
        }
        const nowhere = await execute(machine, { digest: `sha256:${"0".repeat(64)}` });
        expect(nowhere).to.include({ status: "FAILED", error: "ecr.ImageNotFoundException" });
        expect(await heritage.running()).to.deep.equal(before);
        const repository = (await imageOf(`identity-${STACK}-sample-api-worker`))
            .split("@")[0]!
            .replace(/^[^/]+\//, "");
        const digest = await pushImage(repository, "broken");
        const migration = await execute(machine, { digest }, (text) => text.replace("migrate.py", "crashloop.py"));
        expect(migration).to.include({ status: "FAILED", error: "BeforeDeploy" });
        expect(migration.cause).to.match(/the services stay as they were\. Exit codes \[1\]/);
        expect(await heritage.running()).to.deep.equal(before);
        const worker = await execute(machine, { digest }, (text) => text.replace("worker.py", "crashloop.py"));
        expect(worker).to.include({ status: "FAILED", error: "NotDeployed" });
        expect(worker.cause).to.contain("worker: ECS went back to another version");
        expect((await heritage.running())["sample-api-worker"]).to.equal(before["sample-api-worker"]);
    });

    it("goes without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });

    it("asked nothing of AWS that its deploy role may not do", async () => {
        await expectAllowed(stack, { region: "ap-northeast-1" });
    });
});

const SET = (version: number) =>
    `/identity/${STACK}/sample-api/API_TOKEN has version ${version}\n` +
    ["web", "worker"]
        .map(
            (name) =>
                `sample-api-${name} is deployed anew: aws logs tail --follow /identity/${STACK}/sample-api-${name}\n`,
        )
        .join("");
const VERSIONS = (secrets: string) =>
    [secrets, ...["host", "name", "password", "port", "user"].map((key) => `database/app/${key}=1`)].join(" ");
