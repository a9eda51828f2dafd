import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { promisify, stripVTControlCharacters } from "node:util";
import { ResourceGroupsTaggingAPIClient, GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { identity } from "../../automation/commands";
import type { CommandContext } from "../../automation/shared/context";
import { needsEngine } from "./engine";
import { identityOf } from "./runner/commands";
import { project, type Wanted } from "./runner/program";

const ROOT = path.join(__dirname, "..", "..");
const REGION = "ap-northeast-1";
const PARAMETER = "/identity/runner/greeting";

/** The life of a small stack: each step goes on from the one before. */
describe("the commands that deploy, on a real engine", () => {
    let root: string;
    const wanted: Wanted = { parameter: "hello", queues: [] };
    const children: ChildProcess[] = [];
    const want = (change: Partial<Wanted>) => {
        Object.assign(wanted, change);
        writeFileSync(path.join(root, "program.json"), JSON.stringify(wanted));
    };
    const stackFile = (lines: string[]) =>
        writeFileSync(
            path.join(root, "Pulumi.runner.yaml"),
            ["config:", `    aws:region: ${REGION}`, "    identity:environment: prod", ...lines, ""].join("\n"),
        );

    const command = async (name: string, ...args: string[]) => {
        const said = { out: "", err: "" };
        const context: CommandContext = {
            root,
            input: Readable.from([]) as unknown as NodeJS.ReadStream,
            out: (text) => void (said.out += stripVTControlCharacters(text)),
            err: (text) => void (said.err += stripVTControlCharacters(text)),
            signal: new AbortController().signal,
        };
        const code = await identity([name, "--stack", "runner", ...args], context, identityOf(project(root)));
        if (process.env.E2E_LOG) console.log(args, code, said.out, said.err);
        return { code, ...said };
    };

    /** A command as a process, and what it has said so far. */
    const start = (...args: string[]) => {
        const program = path.join(__dirname, "runner", "program.ts");
        const child = spawn(
            process.execPath,
            ["--require", "sucrase/register/ts", program, root, args[0]!, "--stack", "runner", ...args.slice(1)],
            { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, CI: "true" } },
        );
        children.push(child);
        let text = "";
        for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += String(data)));
        const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
        const until = async (pattern: RegExp) => {
            for (let i = 0; !pattern.test(text); i++) {
                if (i > 600 || child.exitCode !== null) throw new Error(`it never said ${pattern}:\n${text}`);
                await new Promise((resolve) => setTimeout(resolve, 200));
            }
        };
        return { child, ended, until, text: () => stripVTControlCharacters(text) };
    };

    /** Pulumi's own CLI, in the stack's folder. */
    const pulumi = (...args: string[]) =>
        execFileSync("pulumi", [...args, "--stack", "runner"], { cwd: root, encoding: "utf8" });
    const exported = () =>
        JSON.parse(pulumi("stack", "export")) as {
            deployment: { resources: { type: string; urn: string; id?: string }[]; pending_operations?: object[] };
        };
    const idsOf = (type: string) =>
        exported()
            .deployment.resources.filter((one) => one.type === type)
            .map(({ id }) => id);
    /** What AWS has of the stack, whatever the state says. */
    const inAws = async (kind: string) => {
        const { ResourceTagMappingList = [] } = await new ResourceGroupsTaggingAPIClient({ region: REGION }).send(
            new GetResourcesCommand({
                TagFilters: [{ Key: "Stack", Values: ["runner"] }],
                ResourceTypeFilters: [kind],
            }),
        );
        return ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN);
    };
    const deleteQueue = async (arn: string) => {
        const [, , , region, account, name] = arn.split(":");
        const scope = `Credential=test/20260101/${region}/sqs/aws4_request`;
        const response = await fetch(process.env.AWS_ENDPOINT_URL!, {
            method: "POST",
            headers: {
                "content-type": "application/x-amz-json-1.0",
                "x-amz-target": "AmazonSQS.DeleteQueue",
                authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
            },
            body: JSON.stringify({ QueueUrl: `https://sqs.${region}.amazonaws.com/${account}/${name}` }),
        });
        expect(response.status, await response.text()).to.equal(200);
    };
    const ssm = () => new SSMClient({ region: REGION });
    const greeting = async () => (await ssm().send(new GetParameterCommand({ Name: PARAMETER }))).Parameter?.Value;

    before(function () {
        needsEngine(this);
        root = mkdtempSync(path.join(os.tmpdir(), "identity-runner-"));
        copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
        symlinkSync(path.join(ROOT, "node_modules"), path.join(root, "node_modules"));
        stackFile([]);
        want({});
    });
    after(() => {
        for (const child of children) child.kill("SIGKILL");
        process.chdir(ROOT);
        if (root) rmSync(root, { recursive: true, force: true });
    });

    it("previews a stack that does not exist without making it, as text, JSON and a comment", async () => {
        const { code, out } = await command("preview", "--json", "--markdown", "comment.md");
        expect(code).to.equal(0);
        expect((JSON.parse(out) as { counts: object }).counts).to.include({ create: 2, replace: 0 });
        expect(readFileSync(path.join(root, "comment.md"), "utf8")).to.contain(
            "| + create | aws:ssm Parameter greeting |",
        );
        expect(await command("drift")).to.include({ code: 2 });
    });

    it("stops at a wrong account, before the stack is made", async () => {
        stackFile(['    aws:allowedAccountIds: ["999999999999"]']);
        for (const [name, ...words] of [["preview"], ["up", "--yes"]] as const) {
            const { code, err } = await command(name, ...words);
            expect(code).to.equal(3);
            expect(err).to.contain("the credentials are of account 123456789012; the stack expects 999999999999");
        }
        stackFile([]);
        expect(await inAws("sqs")).to.deep.equal([]);
    });

    it("stops at a violated policy, before anything is made", async () => {
        symlinkSync(path.join(ROOT, "policy"), path.join(root, "policy"));
        const { code, err } = await command("up", "--yes");
        rmSync(path.join(root, "policy"));
        expect(code).to.equal(3);
        expect(err).to.contain("stopped before anything was changed: policies are violated");
        expect(err).to.match(/✗ log-retention: aws:cloudwatch LogGroup log\n[^✗]*it keeps everything for ever/);
        expect(exported().deployment.resources ?? []).to.deep.equal([]);
    });

    it("asks, and takes nobody for a yes", async () => {
        const { code, err } = await command("up");
        expect(code).to.equal(4);
        expect(err).to.contain("there is no terminal to ask on, and nothing was changed");
    });

    it("makes the stack, and says what it has done", async () => {
        const { code, out, err } = await command("up", "--yes");
        expect(code, err).to.equal(0);
        expect(out).to.match(/\+ aws:ssm Parameter greeting/);
        expect(out).to.match(/runner is deployed in [\d ms]+: 4 created/);
        expect(out).to.contain("https://id.example.com");
        expect(err).to.match(/created aws:cloudwatch LogGroup log/);
        const again = await command("up");
        expect(again.code, again.err).to.equal(0);
        expect(again.out).to.contain("nothing to change");
        expect(JSON.parse(pulumi("stack", "output", "--json"))).to.deep.equal({
            note: "hello",
            url: "https://id.example.com",
        });
    });

    it("stops after a killed update until what it was creating is cleared, and creates nothing twice", async () => {
        want({ queues: ["jobs"] });
        const killed = start("up", "--yes");
        while ((await inAws("sqs")).length === 0) {
            expect(killed.child.exitCode, killed.text()).to.equal(null);
            await new Promise((resolve) => setTimeout(resolve, 1000));
        }
        kill(killed.child.pid!);
        await killed.ended;
        expect(exported().deployment.pending_operations).to.have.length(1);
        // Its lock is still there.
        const locked = await command("up", "--yes", "--wait", "0");
        expect(locked.code).to.equal(5);
        expect(locked.err).to.match(/the stack is locked by \S+@\S+ \(pid \d+\) since \S+/);
        expect(locked.err).to.contain("pulumi cancel --stack runner");
        pulumi("cancel", "--yes");
        for (const name of ["up", "refresh", "destroy"]) {
            const stopped = await command(name, "--yes");
            expect(stopped.code, stopped.err).to.equal(3);
            expect(stopped.err).to.contain("  aws:sqs Queue jobs\n");
        }
        expect((await command("drift")).err).to.contain("An update of this stack was killed while it created:");
        expect(await inAws("sqs")).to.have.length(1);
        // What the message says.
        await deleteQueue((await inAws("sqs"))[0]!);
        // Not synchronously: it asks AWS, and the proxy in front of the emulator is in this process.
        const refresh = ["refresh", "--clear-pending-creates", "--yes", "--non-interactive", "--stack", "runner"];
        await promisify(execFile)("pulumi", refresh, { cwd: root });
        want({ database: { username: "agents", password: "hush-hush" } });
        const { code, out, err } = await command("up", "--yes");
        expect(code, err).to.equal(0);
        expect(out).to.contain("2 to create");
        expect(await inAws("sqs")).to.have.length(1);
        expect(idsOf("aws:sqs/queue:Queue")).to.have.length(1);
        expect(await inAws("rds:db")).to.have.length(1);
        expect(exported().deployment.pending_operations ?? []).to.deep.equal([]);
    });

    it("refuses to replace the database of prod, unless it is named", async () => {
        want({ database: { username: "others", password: "hush-hush" } });
        const { code, out, err } = await command("up", "--yes");
        expect(out).to.contain("± aws:rds Instance wallet").and.to.contain("replaced because of username");
        expect(code).to.equal(3);
        expect(err).to.contain("stopped before anything was changed");
        expect(err).to.contain("--allow-replace 'aws:rds/instance:Instance::wallet'");
        expect(await inAws("rds:db")).to.have.length(1);
        const named = await command("up", "--allow-replace", "aws:rds/instance:Instance::wallet");
        expect(named.code, named.err).to.equal(4); // it is let through to the question, and nobody is there
        want({ database: { username: "agents", password: "hush-hush" } });
        expect((await command("up", "--yes", "--allow-replace", "aws:rds/instance:Instance::wallet")).code).to.equal(3);
    });

    it("finds what was changed behind its back, and puts it right", async () => {
        const put = { Name: PARAMETER, Value: "changed by hand", Type: "String" as const, Overwrite: true };
        await ssm().send(new PutParameterCommand(put));
        const { code, out } = await command("drift");
        expect(code).to.equal(6);
        expect(out)
            .to.contain("aws:ssm Parameter greeting")
            .and.to.match(/value +a secret → another one/);
        expect(out).not.to.contain("changed by hand");
        const taken = await command("refresh", "--yes");
        expect(taken.code, taken.err).to.equal(0);
        expect((await command("up", "--yes")).code).to.equal(0);
        expect(await greeting()).to.equal("hello");
        expect((await command("drift")).code).to.equal(0);
    });

    it("waits for another run, and ends cleanly when it is interrupted", async () => {
        want({ queues: ["jobs", "mail"] });
        const first = start("up", "--yes");
        await first.until(/1 to create/);
        const second = start("up", "--yes", "--wait", "300");
        await second.until(/the stack is locked by .*; waiting for up to/);
        first.child.kill("SIGINT");
        expect(await first.ended).to.equal(130);
        expect(first.text()).to.contain("interrupted: steps in progress are finished");
        expect(first.text()).to.contain("npx identity up --stack runner goes on from there");
        expect(await second.ended, second.text()).to.equal(0);
        expect(await inAws("sqs")).to.have.length(2);
        expect(idsOf("aws:sqs/queue:Queue")).to.have.length(2);
    });

    it("takes the stack down", async () => {
        expect((await command("destroy")).code).to.equal(4);
        const { code, err } = await command("destroy", "--yes");
        expect(code, err).to.equal(0);
        expect(await inAws("sqs")).to.deep.equal([]);
        expect(exported().deployment.resources ?? []).to.deep.equal([]);
    });
});

/** The process and the CLI that it has begun, as a machine that is switched off ends them; the CLI's own children notice. */
function kill(pid: number) {
    const parents = readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((name) => {
            try {
                return [
                    {
                        pid: Number(name),
                        ppid: Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1]),
                    },
                ];
            } catch {
                return [];
            }
        });
    const below = (parent: number): number[] =>
        parents.filter(({ ppid }) => ppid === parent).flatMap((one) => [one.pid, ...below(one.pid)]);
    for (const one of [pid, ...below(pid)]) {
        try {
            process.kill(one, "SIGKILL");
        } catch {
            // it ended with its parent
        }
    }
}
