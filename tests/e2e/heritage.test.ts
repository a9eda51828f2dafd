import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import {
    DescribeServicesCommand,
    DescribeTaskDefinitionCommand,
    ECSClient,
    type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { parseDocument } from "yaml";
import { identity } from "../../automation/commands";
import { expectAllowed, withinBoundary } from "./deploy-role";
import { needsEngine, TestStack } from "./engine";
import { execute, pushImage } from "./state-machine";

const FILE = "heritages/sample-api.yml";
/** One heritage in a stack of its own, from its first deployment on: each step goes on from the one before. */
describe("a heritage on a real engine", () => {
    let stack: TestStack;
    const ecs = () => new ECSClient({ region: "ap-northeast-1" });
    const document = parseDocument(readFileSync(FILE, "utf8"));
    /** Changes the heritage's file; `undefined` takes a key out. */
    const edit = (at: string[], value: unknown) => {
        if (value === undefined) document.deleteIn(at);
        else document.setIn(at, document.createNode(value));
        stack.write(FILE, document.toString());
    };
    const outputs = async () => Object.fromEntries(Object.entries(await stack.outputs()).map(([k, v]) => [k, v.value]));
    /** What ECS runs, by service. */
    const running = async () => {
        const { clusterName, serviceNames } = await outputs();
        const names = serviceNames as Record<string, string>;
        const { services } = await ecs().send(
            new DescribeServicesCommand({ cluster: clusterName as string, services: Object.values(names) }),
        );
        const definitions = new Map(services!.map(({ serviceName, taskDefinition }) => [serviceName, taskDefinition]));
        return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, definitions.get(name)]));
    };
    const deployMachine = async () => ((await outputs()).deployMachines as Record<string, string>)["sample-api"]!;
    /** The latest revision of a family, and the image of its application. */
    const latest = async (family: string) =>
        (await ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition: family }))).taskDefinition!
            .taskDefinitionArn!;
    const imageOf = async (family: string) => {
        const { taskDefinition } = await ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition: family }));
        return taskDefinition!.containerDefinitions!.find(({ name }) => name === "app")!.image!;
    };
    /** How often the task before a deployment ran in the last `up`. */
    const released = () => new Set(stack.log.match(/sample-api before_deploy: task [\w-]+ was started/g)).size;
    const failed = async (run: Promise<unknown>) => {
        const error = await run.then(
            () => undefined,
            (e: Error) => e,
        );
        expect(error, "it did not fail").to.be.instanceOf(Error);
    };

    /** Runs a command line in the stack's folder. */
    const command = async (words: string[], input = "") => {
        const said = { out: "", err: "" };
        const code = await identity(words, {
            root: stack.dir,
            input: Readable.from(input === "" ? [] : [Buffer.from(input)]) as unknown as NodeJS.ReadStream,
            out: (text) => void (said.out += text),
            err: (text) => void (said.err += text),
            signal: new AbortController().signal,
        });
        return { code, ...said };
    };

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("apps", "Pulumi.dev.yaml");
        withinBoundary(stack);
        stack.edit(
            ...["agents", "services", "keycloak", "publicEndpoint"].map((key): [string[], unknown] => [
                [`identity:${key}`],
                undefined,
            ]),
            [["identity:heritages"], ["sample-api"]],
        );
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("comes up, its task before the deployment first, and again without a change", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        expect(stack.log).to.match(/sample-api before_deploy: task [\w-]+ ended with exit code 0/);
        expect((await outputs()).serviceUrls)
            .to.have.property("sample-api-web")
            .that.matches(/^https:\/\/.*\/posts$/);
        expect(released()).to.equal(1);
        await stack.upUnchanged();
        expect(released()).to.equal(0);
    });

    it("runs that task once for a new version of all services, and not for another size", async () => {
        edit(["environment"], { LOG_LEVEL: "info" });
        await stack.up();
        expect(released()).to.equal(1);
        edit(["services", "web", "count"], 3);
        await stack.up();
        expect(stack.steps).to.deep.equal({ update: [`${SERVICE}::sample-api-web`] });
        expect(released()).to.equal(0);
    });

    it("leaves the services as they were where that task fails, and fails itself", async () => {
        const before = await running();
        edit(["environment", "LOG_LEVEL"], "debug");
        edit(["before_deploy", "command"], ["python3", "crashloop.py"]);
        await failed(stack.up());
        expect(stack.log).to.contain("sample-api before_deploy failed; the services stay as they were");
        expect(stack.log).to.contain("exit code 1");
        expect(await running()).to.deep.equal(before);
        // The next one tries again, and so does the one that is right.
        await failed(stack.up());
        expect(await running()).to.deep.equal(before);
        edit(["before_deploy", "command"], ["python3", "migrate.py"]);
        await stack.up();
        expect(await running()).not.to.deep.equal(before);
        await stack.upUnchanged();
    });

    it("fails where ECS goes back to the version before", async () => {
        edit(["services", "worker", "environment"], { NOTE: "crashloop" });
        await failed(stack.up());
        expect(stack.log).to.contain("sample-api-worker: the new version does not run");
        edit(["services", "worker", "environment"], undefined);
        await stack.up();
    });

    it("gets and loses services and tasks without touching the others", async () => {
        const others = (steps: Record<string, string[]>) =>
            Object.values(steps)
                .flat()
                .filter((resource) => !/second|hourly|nightly/.test(resource));
        edit(["services", "second"], { command: ["python3", "worker.py"], count: 1 });
        edit(["scheduled_tasks", "hourly"], { schedule: "rate(1 hour)", command: ["python3", "hourly.py"] });
        edit(["scheduled_tasks", "nightly"], undefined);
        await stack.up();
        expect(Object.keys(stack.steps).sort()).to.deep.equal(["create", "delete"]);
        expect(others(stack.steps)).to.deep.equal([]);
        edit(["services", "second"], undefined);
        await stack.up();
        expect(Object.keys(stack.steps)).to.deep.equal(["delete"]);
        expect(others(stack.steps)).to.deep.equal([]);
    });

    it("renames a service by making another one, which takes over its paths", async () => {
        const web = document.getIn(["services", "web"]);
        document.setIn(["services", "front"], web);
        edit(["services", "web"], undefined);
        await stack.up();
        const { create, delete: gone, ...others } = stack.steps;
        expect(create!.filter((resource) => !/front/.test(resource))).to.deep.equal([]);
        expect(gone!.filter((resource) => !/sample-api-web/.test(resource))).to.deep.equal([]);
        expect(Object.values(others).flat()).to.deep.equal([
            "aws:lb/listenerRule:ListenerRule::public-/posts,/posts/*",
        ]);
        expect((await outputs()).serviceUrls)
            .to.have.property("sample-api-front")
            .that.matches(/\/posts$/);
        await stack.upUnchanged();
        document.setIn(["services", "web"], web);
        edit(["services", "front"], undefined);
        await stack.up();
    });

    it("takes TLS from a service, and gives it back, without making another one", async () => {
        for (const [tls, gone] of [
            [false, "delete"],
            [true, "create"],
        ] as const) {
            edit(["services", "web", "tls"], tls);
            await stack.up();
            const { steps } = stack;
            const lasting = [...(steps.create ?? []), ...(steps.delete ?? []), ...(steps.replace ?? [])];
            expect(lasting.filter((resource) => /ecs\/service|logGroup|iam\/role:/.test(resource))).to.deep.equal([]);
            expect(steps[gone]!.some((resource) => /TLS_PRIVATE_KEY$/.test(resource))).to.equal(true);
            await stack.upUnchanged();
        }
    });

    it("names every parameter that is missing, all at once and before anything is changed", async () => {
        edit(["secrets"], { API_TOKEN: { set: {} }, MAIL_KEY: { parameter: "/team/mail/key" } });
        edit(["environment", "LOG_LEVEL"], "warning");
        for (const operation of [() => stack.preview(), () => stack.up()]) {
            await failed(operation());
            expect(stack.log).to.contain("2 things stand in the way in AWS; nothing was made");
            expect(stack.log).to.contain("npx identity secrets set sample-api API_TOKEN --stack apps");
            expect(stack.log).to.contain("/team/mail/key");
            expect(stack.log).not.to.match(/^ *[~+-]/m);
            expect(released()).to.equal(0);
        }
    });

    it("takes a secret that is set by the command, and deploys who reads it when it is set again", async () => {
        const put = new PutParameterCommand({ Name: "/team/mail/key", Value: "mail", Type: "SecureString" });
        await new SSMClient({ region: "ap-northeast-1" }).send(put);
        const first = await command(["secrets", "set", "--stack", "apps", "sample-api", "API_TOKEN"], "f1rst\n");
        expect(first.code, first.err).to.equal(0);
        expect(first.err.split("\n").sort()).to.deep.equal(SET(1).split("\n").sort());
        await stack.up();
        expect(await stack.labels("sample-api-worker")).to.equal(VERSIONS("API_TOKEN=1 MAIL_KEY=1"));
        const second = await command(["secrets", "set", "--stack", "apps", "sample-api", "API_TOKEN"], "s3cond\n");
        expect(second.code).to.equal(0);
        expect(second.err.split("\n").filter((line) => /deployed anew/.test(line))).to.have.length(2); // web and worker
        await stack.up();
        expect(await stack.labels("sample-api-worker")).to.equal(VERSIONS("API_TOKEN=2 MAIL_KEY=1"));
        const list = await command(["secrets", "list", "--stack", "apps"]);
        expect(list.code).to.equal(0);
        const table = stripVTControlCharacters(list.out); // a CI has colours
        expect(table).to.match(/\/identity\/apps\/sample-api\/API_TOKEN +set +2 .*sample-api-worker/);
        for (const { out, err } of [first, second, list]) expect(out + err).not.to.match(/f1rst|s3cond/);
    });

    it("makes a generated secret anew, with what is made of it, and nothing else", async () => {
        const before = (await stack.secrets()).passwords;
        const rotated = await command(["secrets", "rotate", "--stack", "apps", "sample-api", "database/app/password"]);
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
        const { code, err } = await command([
            "task",
            "--stack",
            "apps",
            "sample-api",
            "--",
            "python3",
            "/app/migrate.py",
        ]);
        expect(err).to.match(/^sample-api: task [\w-]+ was started\n/);
        expect(code).to.equal(0);
        const unknown = await command(["task", "--stack", "apps", "blog", "--", "ls"]);
        expect(unknown).to.include({ code: 2, err: "there is no heritage blog; there are: sample-api\n" });
    });

    it("gives a service a name and another one Spot, and its CI a role", async () => {
        edit(["services", "web", "reachable"], true);
        edit(["services", "worker", "spot"], true);
        edit(["deploy"], { repository: "acme/posts" });
        await stack.up();
        expect(stack.steps.create).to.include("aws:servicediscovery/service:Service::sample-api-web");
        expect(stack.steps.replace).to.include(`${SERVICE}::sample-api-worker`);
        expect((await outputs()).deployRoles)
            .to.have.property("sample-api")
            .that.matches(/^arn:aws:iam::.*:role\//);
        await stack.upUnchanged();
    });

    it("is deployed by its own CI, which hands over a digest and nothing else", async () => {
        const machine = await deployMachine();
        const image = await imageOf("identity-apps-sample-api-worker");
        const digest = await pushImage(image.split("@")[0]!.replace(/^[^/]+\//, ""), "next");
        expect(await execute(machine, { digest, Command: ["sh"] })).to.include({ status: "SUCCEEDED" });
        for (const service of ["web", "worker"]) {
            const family = `identity-apps-sample-api-${service}`;
            expect((await running())[`sample-api-${service}`]).to.equal(await latest(family));
            expect(await imageOf(family)).to.equal(`${image.split("@")[0]}@${digest}`);
        }
        // The schedule starts the latest revision of its family.
        const [schedule] = (await stack.resources()).filter(({ type }) => type === "aws:scheduler/schedule:Schedule");
        const { ecsParameters } = schedule!.outputs!.target as { ecsParameters: { taskDefinitionArn: string } };
        expect(ecsParameters.taskDefinitionArn).to.match(/:task-definition\/identity-apps-sample-api-\w+$/);
        const scheduled = ecsParameters.taskDefinitionArn.split("/")[1]!;
        expect(await imageOf(scheduled)).to.equal(`${image.split("@")[0]}@${digest}`);
        // All else is as the program wrote it, tags and labels too.
        const { taskDefinition, tags } = await ecs().send(
            new DescribeTaskDefinitionCommand({ taskDefinition: "identity-apps-sample-api-worker", include: ["TAGS"] }),
        );
        const before = await ecs().send(
            new DescribeTaskDefinitionCommand({
                taskDefinition: `identity-apps-sample-api-worker:${taskDefinition!.revision! - 1}`,
                include: ["TAGS"],
            }),
        );
        const same = ({ containerDefinitions }: TaskDefinition) =>
            containerDefinitions!.map(({ image: _, ...container }) => container);
        expect(same(taskDefinition!)).to.deep.equal(same(before.taskDefinition!));
        expect(tags).to.have.deep.members(before.tags!);
        // An `up` leaves it.
        const deployed = await running();
        await stack.upUnchanged();
        expect(await running()).to.deep.equal(deployed);
    });

    it("is not deployed by a digest that is none, that was not pushed, or that does not come up", async () => {
        const machine = await deployMachine();
        const before = await running();
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
        expect(await running()).to.deep.equal(before);
        const repository = (await imageOf("identity-apps-sample-api-worker")).split("@")[0]!.replace(/^[^/]+\//, "");
        const digest = await pushImage(repository, "broken");
        const migration = await execute(machine, { digest }, (text) => text.replace("migrate.py", "crashloop.py"));
        expect(migration).to.include({ status: "FAILED", error: "BeforeDeploy" });
        expect(migration.cause).to.match(/the services stay as they were\. Exit codes \[1\]/);
        expect(await running()).to.deep.equal(before);
        const worker = await execute(machine, { digest }, (text) => text.replace("worker.py", "crashloop.py"));
        expect(worker).to.include({ status: "FAILED", error: "NotDeployed" });
        expect(worker.cause).to.contain("worker: ECS went back to another version");
        expect((await running())["sample-api-worker"]).to.equal(before["sample-api-worker"]);
    });

    it("stops at a broken file before anything is touched, with its line", async () => {
        edit(["services", "web", "cpu"], 300);
        await failed(stack.up());
        expect(stack.log).to.match(/heritages\/sample-api\.yml: services\.web\.cpu {2}\(line \d+\)/);
        expect(stack.log).not.to.match(/updating\b.*\bcreated/);
        edit(["services", "web", "cpu"], undefined);
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
    `/identity/apps/sample-api/API_TOKEN has version ${version}\n` +
    ["web", "worker"]
        .map(
            (name) => `sample-api-${name} is deployed anew: aws logs tail --follow /identity/apps/sample-api-${name}\n`,
        )
        .join("");
const VERSIONS = (secrets: string) =>
    [secrets, ...["host", "name", "password", "port", "user"].map((key) => `database/app/${key}=1`)].join(" ");
const SERVICE = "aws:ecs/service:Service";
