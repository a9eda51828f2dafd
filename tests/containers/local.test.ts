import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { containersOf, dockerOutput } from "../../automation/local/docker";
import { composeProject } from "../../automation/local/state";
import { type Running, running } from "../../automation/local/running";
import { Exit } from "../../automation/shared/errors";
import { database } from "./database";
import { composeOrSkip, output, run, until } from "./docker";
import { ask as askOf, localCommand, type Question } from "./local-command";
import { baseImage, ROOT } from "./plan";
import { POSTGRES_IMAGE } from "./postgres";
import { obeysSecurityGroups } from "./security-groups";
import { steadyLoad } from "./steady-load";
import { verifies } from "./verify";

/** Another name and other ports than those of a stack that somebody may be using. */
const STACK = "containertest";
const OFFSET = 11_000;
const DEBUG_PORT = 20_229;
const PER_SECOND = 20;

/** The stack dev, brought up, looked at and taken down by the command itself. */
describe("npx identity local", () => {
    let root: string | undefined;
    let up: { code: number; out: string; err: string };
    let platform: Running;
    /** The compose project. */
    let PROJECT: string;

    const command = (name: string, ...words: string[]) => localCommand(root!, STACK)(name, ...words);
    const ask = (url: string, question: Partial<Question> = {}) => askOf(url, { ca: platform.ca, ...question });

    before(async function () {
        this.timeout(20 * 60 * 1000);
        const bases = [baseImage("acapy-agent", "ACAPY_IMAGE"), baseImage("envoy", "ENVOY_IMAGE"), "python:3.13-slim"];
        const keycloak = `quay.io/keycloak/keycloak:${baseImage("keycloak", "KEYCLOAK_VERSION")}`;
        await composeOrSkip(this, [...bases, keycloak, POSTGRES_IMAGE]);
        root = mkdtempSync(join(tmpdir(), "local-test-"));
        cpSync(join(ROOT, "Pulumi.yaml"), join(root, "Pulumi.yaml"));
        cpSync(join(ROOT, "Pulumi.dev.yaml"), join(root, `Pulumi.${STACK}.yaml`));
        PROJECT = composeProject(root, "identity", STACK);
        up = await command("up", "--timeout", "900", "--port-offset", String(OFFSET));
        expect(up.code, up.err).to.equal(0);
        platform = running(root, STACK);
    });

    after(async function () {
        this.timeout(5 * 60 * 1000);
        if (root === undefined) return;
        await command("down", "--volumes");
        rmSync(root, { recursive: true, force: true });
    });

    it("says in a sentence that Docker is gone", async () => {
        const env = { DOCKER_HOST: `unix://${root}/nobody.sock` };
        const error = await dockerOutput(["ps"], { env }).catch((one: Error) => one);
        expect([error instanceof Exit, String(error)], String(error)).to.satisfy(
            ([isExit, text]: [boolean, string]) => isExit && text.includes("Docker does not answer any more"),
        );
    });

    it("says where everything is, and shows no secret", () => {
        expect(up.out).to.contain("everything is up");
        expect(up.out).to.contain(`https://public.localhost:${8443 + OFFSET}/service`);
        expect(up.err).to.match(/keycloak-2: envoy running, keycloak healthy/);
        for (const name of platform.parameterNames.filter((one) => /KEY|PASSWORD|CREDS/.test(one))) {
            expect((up.out + up.err).includes(platform.parameter(name)), "a secret is shown").to.equal(false);
        }
    });

    it("wrote a compose file that compose takes with its variables, and with nothing else", async () => {
        const file = join(root!, "build/local", STACK, "compose.yaml");
        const { code, stderr } = await run("docker", ["compose", "--file", file, "config", "--quiet"]);
        expect(code).not.to.equal(0);
        expect(stderr).to.contain("by npx identity local alone");
        for (const name of await output("docker", [
            "ps",
            "--quiet",
            "--filter",
            `name=${PROJECT}-issuer-[^-]+-agent-1$`,
        ]).then((ids) => ids.split("\n"))) {
            const { HostConfig } = JSON.parse(await output("docker", ["inspect", "--format", "{{json .}}", name]));
            expect(HostConfig).to.include({ ReadonlyRootfs: true, Init: true, Memory: 512 * 1024 ** 2 });
            expect(HostConfig.CapDrop).to.deep.equal(["ALL"]);
        }
    });

    it("listens on 127.0.0.1 and nowhere else", async () => {
        const ports = await output("docker", ["ps", "--filter", `name=${PROJECT}-`, "--format", "{{.Ports}}"]);
        const published = ports.split(/[\n,]/).filter((one) => one.includes("->"));
        expect(published).not.to.be.empty;
        for (const one of published) expect(one.trim()).to.match(/^127\.0\.0\.1:/);
    });

    it("shows that all of it is well", async () => {
        const { code, out } = await command("status");
        expect(code, out).to.equal(0);
        for (const name of ["shared-db", "issuer-1", "issuer-2", "holder-1", "hello-2", "admin"]) {
            expect(out).to.match(new RegExp(` ${name} +(agent )?(healthy|running)`));
        }
        expect(out).to.match(/sample-api-oneoff +done/);
        // Of two nodes that make the first tables at once, one may lose, end, and start anew.
        expect(out.replaceAll(/\s+/g, " "), out).to.match(
            /keycloak-1 envoy running, keycloak healthy(, started anew \d times?)?; public healthy, admin healthy/,
        );
    });

    it("names a task whose containers together use more memory than it has", async () => {
        const containers = await containersOf(PROJECT);
        const use = (container: string, ...words: string[]) =>
            output("docker", ["exec", "--detach", containers.get(container)!.Id, ...words]);
        expect((await command("status")).out).not.to.contain("Fargate would end");
        const held = "import time; held = bytearray(300 * 1024 ** 2); time.sleep(600)";
        await use("hello-1-app", "python3", "-c", held);
        await use("hello-1-envoy", "sh", "-c", "head -c 280M /dev/zero | tail -c 280M | sleep 600");
        const said = await until("it is told", 60, async () => {
            const { out } = await command("status");
            return out.includes("Fargate would end") ? out : undefined;
        });
        expect(said).to.match(
            /^hello-1 uses [5-9]\d\d MiB, and its task has 512: Fargate would end a container of it$/m,
        );
        for (const container of ["hello-1-app", "hello-1-envoy"])
            await output("docker", ["restart", containers.get(container)!.Id]);
    });

    it("has two agents on one wallet, behind a load balancer and a key", async () => {
        const { issuer } = platform.services;
        const [url] = issuer!.urls.internal;
        const key = { "X-API-Key": platform.parameter(`/identity/${STACK}/issuer/ACAPY_ADMIN_API_KEY`) };
        expect((await ask(`${url}/wallet/did`)).status).to.equal(401);
        const made = await ask(`${url}/wallet/did/create`, { method: "POST", headers: key });
        expect(made.status, made.text).to.equal(200);
        const { did } = JSON.parse(made.text).result;
        for (const task of issuer!.tasks) {
            const listed = await ask(`https://${await task.address(8443)}/wallet/did`, { headers: key, anyName: true });
            expect(
                JSON.parse(listed.text).results.map((one: { did: string }) => one.did),
                task.name,
            ).to.include(did);
        }
        const { out } = await command("secret", "issuer/ACAPY_ADMIN_API_KEY");
        expect(out.trim() === key["X-API-Key"]).to.equal(true);
    });

    it("has load balancers with TLS by the stack's authority, the plan's rules, and its redirect", async () => {
        const at = (path: string, port = 8443) => `https://public.localhost:${port + OFFSET}${path}`;
        expect(await ask(at("/service"))).to.include({ status: 200, text: "Hello from behind Envoy proxy!!\n" });
        expect(await ask(at("/nothing"))).to.include({ status: 404, text: "Not found" });
        // The administrators' realm and the console are on the inside.
        expect((await ask(at("/realms/master"))).status).to.equal(404);
        expect((await ask(`https://admin.localhost:${9443 + OFFSET}/realms/master`)).status).to.equal(200);
        expect((await ask(at("/admin/"))).status).to.equal(404);
        expect((await ask(`https://admin.localhost:${9443 + OFFSET}/admin/`)).status).to.equal(302);
        const redirect = await ask(`http://public.localhost:${8080 + OFFSET}/a?b=c`);
        expect([redirect.status, redirect.location]).to.deep.equal([301, at("/a?b=c")]);
        const stranger = await ask(at("/service"), { ca: "" }).catch((error: Error) => error);
        expect(stranger).to.be.instanceOf(Error);
    });

    it("writes and reads posts, with credentials out of its SSM, and runs the task of the night", async () => {
        const [url] = platform.services["sample-api-web"]!.urls.public;
        const headers = { "Content-Type": "application/json" };
        const made = await ask(url!, { method: "POST", headers, body: JSON.stringify({ title: "t", body: "b" }) });
        expect(made.status, made.text).to.equal(201);
        const { id } = JSON.parse(made.text);
        expect(JSON.parse((await ask(`${url}/${id}`)).text)).to.include({ title: "t" });
        const night = await command("task", "sample-api-nightly");
        expect(night.code).to.equal(0);
        expect(JSON.parse(night.out)).to.include({
            level: "info",
            message: "0 posts were older than 365 days",
            posts: 0,
        });
    });

    it("runs its samples as a user whose group is not root's", async () => {
        const there = await containersOf(PROJECT);
        for (const name of ["hello-1-app", "sample-api-web-1-app", "sample-api-worker-1"])
            expect(await output("docker", ["exec", there.get(name)!.Id, "id", "-g"]), name).to.equal("1000");
    });

    it("talks to its databases over TLS, as roles that are no superusers", async () => {
        for (const role of ["wallet_issuer", "wallet_holder", "keycloak", "sample_api"]) {
            const rows = await database(PROJECT, "shared-db").query(
                `SELECT DISTINCT ssl, rolsuper FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) JOIN pg_roles ON rolname = usename
                 WHERE usename = '${role}'`,
            );
            expect(rows, role).to.deep.equal(["t|f"]);
        }
    });

    obeysSecurityGroups(() => ({ root: root!, stack: STACK, project: PROJECT, running: platform, command }), {
        root: ROOT,
        stack: "dev",
    });

    verifies(() => ({ root: root!, stack: STACK, project: PROJECT, running: platform, command }));

    it("goes on without one of two tasks, loses what it was asked alone, and says which one is gone", async function () {
        this.timeout(10 * 60 * 1000);
        const { hello } = platform.services;
        const [first] = hello!.tasks;
        const load = steadyLoad(PER_SECOND, () => ask(hello!.urls.public[0]!));
        await first!.kill();
        const killed = Date.now();
        expect(Object.values(await first!.state())).to.deep.equal(["exited", "exited"]);
        const gone = await command("status");
        expect(gone.code).to.equal(1);
        expect(gone.out).to.match(/! +hello +hello-1 +stopped/);
        await until("the load balancer has left it out", 90, async () => {
            const { out } = await command("status");
            return /hello-1 .*public unhealthy/.test(out) ? true : undefined;
        });
        await first!.start();
        await until("it is asked again", 90, async () => {
            const { out } = await command("status");
            return /hello-1 .*public healthy/.test(out) ? true : undefined;
        });
        await load.end();
        expect(load.sent()).to.be.greaterThan(PER_SECOND);
        const later = load.failed.filter(({ sent }) => sent > killed);
        expect(later, `of ${load.failed.length} that failed`).to.deep.equal([]);
    });

    it("goes on by itself after a database's restart", async function () {
        this.timeout(10 * 60 * 1000);
        const [url] = platform.services["sample-api-web"]!.urls.public;
        const before = await containersOf(PROJECT);
        const load = steadyLoad(PER_SECOND, () => ask(url!));
        await output("docker", ["restart", before.get("shared-db")!.Id]);
        const isWell = () => ask(url!).then(({ status }) => (status === 200 ? true : undefined));
        await until("posts are read again", 30, isWell);
        const [well, many] = [Date.now(), load.sent() + 5 * PER_SECOND];
        await until("as many are sent as in five seconds", 60, async () => (load.sent() > many ? true : undefined));
        await load.end();
        expect(load.failed.filter(({ sent }) => sent > well)).to.deep.equal([]);
        const after = await containersOf(PROJECT);
        for (const name of ["sample-api-web-1-app", "issuer-1-agent", "keycloak-1-keycloak"]) {
            expect(after.get(name)!.RestartCount, name).to.equal(before.get(name)!.RestartCount);
        }
    });

    it("makes nothing anew where nothing has changed, keeps its data over a down, and leaves nothing with --volumes", async function () {
        this.timeout(15 * 60 * 1000);
        const before = await containersOf(PROJECT);
        const rules = (verb: string) =>
            run("docker", ["exec", before.get("hello-1-network")!.Id, "nft", verb, "table", "inet", "firewall"]);
        expect((await rules("delete")).code).to.equal(0);
        const again = await command("up", "--timeout", "600");
        expect(again.code, again.err).to.equal(0);
        expect((await rules("list")).code).to.equal(0); // in force again, in the same container
        const now = await containersOf(PROJECT);
        for (const name of ["issuer-1-agent", "hello-1-network", "keycloak-1-keycloak", "shared-db", "public"]) {
            expect(now.get(name)!.Id, name).to.equal(before.get(name)!.Id);
        }
        // A debugger's port leads to the one task that is left of the service.
        const debugged = await command("up", "--timeout", "600", "--debug", `hello=${DEBUG_PORT}`);
        expect(debugged.code, debugged.err).to.equal(0);
        expect(debugged.out).to.contain(`debug    hello: 127.0.0.1:${DEBUG_PORT}`);
        const tasks = [...(await containersOf(PROJECT))].filter(([name]) => /^hello-\d.*-app$/.test(name));
        expect(tasks.map(([name]) => name)).to.have.length(1);
        const listen =
            "import http.server as h, os; h.test(h.SimpleHTTPRequestHandler, port=int(os.environ['DEBUG_PORT']))";
        await output("docker", ["exec", "--detach", "--workdir", "/app", tasks[0]![1].Id, "python3", "-c", listen]);
        const { text } = await until("the port is open", 30, () =>
            ask(`http://127.0.0.1:${DEBUG_PORT}/hello.py`).catch(() => undefined),
        );
        expect(text).to.contain("Says hello");
        const labelled = (kind: string[]) =>
            output("docker", [...kind, "--quiet", "--filter", `label=com.docker.compose.project=${PROJECT}`]);
        const since = String(Date.now() / 1000);
        expect((await command("down")).code).to.equal(0);
        expect(await labelled(["ps", "--all"])).to.equal("");
        const died = await output("docker", [
            "events",
            "--since",
            since,
            "--until",
            String(Date.now() / 1000),
            "--filter",
            "event=die",
            "--filter",
            `label=com.docker.compose.project=${PROJECT}`,
            "--format",
            '{{index .Actor.Attributes "com.docker.compose.service"}}',
        ]);
        // Its nodes take themselves out of the list there.
        for (const node of ["keycloak-1-keycloak", "keycloak-2-keycloak"])
            expect(died.split("\n").indexOf("shared-db"), died).to.be.greaterThan(died.split("\n").indexOf(node));
        expect((await labelled(["volume", "ls"])).split("\n")).to.have.length(1); // the databases'
        const gone = await command("down", "--volumes");
        expect(gone.code, gone.err).to.equal(0);
        expect(await labelled(["volume", "ls"])).to.equal("");
        expect(await labelled(["network", "ls"])).to.equal("");
        expect(await output("docker", ["images", "--quiet", `${PROJECT}/*`])).to.equal("");
        expect((await command("status")).code).to.equal(2);
    });
});
