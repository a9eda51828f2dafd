import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
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

    /** Runs one of PostgreSQL's tools within the instance, over TLS as through a tunnel; it has to end well. */
    const pg = async (role: string, words: string) => {
        const server = { PGHOST: "127.0.0.1", PGSSLMODE: "require", PGUSER: role };
        const variables = Object.entries(server).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
        const secret = { env: { PGPASSWORD: role in OUTSIDE ? "p" : password(role) } };
        const shell = ["sh", "-c", `cd /tmp && ${words}`];
        const exec = ["exec", ...variables, "--env", "PGPASSWORD", await instance().container(), ...shell];
        const { code, stdout, stderr } = await run("docker", exec, secret);
        expect(code, `${words}: ${stderr}`).to.equal(0);
        return stdout.trim();
    };

    it("has data moved onto it and back by the commands of docs/operations.md", async function () {
        this.timeout(10 * 60 * 1000);
        const docs = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
        const documented = (role: string, command: string, ...changes: [string, string][]) => {
            expect(docs).to.contain(command);
            return pg(
                role,
                changes.reduce((text, [from, to]) => text.replaceAll(from, to), command),
            );
        };
        const DUMP = "pg_dump --format=custom --no-owner --no-acl --file=app.dump app";
        const RESTORE =
            "pg_restore --no-owner --no-acl --clean --if-exists --exit-on-error --dbname=sample_api app.dump";
        const RESTORE_WALLET = "pg_restore --no-owner --no-acl --exit-on-error --dbname=issuer-wallet issuer.dump";
        const RENAME = "psql --dbname=issuer-wallet --command='ALTER SCHEMA acapy RENAME TO wallet_issuer'";

        const [posts] = platform.services["sample-api-web"]!.urls.public;
        const { ca } = platform;
        const headers = { "Content-Type": "application/json" };
        const made = await ask(posts!, {
            method: "POST",
            headers,
            ca,
            body: JSON.stringify({ title: "t", body: "b" }),
        });
        expect(made.status, made.text).to.equal(201);
        const post = `${posts}/${JSON.parse(made.text).id}`;
        const issuer = platform.services.issuer!;
        const dids = `${issuer.urls.internal[0]}/wallet/did`;
        const key = { "X-API-Key": platform.parameter(`/identity/${STACK}/issuer/ACAPY_ADMIN_API_KEY`) };
        const { did } = JSON.parse((await ask(`${dids}/create`, { method: "POST", headers: key, ca })).text).result;

        // Back: to what the roles of instances of their own have, which are on this one here.
        for (const [role, name] of Object.entries(OUTSIDE)) {
            await instance().query(`CREATE ROLE ${role} LOGIN PASSWORD 'p'`);
            await instance().query(`CREATE DATABASE "${name}" OWNER ${role}`);
        }
        await documented("sample_api", DUMP, ["dump app", "dump sample_api"]);
        await documented("app", RESTORE, ["sample_api", "app"]);
        await documented("wallet_issuer", DUMP, ["app.dump app", "issuer.dump issuer-wallet"]);
        const own: [string, string] = ["issuer-wallet", "own-wallet"];
        await documented("acapy", RESTORE_WALLET, own);
        await documented("acapy", RENAME, own, ["acapy RENAME TO wallet_issuer", "wallet_issuer RENAME TO acapy"]);

        // And onto it.
        for (const task of issuer.tasks) await task.kill();
        await documented("app", DUMP);
        await pg("sample_api", "psql --dbname=sample_api --command='DELETE FROM posts'");
        expect((await ask(post, { ca })).status).to.equal(404);
        await documented("sample_api", RESTORE);
        await documented("acapy", DUMP, ["app.dump app", "issuer.dump own-wallet"]);
        await documented("wallet_issuer", "dropdb --force issuer-wallet");
        await documented("wallet_issuer", "createdb issuer-wallet");
        await documented("wallet_issuer", RESTORE_WALLET);
        await documented("wallet_issuer", RENAME);
        const close = `REVOKE CONNECT, TEMPORARY ON DATABASE "issuer-wallet" FROM PUBLIC`;
        await documented("wallet_issuer", `psql --dbname=issuer-wallet --command='${close}'`);
        for (const task of issuer.tasks) await task.start();

        expect(JSON.parse((await ask(post, { ca })).text)).to.include({ title: "t" });
        await until("the agents list the DID of before", 120, async () => {
            const answer = await ask(dids, { headers: key, ca }).catch(() => undefined);
            return answer?.status === 200 && answer.text.includes(did) ? true : undefined;
        });
        expect((await connect("sample_api", "issuer-wallet")).stderr).to.contain("permission denied for database");
        for (const [role, name] of Object.entries(OUTSIDE)) {
            await instance().query(`DROP DATABASE "${name}"`);
            await instance().query(`DROP ROLE ${role}`);
        }
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
        const sql = (user: string, secret: string, statement: string) =>
            instance()
                .container()
                .then((container) =>
                    run(
                        "docker",
                        [
                            "exec",
                            "--env",
                            "PGPASSWORD",
                            container,
                            "psql",
                            `host=127.0.0.1 user=${user} dbname=sample_api sslmode=require`,
                            "-Atc",
                            statement,
                        ],
                        { env: { PGPASSWORD: secret } },
                    ),
                );
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
            const {
                code: failed,
                stdout,
                stderr,
            } = await sql(user, secret, "SELECT current_user, count(*) >= 0 FROM posts");
            expect(failed, stderr).to.equal(0);
            expect(stdout.trim()).to.equal("sample_api|t");
        }
        // What the second one makes is the first one's.
        expect((await sql("sample_api.b", after, "CREATE TABLE made_by_b (n int)")).code).to.equal(0);
        expect(
            (await sql("sample_api", before, "INSERT INTO made_by_b VALUES (1); DROP TABLE made_by_b")).code,
        ).to.equal(0);
        for (const name of ["issuer-wallet", "holder-wallet", "postgres"]) {
            const container = await instance().container();
            const psql = [
                "psql",
                `host=127.0.0.1 user=sample_api.b dbname=${name} sslmode=require`,
                "-Atc",
                "SELECT 1",
            ];
            const { stderr } = await run("docker", ["exec", "--env", "PGPASSWORD", container, ...psql], {
                env: { PGPASSWORD: after },
            });
            expect(stderr, name).to.contain("permission denied for database");
        }
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
