import { randomBytes } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { apply } from "../../automation/realms/apply";
import { compareRealms } from "../../automation/realms/compare";
import { Server } from "../../automation/realms/server";
import { Application, Browser, claims, realm, type Tokens } from "../../automation/verify/browser";
import type { Target } from "../../automation/verify/target";
import { loginAction, tokensAction } from "../../components/endpoint/login";
import { conditions } from "../../components/endpoint/rules";
import { ENVOY_PORT } from "../../components/envoy/sidecar";
import { MANAGEMENT_PORT, pathsBelow } from "../../components/keycloak/container";
import CHANGED from "../realms/shop-changed.json";
import SHOP from "../realms/shop.json";
import { ask, counted, linesOf } from "../logs-insights";
import { authority } from "./certificates";
import { balanced, CLIENT_ADDRESS } from "./load-balancer";
import { loginBalancer } from "./login";
import { exec, logs, output, type Sandbox, sandboxOrSkip, state, until } from "./docker";
import { baseImage, ROOT, taskDefinition } from "./plan";
import { POSTGRES_IMAGE, type Postgres, startPostgres } from "./postgres";
import { steadyLoad } from "./steady-load";
import { statusOf, TargetHealth } from "./target-health";
import { startTask, type Task } from "./task";
import { type ContainerDefinition, environmentOf, type TaskDefinition } from "./task-definition";

const { check: CHECK_PATH, refused: REFUSED_PATHS } = pathsBelow("");
const REALM = "staff";
const CLIENT = "portal";
const REDIRECT = "https://portal.example.com/callback";
/** For whom the certificate of each Envoy is. */
const NODE = "keycloak.test";
const USER = { username: "ada", password: randomBytes(12).toString("hex") };

/** A node's container has ended; the message has its log. */
class NodeEnded extends Error {}
/** How often a node is started again, as ECS starts another task. */
const NEW_STARTS = 2;

/** Two nodes out of the task definition that the plan renders, on one PostgreSQL; the test is the load balancer in front of them. */
describe("Keycloak under its task definition", () => {
    const hex = () => randomBytes(16).toString("hex");
    const clientSecret = hex();
    const secrets: Record<string, string> = { PORTAL_CLIENT_SECRET: clientSecret };
    let sandbox: Sandbox | undefined;
    let network: string;
    let definition: TaskDefinition;
    let keycloak: ContainerDefinition;
    let environment: Record<string, string>;
    let hostname: string;
    let image: string;
    let envoy: string;
    let authorityPem: string;
    let postgres: Postgres;
    let nodes: [Task, Task];
    let browser: Browser;
    let tokens: Tokens;
    /** What a node that started answered to the load balancer's check, and to those that would have been wrong. */
    const whileStarting: { check: number; live: number; ready: number }[] = [];
    const portal = new Application(REALM, CLIENT, clientSecret, REDIRECT);

    before(async function () {
        this.timeout(15 * 60 * 1000);
        definition = await taskDefinition("keycloak");
        keycloak = definition.containerDefinitions.find(({ name }) => name === "keycloak")!;
        environment = environmentOf(keycloak);
        hostname = environment.KC_HOSTNAME!;
        sandbox = await sandboxOrSkip(this, [
            baseImage("envoy", "ENVOY_IMAGE"),
            `quay.io/keycloak/keycloak:${VERSION}`,
            POSTGRES_IMAGE,
        ]);
        for (const { name } of keycloak.secrets ?? []) secrets[name] ??= hex();
        network = await sandbox.network();
        const ours = await authority(sandbox.directory, "ours");
        image = await built(ours.certificate);
        envoy = await sandbox.image(join(ROOT, "images/envoy"));
        const pair = await ours.issue("envoy", NODE);
        authorityPem = ours.certificate;
        Object.assign(secrets, { TLS_CERTIFICATE: pair.certificate, TLS_PRIVATE_KEY: pair.key });
        const host = environment.KC_DB_URL_HOST!;
        postgres = await startPostgres(sandbox, {
            network,
            directory: sandbox.directory,
            names: [host],
            server: await ours.issue("database", host),
            role: { account: environment.KC_DB_USERNAME!, password: secrets.KC_DB_PASSWORD! },
            superuserPassword: hex(),
        });
        // As RDS makes the instance: with this database, and the role as its owner.
        await postgres.query(`CREATE DATABASE ${environment.KC_DB_URL_DATABASE} OWNER ${environment.KC_DB_USERNAME}`);
        // At once, as ECS starts the tasks of a service: on a database with nothing in it.
        nodes = await Promise.all([start(), start()]);
        browser = newcomer();
    });

    after(function () {
        this.timeout(120_000);
        sandbox?.cleanUp();
    });

    it("becomes ready, and healthy by the task definition's own check, two nodes started at once", async function () {
        this.timeout(30 * 60 * 1000); // one of them may have to start twice
        await firstStart();
        for (const node of nodes) {
            const container = node.containers.keycloak!;
            await until("healthy", 300, async () =>
                (await state(container)).Health?.Status === "healthy" ? true : undefined,
            );
        }
    });

    it("gets no requests while it starts, and does as soon as it is ready", () => {
        const starting = whileStarting.filter(({ ready }) => ready !== 200);
        // A node says that it lives, and has started, when it can answer nobody yet.
        expect(starting.some(({ live }) => live === 200)).to.equal(true);
        expect(starting.map(({ check }) => check)).not.to.include(200);
    });

    it("forms one cluster over the database, at the tasks' own addresses", async () => {
        for (const node of nodes) await clusterOf(node, 2);
        const known = await postgres.query("SELECT ip FROM jgroups_ping", environment.KC_DB_URL_DATABASE!);
        const addresses = await Promise.all(nodes.map((node) => node.address()));
        expect(known.map((ip) => ip.split(":")[0])).to.have.members(addresses);
    });

    it("talks to the database over TLS, as a role that is no superuser", async () => {
        const rows = await postgres.query(
            `SELECT DISTINCT ssl, usename FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '${environment.KC_DB_USERNAME}'`,
        );
        expect(rows).to.deep.equal([`t|${environment.KC_DB_USERNAME}`]);
    });

    it("has no more connections than poolSize for each node", async () => {
        const [count] = await postgres.query(
            `SELECT count(*) FROM pg_stat_activity WHERE usename = '${environment.KC_DB_USERNAME}'`,
        );
        expect(Number(count)).to.be.at.most(2 * Number(environment.KC_DB_POOL_MAX_SIZE));
    });

    it("answers users under the load balancer's name, and keeps health and metrics off their port", async () => {
        const { status, json } = await (await by(0)).get(`/realms/${REALM}/.well-known/openid-configuration`);
        expect(status).to.equal(200);
        expect(json().issuer).to.equal(`${hostname}/realms/${REALM}`);
        expect(json().token_endpoint).to.match(new RegExp(`^${hostname}/`));
        for (const path of ["/health", "/health/ready", "/metrics"]) {
            expect((await (await by(0)).get(path)).status, path).to.equal(404);
        }
        expect(await managed(nodes[0], "/metrics")).to.match(/^jvm_memory_used_bytes/m);
    });

    it("refuses what a load balancer takes for a public path, and another reader for one of the console", async () => {
        const send = balanced(await nodes[0].port(ENVOY_PORT), new URL(hostname).host);
        const console = "admin/master/console/";
        for (const path of [
            `/realms/../${console}`,
            `/realms/./../${console}`,
            `/resources/../${console}`,
            `/js/../${console}`,
            `/realms/%2e%2e/${console}`,
            `/realms/.%2E/${console}`,
            `/realms/%252e%252e/${console}`,
            `/realms//../${console}`,
            `/realms/..;/${console}`,
            `/realms/.;/../${console}`,
            `/realms/..%2f${console}`,
            `/realms/..%5c${console}`,
            `/realms\\..\\${console}`,
            `/.well-known/../${console}`,
            "/realms/../metrics",
            "/realms/%2e%2e%2fhealth",
        ]) {
            expect((await send("GET", path, {}, undefined)).status, path).to.be.oneOf([400, 404]);
        }
    });

    it("serves the admin console under the internal name alone", async () => {
        const admin = environment.KC_HOSTNAME_ADMIN!;
        await until("the realm master is set up", 120, async () => {
            const { issuer } = (await (await by(0)).get("/realms/master/.well-known/openid-configuration")).json();
            return issuer === `${admin}/realms/master` || undefined;
        });
        const console = await (await by(0, newcomer(admin))).get("/admin/master/console/");
        expect(console.status).to.equal(200);
        const settings = /<script id="environment" type="application\/json">([^<]*)</.exec(console.text)![1]!;
        // Its log-in is there, too: the public endpoint does not lead to the realm master.
        expect(JSON.parse(settings)).to.include({ adminBaseUrl: admin, serverBaseUrl: admin });
    });

    it("has the bootstrap administrator of the secret, whose realm counts failed log-ins", async () => {
        const one = await by(0, newcomer(environment.KC_HOSTNAME_ADMIN));
        expect((await one.get("/realms/master/.well-known/openid-configuration")).json().issuer).to.equal(
            `${environment.KC_HOSTNAME_ADMIN}/realms/master`,
        );
        const eve = { username: "eve", password: hex() };
        const made = await administer("POST", "/users", person(eve.username, eve.password));
        expect(made.status).to.equal(201);
        const user = made.headers.location!.split("/").at(-1)!;
        expect((await token(eve.username, eve.password)).status).to.equal(200);
        expect((await token(eve.username, "wrong")).json().error).to.equal("invalid_grant");
        // None is counted where nothing protects the realm.
        await until("the failed log-in is counted", 30, async () => {
            const answer = await administer("GET", `/attack-detection/brute-force/users/${user}`);
            return (JSON.parse(answer.text) as { numFailures: number }).numFailures === 1 || undefined;
        });
    });

    it("is as its realm files say, and becomes so by its admin API, secrets and all that no file names left alone", async function () {
        this.timeout(120_000);
        const port = await nodes[0].port(ENVOY_PORT);
        const target = {
            keycloak: { url: hostname, adminUrl: `https://${NODE}:${port}` },
            authority: authorityPem,
            connectTo: () => ({ host: "127.0.0.1", port }),
            adminOutOfReach: () => Promise.resolve(undefined),
            taskDefinition: () => Promise.resolve(definition),
            secret: (_: string, variable: string) => Promise.resolve(secrets[variable]!),
        } as Partial<Target> as Target;
        const staff = await new Server(target, REALM).export();
        expect(compareRealms(imported(), { ...staff, clients: [] })).to.have.length(1); // the client
        const { clients: _, ...settings } = imported();
        expect(compareRealms(settings, staff!)).to.deep.equal([]);
        // A realm with something of every kind: as it is imported it has no difference to its file.
        const shop = new Server(target, SHOP.realm);
        expect((await administer("POST", "", SHOP, "")).status).to.equal(201);
        await administer("POST", "/users", person("kim", hex()), `/${SHOP.realm}`);
        const before = (await shop.export())!;
        expect(compareRealms(SHOP, before)).to.deep.equal([]);
        expect(compareRealms(CHANGED, before)).to.have.length.greaterThan(20);
        expect((await apply(CHANGED, before, shop)).refused).to.deep.equal([]);
        const after = (await shop.export())!;
        expect(compareRealms(CHANGED, after)).to.deep.equal([]);
        // What the changed file says nothing of: secrets of what it changed, accounts, and keys.
        const held = await postgres.query(
            "SELECT value FROM realm_smtp_config WHERE name = 'password' UNION ALL " +
                "SELECT value FROM identity_provider_config WHERE name = 'clientSecret' UNION ALL " +
                "SELECT value FROM component_config WHERE name = 'bindCredential' UNION ALL " +
                "SELECT secret FROM client WHERE client_id = 'svc'",
            environment.KC_DB_URL_DATABASE!,
        );
        expect(held).to.include.members(["mail-password", "provider-secret", "directory-password", "service-secret"]);
        const people = await administer("GET", "/users?username=kim", undefined, `/${SHOP.realm}`);
        expect(JSON.parse(people.text)).to.have.length(1);
        expect(compareRealms({ components: before.components }, after)).to.have.length(1); // the directory's address
        // An export that nobody edited, of a realm with all that Keycloak itself puts into one.
        await administer("DELETE", "", undefined, `/${SHOP.realm}`);
        expect((await administer("POST", "", after, "")).status).to.equal(201);
        expect(compareRealms(after, (await shop.export())!)).to.deep.equal([]);
        // And back: a scope goes from one list of a client to the other, a flow has its old steps. Nothing is deleted.
        expect((await apply(SHOP, (await shop.export())!, shop)).refused).to.deep.equal([]);
        expect(compareRealms(SHOP, (await shop.export())!).map(({ object }) => object)).to.deep.equal(["client api"]);
        await administer("DELETE", "", undefined, `/${SHOP.realm}`);
    });

    it("logs browsers in for a load balancer, and gives programs tokens that it takes", async function () {
        this.timeout(120_000);
        const issuer = `${hostname}/realms/${REALM}`;
        const redirectUris = ["https://web.test/oauth2/idpresponse"];
        const web = { clientId: "web", secret: clientSecret, redirectUris };
        expect((await administer("POST", "/clients", web, `/${REALM}`)).status).to.equal(201);
        const login = loginAction({ issuer, client: { id: "web", secret: clientSecret } });
        const browserFor = await loginBalancer(sandbox!, {
            network,
            node: { host: await nodes[0].address(), port: ENVOY_PORT },
            issuer,
            clientSecret,
            rules: [
                { name: "api", actions: [await known(tokensAction({ issuer, tokens: { client: "reports" } }))] },
                {
                    name: "web-tokens",
                    host: "web",
                    conditions: conditions(undefined, { paths: [], tokens: true }),
                    actions: [await known(tokensAction({ issuer, tokens: { scope: "orders:read" } }))],
                },
                { name: "web", actions: [await known(login)] },
            ] as LoginRules,
        });

        // A browser: to the log-in page, back to the load balancer's own path, and on to where it wanted to go.
        const visitor = browserFor("web");
        const sent = await visitor.get("/orders?open=1");
        expect(sent.status).to.equal(302);
        expect(sent.location).to.match(new RegExp(`^${issuer}/protocol/openid-connect/auth\\?`));
        const there = newcomer();
        const page = await (await by(0, there)).get(pathOf(sent.location!));
        const entered = await (await by(0, there)).post(page.form()!, { ...USER });
        expect(entered.location).to.match(/^https:\/\/web\.test\/oauth2\/idpresponse\?/);
        const back = await visitor.get(pathOf(entered.location!));
        expect(back.location).to.equal("http://web.test/orders?open=1"); // the listener has no TLS here
        const asked = (await visitor.get("/orders?open=1")).json() as Record<string, string>;
        expect(claims(asked["x-amzn-oidc-accesstoken"]!)).to.include({
            iss: issuer,
            preferred_username: USER.username,
        });
        expect(asked).not.to.have.property("authorization");

        // Programs: their tokens are verified, and no session of a browser stands in for one, nor a token for a session.
        const scope = { name: "orders:read", protocol: "openid-connect" };
        expect((await administer("POST", "/client-scopes", scope, `/${REALM}`)).status).to.equal(201);
        const program = (clientId: string, attributes = {}) => ({
            ...{ clientId, secret: clientSecret, serviceAccountsEnabled: true, attributes },
            optionalClientScopes: ["orders:read"],
        });
        for (const own of [program("reports"), program("brief", { "access.token.lifespan": "3" })]) {
            expect((await administer("POST", "/clients", own, `/${REALM}`)).status).to.equal(201);
        }
        const tokenOf = async (client_id: string, more: Record<string, string> = {}) => {
            const form = { grant_type: "client_credentials", client_id, client_secret: clientSecret, ...more };
            const answer = await (await by(0, newcomer())).post(`/realms/${REALM}/protocol/openid-connect/token`, form);
            return (answer.json() as Tokens).access_token;
        };
        const statusWith = async (host: string, token: string, scheme = "Bearer") =>
            (await browserFor(host).get("/orders", { Authorization: `${scheme} ${token}` })).status;
        const [reports, other] = [await tokenOf("reports"), await tokenOf("brief")];
        const reader = await tokenOf("brief", { scope: "orders:read" });
        expect(claims(reader).scope.split(" ")).to.include("orders:read");
        const brief = await statusWith("web", reader);
        expect([await statusWith("api", reports), brief]).to.deep.equal([200, 200]);
        const got = (await browserFor("api").get("/", { Authorization: `Bearer ${reports}` })).json() as object;
        expect(got).to.include({ authorization: `Bearer ${reports}` });
        const { KC_BOOTSTRAP_ADMIN_USERNAME: admin } = environment;
        const administrator = (await token(admin!, secrets.KC_BOOTSTRAP_ADMIN_PASSWORD!)).json().access_token;
        const [head, body, signature] = reports.split(".") as [string, string, string];
        const forged = Buffer.from(JSON.stringify({ ...claims(reports), azp: "admin" })).toString("base64url");
        const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
        const wrong: Record<string, [host: string, token: string]> = {
            "another client's": ["api", other],
            "one without the scope": ["web", reports],
            "one that was changed": ["api", [head, forged, signature].join(".")],
            "one that nobody signed": ["api", [none, body, ""].join(".")],
            "one of another realm": ["api", administrator],
            "no token at all": ["web", "x"],
        };
        for (const [what, [host, token]] of Object.entries(wrong)) {
            expect(await statusWith(host, token), what).to.equal(401);
        }
        expect((await browserFor("api").get("/orders")).status).to.equal(401);
        expect(await statusWith("api", reports, "Basic")).to.equal(401);
        expect(await statusWith("web", "x", "bearer")).to.equal(401);
        await until("the token is out of date", 20, async () =>
            (await statusWith("web", reader)) === 401 ? true : undefined,
        );
    });

    it("answers no other spelling of the paths that the public endpoint refuses", async () => {
        const matches = (path: string) =>
            REFUSED_PATHS.some((one) =>
                new RegExp(`^${one.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(path.split("?")[0]!),
            );
        expect(await statusOf(`https://127.0.0.1:${await nodes[0].port(ENVOY_PORT)}${CHECK_PATH}`)).to.equal(200);
        expect(matches(CHECK_PATH)).to.equal(true);
        for (const path of SPELLINGS) {
            const { status } = await (await by(0, newcomer())).get(path);
            expect(matches(path) ? 404 : status, path).to.be.oneOf([400, 404]);
        }
    });

    it("has the client's address in its events, whatever the client says", async () => {
        const send = balanced(await nodes[0].port(ENVOY_PORT), new URL(hostname).host);
        const form = new URLSearchParams({
            grant_type: "password",
            client_id: "admin-cli",
            username: "mallory",
            password: "x",
        });
        const headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            ...{ "X-Forwarded-For": "198.51.100.1, 198.51.100.2", Forwarded: "for=198.51.100.3" },
            "X-Forwarded-Host": "evil.example.com",
        };
        const answer = await send("POST", `/realms/${REALM}/protocol/openid-connect/token`, headers, String(form));
        expect(JSON.parse(answer.text)).to.include({ error: "invalid_grant" });
        const event = await until("the failed log-in is in the log", 10, async () =>
            (await logs(nodes[0].containers.keycloak!)).split("\n").find((line) => line.includes("mallory")),
        );
        expect(event)
            .to.match(/LOGIN_ERROR/)
            .and.to.contain(`ipAddress="${CLIENT_ADDRESS}"`);
    });

    it("keeps what speaks plain HTTP within the task", async () => {
        const { stdout } = await exec(nodes[0].containers.keycloak!, "cat", "/proc/net/tcp", "/proc/net/tcp6");
        // Listening (0A) on 8080: on loopback alone, in the kernel's own way to write it down.
        const addresses = [...stdout.matchAll(/([0-9A-F]+):1F90 0+:0000 0A/g)].map(([, address]) => address);
        expect(addresses).to.have.length(1);
        expect(addresses[0]).to.match(/^(0000000000000000FFFF0000)?0100007F$/);
    });

    it("shows a log-in page with its styles, and refuses a wrong password", async () => {
        const page = await (await by(0, newcomer())).get(portal.authorization);
        expect(page.status).to.equal(200);
        const style = /href="(\/resources\/[^"]+\.css)"/.exec(page.text)![1]!;
        expect((await (await by(1)).get(style)).status).to.equal(200);
        const refused = await portal.logIn(await by(0, newcomer()), { ...USER, password: "wrong" });
        expect(refused.status).to.equal(200);
        expect(refused.location).to.equal(undefined);
        expect(refused.text).to.contain("Invalid username or password");
    });

    it("logs a failed log-in as the alarm counts it, and as the saved query asks for it", async () => {
        const lines = linesOf("keycloak", await logs(nodes[0].containers.keycloak!));
        const rows = ask("failed-log-ins", lines);
        expect(rows.find(({ realmName, clientId }) => realmName === REALM && clientId === CLIENT)).to.deep.include({
            reason: "invalid_user_credentials",
            failed: 1,
        });
        const all = rows.reduce((sum, { failed }) => sum + Number(failed), 0);
        expect(counted("failed-log-ins", lines)).to.equal(all);
        for (const { ipAddress } of rows) expect(ipAddress).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    });

    it("logs a user in on one node, by the authorization-code flow of the realm in the repository", async () => {
        const answer = await portal.logIn(await by(0), USER);
        expect(answer.status).to.equal(302);
        tokens = await portal.exchange(await by(0), answer.location!);
        expect(claims(tokens.access_token)).to.include({
            iss: `${hostname}/realms/${REALM}`,
            preferred_username: USER.username,
        });
        const events = (await logs(nodes[0].containers.keycloak!)).split("\n");
        const own = events.filter((line) => line.includes(`realmName="${REALM}"`));
        expect(own.join("\n")).to.contain('type="LOGIN",').and.to.contain('type="CODE_TO_TOKEN",');
        const changes = events.filter((line) => line.includes('operationType="UPDATE"'));
        expect(changes, "what an administrator changed").not.to.eql([]);
    });

    for (const [which, gone, left] of [
        ["first", 0, 1],
        ["second", 1, 0],
    ] as const) {
        it(`goes on with session, refresh and single sign-on when the ${which} node is killed`, async () => {
            // The task ends with it.
            await output("docker", ["kill", "--signal", "KILL", nodes[gone].containers.keycloak!]);
            await output("docker", ["kill", "--signal", "KILL", nodes[gone].containers.envoy!]);
            await goesOn(left);
            await clusterOf(nodes[left], 1);
            await goesOn(left);
        });

        it(`takes the ${which} node back`, async () => {
            await output("docker", ["start", nodes[gone].containers.keycloak!]);
            await output("docker", ["start", nodes[gone].containers.envoy!]);
            await ready(nodes[gone]);
            for (const node of nodes) await clusterOf(node, 2);
            await goesOn(gone);
        });
    }

    it("stays healthy while the database is away for 30 s, and goes on when it is back", async function () {
        this.timeout(5 * 60 * 1000);
        const targets = await Promise.all(
            nodes.map(
                async (node) => new TargetHealth(`https://127.0.0.1:${await node.port(ENVOY_PORT)}${CHECK_PATH}`),
            ),
        );
        const began = Date.now();
        await output("docker", ["stop", "--timeout", "2", postgres.container]);
        await new Promise((resolve) => setTimeout(resolve, 30_000));
        // It is away, and a check that asked for it would have said so.
        for (const node of nodes) {
            expect(await statusOf(`http://127.0.0.1:${await node.port(MANAGEMENT_PORT)}/health/ready`)).not.to.equal(
                200,
            );
        }
        await output("docker", ["start", postgres.container]);
        for (const node of nodes) await ready(node);
        // Long enough for the last wrong answer to count.
        const rest = 70_000 - (Date.now() - began);
        if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
        expect(await Promise.all(targets.map((target) => target.stop()))).to.deep.equal([true, true]);
        for (const node of nodes) {
            const { Health, Status } = await state(node.containers.keycloak!);
            expect([Status, Health?.Status]).to.deep.equal(["running", "healthy"]);
        }
        for (const node of [0, 1] as const) await goesOn(node);
    });

    it("fails no log-in over a connection that a restart of the database has ended", async () => {
        await output("docker", ["restart", "--timeout", "2", postgres.container]);
        for (const node of nodes) await ready(node);
        // More than one for each connection that was in the pools.
        const logIns = Array.from({ length: 3 * Number(environment.KC_DB_POOL_MAX_SIZE) }, async (_, i) =>
            portal.logIn(await by(i % 2 === 0 ? 0 : 1, newcomer()), USER),
        );
        expect((await Promise.all(logIns)).map(({ status }) => status)).to.deep.equal(logIns.map(() => 302));
    });

    it("logs users in soon after the database's host died without a word, and another took its name", async function () {
        this.timeout(20 * 60 * 1000);
        const elsewhere = await sandbox!.network();
        for (const node of nodes) await output("docker", ["network", "connect", elsewhere, node.containers.keycloak!]);
        const load = steadyLoad(2, async () => {
            const answer = await portal.logIn(await by(load.sent() % 2 === 0 ? 0 : 1, newcomer()), USER);
            return { status: answer.status === 302 ? 200 : answer.status };
        });
        await until("log-ins work", 30, async () => load.sent() > 10 || undefined);
        expect(load.failed).to.deep.equal([]);
        // Nobody is at the old address any more: neither FIN nor RST comes from there.
        const began = Date.now();
        await output("docker", ["network", "disconnect", network, postgres.container]);
        const host = environment.KC_DB_URL_HOST!;
        await output("docker", ["network", "connect", "--alias", host, elsewhere, postgres.container]);
        // 15 s; without keep-alive and with Linux's own number of retransmissions it took 583 s.
        await until("log-ins work again", 60, async () => {
            const last = load.failed.at(-1)?.sent ?? began;
            return Date.now() - last > 30_000 || undefined;
        });
        await load.end();
        await output("docker", ["network", "connect", "--alias", host, network, postgres.container]);
    });

    it("logs the user out everywhere", async () => {
        expect((await portal.logOut(await by(0), tokens)).status).to.equal(204);
        const error = await portal.refresh(await by(1), tokens).catch((e: Error) => e);
        expect(String(error)).to.match(/tokens: 400 .*invalid_grant/);
    });

    it("runs without root or a capability, and writes to /tmp and its data alone", async () => {
        for (const node of nodes) {
            const container = node.containers.keycloak!;
            const id = await exec(container, "bash", "-c", "id -u; grep CapEff /proc/1/status");
            expect(id.stdout).to.match(/^1000\nCapEff:\s+0{16}\n$/);
            const write = (path: string) => exec(container, "bash", "-c", `: > ${path}/try && rm ${path}/try`);
            for (const path of ["/tmp", "/opt/keycloak/data"]) expect((await write(path)).code, path).to.equal(0);
            for (const path of ["/", "/opt/keycloak/conf", "/etc/ssl/certs", "/opt/keycloak/lib"]) {
                expect((await write(path)).stderr, path).to.match(/Read-only|Permission denied/);
            }
        }
    });

    it("does not trust a database whose certificate another authority signed", async () => {
        const other = await built((await authority(sandbox!.directory, "other")).certificate);
        const { containers } = await start(other);
        const [container] = Object.values(containers);
        const { ExitCode } = await until("it gives up", 180, async () => {
            const now = await state(container!);
            return now.Status === "exited" ? now : undefined;
        });
        expect(ExitCode).to.equal(1);
        expect(await logs(container!)).to.match(/PKIX path|certification path|SSL error/i);
    });

    it("is not built without the authorities, and the build says why", async () => {
        const error = await built("no certificate").catch((e: Error) => e);
        expect(String(error)).to.contain("RDS_CA_PEM must hold the PEM certificates");
    });

    it("stops within its stop timeout, leaves the cluster, and never showed a secret", async () => {
        const [node, other] = nodes;
        await output("docker", ["stop", node.containers.keycloak!]);
        // What Java answers SIGTERM with. 137: Docker killed it when the stop timeout was over.
        expect((await state(node.containers.keycloak!)).ExitCode).to.equal(143);
        await clusterOf(other, 1);
        const said = (await logs(node.containers.keycloak!)) + (await logs(other.containers.keycloak!));
        for (const [name, value] of Object.entries(secrets)) expect(said.includes(value), name).to.equal(false);
    });

    const start = (which = image) =>
        startTask(sandbox!, definition, {
            network,
            images: { envoy, keycloak: which },
            secrets,
            environment: { PORTAL_CLIENT_SECRET: clientSecret }, // as `keycloak.secrets` gives it
        });

    const token = async (username: string, password: string) =>
        (await by(0, newcomer(environment.KC_HOSTNAME_ADMIN))).post("/realms/master/protocol/openid-connect/token", {
            grant_type: "password",
            client_id: "admin-cli",
            username,
            password,
        });

    /** The admin API, of the realm master if no other is named, as the bootstrap administrator. */
    async function administer(method: string, path: string, json?: object, of = "/master") {
        const { KC_BOOTSTRAP_ADMIN_USERNAME: name } = environment;
        const { access_token } = (await token(name!, secrets.KC_BOOTSTRAP_ADMIN_PASSWORD!)).json();
        const headers = { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" };
        const body = json && JSON.stringify(json);
        const send = balanced(await nodes[0].port(ENVOY_PORT), new URL(environment.KC_HOSTNAME_ADMIN!).host);
        return send(method, `/admin/realms${of}${path}`, headers, body);
    }

    /** The folder as it is, with a realm more. */
    function built(authorities: string): Promise<string> {
        const folder = join(sandbox!.directory, "keycloak");
        cpSync(join(ROOT, "images/keycloak"), folder, { recursive: true });
        writeFileSync(join(folder, "realms", `${REALM}.json`), JSON.stringify(imported()));
        return sandbox!.image(folder, { RDS_CA_PEM: authorities, KEYCLOAK_VERSION: VERSION });
    }

    const newcomer = (origin = hostname) => new Browser(origin, () => Promise.reject(new Error("by no node")));
    /** A browser that is sent to one of the nodes. */
    const by = async (node: 0 | 1, who = browser) =>
        who.through(balanced(await nodes[node].port(ENVOY_PORT), new URL(who.origin).host));

    async function managed(node: Task, path: string): Promise<string> {
        const url = `http://127.0.0.1:${await node.port(MANAGEMENT_PORT)}${path}`;
        const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }); // a node that starts may accept, and not answer
        return answer.ok ? answer.text() : "";
    }

    /**
     * On a database with nothing in it both may begin to make the tables, a moment apart: on a slow machine, one of some runs, the later
     * one ends with this message, and ECS starts another task in its place.
     */
    /**
     * Two nodes that start on an empty database may both want to make something, a table or the default realm. The one that comes second
     * ends, and ECS starts another task.
     */
    async function firstStart() {
        for (const i of [0, 1] as const) {
            for (let left = NEW_STARTS; ; left--) {
                const ended = await ready(nodes[i]).then(
                    () => undefined,
                    (error: Error) => error,
                );
                if (ended === undefined) break;
                if (left === 0 || !(ended instanceof NodeEnded)) throw ended;
                nodes[i] = await start();
            }
        }
    }

    const ready = (node: Task) =>
        until("ready", 200, async () => {
            const ask = async (port: number, path: string) =>
                statusOf(`${port === ENVOY_PORT ? "https" : "http"}://127.0.0.1:${await node.port(port)}${path}`);
            try {
                // In this order: a node that becomes ready in between is none that gets requests too early.
                const [check, live] = [await ask(ENVOY_PORT, CHECK_PATH), await ask(MANAGEMENT_PORT, "/health/live")];
                const answer = { check, live, ready: await ask(MANAGEMENT_PORT, "/health/ready") };
                whileStarting.push(answer);
                return answer.ready === 200 || undefined;
            } catch (error) {
                // A container that has ended has no published port.
                if ((await state(node.containers.keycloak!)).Status !== "exited") throw error;
                throw new NodeEnded(`a node ended: ${await logs(node.containers.keycloak!)}`, { cause: error });
            }
        });

    const clusterOf = (node: Task, size: number) =>
        until(`a cluster of ${size}`, 20, async () =>
            new RegExp(`^vendor_cluster_size\\{.*\\} ${size}\\.0$`, "m").test(await managed(node, "/metrics"))
                ? true
                : undefined,
        );

    /** The user's session, the application's tokens, and single sign-on: all on a node that did not make them. */
    async function goesOn(node: 0 | 1) {
        tokens = await portal.goesOn(await by(node), tokens, USER);
    }
});

/** Of the realm master, by ways that a load balancer and Keycloak might read differently. */
const SPELLINGS = [
    "/realms/master",
    "/realms/master/",
    "/realms/master/account",
    "/realms/master?a=b",
    "/realms/%6daster",
    "/realms/m%61ster/protocol/openid-connect/auth",
    "/realms/master;a=b",
    "/realms/master%3b",
    "//realms/master",
    "/realms//master",
    "/realms/./master",
    "/realms/x/../master",
    "/realms/x/%2e%2e/master",
    "/realms/..;/realms/master",
    "/realms;a=b/master",
    "/realms%2fmaster",
    "/realms/MASTER",
    "/realms/master%20",
    "/resources/../realms/master",
    "/js/..%2frealms/master",
    "/.well-known/oauth-authorization-server/realms/master",
];

const person = (username: string, password: string) => ({
    username,
    enabled: true,
    email: `${username}@example.com`,
    emailVerified: true,
    firstName: "Eve",
    lastName: "Moneypenny",
    credentials: [{ type: "password", value: password }],
});

const VERSION = baseImage("keycloak", "KEYCLOAK_VERSION");

type LoginRules = Parameters<typeof loginBalancer>[1]["rules"];
/** The values of outputs, as the plan has them. */
const known = (value: unknown) =>
    new Promise<unknown>((resolve) => void pulumi.output(value as object).apply((all) => resolve(all)));
const pathOf = (url: string) => url.replace(/^https:\/\/[^/]+/, "");

/** As a repository would have it: the client's secret is the stack's. */
const imported = () => realm(REALM, { id: CLIENT, secret: "${PORTAL_CLIENT_SECRET}", redirect: REDIRECT }, USER);
