import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { containersOf } from "../../automation/local/docker";
import { composeProject } from "../../automation/local/state";
import { type Running, running } from "../../automation/local/running";
import { database } from "./database";
import { composeOrSkip, run } from "./docker";
import { localCommand } from "./local-command";
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
