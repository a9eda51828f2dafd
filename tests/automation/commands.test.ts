import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { DescribeTasksCommand, ExecuteCommandCommand, RunTaskCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { identity } from "../../automation/commands";
import { attach, open } from "../../automation/commands/exec/session";
import { putValue, redeploy } from "../../automation/commands/secrets/set";
import { runOnce } from "../../automation/commands/task/run-once";
import type { CommandContext } from "../../automation/shared/context";
import { UsageError } from "../../automation/shared/errors";

const TASK = "arn:aws:ecs:eu-west-1:123456789012:task/platform/0123456789abcdef";

/** A client whose answers are given, and what it was asked. */
function client(answer: (command: { input: Record<string, unknown>; constructor: { name: string } }) => unknown) {
    const asked: { name: string; input: Record<string, unknown> }[] = [];
    return {
        asked,
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it stands in for each client's overloads
        send: (async (command: any) => {
            asked.push({ name: command.constructor.name, input: command.input });
            return answer(command);
            // eslint-disable-next-line @typescript-eslint/no-explicit-any
        }) as any,
    };
}

function surroundings(input = "") {
    const said = { out: "", err: "" };
    const abort = new AbortController();
    const context: CommandContext = {
        root: process.cwd(),
        input: Readable.from(input === "" ? [] : [Buffer.from(input)]) as unknown as NodeJS.ReadStream,
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        signal: abort.signal,
    };
    return { said, abort, context };
}

const refusal = async (run: Promise<unknown>) => {
    const error = await run.then(
        () => undefined,
        (e: Error) => e,
    );
    expect(error).to.be.instanceOf(UsageError);
    return error!.message;
};

/** What a command says to words that it does not take. */
const refusalOf =
    (name: string) =>
    async (...words: string[]) => {
        const { said, context } = surroundings();
        expect(await identity([name, ...words], context)).to.equal(2);
        return said.err;
    };

describe("identity task", () => {
    const ARGS = {
        cluster: "platform",
        name: "posts",
        command: ["python3", "count.py"],
        seconds: 60,
        taskDefinition: "posts:3",
        subnets: ["subnet-1"],
        securityGroups: ["sg-1"],
        logGroup: "/a/b/posts",
    };
    const ecs = (stopped: object, running = 1) => {
        let left = running;
        return client((command) => {
            if (command instanceof RunTaskCommand) return { tasks: [{ taskArn: TASK }] };
            if (!(command instanceof DescribeTasksCommand)) return {};
            return { tasks: [left-- > 0 ? { lastStatus: "RUNNING" } : { lastStatus: "STOPPED", ...stopped }] };
        });
    };
    /** A stream that is not there at first; each page comes with the token of the one before. */
    const log = (...pages: string[][]) => {
        let isThere = false;
        return client(({ input }) => {
            if (!isThere) {
                isThere = true;
                throw new ResourceNotFoundException({ message: "no", $metadata: {} });
            }
            const at = Number(input.nextToken ?? 0);
            const events = (pages[at] ?? []).map((message) => ({ message }));
            return { events, nextForwardToken: String(Math.min(at + 1, pages.length)) };
        });
    };

    it("runs the command as the heritage's task, shows its log once, and returns its exit code", async () => {
        const { said, context } = surroundings();
        const runs = ecs({
            containers: [
                { name: "envoy", exitCode: 143 },
                { name: "app", exitCode: 3 },
            ],
        });
        expect(await runOnce({ ecs: runs, logs: log(["one\n"], [], ["two\n"]) }, ARGS, context)).to.equal(3);
        expect(said.out).to.equal("one\ntwo\n");
        expect(said.err).to.match(/task 0123456789abcdef was started\n.*running\n.*stopped\nexit code 3\n$/s);
        const { input } = runs.asked[0]!;
        expect(input).to.deep.include({
            cluster: "platform",
            taskDefinition: "posts:3",
            overrides: { containerOverrides: [{ name: "app", command: ["python3", "count.py"] }] },
        });
        expect(input.networkConfiguration).to.deep.equal({
            awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"], assignPublicIp: "DISABLED" },
        });
    }).timeout(15_000);

    it("says why a command never ran", async () => {
        const { said, context } = surroundings();
        const reason = "CannotPullContainerError: not found";
        expect(
            await runOnce({ ecs: ecs({ containers: [{ name: "app", reason }] }, 0), logs: log() }, ARGS, context),
        ).to.equal(1);
        expect(said.err).to.contain(`the command never ran: ${reason}`);
    }).timeout(15_000);

    it("stops the task when it is interrupted, and when its time is over", async () => {
        const { context, abort } = surroundings();
        const first = ecs({}, 100);
        setTimeout(() => abort.abort(), 50);
        expect(await runOnce({ ecs: first, logs: log() }, ARGS, context)).to.equal(130);
        const late = surroundings();
        const second = ecs({}, 100);
        expect(await runOnce({ ecs: second, logs: log() }, { ...ARGS, seconds: 0 }, late.context)).to.equal(1);
        for (const { asked } of [first, second]) {
            expect(asked.at(-1)!.name).to.equal(StopTaskCommand.name);
            expect(asked.at(-1)!.input.task).to.equal(TASK);
        }
        expect(late.said.err).to.contain("not ended after 0 seconds");
    });

    it("is told what to run, and where", async () => {
        const refused = refusalOf("task");
        expect(await refused("posts")).to.contain("missing required argument 'command'");
        expect(await refused("--timeout", "soon", "posts", "--", "ls")).to.contain("--timeout soon");
        expect(await refused("--stack", "nowhere", "posts", "--", "ls")).to.contain("Pulumi.nowhere.yaml");
    });
});

describe("identity exec", () => {
    const running = {
        taskArn: TASK,
        lastStatus: "RUNNING",
        enableExecuteCommand: true,
        containers: [
            { name: "envoy", runtimeId: "e1" },
            { name: "app", runtimeId: "a1" },
        ],
    };
    const ecs = (...tasks: object[]) =>
        client((command) => {
            if (command instanceof ExecuteCommandCommand) return { session: { sessionId: "s", tokenValue: "t" } };
            return command instanceof DescribeTasksCommand ? { tasks } : { taskArns: tasks.map(() => TASK) };
        });
    const wanted = { cluster: "platform", service: "web-1", command: ["/bin/sh"] };

    it("opens a session in the application's container of a running task", async () => {
        const source = ecs({ ...running, lastStatus: "PENDING" }, running);
        const { target } = await open({ ecs: source }, { ...wanted, command: ["sh", "-c", "echo it's 'me'"] });
        expect(target).to.equal("ecs:platform_0123456789abcdef_a1");
        expect(source.asked.at(-1)!.input).to.include({
            container: "app",
            interactive: true,
            command: `sh -c 'echo it'\\''s '\\''me'\\'''`,
        });
    });

    it("opens it in the container behind Envoy, whatever it is called", async () => {
        const [envoy, app] = running.containers;
        const source = ecs({ ...running, containers: [envoy, { ...app, name: "keycloak" }] });
        await open({ ecs: source }, wanted);
        expect(source.asked.at(-1)!.input).to.include({ container: "keycloak" });
    });

    it("hands the session to Session Manager's plugin, and returns its exit code", async () => {
        const folder = mkdtempSync(path.join(tmpdir(), "plugin-"));
        const { PATH } = process.env;
        const session = { session: { sessionId: "s" }, target: "ecs:platform_0123_a1" };
        try {
            process.env.PATH = folder;
            expect(await refusal(attach("eu-west-1", session))).to.contain("no session-manager-plugin on the PATH");
            const script = `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/asked\nexit 3\n`;
            writeFileSync(path.join(folder, "session-manager-plugin"), script, { mode: 0o755 });
            expect(await attach("eu-west-1", session)).to.equal(3);
            expect(readFileSync(path.join(folder, "asked"), "utf8").split("\n")).to.deep.equal([
                '{"sessionId":"s"}',
                "eu-west-1",
                "StartSession",
                "",
                '{"Target":"ecs:platform_0123_a1"}',
                "https://ssm.eu-west-1.amazonaws.com",
                "",
            ]);
        } finally {
            process.env.PATH = PATH;
            rmSync(folder, { recursive: true });
        }
    });

    it("says what there is where it is not as it should be", async () => {
        expect(await refusal(open({ ecs: ecs() }, wanted))).to.contain("no task of web-1 runs");
        expect(await refusal(open({ ecs: ecs(running) }, { ...wanted, task: "ff" }))).to.contain("0123456789abcdef");
        expect(await refusal(open({ ecs: ecs(running) }, { ...wanted, container: "db" }))).to.contain("envoy, app");
        const off = ecs({ ...running, enableExecuteCommand: false });
        expect(await refusal(open({ ecs: off }, wanted))).to.contain("exec: true in the stack file");
    });
});

describe("identity secrets", () => {
    const SECRET = { parameter: "/identity/dev/posts/TOKEN", from: "existing" as const, readers: [] };

    it("puts what stdin says into SSM, without the end of the line, and never shows it", async () => {
        const ssm = client(() => ({ Version: 4 }));
        const { said, context } = surroundings("s3cret value\n");
        await putValue({ ssm }, SECRET, context);
        expect(ssm.asked).to.deep.equal([
            {
                name: PutParameterCommand.name,
                input: {
                    Name: SECRET.parameter,
                    Value: "s3cret value",
                    Type: "SecureString",
                    Overwrite: true,
                    Tier: "Intelligent-Tiering",
                },
            },
        ]);
        expect(said.out + said.err)
            .to.contain("version 4")
            .and.not.to.contain("s3cret");
    });

    it("refuses nothing, too much, and what is made elsewhere, and changes nothing", async () => {
        const ssm = client(() => ({}));
        expect(await refusal(putValue({ ssm }, SECRET, surroundings("\n").context))).to.contain("empty");
        expect(await refusal(putValue({ ssm }, SECRET, surroundings("x".repeat(9000)).context))).to.contain(
            "longer than 8192",
        );
        for (const [from, fix] of [
            ["generated", "rotate"],
            ["derived", "an `up`"],
            ["configuration", "pulumi config set --secret"],
        ] as const) {
            expect(await refusal(putValue({ ssm }, { ...SECRET, from }, surroundings("x").context))).to.contain(fix);
        }
        expect(ssm.asked).to.deep.equal([]);
    });

    it("deploys the services that read it, once each, and nothing else", async () => {
        const ecs = client(() => ({}));
        const { said, context } = surroundings();
        const readers = ["web", "web", "nightly"].map((service) => ({ service, variable: "TOKEN" }));
        const outputs = {
            clusterName: "platform",
            serviceNames: { web: "web-1", other: "other-1" },
            logGroups: { web: "/identity/dev/web" },
        };
        await redeploy({ ecs }, { ...SECRET, readers }, "dev", context, Promise.resolve(outputs as never));
        expect(ecs.asked.map(({ input }) => input)).to.deep.equal([
            { cluster: "platform", service: "web-1", forceNewDeployment: true },
        ]);
        expect(said.err).to.contain("web is deployed anew: aws logs tail --follow /identity/dev/web\n");
        await redeploy({ ecs }, { ...SECRET, readers }, "dev", context, Promise.resolve(undefined));
        expect(said.err).to.contain("not deployed yet");
        expect(ecs.asked).to.have.length(1);
    });

    it("names the secrets that there are, and says what stays as it is", async () => {
        const refused = refusalOf("secrets");
        expect(await refused("set", "sample-api", "NOPE")).to.contain("/identity/dev/sample-api/database/app/password");
        expect(await refused("rotate", "issuer", "ACAPY_WALLET_KEY")).to.contain("could not be opened");
        expect(await refused("rotate", "shared-db", "keycloak/PASSWORD")).to.contain(
            "one of the two that keycloak takes turns with: count sharedDatabase.rotation up",
        );
        expect(await refused("drop")).to.contain("unknown command 'drop'");
        expect(await refused("list", "x")).to.contain("too many arguments");
        expect(await refused("set", "x")).to.contain("missing required argument 'variable'");
    });
});
