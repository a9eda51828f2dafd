import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { containersOf } from "../../automation/local/docker";
import { prepare } from "../../automation/local/prepare";
import type { Running } from "../../automation/local/running";
import { filePath } from "../../automation/local/state";
import { authority } from "./certificates";
import { database } from "./database";
import { output, until } from "./docker";

export interface Platform {
    readonly root: string;
    readonly stack: string;
    readonly project: string;
    readonly running: Running;
    /** `npx identity local`, with these arguments. */
    command(...args: string[]): Promise<{ code: number; out: string; err: string }>;
}

/** A line of Envoy's access log. */
interface Logged {
    host: string;
    agent: string | null;
    path: string;
}

/** RestrictedExtensions_URIPATH of the core rule set, by its examples (WAF developer guide, "Baseline rule groups"). */
const RESTRICTED = /\.(log|ini)$/i;

interface Ended {
    name: string;
    status: string;
    seen?: string | string[];
    expected?: string;
}

interface Loaded {
    name: string;
    sent: number;
    failed: Record<string, number>;
    p50: number;
    p99: number;
}

/**
 * `npx identity local verify` on a platform that runs: it passes as the platform is, and where something is broken the check that is about
 * it fails, and those that are not do not.
 */
export function verifies(platform: () => Platform) {
    async function verify(...only: string[]): Promise<{ code: number; ends: Map<string, Ended> }> {
        const names = only.flatMap((name) => ["--only", name]);
        const { code, out, err } = await platform().command("verify", "--json", ...names);
        expect(out, err).not.to.equal("");
        return { code, ends: new Map((JSON.parse(out).checks as Ended[]).map((one) => [one.name, one])) };
    }

    /** `failing`: what that check has to say; the others of `passing` pass. */
    async function finds(failing: Record<string, RegExp>, passing: string[]) {
        const { code, ends } = await verify(...Object.keys(failing), ...passing);
        expect(code).to.equal(1);
        for (const name of passing) expect(ends.get(name)!.status, JSON.stringify(ends.get(name))).to.equal("passed");
        for (const [name, words] of Object.entries(failing)) {
            const { status, expected, seen } = ends.get(name)!;
            expect([status, `${expected}; ${seen}`].join(" "), name)
                .to.match(words)
                .and.match(/^failed /);
        }
    }

    const service = (name: string) => platform().running.services[name]!;

    let began = "";

    it("verify: passes, all of it, and takes nodes of Keycloak down and up again", async function () {
        this.timeout(15 * 60 * 1000);
        began = new Date().toISOString();
        const { code, ends } = await verify();
        // No load balancer of this stack asks for a log-in, nor for tokens.
        const bad = [...ends.values()].filter(
            ({ name, status }) => status !== (["logins", "tokens"].includes(name) ? "absent" : "passed"),
        );
        expect(bad, JSON.stringify(bad, null, 2)).to.deep.equal([]);
        expect(code).to.equal(0);
        const text = (name: string) => (ends.get(name)!.seen as string[]).join("\n");
        expect(text("agents-messages")).to.match(/holder to issuer: 4 messages, 2 and 2 on 2 tasks/);
        expect(text("tls-hello")).to.contain("“Hello from behind Envoy proxy!!”, through Envoy");
        expect(text("keycloak-nodes")).to.match(/keycloak-1 stopped: .*\nkeycloak-2 stopped: /);
    });

    it("verify: sends the public load balancer nothing that these rules of AWS's core rule set match", async () => {
        const names = await output("docker", [
            "ps",
            "--filter",
            `label=com.docker.compose.project=${platform().project}`,
            "--format",
            "{{.Names}}",
        ]);
        const logs = names.split("\n").filter((name) => name.includes("-envoy"));
        const said = await Promise.all(logs.map((name) => output("docker", ["logs", "--since", began, name])));
        const lines = said.join("\n").split("\n");
        const requests = lines
            .filter((line) => line.startsWith("{") && line.includes('"received":'))
            .map((line) => JSON.parse(line) as Logged)
            // The internal load balancer has no firewall, and a load balancer's own requests pass none.
            .filter(({ host, agent }) => host.startsWith("public.") && agent !== "Envoy/HC");
        expect(requests.some(({ path }) => path.includes("/login-actions/"))).to.equal(true);
        const matched = requests.filter(
            ({ agent, path }) => agent === null || path.length > 1024 || RESTRICTED.test(path),
        );
        expect(matched).to.deep.equal([]);
    });

    it("verify --load: nothing fails at a low rate", async function () {
        this.timeout(10 * 60 * 1000);
        const { code, out, err } = await platform().command(
            "verify",
            "--load",
            "--rate",
            "1",
            "--seconds",
            "3",
            "--json",
        );
        const { load, checks } = JSON.parse(out) as { load: Loaded[]; checks: Ended[] };
        expect(code, JSON.stringify(checks, null, 2) + err).to.equal(0);
        const names = ["requests", "posts", "connections", "messages", "refreshes", "log-ins"];
        expect(load.map(({ name, sent, failed }) => ({ name, sent, failed }))).to.deep.equal(
            names.map((name) => ({ name, sent: 3, failed: {} })),
        );
        for (const { name, p50, p99 } of load) expect(p99, name).to.be.at.least(p50);
    });

    it("verify: finds an agent with another wallet", async function () {
        this.timeout(5 * 60 * 1000);
        const { root, stack, project } = platform();
        const { file, variables } = await prepare({ root, stack });
        const { environment } = file.services["issuer-2-agent"]!;
        const other = join(root, "other-wallet.yaml");
        const start = (compose: string) =>
            output("docker", ["compose", "--project-name", project, "--file", compose, ...UP, "issuer-2-agent"], {
                env: { ...variables },
                timeoutSeconds: 240,
            });
        environment!.ACAPY_WALLET_NAME = "another";
        writeFileSync(other, stringify(file, { lineWidth: 0 }), { mode: 0o600 });
        try {
            await start(other);
            await finds(
                {
                    "agents-did": /in the list of each; it is not in \d+ of 2 answers/,
                    "agents-connection": /404|known/,
                },
                ["agents-key", "agents-didcomm"],
            );
        } finally {
            await start(filePath(root, stack, "compose"));
            rmSync(other);
        }
        expect((await verify("agents-did")).code).to.equal(0);
    });

    it("verify: finds a certificate of another authority", async () => {
        const { root, stack } = platform();
        const file = filePath(root, stack, "ca");
        const right = readFileSync(file);
        try {
            writeFileSync(file, (await authority(root, "stranger")).certificate);
            await finds(
                {
                    "tls-certificate": /that the stack's authority signed; .*(SELF_SIGNED|UNABLE_TO)/,
                    "tls-tasks": /Envoy of hello-1 that/,
                    "tls-hello": /not signed by a trusted authority/,
                },
                ["agents-didcomm", "closed-admin"],
            );
        } finally {
            writeFileSync(file, right);
        }
        expect((await verify("tls-certificate")).code).to.equal(0);
    });

    it("verify: finds an application that answers past its Envoy", async () => {
        const [task] = service("hello").tasks;
        const address = await task!.ip();
        // It ends by itself, or with its container.
        const app = (await containersOf(platform().project)).get("hello-1-app")!.Id;
        const server = ["timeout", "60", "python3", "-m", "http.server", "8080", "--bind", address];
        await output("docker", ["exec", "--detach", app, ...server]);
        await until("it listens", 20, async () => {
            const answer = await fetch(`http://${address}:8080/`).catch(() => undefined);
            return answer && true;
        });
        await finds({ "closed-ports": new RegExp(`hello-1 past its Envoy answers at ${address}:8080`) }, ["tls-hello"]);
    });

    it("verify: finds a database that takes connections in the clear, and one that lets its application in no more", async () => {
        const { query, container } = database(platform().project, "shared-db");
        const [file] = await query("SHOW hba_file");
        const change = async (from: string, to: string) => {
            await output("docker", ["exec", await container(), "sed", "-i", `s/^${from} /${to} /`, file!]);
            await query("SELECT pg_reload_conf()");
        };
        await change("hostssl", "host");
        await finds({ "closed-database": /shared-db to refuse a connection without TLS; it goes on/ }, ["posts"]);
        await change("host", "hostssl");
        await query("ALTER ROLE sample_api NOLOGIN");
        await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sample_api'");
        await finds({ posts: /201 for POST .*503/ }, ["agents-did"]);
        await query("ALTER ROLE sample_api LOGIN");
        await until("posts are written again", 60, async () => ((await verify("posts")).code === 0 ? true : undefined));
    });

    it("verify: finds a task that is gone", async () => {
        const [task] = service("hello").tasks;
        await task!.kill();
        await finds({ tasks: /2 tasks of hello, all of them well; hello: hello-1 EXITED/ }, ["agents-did"]);
        await task!.start();
    });
}

const UP = ["--progress", "quiet", "up", "--detach", "--no-deps", "--wait"];
