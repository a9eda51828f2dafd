/** A stack on a real engine: the program in this process, the stack file in a folder of its own, the state thrown away. */
import { execFileSync } from "node:child_process";
import {
    copyFileSync,
    cpSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { LocalWorkspace, type OpMap, type Stack } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { parseDocument } from "yaml";
import { typeAndName } from "../../automation/runner/urn";
import { type AwsRequest, awsRequest } from "./aws-request";
import { onRequest, startProxy } from "./emulator";

const ROOT = path.join(__dirname, "..", "..");
export const POLICY_PACK = path.join(ROOT, "policy");

/** What is not the program's, or is made anew. */
const LEFT_OUT = ["node_modules", ".git", "build", "tests", "docs", "bench"];

/** Copies the program into a folder of its own, which is a user's then. */
export function copyProgram(dir: string) {
    for (const name of readdirSync(ROOT).filter((one) => !LEFT_OUT.includes(one))) {
        cpSync(path.join(ROOT, name), path.join(dir, name), { recursive: true });
    }
    symlinkSync(path.join(ROOT, "node_modules"), path.join(dir, "node_modules"));
}

/** Before every suite of a file that imports this one. In a process that runs several files, the first starts the proxy for all. */
before(async () => {
    if (process.env.AWS_ENDPOINT_URL) await startProxy();
});

/** Skips the suite where it cannot run, and says why. */
export function needsEngine(context: Mocha.Context): void {
    const missing = missingEngine();
    if (missing === undefined) return;
    console.log(`    skipped: ${missing}`);
    context.skip();
}

/** The same for one that runs programs by Pulumi's own CLI, which needs its language host beside the engine. */
export function needsLanguageHost(context: Mocha.Context): void {
    needsEngine(context);
    try {
        execFileSync("sh", ["-c", "command -v pulumi-language-nodejs"], { stdio: "ignore" });
    } catch {
        console.log("    skipped: there is no pulumi-language-nodejs on the PATH; it comes with the Pulumi CLI");
        context.skip();
    }
}

function missingEngine(): string | undefined {
    try {
        execFileSync("pulumi", ["version"], { stdio: "ignore" });
    } catch {
        return "there is no `pulumi` on the PATH: install the Pulumi CLI (https://www.pulumi.com/docs/install)";
    }
    if (!process.env.AWS_ENDPOINT_URL) {
        return "AWS_ENDPOINT_URL is not set: start an AWS emulator and point it there (these tests never touch a real account)";
    }
    return undefined;
}

/** Resources by what is done to them, by type and name, in alphabetical order; not those that stay the same. */
export type Steps = Record<string, string[]>;

function count(steps: Steps, { op, urn }: { op: string; urn: string }) {
    if (op !== "same") steps[op] = [...(steps[op] ?? []), typeAndName(urn)];
}

/** The path of a key in a stack file, and what to set it to; `undefined` takes it out. */
export type Change = [path: (string | number)[], value: unknown];

/** How the CLI runs a test's stack, where a user's is the other way about. */
export const QUICK = {
    // The state is written once, when an operation ends, and not anew for each of several hundred steps: nobody kills these (runner.test.ts does).
    PULUMI_SKIP_CHECKPOINTS: "true",
    // A step that waits for AWS, such as a database for 80 s, keeps no other one waiting. By default there are 4 at a time for each core.
    PULUMI_PARALLEL: "32",
};

export class TestStack {
    private constructor(
        readonly name: string,
        /** The folder with the stack file. */
        readonly dir: string,
    ) {}
    private stack!: Stack;
    /** What the engine printed in the last operation. */
    log = "";
    /** What the operations of this stack asked of AWS, from the first on. */
    readonly requests: AwsRequest[] = [];
    /** Folders of policy packs that previews and `up`s are judged by. */
    policyPacks: string[] = [];

    /** A stack of the platform, or of a program of the test's own. */
    static async create(name: string, stackFile: string, program = platform): Promise<TestStack> {
        const testStack = new TestStack(name, mkdtempSync(path.join(os.tmpdir(), "identity-e2e-")));
        const { dir } = testStack;
        copyFileSync(path.join(ROOT, stackFile), testStack.file);
        for (const shared of ["Pulumi.yaml", "images", "heritages"]) {
            cpSync(path.join(ROOT, shared), path.join(dir, shared), { recursive: true });
        }
        symlinkSync(path.join(ROOT, "node_modules"), path.join(dir, "node_modules")); // where component providers look
        testStack.stack = await LocalWorkspace.createOrSelectStack(
            {
                stackName: name,
                projectName: "identity",
                program: async () => {
                    process.chdir(dir); // where Pulumi runs a program
                    return (await program()) as Record<string, unknown>;
                },
            },
            { workDir: dir, envVars: QUICK },
        );
        return testStack;
    }

    /** A stack of a whole project, such as another version of this one: Pulumi's own language host runs what is in the folder. */
    static async ofProject(name: string, dir: string): Promise<TestStack> {
        const testStack = new TestStack(name, dir);
        const workspace = { stackName: name, workDir: dir };
        testStack.stack = await LocalWorkspace.createOrSelectStack(workspace, { envVars: QUICK });
        return testStack;
    }

    get file() {
        return path.join(this.dir, `Pulumi.${this.name}.yaml`);
    }

    /** Writes a file of the project, beside the stack file. */
    write(file: string, text: string) {
        mkdirSync(path.dirname(path.join(this.dir, file)), { recursive: true });
        writeFileSync(path.join(this.dir, file), text);
    }

    /** Changes the stack file, as a person would with an editor. */
    edit(...changes: Change[]) {
        const document = parseDocument(readFileSync(this.file, "utf8"));
        for (const [at, value] of changes) {
            if (value !== undefined) document.setIn(["config", ...at], document.createNode(value));
            else if (document.hasIn(["config", ...at])) document.deleteIn(["config", ...at]);
        }
        writeFileSync(this.file, document.toString());
    }

    /** Sets an encrypted value of the stack file, by its path below `identity:`, as `pulumi config set --secret --path` does. */
    async encrypt(at: string, value: string) {
        await this.stack.setConfig(`identity:${at}`, { value, secret: true }, true);
    }

    async up(): Promise<OpMap> {
        this.spans.clear();
        const steps: Steps = (this.steps = {});
        const { summary } = await this.recorded(() =>
            this.stack.up({
                ...this.listen(),
                policyPacks: this.policyPacks,
                onEvent: ({ resourcePreEvent, resOutputsEvent }) => {
                    const [began, ended] = [resourcePreEvent?.metadata, resOutputsEvent?.metadata];
                    if (began) {
                        count(steps, began);
                        const { op, type, diffs = Object.keys(began.detailedDiff ?? {}) } = began;
                        this.spans.set(began.urn, { op, diffs, type, start: Date.now(), end: Infinity });
                    }
                    const span = ended && this.spans.get(ended.urn);
                    if (span) span.end = Date.now();
                },
            }),
        );
        for (const resources of Object.values(steps)) resources.sort();
        return summary.resourceChanges ?? {};
    }

    /** An `up` that has nothing to do; where it has, the error says what, and for which of its properties. */
    async upUnchanged() {
        const operations = Object.keys(await this.up());
        const changed = [...this.spans]
            .filter(([, { op }]) => op !== "same")
            .map(([urn, { op, diffs }]) => [op, typeAndName(urn), ...diffs].join(" "));
        expect(operations, changed.join("; ")).to.deep.equal(["same"]);
    }

    /** What the last `up` created, updated, replaced or deleted, in the form of a preview. */
    steps: Steps = {};

    /** What the engine did to each resource in the last `up`, by URN, for which of its properties, and when, in milliseconds. */
    readonly spans = new Map<string, { op: string; diffs: string[]; type: string; start: number; end: number }>();

    /** What a preview would create, update, replace or delete, by type and name, in alphabetical order. */
    async preview(): Promise<Steps> {
        const steps: Steps = {};
        await this.recorded(() =>
            this.stack.preview({
                ...this.listen(),
                policyPacks: this.policyPacks,
                onEvent: ({ resourcePreEvent }) => {
                    if (resourcePreEvent) count(steps, resourcePreEvent.metadata);
                },
            }),
        );
        for (const resources of Object.values(steps)) resources.sort();
        return steps;
    }

    /** What `pulumi destroy` does before it asks, and what it stops at. */
    async previewDestroy() {
        await this.stack.previewDestroy(this.listen());
    }

    async destroy(): Promise<OpMap> {
        try {
            const { summary } = await this.recorded(() => this.stack.destroy(this.listen()));
            return summary.resourceChanges ?? {};
        } catch (error) {
            // Under load the emulator loses an answer now and then; the provider asks again, and hears that it is gone already.
            if (!/NotFound/.test(this.log)) throw error;
            await this.stack.refresh(this.listen());
            const { summary } = await this.stack.destroy(this.listen());
            return summary.resourceChanges ?? {};
        }
    }

    async outputs() {
        return this.stack.outputs();
    }

    /** The generated passwords, read with the passphrase, and the state as whoever has only the file would read it. */
    async secrets(): Promise<{ clear: string; passwords: string[] }> {
        const clear = execFileSync("pulumi", ["stack", "export", "--stack", this.name], {
            cwd: this.dir,
            encoding: "utf8",
            maxBuffer: 64 * 1024 * 1024,
        });
        const passwords = (await this.resources())
            .filter((r) => r.type === "random:index/randomPassword:RandomPassword")
            .map((r) => JSON.parse((r.outputs!.result as { plaintext: string }).plaintext) as string);
        return { clear, passwords };
    }

    /** The keys that the program made, as PEM. */
    async privateKeys(): Promise<string[]> {
        return (await this.resources())
            .filter((r) => r.type === "tls:index/privateKey:PrivateKey")
            .map((r) => JSON.parse((r.outputs!.privateKeyPem as { plaintext: string }).plaintext) as string);
    }

    /** The version tokens that a container of a service's task definition carries; of its first container unless it is named. */
    async labels(service: string, container?: string): Promise<string> {
        const definition = (await this.resources()).find(
            (r) => r.type === "aws:ecs/taskDefinition:TaskDefinition" && r.urn.endsWith(`::${service}`),
        );
        const containers = JSON.parse(String(definition?.outputs?.containerDefinitions)) as {
            name: string;
            dockerLabels: Record<string, string>;
        }[];
        const found = containers.find(({ name }) => container === undefined || name === container);
        return found!.dockerLabels["secret-versions"]!;
    }

    /** The state's resources, what is secret laid open. */
    async resources(): Promise<Exported[]> {
        const { deployment } = await this.stack.exportStack();
        return deployment.resources ?? [];
    }

    /** Whatever became of the test: what is left goes, and the folder. */
    async cleanUp() {
        try {
            await this.stack.workspace.removeStack(this.name, { force: true });
        } finally {
            process.chdir(ROOT);
            rmSync(this.dir, { recursive: true, force: true });
        }
    }

    /** Records what an operation asks of AWS, also where another program does it. */
    async recorded<Result>(operation: () => Promise<Result>): Promise<Result> {
        const stop = onRequest((sent) => {
            const request = awsRequest(sent);
            if (request) this.requests.push(request);
        });
        return operation().finally(stop);
    }

    private listen() {
        this.log = "";
        const keep = (text: string) => {
            this.log += text;
            if (process.env.E2E_LOG) process.stderr.write(text);
        };
        return { onOutput: keep, onError: keep };
    }
}

/** The program of `pulumi up`. */
async function platform(): Promise<unknown> {
    const { default: program } = await import("../../index");
    return program();
}

export interface Exported {
    urn: string;
    type: string;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
}
