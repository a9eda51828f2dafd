import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import {
    DescribeServicesCommand,
    DescribeTaskDefinitionCommand,
    ECSClient,
    RegisterTaskDefinitionCommand,
    UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { parseDocument } from "yaml";
import { identity } from "../../automation/commands";
import { needsEngine, TestStack } from "./engine";

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
        expect(await stack.preview()).to.deep.equal({ update: [`${SERVICE}::sample-api-web`] });
        await stack.up();
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
        const steps = await stack.preview();
        expect(Object.keys(steps).sort()).to.deep.equal(["create", "delete"]);
        expect(others(steps)).to.deep.equal([]);
        await stack.up();
        edit(["services", "second"], undefined);
        const gone = await stack.preview();
        expect(Object.keys(gone)).to.deep.equal(["delete"]);
        expect(others(gone)).to.deep.equal([]);
        await stack.up();
    });

    it("renames a service by making another one, which takes over its paths", async () => {
        const web = document.getIn(["services", "web"]);
        document.setIn(["services", "front"], web);
        edit(["services", "web"], undefined);
        const { create, delete: gone, ...others } = await stack.preview();
        expect(create!.filter((resource) => !/front/.test(resource))).to.deep.equal([]);
        expect(gone!.filter((resource) => !/sample-api-web/.test(resource))).to.deep.equal([]);
        expect(Object.values(others).flat()).to.deep.equal([
            "aws:lb/listenerRule:ListenerRule::public-/posts,/posts/*",
        ]);
        await stack.up();
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
            const steps = await stack.preview();
            const lasting = [...(steps.create ?? []), ...(steps.delete ?? []), ...(steps.replace ?? [])];
            expect(lasting.filter((resource) => /ecs\/service|logGroup|iam\/role:/.test(resource))).to.deep.equal([]);
            expect(steps[gone]!.some((resource) => /TLS_PRIVATE_KEY$/.test(resource))).to.equal(true);
            await stack.up();
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

    // Not its CI's state machine: moto has neither ValidateStateMachineDefinition nor ListStateMachineVersions, which the provider calls.
    it("gives a service a name and another one Spot", async () => {
        edit(["services", "web", "reachable"], true);
        edit(["services", "worker", "spot"], true);
        const steps = await stack.preview();
        expect(steps.create).to.include("aws:servicediscovery/service:Service::sample-api-web");
        expect(steps.replace).to.include(`${SERVICE}::sample-api-worker`);
        await stack.up();
        await stack.upUnchanged();
    });

    it("leaves what the application's own CI has deployed since", async () => {
        const { clusterName: cluster, serviceNames } = (await outputs()) as {
            clusterName: string;
            serviceNames: Record<string, string>;
        };
        const service = serviceNames["sample-api-worker"];
        const family = "identity-apps-sample-api-worker";
        const { taskDefinition } = await ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition: family }));
        const { containerDefinitions, volumes, cpu, memory, networkMode, requiresCompatibilities } = taskDefinition!;
        const settings = { family, cpu, memory, networkMode, requiresCompatibilities, containerDefinitions, volumes };
        const registered = await ecs().send(new RegisterTaskDefinitionCommand(settings));
        const { taskDefinitionArn } = registered.taskDefinition!;
        await ecs().send(new UpdateServiceCommand({ cluster, service, taskDefinition: taskDefinitionArn }));
        await stack.upUnchanged();
        expect((await running())["sample-api-worker"]).to.equal(taskDefinitionArn);
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
