import { writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect } from "chai";
import { ask, linesOf } from "../logs-insights";
import { type Authority, authority } from "./certificates";
import { exec, logs, output, type Result, run, type Sandbox, sandboxOrSkip, state, until } from "./docker";
import { baseImage, ROOT, taskDefinition } from "./plan";
import { plannedAgents } from "./acapy";
import { startTask, type Task } from "./task";
import type { TaskDefinition } from "./task-definition";

const TLS = 8443;
const ADMIN = 9901;
const APP = 8080;
/** The name that Envoy's certificate is for, here. */
const NAME = "hello.example.com";

// Behind a rule for /service/*, each would be a way to /admin for an application that resolves it.
const REFUSED = [
    "/service/../admin",
    "/service/..",
    "/service/./admin",
    "/service/.",
    "/../admin",
    "/.",
    "/service//../admin",
    "/service/%2e%2e/admin",
    "/service/%2E./admin",
    "/service/.%2e",
    "/service/%252e%252e/admin",
    "/service/..;/admin",
    "/service/..;a=b/admin",
    "/service/.;/admin",
    "/service/..%3b/admin",
    "/service/..;",
    "/service/..%2fadmin",
    "/service/%2e%2e%2fadmin",
    "/service%2f..%2fadmin",
    "/service/x%2F..%252Fadmin",
    "/service\\..\\admin",
    "/service/..\\admin",
    "/service\\admin",
    "/service/%5cadmin",
    "/service%5C..%5Cadmin",
    "/service/%255cadmin",
    "/service/\u00ff/../admin",
    "/service/%ff/../admin",
    "/service/../admin?q=1",
    "http://elsewhere/service/../admin",
    "/service/%00/../admin",
];
// Nothing of the kind: the application says what it is.
const HANDED_ON = [
    "/service/a..b",
    "/service/...",
    "/service/.well-known/x",
    "/service/a.",
    "/service/a%2Fb",
    "/service//x",
    "/service/a;b",
    "/service/%41",
    "/service/a%2ejson",
    "/service/x?next=/../admin",
    "/service/x?a\\b",
    "/service/%25",
    "/service/..a/b",
    "/service/a%20b",
];

/** The sample behind its Envoy, out of the task definition that the plan renders. */
describe("a TLS service under its task definition", () => {
    let sandbox: Sandbox | undefined;
    let network: string;
    let ours: Authority;
    let pair: { certificate: string; key: string };
    let images: Record<string, string>;
    let definition: TaskDefinition;
    let task: Task;
    let port: number;

    const secretsOf = (certificate: string, key: string) => ({ TLS_CERTIFICATE: certificate, TLS_PRIVATE_KEY: key });
    const start = (secrets: Record<string, string>, environment: Record<string, string> = {}) =>
        startTask(sandbox!, definition, { network, images, secrets, environment });

    before(async function () {
        this.timeout(10 * 60 * 1000);
        sandbox = await sandboxOrSkip(this, [baseImage("envoy", "ENVOY_IMAGE"), "python:3.13-slim"]);
        definition = await taskDefinition("hello");
        network = await sandbox.network();
        ours = await authority(sandbox.directory, "ours");
        pair = await ours.issue("server", NAME);
        images = {
            envoy: await sandbox.image(join(ROOT, "images/envoy")),
            app: await sandbox.image(join(ROOT, "images/hello")),
        };
        task = await start(secretsOf(pair.certificate + ours.certificate, pair.key));
        port = await task.port(TLS);
        await until("the hello comes", 30, async () => ((await curl("/service")).code === 0 ? true : undefined));
    });

    after(function () {
        this.timeout(120_000);
        sandbox?.cleanUp();
    });

    it("shows a certificate whose chain our authority verifies, for its name", async () => {
        const { stdout } = await client("-CAfile", join(sandbox!.directory, "ours.crt"), "-verify_hostname", NAME);
        expect(stdout).to.contain("Verify return code: 0 (ok)");
        expect(stdout).to.match(/Verified peername: hello\.example\.com/);
        expect(stdout.match(/^ *\d s:/gm), "the chain that it sends").to.have.length(2);
    });

    it("is not verified by another authority", async () => {
        const other = await authority(sandbox!.directory, "other");
        expect(other.certificate).not.to.equal(ours.certificate);
        const { stdout } = await client("-CAfile", join(sandbox!.directory, "other.crt"));
        expect(stdout).to.match(/Verify return code: (19|20|21) /);
    });

    for (const [version, flag] of [
        ["2", "--http2"],
        ["1.1", "--http1.1"],
    ] as const) {
        it(`says hello through Envoy over HTTP/${version}`, async () => {
            const { code, stdout, stderr } = await curl(
                "/service",
                flag,
                "--write-out",
                "%{http_version} %{http_code}",
            );
            expect(code, stderr).to.equal(0);
            expect(stdout).to.equal(`Hello from behind Envoy proxy!!\n${version} 200`);
        });
    }

    it("answers at once, over and over on one connection, and does not say which Python it is", async () => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const asked = () =>
            new Promise<string>((resolve, reject) => {
                const options = {
                    agent,
                    ca: ours.certificate,
                    servername: NAME,
                    host: "127.0.0.1",
                    port,
                    path: "/service",
                };
                const answered = (response: IncomingMessage) =>
                    response.resume().on("end", () => resolve(String(response.headers.server)));
                request(options, answered).on("error", reject).end();
            });
        expect(await asked()).not.to.match(/python/i);
        const begin = Date.now();
        for (let i = 0; i < 100; i++) await asked();
        agent.destroy();
        // An acknowledgement that is waited for takes 40 ms.
        expect((Date.now() - begin) / 100).to.be.below(25);
    });

    it("hands on what the application answers elsewhere", async () => {
        expect((await curl("/nothing", "--write-out", "%{http_code}")).stdout).to.equal("Not found\n404");
    });

    for (const [version, accepted] of [
        ["tls1", false],
        ["tls1_1", false],
        ["tls1_2", true],
        ["tls1_3", true],
    ] as const) {
        it(`${accepted ? "speaks" : "refuses"} ${version}`, async () => {
            // A client that would still speak it: most are built or configured not to.
            const { code, stdout, stderr } = await client(`-${version}`, "-cipher", "ALL:@SECLEVEL=0");
            if (accepted) expect(code, stderr).to.equal(0);
            else {
                expect(code).not.to.equal(0);
                expect(stderr + stdout).to.match(/alert protocol version/);
            }
        });
    }

    it("has forward secrecy and authenticated encryption with TLS 1.2, and nothing else", async () => {
        expect((await client("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:AES128-GCM-SHA256")).code).not.to.equal(0);
        expect((await client("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384")).code).to.equal(0);
    });

    it("does not answer plain HTTP", async () => {
        const { code } = await run("curl", ["--silent", "--max-time", "5", `http://127.0.0.1:${port}/service`]);
        expect(code).to.be.oneOf([52, 56]); // an empty reply, or a reset
    });

    it("keeps the application and Envoy's admin within the task", async () => {
        const address = await task.address();
        const from = (host: string, ports: number[], where: string[]) =>
            Promise.all(ports.map((each) => sandbox!.runToEnd([...where, ...connectTo(images.app!, host, each)])));
        const outside = await from(address, [APP, ADMIN, TLS], ["--network", network]);
        expect(outside.map(({ stdout }) => stdout.trim())).to.deep.equal(["refused", "refused", "open"]);
        const own = ["--network", `container:${task.containers.app}`];
        const inside = await from("127.0.0.1", [APP, ADMIN], own);
        expect(inside.map(({ stdout }) => stdout.trim())).to.deep.equal(["open", "open"]);
    });

    it("tells an agent's DIDComm, sockets and tails files apart, and leads to nothing else of its admin API", async () => {
        const agents = "{ issuer: { webSocketPort: 8022, tails: {} } }";
        const { containerDefinitions: all, ...rest } = await plannedAgents(agents, "issuer");
        const stand = all.find(({ name }) => name === "agent")!;
        const echo = {
            ...stand,
            entryPoint: ["python3", "-c", ECHO],
            command: [],
            secrets: [],
            healthCheck: undefined,
        };
        const echoing = { ...rest, containerDefinitions: [echo, all.find(({ name }) => name === "envoy")!] };
        const secrets = secretsOf(pair.certificate + ours.certificate, pair.key);
        const one = await startTask(sandbox!, echoing, { network, images: { ...images, agent: images.app! }, secrets });
        const [open, admin] = [await one.port(8444), await one.port(TLS)];
        const ask = async (at: number, path: string, ...options: string[]) => {
            const base = ["--silent", "--insecure", "--http1.1", "--max-time", "10"];
            return (await run("curl", [...base, ...options, `https://127.0.0.1:${at}${path}`])).stdout.trim();
        };
        await until("the agent answers", 30, async () => (await ask(admin, "/")).startsWith("8021") || undefined);
        const forwarded = [
            "--header",
            "X-Forwarded-Port: 443",
            "--header",
            "X-Forwarded-For: 198.51.100.1, 203.0.113.7",
        ];
        const socket = ["--header", "Connection: Upgrade", "--header", "Upgrade: WebSocket"];
        expect(await ask(admin, "/wallet/did")).to.match(/^8021 /);
        expect(await ask(admin, "/ws", ...socket)).to.equal("8021 socket");
        expect(await ask(open, "/status/ready")).to.match(/^8021 /);
        expect(await ask(open, "/status/ready", ...forwarded)).to.equal("8020 for 203.0.113.7");
        expect(await ask(open, "/status/ready", "--request", "POST")).to.match(/^8020 /);
        expect(await ask(open, "/wallet/did")).to.match(/^8020 /);
        expect(await ask(open, "/", ...socket, ...forwarded)).to.equal("8022 socket");
        expect(await ask(open, "/tails/abc", ...forwarded)).to.equal("8023 for 203.0.113.7");
        // Longer than any buffer of Envoy's.
        const large = join(sandbox!.directory, "large");
        writeFileSync(large, Buffer.alloc(20_000_000));
        expect(await ask(open, "/", ...forwarded, "--data-binary", `@${large}`)).to.equal("8020 took 20000000");
        const outside = await sandbox!.runToEnd([
            "--network",
            network,
            ...connectTo(images.app!, await one.address(), 8021),
        ]);
        expect(outside.stdout.trim()).to.equal("refused");
    });

    it("refuses a path that leads elsewhere than it says, and hands on every other as it came", async () => {
        const answers = await Promise.all([...REFUSED, ...HANDED_ON].map(async (path) => [path, await raw(path)]));
        const wanted = [
            ...REFUSED.map((path) => [path, "400"]),
            ...HANDED_ON.map((path) => [path, "404, by the application"]),
        ];
        expect(answers.map(([path, answer]) => [path, told(answer!)])).to.deep.equal(wanted);
    });

    it("refuses such a path over HTTP/2, too", async () => {
        for (const path of ["/service/../admin", "/service/%2e%2e/admin", "/service\\admin"]) {
            const options = ["--http2", "--path-as-is", "--write-out", "%{http_version} %{http_code}"];
            expect((await curl(path, ...options)).stdout, path).to.match(/^Bad request: .*\n2 400$/);
        }
    });

    it("tells the application who the client is, whatever the client says", async () => {
        // A load balancer appends the address that it sees. What the client put in front of that says nothing.
        await curl("/service", "--header", "X-Forwarded-For: 198.51.100.1, 203.0.113.7");
        const [last] = (await accessLog()).reverse();
        expect(last!.client).to.equal("203.0.113.7");
    });

    it("logs each request as JSON, without its query", async () => {
        await curl("/service?code=not-for-the-log", "--http2");
        const [last] = (await accessLog()).reverse();
        expect(last).to.include({ method: "GET", path: "/service", status: 200, protocol: "HTTP/2", tls: "TLSv1.3" });
        expect(await logs(task.containers.envoy!)).not.to.contain("not-for-the-log");
        const lines = linesOf("envoy", await logs(task.containers.envoy!));
        for (const { host, path } of ask("slowest-requests", lines)) expect([host, path]).not.to.contain(undefined);
        expect(ask("slowest-requests", lines)).not.to.be.empty;
    });

    it("answers 503 where the application does not", async () => {
        const silent = await start(secretsOf(pair.certificate, pair.key), { PORT: "8999" });
        const elsewhere = await silent.port(TLS);
        const answer = await until("Envoy answers", 20, async () => {
            const { code, stdout } = await curlTo(elsewhere, "/service", "--write-out", "%{http_code}");
            return code === 0 ? stdout : undefined;
        });
        expect(answer).to.match(/503$/);
        const [failed] = await until("Envoy writes its log", 20, async () => {
            const rows = ask("failed-requests", linesOf("envoy", await logs(silent.containers.envoy!)));
            return rows.length > 0 ? rows : undefined;
        });
        expect(failed).to.include({ method: "GET", path: "/service", status: 503, flags: "UF" });
    });

    it("does not come up with a key of another certificate, nor without one of the two", async () => {
        const stranger = await ours.issue("stranger", NAME);
        const wrong: Record<string, string>[] = [
            secretsOf(pair.certificate, stranger.key),
            { TLS_CERTIFICATE: pair.certificate },
            { TLS_PRIVATE_KEY: pair.key },
            secretsOf("", ""),
        ];
        for (const secrets of wrong) {
            const failed = await start(secrets);
            const { ExitCode } = await until("Envoy ends", 20, async () => {
                const now = await state(failed.containers.envoy!);
                return now.Status === "exited" ? now : undefined;
            });
            expect(ExitCode).not.to.equal(0);
            const log = await logs(failed.containers.envoy!);
            expect(log).to.match(/TLS_CERTIFICATE|TLS_PRIVATE_KEY|private key|KEY_VALUES_MISMATCH|certificate/i);
            for (const value of Object.values(secrets)) if (value) expect(shows(log, value)).to.equal(false);
        }
    });

    it("runs without root, a capability or a place to write", async () => {
        for (const [name, user] of [
            ["envoy", "101"],
            ["app", "1000"],
        ] as const) {
            const { stdout } = await exec(task.containers[name]!, "sh", "-c", "cat /proc/[0-9]*/status");
            const values = (key: string) =>
                [...stdout.matchAll(new RegExp(`^${key}:\\s*(.*)$`, "gm"))].map((m) => m[1]);
            expect(new Set(values("Uid"))).to.deep.equal(new Set([Array(4).fill(user).join("\t")]));
            expect(new Set(values("CapEff"))).to.deep.equal(new Set(["0".repeat(16)]));
            const write = await exec(task.containers[name]!, "sh", "-c", "echo x > /tmp/x");
            expect(write.stderr).to.contain("Read-only file system");
        }
    });

    it("has nothing of its key in a log, an image or a command", async () => {
        const { Config, ...rest } = JSON.parse(
            await output("docker", ["inspect", "--format", "{{json .}}", task.containers.envoy!]),
        );
        const image = await output("docker", ["inspect", images.envoy!]);
        const history = await output("docker", ["history", "--no-trunc", images.envoy!]);
        const dump = await exec(
            task.containers.app!,
            "python3",
            "-c",
            fetched(`http://127.0.0.1:${ADMIN}/config_dump`),
        );
        expect(dump.stdout).to.contain("redacted");
        const seen = [await logs(task.containers.envoy!), JSON.stringify(rest), image, history, dump.stdout];
        for (const text of seen) expect(shows(text, pair.key), "the key is shown").to.equal(false);
        expect(JSON.stringify(Config.Cmd)).not.to.contain("PRIVATE KEY");
    });

    it("stops at once, the application with exit code 0", async () => {
        await output("docker", ["stop", task.containers.envoy!]);
        await output("docker", ["stop", task.containers.app!]);
        // 137: Docker killed it after ten seconds
        expect((await state(task.containers.envoy!)).ExitCode).not.to.equal(137);
        expect((await state(task.containers.app!)).ExitCode).to.equal(0);
    });

    const curlTo = (to: number, path: string, ...options: string[]): Promise<Result> =>
        run("curl", [
            "--silent",
            "--show-error",
            "--max-time",
            "10",
            "--cacert",
            join(sandbox!.directory, "ours.crt"),
            "--resolve",
            `${NAME}:${to}:127.0.0.1`,
            ...options,
            `https://${NAME}:${to}${path}`,
        ]);
    const curl = (path: string, ...options: string[]) => curlTo(port, path, ...options);
    const client = (...options: string[]) =>
        run("sh", [
            "-c",
            'exec openssl s_client "$@" < /dev/null',
            "sh",
            "-connect",
            `127.0.0.1:${port}`,
            "-showcerts",
            ...options,
        ]);

    /** The answer to a request whose path no client has put in order, as bytes. */
    const raw = (path: string): Promise<string> =>
        new Promise((resolve, reject) => {
            const socket = connect({ host: "127.0.0.1", port, servername: NAME, rejectUnauthorized: false });
            let answer = "";
            socket.setEncoding("latin1").setTimeout(10_000, () => socket.destroy(new Error(`no answer to ${path}`)));
            socket
                .on("data", (text) => (answer += String(text)))
                .on("end", () => resolve(answer))
                .on("error", reject);
            socket.write(`GET ${path} HTTP/1.1\r\nHost: ${NAME}\r\nConnection: close\r\n\r\n`, "latin1");
        });

    /** Envoy writes its log every second. */
    async function accessLog(): Promise<Record<string, unknown>[]> {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const lines = (await logs(task.containers.envoy!)).split("\n").filter((line) => line.startsWith("{"));
        return lines.map((line) => JSON.parse(line));
    }
});

/** The status of an answer, and whether it is the application's own. */
const told = (answer: string) =>
    answer.split(" ")[1] + (answer.endsWith("\nNot found\n") ? ", by the application" : "");

/** Whether a text holds a line of a PEM text, which is enough to say that it holds it. */
const shows = (text: string, pem: string) => text.includes(pem.split("\n")[1] ?? pem);

/** Says on loopback, in the place of an agent, on which of its ports it was asked. */
const ECHO = `
import http.server, threading
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        port = self.server.server_address[1]
        if self.headers.get("Upgrade"):
            self.send_response(101)
            self.send_header("Connection", "Upgrade")
            self.send_header("Upgrade", "websocket")
            self.end_headers()
            self.wfile.write(b"%d socket" % port)
            self.close_connection = True
        else:
            self.say("%d for %s" % (port, self.headers.get("X-Forwarded-For")))
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.say("%d took %d" % (self.server.server_address[1], len(self.rfile.read(length))))
    def say(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
for port in (8020, 8021, 8022, 8023):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever).start()
`;

const connectTo = (image: string, host: string, port: number) => [
    "--entrypoint",
    "python3",
    image,
    "-c",
    `import socket\ntry:\n socket.create_connection(("${host}",${port}),3); print("open")\nexcept ConnectionRefusedError: print("refused")`,
];
const fetched = (url: string) => `import urllib.request as r; print(r.urlopen("${url}").read().decode())`;
