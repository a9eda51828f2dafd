import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { type Authority, authority } from "./certificates";
import { logs, output, type Sandbox, sandboxOrSkip, state, until } from "./docker";
import { baseImage, ROOT, taskDefinition } from "./plan";
import { POSTGRES_IMAGE, type Postgres, startPostgres } from "./postgres";
import { startTask, type Task } from "./task";
import { environmentOf, type TaskDefinition } from "./task-definition";

const TLS = 8443;
const NAME = "api.example.com";
const DATABASE_HOST = "database.example.com";

/** The sample API behind its Envoy, out of the task definition that the plan renders, on a PostgreSQL that speaks TLS alone. */
describe("the sample API under its task definition", () => {
    const password = randomBytes(16).toString("hex");
    const role = "app";
    const whole = { user: role, password, host: DATABASE_HOST, name: "postgres", port: "5432" };
    let sandbox: Sandbox | undefined;
    let network: string;
    let images: Record<string, string>;
    let definition: TaskDefinition;
    let prefix: string;
    let ours: Authority;
    let tls: Record<string, string>;
    let postgres: Postgres;
    let ssm: ParameterStore;
    let gateway: string;
    /** By a path of SSM, as dev has it; and by variables, as a service with `credentials: environment` has it. */
    let byPath: Task;
    let byVariables: Task;

    before(async function () {
        this.timeout(10 * 60 * 1000);
        sandbox = await sandboxOrSkip(this, [baseImage("envoy", "ENVOY_IMAGE"), "python:3.13-slim", POSTGRES_IMAGE]);
        definition = await taskDefinition("sample-api-web");
        const app = definition.containerDefinitions.find(({ name }) => name === "app")!;
        prefix = environmentOf(app).PARAMETER_STORE_PREFIX!;
        network = await sandbox.network();
        const format = "{{(index .IPAM.Config 0).Gateway}}";
        gateway = await output("docker", ["network", "inspect", "--format", format, network]);
        ours = await authority(sandbox.directory, "ours");
        const pair = await ours.issue("server", NAME);
        tls = { TLS_CERTIFICATE: pair.certificate + ours.certificate, TLS_PRIVATE_KEY: pair.key };
        images = {
            envoy: await sandbox.image(join(ROOT, "images/envoy")),
            app: await sandbox.image(join(ROOT, "images/sample-api"), { RDS_CA_PEM: ours.certificate }),
        };
        postgres = await startPostgres(sandbox, {
            network,
            directory: sandbox.directory,
            names: [DATABASE_HOST],
            server: await ours.issue("database", DATABASE_HOST),
            role: { account: role, password },
            superuserPassword: randomBytes(16).toString("hex"),
        });
        await postgres.query(`GRANT ALL ON SCHEMA public TO ${role}`); // its own database's owner may do that on RDS
        ssm = await parameterStore(gateway);
        ssm.put(`${prefix}/database/app`, whole);
        // At once, on a database with nothing in it.
        [byPath, byVariables] = await Promise.all([startByPath(), startByVariables(whole)]);
        await Promise.all([well(byPath), well(byVariables)]);
    });

    after(function () {
        this.timeout(120_000);
        ssm?.server.close();
        sandbox?.cleanUp();
    });

    it("asks for the path of the task definition alone, decrypted, page by page", () => {
        expect(ssm.asked.length).to.be.greaterThan(1);
        for (const one of ssm.asked) {
            expect(one).to.include({ Path: `${prefix}/database/`, Recursive: true, WithDecryption: true });
        }
    });

    it("writes and reads posts, either way on one database", async () => {
        const posted = await call(byPath, "POST", "/posts", { title: "Grüße 🙂", body: "one" });
        expect(posted.status).to.equal(201);
        expect(posted.headers).to.match(new RegExp(`^location: /posts/${posted.body.id}\\r?$`, "im"));
        const read = await call(byVariables, "GET", `/posts/${posted.body.id}`);
        expect([read.status, read.body]).to.deep.equal([200, posted.body]);
        expect(read.body).to.include({ title: "Grüße 🙂", body: "one" });
        const second = await call(byVariables, "POST", "/posts", { title: "second", body: "two" });
        const listed = await call(byPath, "GET", "/posts?limit=2");
        expect(listed.body.posts.map(({ id }: { id: number }) => id)).to.deep.equal([second.body.id, posted.body.id]);
        const before = await call(byPath, "GET", `/posts?before=${second.body.id}&limit=1`);
        expect(before.body.posts).to.deep.equal([posted.body]);
    });

    it("brings the database to what it needs by the task before a deployment, as often as that runs", async () => {
        expect(await ended("oneoff")).to.deep.equal([0, "info: the database is what this version needs"]);
    });

    it("has its words counted by the worker, which ends when it is told to", async () => {
        const { id } = (await call(byPath, "POST", "/posts", { title: "words", body: " three  little\nwords " })).body;
        expect((await call(byPath, "GET", `/posts/${id}`)).body.words).to.equal(null);
        const worker = (await start("worker")).containers.app!;
        const { body } = await until("the words are counted", 30, async () => {
            const read = await call(byPath, "GET", `/posts/${id}`);
            return read.body.words === null ? undefined : read;
        });
        expect(body.words).to.equal(3);
        await output("docker", ["stop", worker]);
        expect((await state(worker)).ExitCode).to.equal(0); // 137: Docker killed it after ten seconds
    });

    it("loses what is too old by the task of the night, and nothing else", async () => {
        const { id } = (await call(byPath, "POST", "/posts", { title: "old", body: "old" })).body;
        await postgres.query(`UPDATE posts SET created_at = now() - interval '366 days' WHERE id = ${id}`);
        expect(await ended("nightly")).to.deep.equal([0, "info: 1 posts were older than 365 days"]);
        expect((await call(byPath, "GET", `/posts/${id}`)).status).to.equal(404);
        expect((await call(byPath, "GET", "/posts")).body.posts).not.to.be.empty;
        expect(await ended("nightly", { POSTS_KEEP_DAYS: "soon" })).to.deep.equal([
            1,
            "error: POSTS_KEEP_DAYS is 'soon', and should be a number of days from 1 to 36500",
        ]);
    });

    it("talks to the database over TLS, as a role that is no superuser", async () => {
        const rows = await postgres.query(
            `SELECT DISTINCT ssl, usename FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '${role}'`,
        );
        expect(rows).to.deep.equal([`t|${role}`]);
    });

    for (const [what, method, path, content, status, code] of [
        ["no JSON", "POST", "/posts", "{", 400, "bad_json"],
        ["something that is no object", "POST", "/posts", [1], 422, "invalid"],
        ["nothing in it", "POST", "/posts", {}, 422, "invalid"],
        ["a title that is too long", "POST", "/posts", { title: "x".repeat(201), body: "b" }, 422, "invalid"],
        ["a field that is none", "POST", "/posts", { title: "t", body: "b", id: 1 }, 422, "invalid"],
        ["more than it takes", "POST", "/posts", { title: "t", body: "x".repeat(70_000) }, 413, "too_large"],
        ["a post that is not there", "GET", "/posts/999999", undefined, 404, "not_found"],
        ["a number beyond all posts", "GET", "/posts/99999999999999999999999", undefined, 404, "not_found"],
        ["a page that is none", "GET", "/posts?limit=many", undefined, 422, "invalid"],
        ["a path that is none", "GET", "/nothing", undefined, 404, "not_found"],
        ["a method that is none", "DELETE", "/posts", undefined, 405, "method_not_allowed"],
    ] as const) {
        it(`refuses ${what} with ${status}`, async () => {
            const refused = await call(byPath, method, path, content);
            expect([refused.status, refused.body.error.code]).to.deep.equal([status, code]);
            expect(refused.body.error.message).to.match(/\w.*\.$/);
        });
    }

    it("refuses with 413 what would go to a disk, and goes on", async () => {
        expect((await call(byPath, "POST", "/posts", "x".repeat(900_000))).status).to.equal(413);
        expect((await call(byPath, "GET", "/posts")).status).to.equal(200);
    });

    it("names all that is wrong with a post at once, and takes nothing but JSON", async () => {
        const { body } = await call(byPath, "POST", "/posts", { title: "", body: 1, more: true });
        expect(body.error.message).to.match(/more is no field\. title should .* body should/);
        const form = await call(byPath, "POST", "/posts", "title=x", "application/x-www-form-urlencoded");
        expect(form.status).to.equal(415);
    });

    it("says that the database is away while it is, and goes on when it is back", async () => {
        await output("docker", ["stop", "--time", "5", postgres.container]);
        const refused = await call(byPath, "GET", "/posts");
        expect([refused.status, refused.body.error.code]).to.deep.equal([503, "unavailable"]);
        expect(refused.headers).to.match(/^retry-after: 5\r?$/im);
        const health = await call(byPath, "GET", "/.healthcheck");
        expect([health.status, health.body]).to.deep.equal([200, { status: "ok", database: "down" }]);
        await output("docker", ["start", postgres.container]);
        await well(byPath);
        expect((await call(byPath, "GET", "/posts")).status).to.equal(200);
    });

    it("says which parameters are missing, all of them, and does not start", async () => {
        const { password: _, port: __, ...rest } = whole;
        ssm.put(`${prefix}/database/app`, rest);
        const log = await end(await startByPath());
        expect(log).to.contain(`missing, or empty: ${prefix}/database/app/password, ${prefix}/database/app/port`);
        ssm.put(`${prefix}/database/other`, whole);
        expect(await end(await startByPath())).to.contain("more than one database");
        ssm.clear();
        expect(await end(await startByPath())).to.contain(`${prefix}/database/<name>/user`);
    });

    it("says what the role lacks where SSM refuses, and does not start", async () => {
        ssm.refuse = true;
        const log = await end(await startByPath());
        ssm.refuse = false;
        expect(log).to.match(/AccessDeniedException .*ssm:GetParametersByPath.*kms:Decrypt/);
        expect(log).not.to.contain("Traceback");
    });

    it("says which variables are missing where it is told no path", async () => {
        const log = await end(await startByVariables({ host: DATABASE_HOST }));
        expect(log).to.contain("missing, or empty: DB_USER, DB_PASSWORD, DB_NAME, DB_PORT");
    });

    it("does not trust a database whose certificate another authority signed", async () => {
        const other = (await authority(sandbox!.directory, "other")).certificate;
        const image = await sandbox!.image(join(ROOT, "images/sample-api"), { RDS_CA_PEM: other });
        const task = await startByVariables(whole, { ...images, app: image });
        await until("it says why", 30, async () =>
            /certificate verify failed/.test(await logs(task.containers.app!)) ? true : undefined,
        );
        expect((await state(task.containers.app!)).Status).to.equal("running"); // it waits a minute, a database may be restarting
    });

    it("has nothing in it that installs or becomes anything", async () => {
        const look = "command -v pip apt dpkg; python3 -m pip --version; find / -xdev -type f -perm /6000; id";
        const run = ["run", "--rm", "--entrypoint", "sh", images.app!, "-c", `(${look}) 2>/dev/null`];
        expect(await output("docker", run)).to.match(/^uid=1000\(app\) gid=1000\(app\) groups=1000\(app\)$/);
    });

    it("is not built without the authorities", async () => {
        const build = sandbox!.image(join(ROOT, "images/sample-api"), { RDS_CA_PEM: "no certificate" });
        const error = await build.catch((e: Error) => e);
        expect(String(error)).to.contain("RDS_CA_PEM must hold the PEM certificates");
    });

    it("stops with exit code 0, and never showed the password", async () => {
        for (const { containers } of [byPath, byVariables]) {
            await output("docker", ["stop", containers.app!]);
            expect((await state(containers.app!)).ExitCode).to.equal(0); // 137: Docker killed it after ten seconds
            for (const container of Object.values(containers)) {
                expect((await logs(container)).includes(password), "the password is shown").to.equal(false);
            }
            expect(said(await logs(containers.app!))).to.contain("info: listening on 127.0.0.1:8080");
        }
    });

    /** As the task definition says; the role's credentials and the region are what Fargate would give. */
    const startByPath = (own = definition, environment: Record<string, string> = {}) =>
        startTask(sandbox!, own, {
            network,
            images,
            secrets: tls,
            environment: {
                AWS_REGION: "ap-northeast-1",
                AWS_ENDPOINT_URL: `http://${gateway}:${(ssm.server.address() as AddressInfo).port}`,
                AWS_ACCESS_KEY_ID: "test",
                AWS_SECRET_ACCESS_KEY: "test",
                ...environment,
            },
        });

    /** Another part of the heritage, out of its own task definition. */
    const start = async (part: string, environment?: Record<string, string>) =>
        startByPath(await taskDefinition(`sample-api-${part}`), environment);

    /** Exit code and log of a part that runs to its end. */
    async function ended(part: string, environment?: Record<string, string>): Promise<[number, string]> {
        const container = (await start(part, environment)).containers.app!;
        const { ExitCode } = await until(`${part} ends`, 30, async () => {
            const now = await state(container);
            return now.Status === "exited" ? now : undefined;
        });
        return [ExitCode, said(await logs(container)).join("\n")];
    }

    /** Level and message of each line, all of which are JSON. */
    const said = (log: string) =>
        log
            .trim()
            .split("\n")
            .map((line) => {
                const { time, level, message } = JSON.parse(line) as Record<string, string>;
                expect(Date.parse(time!)).to.be.greaterThan(0);
                return `${level}: ${message}`;
            });

    const startByVariables = (values: Partial<typeof whole>, own = images) =>
        startTask(sandbox!, definition, {
            network,
            images: own,
            secrets: tls,
            environment: {
                PARAMETER_STORE_PREFIX: "",
                ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`DB_${key.toUpperCase()}`, value])),
            },
        });

    const well = (task: Task) =>
        until("the API and its database answer", 60, async () => {
            const health = await call(task, "GET", "/.healthcheck").catch(() => undefined);
            return health?.status === 200 && health.body.database === "up" ? true : undefined;
        });

    async function end(task: Task): Promise<string> {
        const container = task.containers.app!;
        const { ExitCode } = await until("the API gives up", 30, async () => {
            const now = await state(container);
            return now.Status === "exited" ? now : undefined;
        });
        expect(ExitCode).to.equal(1);
        return logs(container);
    }

    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON the API answers
    type Answer = { status: number; headers: string; body: any };

    /** Through Envoy, verified by our authority. */
    async function call(
        task: Task,
        method: string,
        path: string,
        content?: unknown,
        type = "application/json",
    ): Promise<Answer> {
        const port = await task.port(TLS);
        const data = typeof content === "string" ? content : JSON.stringify(content);
        const file = join(sandbox!.directory, "sent");
        writeFileSync(file, data ?? "");
        const sent = content === undefined ? [] : ["--header", `Content-Type: ${type}`, "--data-binary", `@${file}`];
        const text = await output("curl", [
            "--silent",
            "--show-error",
            "--include",
            "--max-time",
            "20",
            "--request",
            method,
            "--cacert",
            join(sandbox!.directory, "ours.crt"),
            "--resolve",
            `${NAME}:${port}:127.0.0.1`,
            ...sent,
            `https://${NAME}:${port}${path}`,
        ]);
        const [headers = "", body = ""] = text.split(/\r?\n\r?\n/);
        return { status: Number(/^HTTP\/\S+ (\d+)/.exec(headers)![1]), headers, body: parsed(body) };
    }

    const parsed = (text: string) => {
        try {
            return JSON.parse(text);
        } catch {
            return text;
        }
    };
});

interface ParameterStore {
    readonly server: Server;
    readonly asked: Record<string, unknown>[];
    refuse: boolean;
    put(path: string, values: Record<string, string>): void;
    clear(): void;
}

/** SSM's GetParametersByPath, two parameters to a page, where a container of the network reaches it. */
async function parameterStore(host: string): Promise<ParameterStore> {
    const parameters = new Map<string, string>();
    const store: ParameterStore = {
        asked: [],
        refuse: false,
        put(path, values) {
            for (const name of parameters.keys()) if (name.startsWith(`${path}/`)) parameters.delete(name);
            for (const [key, value] of Object.entries(values)) parameters.set(`${path}/${key}`, value);
        },
        clear: () => parameters.clear(),
        server: createServer(async (request, response) => {
            let text = "";
            for await (const chunk of request) text += chunk;
            const asked = JSON.parse(text) as { Path: string; NextToken?: string };
            store.asked.push(asked);
            response.setHeader("Content-Type", "application/x-amz-json-1.1");
            if (store.refuse || request.headers["x-amz-target"] !== "AmazonSSM.GetParametersByPath") {
                response.statusCode = 400;
                response.end(JSON.stringify({ __type: "AccessDeniedException", message: "no" }));
                return;
            }
            const all = [...parameters].filter(([name]) => name.startsWith(asked.Path));
            const from = Number(asked.NextToken ?? 0);
            const page = all.slice(from, from + 2).map(([Name, Value]) => ({ Name, Value, Type: "SecureString" }));
            const more = from + 2 < all.length ? { NextToken: String(from + 2) } : {};
            response.end(JSON.stringify({ Parameters: page, ...more }));
        }),
    };
    await new Promise<void>((resolve) => store.server.listen(0, host, resolve));
    return store;
}
