import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { stringify } from "yaml";
import { composeProject, filePath, readJson, type State } from "../../automation/local/state";
import { containersOf } from "../../automation/local/docker";
import { type Running, running } from "../../automation/local/running";
import { converted } from "../automation/convert/cases";
import { composeOrSkip, until } from "./docker";
import { ask, localCommand } from "./local-command";
import { baseImage, ROOT } from "./plan";
import { POSTGRES_IMAGE } from "./postgres";
import { steadyLoad } from "./steady-load";

const STACK = "apps";
const OFFSET = 13_000;
const PROJECT = "identity";

interface Service {
    [key: string]: unknown;
    listeners?: object[];
}

type Heritage = Record<string, unknown> & { services: Record<string, Service> };

/** One image for all of them, which is not the last stage of its Dockerfile. */
const BUILD = { context: "images/app", target: "app" };

/** What `convert` made of an input, with one task of each service, its image, and a path of its own to be reached by. */
function heritage(input: string, name: string, path: string): Heritage {
    const {
        environments: _,
        image: __,
        ...tree
    } = converted(input).files.find((file) => file.name === name)!.tree as Heritage & { image?: string };
    const services = Object.entries(tree.services).map(([key, { autoscaling: ___, ...service }]) => [
        key,
        {
            ...service,
            ...(service.singleton ? {} : { count: 1 }),
            ...(service.listeners ? { listeners: [{ paths: [path, `${path}/*`] }] } : {}),
        },
    ]);
    return { ...tree, build: BUILD, services: Object.fromEntries(services) };
}

/** The converted files, with what `convert` leaves to do done. */
function heritages(): Record<string, Heritage> {
    const shop = heritage("rails-sidekiq", "shop", "/shop");
    const files = heritage("go-s3-sqs", "go-s3-sqs", "/files");
    const controller = heritage("controller", "controller", "/controller");
    const { controller: api, hooks } = controller.services;
    const { secrets: _, ...withoutKey } = api!;
    return {
        shop: {
            ...shop,
            database: { ...(shop.database as object), variables: { DATABASE_URL: "url", DB_CA_PEM: "ca" } },
            uses: { ...(shop.uses as object), mail: { host: { name: "smtp.example.com", port: 587 } } },
        },
        "go-s3-sqs": {
            ...files,
            environment: {
                LOG_LEVEL: "info",
                DEAD_URL: `https://sqs.eu-central-1.amazonaws.com/123456789012/${PROJECT}-${STACK}-go-s3-sqs-jobs-dlq`,
            },
            uses: {
                ...(files.uses as object),
                jobs: { queue: { visibility_seconds: 1 }, variables: { JOBS_URL: "url" } },
            },
            permissions: [
                {
                    actions: ["sqs:ReceiveMessage"],
                    resources: [`arn:aws:sqs:eu-central-1:123456789012:${PROJECT}-${STACK}-go-s3-sqs-jobs-dlq`],
                },
            ],
        },
        controller: {
            ...controller,
            uses: {
                agent: {
                    agents: "issuer",
                    variables: { AGENT_ADMIN_URL: "url", AGENT_ADMIN_API_KEY: "key", AGENT_CA: "ca" },
                },
            },
            services: { controller: { ...withoutKey, reachable: true }, hooks: hooks! },
        },
        "nginx-php": heritage("nginx-php", "nginx-php", "/php"),
        "nginx-php-nginx": heritage("nginx-php", "nginx-php-nginx", "/nginx"),
    };
}

/** Parameters of others, and what `npx identity secrets set` would have set. */
const GIVEN = {
    "/shop/sentry/dsn": "https://sentry.example.com",
    "shop/stripe:apiKey": "a-key-of-stripe",
    [`/${PROJECT}/${STACK}/shop/STRIPE_API_KEY`]: "a-key-of-stripe",
    [`/${PROJECT}/${STACK}/nginx-php/MYSQL_PASSWORD`]: "a-password",
};

describe("applications on a laptop, as `convert` wrote their files", () => {
    let root: string | undefined;
    let platform: Running;
    /** The compose project. */
    let project: string;
    const command = (name: string, ...words: string[]) => localCommand(root!, STACK, root)(name, ...words);

    before(async function () {
        this.timeout(20 * 60 * 1000);
        const bases = [baseImage("acapy-agent", "ACAPY_IMAGE"), baseImage("envoy", "ENVOY_IMAGE"), "python:3.13-slim"];
        await composeOrSkip(this, [...bases, "debian:trixie-slim", POSTGRES_IMAGE]);
        root = mkdtempSync(join(tmpdir(), "applications-"));
        for (const name of ["Pulumi.yaml", "images"]) cpSync(join(ROOT, name), join(root, name), { recursive: true });
        cpSync(join(__dirname, "applications"), join(root, BUILD.context), { recursive: true });
        mkdirSync(join(root, "heritages"));
        const files = heritages();
        for (const [name, file] of Object.entries(files)) {
            writeFileSync(join(root, `heritages/${name}.yml`), stringify(file));
        }
        const config = {
            "aws:region": "eu-central-1",
            "identity:environment": "dev",
            "identity:publicEndpoint": { plainHttp: true },
            "identity:agents": {
                issuer: {
                    count: 1,
                    environment: {
                        ACAPY_WEBHOOK_URL: `https://controller-controller.${STACK}.internal:8443/webhooks`,
                    },
                },
                registrar: { count: 2, didcommPort: 8030, adminPort: 8031 },
                north: { count: 1, didcommPort: 8040, adminPort: 8041 },
            },
            "identity:heritages": Object.keys(files),
        };
        writeFileSync(join(root, `Pulumi.${STACK}.yaml`), stringify({ config }));
        mkdirSync(join(root, "build/local", STACK), { recursive: true });
        writeFileSync(join(root, "build/local", STACK, "given.json"), JSON.stringify(GIVEN));
        const up = await command("up", "--timeout", "900", "--port-offset", String(OFFSET));
        expect(up.code, up.err).to.equal(0);
        platform = running(root, STACK);
        project = composeProject(root, PROJECT, STACK);
    });

    after(async function () {
        this.timeout(5 * 60 * 1000);
        if (root === undefined) return;
        await command("down", "--volumes");
        rmSync(root, { recursive: true, force: true });
    });

    async function get(service: string, action: string) {
        const [url] = platform.services[service]!.urls.public;
        const { status, text } = await ask(`${url!.replace(/\/\*?$/, "")}/${action}`, { ca: platform.ca });
        expect(status, text).to.equal(200);
        return JSON.parse(text);
    }

    /** Has the shop's web keep a value and put a job into the queue, and waits for the worker. Returns what web answers. */
    async function worksOff(job: string) {
        const cached = await get("shop-web", `cached/${job}`);
        await until(`the worker has taken ${job}`, 10, async () =>
            (await get("shop-web", `worked/${job}`)) === "yes" ? true : undefined,
        );
        return cached;
    }

    it("sets and gets in a Valkey over TLS, and has a worker take jobs from it", async () => {
        const { got, config } = await worksOff("one");
        expect(got).to.equal("kept");
        expect(config).to.match(/unknown command 'CONFIG'/i);
    });

    it("had its database migrated before its services started", async () => {
        expect(await get("shop-web", "rows/visitor")).to.deep.equal([["visitor"]]);
    });

    it("sends a mail over verified TLS to a host that is elsewhere on AWS, and it is shown on this machine", async () => {
        await get("shop-web", "mailed/of-today");
        const page = `http://127.0.0.1:${8025 + OFFSET}`;
        const [mail] = JSON.parse((await ask(`${page}/api/messages`, { ca: "" })).text);
        expect(mail).to.deep.include({ from: "shop@example.com", to: ["visitor@example.com"], subject: "Log in" });
        expect(mail.links).to.deep.equal(["https://shop.example.com/log-in?token=of-today"]);
        expect((await command("status")).out).to.contain(page);
        const asAnother = { ca: "", headers: { Host: "attacker.example.com:80" } };
        expect((await ask(`${page}/api/messages`, asAnother)).status).to.equal(403);
    });

    it("puts and gets an object, also by a presigned URL, and may read no other bucket", async () => {
        const { got, presigned, listed, of_another } = await get("go-s3-sqs-api", "stored/a b/ü.txt");
        expect([got, presigned]).to.deep.equal(["kept", "kept"]);
        expect(listed).to.include("a b/ü.txt");
        expect(of_another).to.contain("AccessDenied");
    });

    it("has its bucket on this machine, for the SDK of another language", async () => {
        await get("go-s3-sqs-api", "stored/for-javascript");
        const s3 = new S3Client({
            region: "eu-central-1",
            endpoint: `http://127.0.0.1:${8333 + OFFSET}`,
            credentials: { accessKeyId: `${PROJECT}-${STACK}-go-s3-sqs-api`, secretAccessKey: "any" },
        });
        const Bucket = `${PROJECT}-${STACK}--go-s3-sqs-uploads-123456789012`;
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "for-javascript" }));
        expect(await Body!.transformToString()).to.equal("kept");
    });

    it("sends a message that a worker receives, and has one that nobody works off among the dead letters", async () => {
        await get("go-s3-sqs-api", "sent/good");
        await get("go-s3-sqs-api", "sent/bad");
        await until("the worker has received the message", 10, async () =>
            (await get("go-s3-sqs-api", "objects/worked/good")).length > 0 ? true : undefined,
        );
        await until("the bad one is a dead letter", 30, async () =>
            (await get("go-s3-sqs-api", "dead")).includes("bad") ? true : undefined,
        );
    });

    it("drives the admin API by the key that it is bound to, and gets its webhooks by name over TLS", async () => {
        const id = await get("controller-controller", "invited");
        const taken = await until("the webhook has come", 10, async () => {
            const received = (await get("controller-controller", "webhooks")) as { path: string; body: string }[];
            return received.find(({ body }) => body.includes(id));
        });
        expect(taken.path).to.match(/^\/webhooks\/topic\//);
    });

    it("listens on port 80 as a user who is not root, on a file system that is read-only, and on no lower port", async () => {
        const { lower, root: written, ...who } = await get("nginx-php-nginx-nginx", "who");
        expect(who).to.deep.equal({ user: 1000, port: 80 });
        expect(lower).to.match(/PermissionError/);
        expect(written).to.match(/Read-only file system/);
    });

    it("verify: passes on names of one's own, three clusters of agents, and no Keycloak", async function () {
        this.timeout(5 * 60 * 1000);
        const { code, out, err } = await command("verify", "--json");
        expect(code, err).to.equal(0);
        const checks = JSON.parse(out).checks as { name: string; status: string; seen?: string[] }[];
        const named = (status: string) => checks.filter((one) => one.status === status).map(({ name }) => name);
        expect([named("failed"), named("skipped")], err).to.deep.equal([[], []]);
        for (const name of named("absent")) expect(name).to.match(/^(keycloak-.*|logins|posts|tokens)$/);
        const seen = (name: string) => checks.find((one) => one.name === name)!.seen!.join("\n");
        expect(seen("agents-messages")).to.contain("north to registrar: 4 messages, 2 and 2 on 2 tasks");
        for (const cluster of ["issuer", "registrar", "north"])
            expect(seen("agents-key")).to.contain(`${cluster}: 401`);
    });

    /** Deploys the shop with something else than `convert` wrote. */
    const deploy = (changes: Partial<Heritage>) => {
        writeFileSync(join(root!, "heritages/shop.yml"), stringify({ ...heritages().shop, ...changes }));
        return command("up", "--timeout", "600");
    };
    /** The container of the shop's web that serves. */
    const web = async () => {
        const [task] = readJson<State>(filePath(root!, STACK, "state"))!.services["shop-web"]!.tasks;
        return (await containersOf(project)).get(task!.containers.app!)!.Id;
    };

    it("goes to a new version without losing a request, and stays in the old one where the new one does not come up", async function () {
        this.timeout(15 * 60 * 1000);
        const { shop } = heritages();
        const environment = { ...(shop!.environment as object), VERSION: "1" };
        const [url] = platform.services["shop-web"]!.urls.public;
        const load = steadyLoad(20, () => ask(`${url!.replace(/\/\*?$/, "")}/who`, { ca: platform.ca }));
        /** Deploys, and asks that there were requests meanwhile. */
        const underLoad = async (changes: Partial<Heritage>) => {
            const before = load.sent();
            const said = await deploy(changes);
            expect(load.sent(), "requests during the deployment").to.be.greaterThan(before);
            return said;
        };
        try {
            const first = await web();
            const rolled = await underLoad({ environment });
            expect(rolled.code, rolled.err).to.equal(0);
            expect(rolled.err).to.match(/shop-clock: the old version stops before the new one starts/);
            const second = await web();
            expect(second).not.to.equal(first);
            const broken = { ...shop!.services, web: { ...shop!.services.web, command: "false" } };
            const failed = await underLoad({ environment, services: broken });
            expect(failed.code, failed.err).to.equal(1);
            expect(failed.err, failed.err).to.match(/shop-web-1 \(app\) ended with exit code 1, \d+ times in a row/);
            expect(failed.err).to.contain("shop-web goes on in the version before");
            expect(await web()).to.equal(second);
            const mended = await underLoad({ environment });
            expect(mended.code, mended.err).to.equal(0);
            expect(await web()).to.equal(second);
        } finally {
            await load.end();
        }
        expect(load.failed).to.deep.equal([]);
    });

    it("leaves the running services alone where before_deploy fails, and judges the next one by its own end", async function () {
        this.timeout(15 * 60 * 1000);
        const { shop } = heritages();
        const before = await web();
        const environment = { ...(shop!.environment as object), VERSION: "2" };
        const failed = await deploy({ environment, before_deploy: { command: "exit 3" } });
        expect([failed.code, failed.err.includes("shop-oneoff ended with exit code 3")], failed.err).to.deep.equal([
            1,
            true,
        ]);
        expect(await web()).to.equal(before);
        await worksOff("after-a-failed-one");
        const large = await deploy({ environment, before_deploy: { command: "tail /dev/zero" } });
        expect(large.err).to.contain("shop-oneoff ended, since it used more memory than it has");
        const mended = await deploy({ environment });
        expect(mended.code, mended.err).to.equal(0);
        expect(await web()).not.to.equal(before);
    });

    it("has a changed file of an image in its services seconds later, and in none where the image cannot be built", async function () {
        this.timeout(10 * 60 * 1000);
        const stop = new AbortController();
        let said = "";
        const told = (what: RegExp) => until(String(what), 300, async () => (what.test(said) ? true : undefined));
        const watch = localCommand(root!, STACK, root, { signal: stop.signal, err: (text) => void (said += text) });
        const watching = watch("up", "--watch");
        await told(/watching for changes/);
        const dockerfile = join(root!, BUILD.context, "Dockerfile");
        const text = readFileSync(dockerfile, "utf8");
        const [before, agent] = [await web(), await running(root!, STACK).services.issuer!.tasks[0]!.address(8444)];
        writeFileSync(dockerfile, text.replace("WORKDIR /app", "RUN false\nWORKDIR /app"));
        await told(/cannot be built:[^]*What runs goes on/);
        expect(await web()).to.equal(before);
        said = "";
        writeFileSync(dockerfile, text.replace("WORKDIR /app", "ENV CHANGED=1\nWORKDIR /app"));
        await told(/in force, after \d+ s/);
        expect(await web()).not.to.equal(before);
        expect(await running(root!, STACK).services.issuer!.tasks[0]!.address(8444)).to.equal(agent);
        stop.abort();
        expect((await watching).code).to.equal(0);
        await worksOff("after-a-change");
    });
});
