import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
    type Contents,
    contentsOf,
    loadDatabase,
    loadWallet,
    ownedBy,
    rowsOf,
    saveInto,
} from "../../automation/commands/database/data";
import { contents as contentsAsked } from "../../automation/commands/database/drill";
import { type Server, sql } from "../../automation/commands/database/postgres";
import { containersOf } from "../../automation/local/docker";
import { composeProject } from "../../automation/local/state";
import { type Running, running } from "../../automation/local/running";
import { database } from "./database";
import { composeOrSkip, run, until } from "./docker";
import { ask, localCommand } from "./local-command";
import { baseImage, ROOT } from "./plan";
import { POSTGRES_IMAGE } from "./postgres";

const STACK = "sharedtest";
const OFFSET = 14_000;
const HERITAGE = "heritages/sample-api.yml";
const stackFile = (clusters: string, rotation = 0) => `config:
    aws:region: ap-northeast-1
    identity:environment: dev
    identity:publicEndpoint: { plainHttp: true }
    identity:sharedDatabase: { instanceClass: db.t4g.small, rotation: ${rotation} }
    identity:walletDb: { shared: true }
    identity:agents:
        issuer: { count: 2 }
${clusters}    identity:heritages: [sample-api]
`;
const HOLDER = "        holder: { count: 1, didcommPort: 8030, adminPort: 8031 }\n";
/** Each role, with the databases that are its own. */
const OWN: Record<string, readonly string[]> = {
    wallet_issuer: ["issuer-wallet"],
    wallet_holder: ["holder-wallet"],
    sample_api: ["sample_api"],
};

/** What instances of their own have: the roles, each with its database. */
const OUTSIDE: Record<string, string> = { acapy: "own-wallet", app: "app" };

/** Agents and an application on one real PostgreSQL: the same image makes the roles as on AWS. */
describe("a shared database on this machine", () => {
    let root: string | undefined;
    let project: string;
    let platform: Running;
    const command = (name: string, ...words: string[]) => localCommand(root!, STACK, root)(name, ...words);
    const up = () => command("up", "--timeout", "600", "--port-offset", String(OFFSET));

    before(async function () {
        this.timeout(20 * 60 * 1000);
        const bases = [baseImage("acapy-agent", "ACAPY_IMAGE"), baseImage("envoy", "ENVOY_IMAGE"), "python:3.13-slim"];
        await composeOrSkip(this, [...bases, POSTGRES_IMAGE]);
        root = mkdtempSync(join(tmpdir(), "shared-test-"));
        for (const name of ["Pulumi.yaml", "images", "heritages"])
            cpSync(join(ROOT, name), join(root, name), { recursive: true });
        const heritage = readFileSync(join(root, HERITAGE), "utf8");
        writeFileSync(join(root, HERITAGE), heritage.replace(/^database:.*(\n +.*)*/m, "database: { shared: true }"));
        writeFileSync(join(root, `Pulumi.${STACK}.yaml`), stackFile(HOLDER));
        project = composeProject(root, "identity", STACK);
        const { code, err } = await up();
        expect(code, err).to.equal(0);
        platform = running(root, STACK);
    });

    after(async function () {
        this.timeout(5 * 60 * 1000);
        if (root === undefined) return;
        await command("down", "--volumes");
        rmSync(root, { recursive: true, force: true });
    });

    const instance = () => database(project, "shared-db");
    const password = (role: string) =>
        role.startsWith("wallet_")
            ? (JSON.parse(platform.parameter(`/identity/${STACK}/shared-db/${role}/ACAPY_WALLET_STORAGE_CREDS`))
                  .password as string)
            : platform.parameter(`/identity/${STACK}/shared-db/${role}/PASSWORD`);
    /** Connects over TLS, as a task does. */
    const connect = async (role: string, name: string) => {
        const psql = ["psql", `host=127.0.0.1 user=${role} dbname=${name} sslmode=require`, "-Atc", "SELECT 1"];
        const container = await instance().container();
        return run("docker", ["exec", "--env", "PGPASSWORD", container, ...psql], {
            env: { PGPASSWORD: password(role) },
        });
    };

    it("gives each role its own database", async () => {
        for (const [role, databases] of Object.entries(OWN))
            for (const name of databases) {
                const { code, stderr } = await connect(role, name);
                expect(code, `${role} in ${name}: ${stderr}`).to.equal(0);
            }
    });

    it("lets no role into another one's database", async () => {
        for (const role of Object.keys(OWN))
            for (const [other, databases] of Object.entries(OWN).filter(([one]) => one !== role))
                for (const name of databases) {
                    const { code, stderr } = await connect(role, name);
                    expect(code, `${role} reaches ${name} of ${other}`).not.to.equal(0);
                    expect(stderr).to.contain("permission denied for database");
                }
    });

    it("lets into PostgreSQL's own database only those who make their databases from there", async () => {
        for (const role of Object.keys(OWN)) {
            const { code } = await connect(role, "postgres");
            expect(code === 0, role).to.equal(role.startsWith("wallet_"));
            expect((await connect(role, "template1")).code, role).not.to.equal(0);
        }
    });

    it("is what verify finds it to be, without the Keycloak and the log-ins that it has not", async function () {
        this.timeout(5 * 60 * 1000);
        const { code, out, err } = await command("verify", "--json");
        const ends = (JSON.parse(out).checks as { name: string; status: string }[]).map(
            ({ name, status }) => [name, status] as const,
        );
        const isOther = ([name, status]: readonly [string, string]) =>
            status !== (name.startsWith("keycloak") || ["logins", "tokens"].includes(name) ? "absent" : "passed");
        expect(ends.filter(isOther), out + err).to.deep.equal([]);
        expect(code).to.equal(0);
    });

    it("limits the connections of each role, and lets none make roles", async () => {
        const rows = await instance().query(
            "SELECT rolname, rolconnlimit, rolcreatedb, rolcreaterole, rolsuper FROM pg_roles WHERE rolcanlogin " +
                "AND rolname NOT IN ('rdsadmin', 'provisioner') ORDER BY 1",
        );
        expect(rows.map((row) => row.replace(/\|\d+\|/, "|n|"))).to.deep.equal([
            "sample_api|n|f|f|f",
            "wallet_holder|n|t|f|f",
            "wallet_issuer|n|t|f|f",
        ]);
        expect(rows[2]).to.contain("|33|"); // 2 × 2 tasks × (5 + 2), and 5
    });

    /** The instance as the commands reach it: by PostgreSQL's own tools, here those within its container, over TLS as through a tunnel. */
    const server = async (user: string, PGPASSWORD = user in OUTSIDE ? "p" : password(user)): Promise<Server> => {
        const env = { PGHOST: "127.0.0.1", PGSSLMODE: "require", PGUSER: user, PGPASSWORD };
        const exec = ["docker", "exec", "--interactive", ...Object.keys(env).flatMap((name) => ["--env", name])];
        const container = await instance().container();
        const command = (tool: string) => [...exec, container, tool];
        return { role: user, command, env, signal: new AbortController().signal };
    };
    /** Writes 20 times a second until it is ended, each time on a new connection; then PostgreSQL's own bench has said how that went. */
    const writes = async (user: string) => {
        const { env, command } = await server(user);
        const bench =
            "echo 'UPDATE posts SET words = words' > /tmp/bench.sql; pgbench --no-vacuum --connect --client 4 --rate 20 --time 3600 " +
            "--progress 1 --file /tmp/bench.sql sample_api & echo $! > /tmp/bench.pid; wait";
        const [program, ...words] = [...command("sh" as never), "-c", bench];
        const ended = run(program!, words, { env: { ...env }, timeoutSeconds: 1200 });
        return {
            async end() {
                await run("docker", ["exec", await instance().container(), "sh", "-c", "kill $(cat /tmp/bench.pid)"]);
                const lines = (await ended).stderr.split("\n").filter((line) => line !== "");
                const seconds = lines.flatMap(
                    (line) => /^progress: .* s, ([\d.]+) tps, .*, 0 failed/.exec(line)?.[1] ?? [],
                );
                return {
                    done: seconds.reduce((sum, perSecond) => sum + Number(perSecond), 0),
                    said: lines.filter((line) => !/^progress: .*, 0 failed/.test(line)).join("\n"),
                };
            },
        };
    };
    const tasksOf = (...prefixes: string[]) =>
        Object.entries(platform.services)
            .filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)))
            .flatMap(([, { tasks }]) => tasks);
    const failure = (run: Promise<unknown>) =>
        run.then(
            () => expect.fail("it did not fail"),
            ({ message }: Error) => message,
        );

    it("has data saved from it and loaded onto it, as `npx identity database` does", async function () {
        this.timeout(10 * 60 * 1000);
        const [posts] = platform.services["sample-api-web"]!.urls.public;
        const { ca } = platform;
        const headers = { "Content-Type": "application/json" };
        const body = JSON.stringify({ title: "t", body: "b" });
        const made = await ask(posts!, { method: "POST", headers, ca, body });
        expect(made.status, made.text).to.equal(201);
        const post = `${posts}/${JSON.parse(made.text).id}`;
        const dids = `${platform.services.issuer!.urls.internal[0]}/wallet/did`;
        const key = { "X-API-Key": platform.parameter(`/identity/${STACK}/issuer/ACAPY_ADMIN_API_KEY`) };
        const { did } = JSON.parse((await ask(`${dids}/create`, { method: "POST", headers: key, ca })).text).result;
        const tasks = tasksOf("issuer", "sample-api");
        for (const task of tasks) await task.kill();

        const folder = (name: string) => join(root!, "saved", name);
        const [api, wallet] = [
            { name: "sample-api", kind: "database" },
            { name: "issuer", kind: "wallet" },
        ] as const;
        const said: string[] = [];
        const say = (text: string) => void said.push(text);
        /** What a folder has, under other names of its databases. */
        const as = (name: string, ...databases: string[]): Contents => {
            const contents = contentsOf(folder(name)) as Contents;
            return {
                ...contents,
                files: Object.fromEntries(Object.values(contents.files).map((one, i) => [databases[i]!, one])),
            };
        };

        // What a drill reads of a backup, here of the instance itself.
        const [shared, agents] = [await server("sample_api"), await server("wallet_issuer")];
        const rows = await rowsOf(shared, "sample_api");
        expect(Object.entries(rows).find(([table]) => table.endsWith(".posts"))![1]).to.be.greaterThan(0);
        expect(Object.keys(await rowsOf(agents, "issuer-wallet"))).to.include.members(["wallet_issuer.items"]);
        const asked = await contentsAsked({ ...wallet, access: { name: "postgres" } as never }, agents);
        const { database, rows: all, tables, largest } = asked[0]!;
        expect(database).to.equal("issuer-wallet");
        expect(largest.table).to.match(/^wallet_issuer\.\w+$/);
        expect(all).to.be.at.least(largest.rows);
        for (const count of [largest.rows, tables]) expect(count).to.be.greaterThan(0);
        const none = contentsAsked({ ...api, access: { name: "postgres" } as never }, agents);
        expect(await failure(none)).to.equal("the backup's database postgres has no row in 0 tables");

        // Back: to what the roles of instances of their own have, which are on this one here.
        for (const [role, name] of Object.entries(OUTSIDE)) {
            await instance().query(`CREATE ROLE ${role} LOGIN CREATEDB PASSWORD 'p'`);
            if (name === "app") await instance().query(`CREATE DATABASE "${name}" OWNER ${role}`);
            else await instance().query(`GRANT CONNECT ON DATABASE postgres TO ${role}`);
        }
        const app = await server("app");
        const idle = sql(shared, "sample_api", "SELECT pg_sleep(3)");
        await until("a session", 20, async () =>
            (await instance().query("SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(3)'")).length > 0
                ? true
                : undefined,
        );
        await saveInto(folder("api"), api, ["sample_api"], { server: shared, say });
        await idle;
        expect(said[0]).to.match(/^waiting until nobody is connected to sample_api: sample_api from .* \(1\)$/);
        await loadDatabase(folder("api"), as("api", "app"), "app", { server: app, say, replace: false });
        const acapy = await server("acapy");
        expect(await ownedBy(agents)).to.deep.equal(["issuer-wallet"]);
        await saveInto(folder("wallet"), wallet, ["issuer-wallet"], { server: agents, say });
        await loadWallet(folder("wallet"), as("wallet", "own-wallet"), { server: acapy, say, replace: false });
        const schemas = "SELECT nspname FROM pg_namespace WHERE nspname IN ('acapy', 'wallet_issuer')";
        expect(await sql(acapy, "own-wallet", schemas)).to.deep.equal(["acapy"]);

        // And onto it, where something is already.
        await saveInto(folder("api-2"), api, ["app"], { server: app, say });
        const ready = { server: shared, say, replace: false };
        const inPosts = await failure(loadDatabase(folder("api-2"), as("api-2", "sample_api"), "sample_api", ready));
        expect(inPosts).to.match(/^the database sample_api has data already, in .*posts/);
        await sql(
            shared,
            "sample_api",
            "DELETE FROM posts",
            "INSERT INTO posts (title, body) VALUES ('of the new one', 'b')",
        );
        await loadDatabase(folder("api-2"), as("api-2", "sample_api"), "sample_api", { ...ready, replace: true });
        await saveInto(folder("wallet-2"), wallet, ["own-wallet"], { server: acapy, say });
        const again = as("wallet-2", "issuer-wallet");
        const inWallet = await failure(loadWallet(folder("wallet-2"), again, { server: agents, say, replace: false }));
        expect(inWallet).to.match(/^the database issuer-wallet has data already, in wallet_issuer\.config/);
        await loadWallet(folder("wallet-2"), again, { server: agents, say, replace: true });
        // A file that ends too early: all stays as it is.
        const whole = readFileSync(join(folder("wallet-2"), "own-wallet.dump"));
        writeFileSync(join(folder("wallet-2"), "own-wallet.dump"), whole.subarray(0, whole.length - 200));
        const cut = await failure(loadWallet(folder("wallet-2"), again, { server: agents, say, replace: true }));
        expect(cut).to.match(/^pg_restore of loading-/);
        expect(await ownedBy(agents)).to.deep.equal(["issuer-wallet"]);

        for (const [role, name] of Object.entries(OUTSIDE)) {
            await instance().query(`DROP DATABASE "${name}"`);
            await instance().query(`DROP OWNED BY ${role}`);
            await instance().query(`DROP ROLE ${role}`);
        }
        for (const task of tasks) await task.start();
        const answers = async (url: string, of: string, headers: Record<string, string> = {}) =>
            until(of, 120, async () => {
                const answer = await ask(url, { headers, ca }).catch(() => undefined);
                return answer?.status === 200 ? answer.text : undefined;
            });
        expect(JSON.parse(await answers(post, "the post of before"))).to.include({ title: "t" });
        expect(await answers(posts!, "the posts")).not.to.contain("of the new one");
        expect(await answers(dids, "the agents' DIDs", key)).to.contain(did);
        expect((await connect("sample_api", "issuer-wallet")).stderr).to.contain("permission denied for database");
    });

    it("writes no password to the log of the task", async () => {
        const container = (await containersOf(project)).get("shared-db-roles")!.Id;
        const { stdout, stderr } = await run("docker", ["logs", container]);
        expect(stdout).to.contain("role sample_api: made, at most");
        for (const role of Object.keys(OWN)) expect((stdout + stderr).includes(password(role))).to.equal(false);
    });

    it("gives another user in a rotation, who has the same tables, and keeps the one before", async function () {
        this.timeout(10 * 60 * 1000);
        const before = password("sample_api");
        const rows = (user: string, PGPASSWORD: string, name: string, ...statements: string[]) =>
            server(user, PGPASSWORD).then((one) => sql(one, name, ...statements));
        const load = await writes("sample_api");
        writeFileSync(join(root!, `Pulumi.${STACK}.yaml`), stackFile(HOLDER, 1));
        const { code, err } = await up();
        expect(code, err).to.equal(0);
        platform = running(root!, STACK); // its parameters are those of its start
        const after = platform.parameter(`/identity/${STACK}/shared-db/sample_api/PASSWORD_B`);
        expect(password("sample_api")).to.equal(before);
        expect(after).not.to.equal(before);
        for (const [user, secret] of [
            ["sample_api", before],
            ["sample_api.b", after],
        ] as const) {
            const [found] = await rows(user, secret, "sample_api", "SELECT current_user, count(*) >= 0 FROM posts");
            expect(found).to.equal("sample_api\tt");
        }
        // What the second one makes is the first one's.
        await rows("sample_api.b", after, "sample_api", "CREATE TABLE made_by_b (n int)");
        await rows("sample_api", before, "sample_api", "INSERT INTO made_by_b VALUES (1)", "DROP TABLE made_by_b");
        for (const name of ["issuer-wallet", "holder-wallet", "postgres"])
            expect(await failure(rows("sample_api.b", after, name, "SELECT 1"))).to.contain(
                "permission denied for database",
            );
        // A task that runs on with the user of before, as it does on AWS until it is replaced, has noticed nothing.
        const { done, said } = await load.end();
        expect(said).to.equal("");
        expect(done).to.be.greaterThan(100);
        // The application is there with it.
        const users = await instance().query(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'sample_api'",
        );
        expect(users).to.include("sample_api.b").and.not.include("sample_api");
    });

    it("locks out the role of a database that is taken out, and keeps its data", async function () {
        this.timeout(10 * 60 * 1000);
        writeFileSync(join(root!, `Pulumi.${STACK}.yaml`), stackFile(""));
        const { code, err } = await up();
        expect(code, err).to.equal(0);
        const { stderr } = await connect("wallet_holder", "holder-wallet");
        expect(stderr).to.contain("is not permitted to log in");
        const databases = await instance().query("SELECT datname FROM pg_database WHERE datname LIKE '%wallet'");
        expect(databases).to.have.members(["holder-wallet", "issuer-wallet"]);
        expect((await connect("wallet_issuer", "issuer-wallet")).code).to.equal(0);
    });
});
