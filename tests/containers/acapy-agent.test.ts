import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { ask, counted, linesOf } from "../logs-insights";
import { authority } from "./certificates";
import { exec, logs, output, publishedPort, type Sandbox, sandboxOrSkip, state, until } from "./docker";
import { plannedAgents } from "./acapy";
import { baseImage, ROOT } from "./plan";
import { POSTGRES_IMAGE, type Postgres, startPostgres } from "./postgres";
import {
    type ContainerDefinition,
    dockerArguments,
    environmentOf,
    healthArguments,
    type TaskDefinition,
} from "./task-definition";

const IMAGE = join(ROOT, "images/acapy-agent");
const UPSTREAM = baseImage("acapy-agent", "ACAPY_IMAGE");
/** The image's user, and what the task definition must agree with. */
const UID = "1001";
/** Where the image keeps the authorities, and what PGSSLROOTCERT must name. */
const CA_FILE = "/etc/ssl/certs/rds-ca.pem";
const ACCOUNT = "acapy";
/** What has an agent send a webhook. */
const INVITATION = { handshake_protocols: ["https://didcomm.org/didexchange/1.1"] };
/** What ACA-Py says of a database that is no wallet. */
const NO_WALLET = 'relation "config" does not exist';

/**
 * Three agents out of the task definition that the plan renders, from the image that it would run: what passes here fails on
 * Fargate for reasons of AWS only.
 */
describe("the image of ACA-Py under its task definition", () => {
    const hex = () => randomBytes(16).toString("hex");
    const password = hex();
    const secretValues: Record<string, string> = {
        ACAPY_WALLET_STORAGE_CREDS: JSON.stringify({ account: ACCOUNT, password }),
        ACAPY_WEBHOOK_URL: `http://127.0.0.1:9/#${hex()}`,
    };

    let sandbox: Sandbox | undefined;
    let definition: TaskDefinition;
    let agent: ContainerDefinition;
    let environment: Record<string, string>;
    let adminPort: number;
    let host: string;
    let image: string;
    let authorities: string;
    let postgres: Postgres;
    let databasesBefore: string[];
    let agents: Agent[];
    /** One more agent; `changed` variables make it another than the task definition says. */
    let start: (image: string, changed?: Record<string, string>) => Promise<string>;
    /** Agents that must not come up. */
    const refused: string[] = [];

    before(async function () {
        this.timeout(30 * 60 * 1000);
        sandbox = await sandboxOrSkip(this, [UPSTREAM, POSTGRES_IMAGE]);
        definition = await plannedAgents("{ issuer: { tls: false } }", "issuer");
        agent = definition.containerDefinitions.find((c) => "ACAPY_WALLET_NAME" in environmentOf(c))!;
        environment = environmentOf(agent);
        for (const { name } of agent.secrets ?? []) {
            secretValues[name] ??= hex();
        }
        adminPort = JSON.parse(environment.ACAPY_ADMIN!)[1];
        const url = JSON.parse(environment.ACAPY_WALLET_STORAGE_CONFIG!).url as string;
        host = url.replace(/:5432$/, "");

        const right = await authority(sandbox.directory, "right");
        // More than one, and the one that counts not first: as the certificates of a region come.
        authorities = (await authority(sandbox.directory, "unrelated")).certificate + right.certificate;
        image = await built(authorities);
        const network = await sandbox.network();
        postgres = await startPostgres(sandbox, {
            network,
            directory: sandbox.directory,
            names: [host, otherName(host)],
            server: await right.issue("server", host),
            role: { account: ACCOUNT, password },
            superuserPassword: hex(),
        });
        databasesBefore = await databases();

        start = (which, changed = {}) => {
            const variables = Object.entries(changed).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
            return sandbox!.start(
                dockerArguments(definition, agent, which, ["--network", network, ...variables]),
                secretValues,
            );
        };
        // At once, as ECS starts the tasks of a service: on a database that none of them finds.
        const webhook = { ACAPY_WEBHOOK_URL: "http://127.0.0.1:9" };
        const containers = await Promise.all([start(image, webhook), start(image), start(image)]);
        agents = await Promise.all(containers.map(connect));
    });

    after(function () {
        this.timeout(120_000);
        sandbox?.cleanUp();
    });

    it("becomes healthy by the task definition's own check, three agents started at once", async () => {
        await Promise.all(agents.map(({ container }) => becomesHealthy(container)));
        // Nobody listens to its webhook, which is given up a minute later: that is asked below.
        const key = secretValues.ACAPY_ADMIN_API_KEY;
        const invited = await agents[0]!.call("POST", "/out-of-band/create-invitation", key, INVITATION);
        expect(invited.status, JSON.stringify(invited.body)).to.equal(200);
    });

    it("says in the comment of the wallet's database which version has started there", async () => {
        expect(await comment(environment.ACAPY_WALLET_NAME!)).to.match(
            /^ACA-Py \d+\.\d+\.\d+ has started on this wallet$/,
        );
    });

    it("starts alone on a wallet that another version had, and says so again", async () => {
        const wallet = environment.ACAPY_WALLET_NAME!;
        const now = await comment(wallet);
        await postgres.query(`COMMENT ON DATABASE "${wallet}" IS 'ACA-Py 0.0.0 has started on this wallet'`);
        const late = await start(image);
        await becomesHealthy(late);
        expect(await comment(wallet)).to.equal(now);
        await output("docker", ["rm", "--force", "--volumes", late]);
    });

    it("makes a wallet's database anew that an agent left without tables", async () => {
        const name = "left-empty";
        await postgres.query(`CREATE DATABASE "${name}" OWNER "${ACCOUNT}"`);
        const container = await start(image, { ACAPY_WALLET_NAME: name });
        await becomesHealthy(container);
        expect(await logs(container)).to.contain(`the database ${name} had no table in it, and is made anew`);
        await output("docker", ["rm", "--force", "--volumes", container]);
        await postgres.query(`DROP DATABASE "${name}" (FORCE)`);
    });

    it("starts on a wallet of Kanon's, over TLS to both of its databases, and writes nothing of it to the log", async () => {
        const name = "kanon";
        const container = await start(image, {
            ACAPY_WALLET_TYPE: "kanon-anoncreds",
            ACAPY_WALLET_NAME: name,
            ACAPY_DBSTORE_STORAGE_TYPE: "postgres_storage",
            ACAPY_DBSTORE_STORAGE_CONFIG: JSON.stringify({ url: `${host}:5432` }),
            ACAPY_DBSTORE_STORAGE_CREDS: secretValues.ACAPY_WALLET_STORAGE_CREDS!,
        });
        await becomesHealthy(container);
        const { call } = await connect(container);
        expect((await call("POST", "/wallet/did/create")).status).to.equal(200);
        const rows = await postgres.query(
            `SELECT DISTINCT datname, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname LIKE '${name}%' ORDER BY 1`,
        );
        expect(rows).to.deep.equal([`${name}|t`, `${name}_dbstore|t`]);
        const log = await logs(container);
        expect(log).to.contain("Listening...");
        expect(log).not.to.match(/ DEBUG |Raw value/);
        await output("docker", ["rm", "--force", "--volumes", container]);
        for (const database of [name, `${name}_dbstore`]) await postgres.query(`DROP DATABASE "${database}" (FORCE)`);
    });

    it("leaves a database alone that has a table in it", async () => {
        const name = "of-others";
        await postgres.query(`CREATE DATABASE "${name}" OWNER "${ACCOUNT}"`);
        await postgres.query("CREATE TABLE kept ()", name);
        expect(await end(await start(image, { ACAPY_WALLET_NAME: name }))).to.contain(NO_WALLET);
        expect(await postgres.query("SELECT relname FROM pg_class WHERE relname = 'kept'", name)).to.deep.equal([
            "kept",
        ]);
        await postgres.query(`DROP DATABASE "${name}" (FORCE)`);
    });

    it("is unhealthy by that check where no agent answers", async () => {
        const [program, ...args] = healthArguments(agent.healthCheck!.command);
        const check = await sandbox!.runToEnd(["--network", "none", "--entrypoint", program!, image, ...args]);
        expect(check.code).to.be.within(1, 124, check.stderr); // above: the program could not be run
    });

    it("answers on every port of the port mappings", async () => {
        const ports = agent.portMappings!.map(({ containerPort }) => containerPort);
        expect(ports).to.include(adminPort);
        for (const { container } of agents) {
            for (const port of ports) {
                // Of any status: DIDComm has no route that is 200 to everybody.
                const response = await fetch(`http://127.0.0.1:${await publishedPort(container, port)}/`, timeout());
                expect(response.status).to.be.below(500);
            }
        }
    });

    it("shares the wallet: a DID made on either agent is listed on the other", async () => {
        for (const [one, other] of [agents, [...agents].reverse()] as [Agent, Agent][]) {
            const made = await one.call("POST", "/wallet/did/create");
            expect(made.status, JSON.stringify(made.body)).to.equal(200);
            const { did } = made.body.result;
            expect(did).to.match(/^[1-9A-HJ-NP-Za-km-z]{21,22}$/);
            const listed = await other.call("GET", "/wallet/did");
            expect(listed.body.results.map((entry: { did: string }) => entry.did)).to.include(did);
        }
    });

    it("refuses the admin API without the right key", async () => {
        for (const { call } of agents) {
            expect((await call("GET", "/wallet/did", undefined)).status).to.equal(401);
            expect((await call("GET", "/wallet/did", hex())).status).to.equal(401);
            expect((await call("POST", "/wallet/did/create", undefined)).status).to.equal(401);
        }
    });

    it("tells whether it is ready without a key", async () => {
        for (const { call } of agents) {
            const ready = await call("GET", "/status/ready", undefined);
            expect([ready.status, ready.body]).to.deep.equal([200, { ready: true }]);
        }
    });

    it("cannot write to its root file system, and can to /tmp", async () => {
        for (const { container } of agents) {
            // The home directory is the user's own: only the read-only root keeps the user out of it.
            const home = await exec(container, "sh", "-c", 'touch "$HOME/probe"');
            expect(home.code).not.to.equal(0);
            expect(home.stderr).to.contain("Read-only file system");
            expect(await exec(container, "sh", "-c", "echo probe > /tmp/probe && cat /tmp/probe")).to.include({
                code: 0,
                stdout: "probe\n",
            });
        }
        // On Fargate a volume has the mode of the directory only where the image declares it.
        const declared = await inspect(agents[0]!.container, "{{.Image}}", "{{json .Config.Volumes}}");
        expect(Object.keys(JSON.parse(declared) ?? {})).to.include("/tmp");
    });

    it("keeps ledger caches and tails files below /tmp", async () => {
        const paths = [
            "from acapy_agent.utils.env import storage_path",
            "from acapy_agent.anoncreds.util import indy_client_dir as anoncreds",
            "from acapy_agent.indy.util import indy_client_dir as indy",
            'print(storage_path("vdr", create=True), anoncreds("tails", create=True), indy("tails", create=True))',
        ];
        const result = await exec(agents[0]!.container, "python3", "-c", paths.join("\n"));
        expect(result.code, result.stderr).to.equal(0);
        for (const path of result.stdout.trim().split(" ")) {
            expect(path).to.match(/^\/tmp\//);
        }
    });

    it("runs as the image's user, without a capability, under an init process", async () => {
        for (const { container } of agents) {
            const { stdout } = await exec(container, "sh", "-c", "cat /proc/[0-9]*/status");
            const values = (key: string) =>
                [...stdout.matchAll(new RegExp(`^${key}:\\s*(.*)$`, "gm"))].map((m) => m[1]);
            expect(new Set(values("Uid"))).to.deep.equal(new Set([Array(4).fill(UID).join("\t")]));
            for (const set of ["CapPrm", "CapEff", "CapBnd"]) {
                expect(new Set(values(set)), set).to.deep.equal(new Set(["0".repeat(16)]));
            }
            const first = await exec(container, "cat", "/proc/1/comm");
            expect(first.stdout).not.to.match(/aca-py|python/);
        }
        expect(await inspect(agents[0]!.container, "{{.Image}}", "{{.Config.User}}")).to.equal(UID);
    });

    it("has the authorities of the build where PGSSLROOTCERT looks, for root alone to change", async () => {
        expect(environment.PGSSLROOTCERT).to.equal(CA_FILE);
        const { container } = agents[0]!;
        expect((await exec(container, "cat", CA_FILE)).stdout.trim()).to.equal(authorities.trim());
        expect((await exec(container, "stat", "-c", "%a %u %g", CA_FILE)).stdout.trim()).to.equal("444 0 0");
    });

    it("talks to the database over TLS, all agents", async () => {
        // A connection in the clear is refused, else the rest would say little.
        const clear = "host=127.0.0.1 user=postgres dbname=postgres sslmode=disable";
        const refusal = await exec(postgres.container, "psql", clear, "-c", "SELECT 1");
        expect(refusal.code).not.to.equal(0);
        expect(refusal.stderr).to.contain("no encryption");

        const rows = await postgres.query(
            `SELECT DISTINCT host(client_addr), ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE usename = '${ACCOUNT}' ORDER BY 1`,
        );
        const addresses = await Promise.all(
            agents.map(({ container }) =>
                inspect(container, undefined, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"),
            ),
        );
        expect(rows.map((row) => row.split("|")[0])).to.have.members(addresses);
        for (const row of rows) {
            expect(row).to.match(/\|t\|TLSv1\.[23]$/);
        }
    });

    it("made the wallet's database itself, with a role that is no superuser", async () => {
        expect(databasesBefore).to.deep.equal(["postgres"]);
        expect(await databases()).to.deep.equal(["postgres", environment.ACAPY_WALLET_NAME!].sort());
        expect(
            await postgres.query(`SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = '${ACCOUNT}'`),
        ).to.deep.equal(["f|t"]);
    });

    it("does not come up where another authority signed the database's certificate", async () => {
        const otherImage = await built((await authority(sandbox!.directory, "wrong")).certificate);
        expect(await end(await start(otherImage))).to.match(/UnknownIssuer|unknown issuer|certificate verify failed/i);
    });

    it("does not come up where the database's certificate is of another host", async () => {
        const changed = environment.ACAPY_WALLET_STORAGE_CONFIG!.replace(host, otherName(host));
        expect(await end(await start(image, { ACAPY_WALLET_STORAGE_CONFIG: changed }))).to.match(
            /NotValidForName|not valid for name|hostname mismatch/i,
        );
    });

    it("is not built without a certificate, and the build says why", async () => {
        const cutOff = authorities.trim().slice(0, -100);
        for (const pem of ["", "no certificate", cutOff]) {
            const { code, stdout, stderr } = await build(pem);
            expect(code).not.to.equal(0);
            // At the start of a line, not in the command that the builder shows.
            expect(stripVTControlCharacters(stdout + stderr)).to.match(
                /^(#\d+ )?([\d.]+ )?RDS_CA_PEM must hold the PEM certificates of .*\.$/m,
            );
        }
    });

    it("says that it gave a webhook up as the alarm counts it, and as the saved query asks for it", async () => {
        const { container } = agents[0]!;
        const rows = await until("the webhook is given up", 60, async () => {
            const lines = linesOf("acapy", await logs(container));
            const found = ask("failed-deliveries", lines);
            const all = found.reduce((sum, { failed }) => sum + Number(failed), 0);
            return all > 0 && all === counted("failed-deliveries", lines) ? found : undefined;
        });
        for (const { endpoint } of rows) expect(endpoint).to.match(/^http:\/\/127\.0\.0\.1:9\//);
    });

    it("stops on SIGTERM within the stop timeout, with exit code 0", async () => {
        await Promise.all(
            agents.map(async ({ container }) => {
                await output("docker", ["stop", container]);
                expect((await state(container)).ExitCode).to.equal(0); // 137: killed when the time was over
            }),
        );
    });

    it("shows no secret in its logs, its command, its labels or the image's history", async () => {
        const secrets = [...Object.values(secretValues), password];
        for (const container of [...agents.map((one) => one.container), ...refused]) {
            const log = await logs(container);
            expect(log, "the log").to.match(/\S/);
            // All but the environment, which is where ECS puts secrets too.
            const { Config, ...rest } = JSON.parse(await inspect(container));
            expect(Config.Env.join("\n")).to.contain(password);
            const seen = JSON.stringify({ ...rest, Config: { ...Config, Env: undefined } });
            const ofImage = await inspect(container, "{{.Image}}");
            const history = await output("docker", ["history", "--no-trunc", rest.Image]);
            for (const text of [log, seen, ofImage, history]) {
                for (const secret of secrets.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])) {
                    // No `expect(text)`: a failure would print the secret.
                    expect(text.includes(secret), "a secret is shown").to.equal(false);
                }
            }
        }
    });

    interface Agent {
        container: string;
        /** `key`: the right one unless another or none (`undefined`) is given. */
        call(method: string, path: string, key?: string, body?: object): Promise<{ status: number; body: Body }>;
    }
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON the admin API answers
    type Body = any;

    async function connect(container: string): Promise<Agent> {
        const base = `http://127.0.0.1:${await publishedPort(container, adminPort)}`;
        return {
            container,
            async call(method, path, ...given) {
                const [key, body = {}] = given.length > 0 ? given : [secretValues.ACAPY_ADMIN_API_KEY];
                const response = await fetch(base + path, {
                    ...timeout(),
                    method,
                    headers: { "content-type": "application/json", ...(key === undefined ? {} : { "x-api-key": key }) },
                    ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
                });
                const text = await response.text();
                return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
            },
        };
    }

    async function becomesHealthy(container: string): Promise<void> {
        const { interval = 30, retries = 3, startPeriod = 0 } = agent.healthCheck!;
        await until("an agent is healthy", startPeriod + interval * (retries + 1), async () => {
            const now = await state(container);
            if (now.Status !== "running" || now.Health?.Status === "unhealthy") {
                const check = now.Health?.Log.at(-1)?.Output ?? "";
                throw new Error(`the agent is ${now.Status}, ${now.Health?.Status}: ${check}${await logs(container)}`);
            }
            return now.Health?.Status === "healthy" ? true : undefined;
        });
    }

    const comment = async (wallet: string) =>
        (
            await postgres.query(
                `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '${wallet}'`,
            )
        )[0];

    /** The log of an agent that ends by itself, with a failure, and never was healthy. */
    async function end(container: string): Promise<string> {
        refused.push(container);
        const ended = await until("the agent gives up", 240, async () => {
            const now = await state(container);
            expect(now.Health?.Status).not.to.equal("healthy");
            return now.Status === "exited" ? now : undefined;
        });
        expect(ended.ExitCode).not.to.equal(0);
        return logs(container);
    }

    const databases = () => postgres.query("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1");

    const build = (pem: string) =>
        sandbox!.build(IMAGE, join(sandbox!.directory, "image"), ["--build-arg", "RDS_CA_PEM"], { RDS_CA_PEM: pem });

    /** The name of an image with these authorities. */
    const built = (pem: string) => sandbox!.image(IMAGE, { RDS_CA_PEM: pem });

    /** What the daemon knows of a container, or of what `of` is there: all of it, or what `format` says. */
    async function inspect(container: string, of?: string, format = "{{json .}}"): Promise<string> {
        const target = of === undefined ? container : await output("docker", ["inspect", "--format", of, container]);
        return output("docker", ["inspect", "--format", format, target]);
    }
});

const otherName = (host: string) => `other-name.${host}`;

const timeout = () => ({ signal: AbortSignal.timeout(20_000) });
