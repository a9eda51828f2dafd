/**
 * A stack that another version of this program made, and an `up` of this one over it: `FROM=<commit> npm run upgrade`. The account and the state
 * are the same throughout, and so are the stack's own files; all that changes is the program.
 */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { CreatePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { expect } from "chai";
import { boundary } from "../../automation/bootstrap/boundary";
import { boundaryArn } from "../../automation/bootstrap/names";
import { shortType } from "../../automation/plan/inventory";
import type { Kind } from "../../automation/runner/changes";
import { lossOf } from "../../automation/runner/guard";
import { label, typeOf } from "../../automation/runner/urn";
import { ACCOUNT } from "../automation/bootstrap/holders";
import { expectAllowed, stackNameIn, withinBoundary } from "../e2e/deploy-role";
import { copyProgram, needsLanguageHost, QUICK, TestStack } from "../e2e/engine";

const ROOT = path.join(__dirname, "../..");
const { FROM } = process.env;
/** Where a stack file says whether a cluster has TLS up to its tasks. */
const tlsOf = (cluster: string) => [
    ...(cluster === "keycloak" ? ["identity:keycloak"] : ["identity:agents", cluster]),
    "tls",
];

interface Case {
    /** Fills in the files of the stack, in the folder of the program that makes it. */
    prepare?(stack: TestStack): Promise<void>;
}

const STACKS: Readonly<Record<string, Case>> = {
    dev: {},
    prod: {
        async prepare() {
            const zone = { Name: "example.com", CallerReference: "prod" };
            await new Route53Client({}).send(new CreateHostedZoneCommand(zone));
        },
    },
};

/** What `npx identity preview --json` says. */
interface Preview {
    readonly counts: Readonly<Record<Kind, number>>;
    readonly same: number;
    readonly stops: readonly string[];
    readonly changes: readonly {
        readonly kind: Kind;
        readonly urn: string;
        readonly properties: readonly { readonly path: string }[];
        readonly reasons: readonly string[];
    }[];
}

/** What an administrator has done before: `npx identity bootstrap` of this program. An `up` asks what the boundary lets through. */
async function administratorsBoundary(stack: TestStack): Promise<void> {
    const arn = boundaryArn(ACCOUNT, stack.name);
    const [, Path, PolicyName] = /:policy(\/.*\/)([^/]+)$/.exec(arn)!;
    const stackName = { ...stackNameIn(stack, []), name: stack.name, monitoring: stack.name === "prod" };
    const PolicyDocument = boundary(ACCOUNT, stackName);
    await new IAMClient({}).send(new CreatePolicyCommand({ PolicyName, Path, PolicyDocument }));
}

/** The life of a stack from another version's `up` on. Each stack has a file of its own, so that they run side by side. */
export function upgrades(name: "dev" | "prod"): void {
    const { prepare } = STACKS[name]!;
    describe(`the stack ${name}, as the program of ${FROM ?? "another version"} made it`, () => {
        const folder = (kind: string) => mkdtempSync(path.join(os.tmpdir(), `identity-${kind}-`));
        let earlier: TestStack | undefined;
        let now: TestStack;
        /** Keycloak and agents without TLS up to their tasks get it in two steps (docs/operations.md). */
        let plain: string[] = [];

        before(async function () {
            needsLanguageHost(this);
            if (!FROM) {
                console.log("    skipped: FROM names no version, such as FROM=HEAD~10");
                this.skip();
            }
            const dir = folder("earlier");
            checkOut(FROM, dir);
            earlier = await TestStack.ofProject(name, dir);
            await prepare?.(earlier);
            withinBoundary(earlier);
            expect(Object.keys(await earlier.up())).to.deep.equal(["create"]);
        });
        after(async () => {
            await now?.cleanUp();
            if (earlier) rmSync(earlier.dir, { recursive: true, force: true });
        });

        /** A command of this program, in its folder; with what it said where it ended otherwise than it should. */
        const identity = (command: string, ...args: string[]) =>
            now.recorded(
                () =>
                    new Promise<{ code: number; out: string; err: string }>((resolve) => {
                        const options = {
                            cwd: now.dir,
                            env: { ...process.env, ...QUICK },
                            maxBuffer: 64 * 1024 * 1024,
                        };
                        const all = ["bin/identity.js", command, "--stack", name, ...args];
                        execFile(process.execPath, all, options, (error, out, err) => {
                            if (process.env.E2E_LOG) process.stderr.write(out + err);
                            resolve({ code: error ? Number(error.code) : 0, out, err });
                        }).stdin?.end();
                    }),
            );

        it("is previewed by this program, which replaces and deletes nothing that has data or an address", async () => {
            const dir = folder("now");
            copyProgram(dir);
            cpSync(earlier!.file, path.join(dir, path.basename(earlier!.file)));
            cpSync(path.join(earlier!.dir, "heritages"), path.join(dir, "heritages"), { recursive: true });
            now = await TestStack.ofProject(name, dir);
            await administratorsBoundary(now);
            const { out, err } = await identity("preview", "--json");
            expect(out, err).to.match(/^\{/);
            const preview = JSON.parse(out) as Preview;
            console.log(lines(name, preview).join("\n"));
            const lost = preview.changes.filter(
                ({ kind, urn }) => kind !== "create" && kind !== "update" && lossOf(urn),
            );
            expect(lost.map(({ kind, urn, reasons }) => [kind, label(urn), ...reasons].join(" "))).to.deep.equal([]);
            const resources = await now.resources();
            plain = resources
                .filter(({ type }) => /:(AgentCluster|KeycloakHa)$/.test(type))
                .map(({ urn }) => urn.split("::").at(-1)!)
                .filter((cluster) => resources.some(({ urn }) => urn.endsWith(`TargetGroup::public-${cluster}`)));
            if (plain.length > 0 && name !== "dev") {
                expect(preview.stops).to.have.length(1);
                expect(preview.stops[0]).to.contain(`tls: both in Pulumi.${name}.yaml`);
            } else expect(preview.stops).to.deep.equal([]);
            now.edit(...plain.map((cluster): [string[], unknown] => [tlsOf(cluster), "both"]));
        });

        it("comes up by it, and nothing is refused or has to be allowed", async () => {
            const { code, err } = await identity("up", "--yes");
            expect(code, err).to.equal(0);
            if (plain.length === 0) return;
            now.edit(...plain.map((cluster): [string[], unknown] => [tlsOf(cluster), undefined]));
            const { code: next, err: why } = await identity("up", "--yes");
            expect(next, why).to.equal(0);
        });

        it("changes nothing when it comes up again", async () => {
            await now.upUnchanged();
        });

        it("goes without leaving anything", async () => {
            if (name !== "dev") {
                now.edit([["identity:protect"], false]);
                await now.up();
            }
            const { code, err } = await identity("destroy", "--yes");
            expect(code, err).to.equal(0);
            expect(await now.resources()).to.deep.equal([]);
        });

        it("asked nothing of AWS that the deploy role of this version may not do", async () => {
            await expectAllowed(now, stackNameIn(now, []), earlier!.requests);
        });
    });
}

/** The project as it was at a commit, with the packages of its lock file. */
function checkOut(commit: string, dir: string) {
    const archive = execFileSync("git", ["archive", commit], { cwd: ROOT, maxBuffer: 1024 * 1024 * 1024 });
    execFileSync("tar", ["-x", "-C", dir], { input: archive });
    const lock = (root: string) => readFileSync(path.join(root, "package-lock.json"), "utf8");
    if (lock(dir) === lock(ROOT)) symlinkSync(path.join(ROOT, "node_modules"), path.join(dir, "node_modules"));
    else execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: dir, stdio: "ignore" });
}

/** A row of the table in docs/development.md, and the kinds of what is replaced or deleted below it. */
function lines(name: string, { counts, same, changes }: Preview): string[] {
    const rolls = changes.filter(
        ({ urn, properties }) =>
            typeOf(urn) === "aws:ecs/service:Service" &&
            properties.some((property) => property.path === "taskDefinition"),
    );
    const numbers = [counts.create, counts.update, counts.replace, counts.delete, same, rolls.length];
    const gone = changes
        .filter(({ kind }) => kind === "replace" || kind === "delete")
        .map(({ kind, urn, reasons }) => [kind, shortType(typeOf(urn)), ...reasons].join(" "));
    const kinds = [...new Set(gone)].map((one) => `${gone.filter((other) => other === one).length} × ${one}`);
    const row = ["", FROM, name, ...numbers, ""].join(" | ").trim();
    return ["| from | stack | made | changed | replaced | deleted | stay | services that roll |", row, ...kinds].map(
        (line) => `    ${line}`,
    );
}
