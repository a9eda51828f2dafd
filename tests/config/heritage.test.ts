import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readConfig } from "../../config/load";
import { ConfigError, placeOf } from "../../config/problems";
import { references } from "../../config/references";
import { DEV, handedOver, PROD } from "./support";

const DIGEST = `example.com/app@sha256:${"a".repeat(64)}`;

/** The service `web` with this in it, from line 3 on. */
const web = (...lines: string[]) => `build: images/app
services:
    web:
        health_check_path: /up
        listeners: [{ paths: [/app] }]
${lines.map((line) => `        ${line}\n`).join("")}`;
const worker = (...lines: string[]) =>
    `build: images/app\nservices:\n    worker:\n        count: 3\n${lines.map((line) => `        ${line}\n`).join("")}`;
const task = (...lines: string[]) => `build: images/app
scheduled_tasks:
    nightly:
        command: [run]
${lines.map((line) => `        ${line}\n`).join("")}`;

/** A file, and the one thing that is wrong in it: where, in which line, what, what would be right. */
const BROKEN: Record<string, [yaml: string, at: string, line: number, what: RegExp, fix: RegExp]> = {
    "no YAML": ["build: [", "", 1, /is no YAML/, /mapping of keys/],
    "nothing in it": ["", "", 1, /is empty/, /mapping of keys/],
    "a list at the top": ["- build", "", 1, /no mapping/, /mapping of keys/],
    "nothing that runs": ["build: images/app", "", 1, /neither services nor scheduled_tasks/, /services: \{ worker/],
    "neither folder nor image": ["services: { worker: { count: 3 } }", "", 1, /neither build nor image/, /exactly one/],
    "both folder and image": [`${worker()}image: "${DIGEST}"`, "", 1, /both build and image/, /exactly one/],
    "a folder without a Dockerfile": [
        worker().replace("images/app", "images/nothing"),
        "build",
        1,
        /there is no images\/nothing\/Dockerfile/,
        /project's root/,
    ],
    "an image by tag": [
        'image: "example.com/app:1"\nservices: { worker: { count: 3 } }',
        "image",
        1,
        /has no digest/,
        /@sha256:/,
    ],
    "an unknown key at the top": [`${worker()}service: {}`, "service", 5, /no such key/, /did you mean services\?/],
    "an unknown key in a service": [
        worker("cpus: 512"),
        "services.worker.cpus",
        5,
        /no such key/,
        /did you mean cpu\?/,
    ],
    "a key as the program has it": [
        worker("stopTimeout: 60"),
        "services.worker.stopTimeout",
        5,
        /no such key/,
        /did you mean stop_timeout\?/,
    ],
    "a name that is none": [
        worker().replace("worker:", "Worker_1:"),
        "services.Worker_1",
        3,
        /cannot be a name/,
        /1 to 12 lower-case/,
    ],
    "a name that is too long": [
        worker().replace("worker:", "a-very-long-name:"),
        "services.a-very-long-name",
        3,
        /cannot be a name/,
        /1 to 12/,
    ],
    "a size that Fargate has not": [
        worker("memory: 4096"),
        "services.worker.memory",
        5,
        /256 CPU units with 4096/,
        /512, 1024, 2048/,
    ],
    "a text for a number": [worker("cpu: big"), "services.worker.cpu", 5, /should be a (whole )?number/, /CPU units/],
    "a command that is neither text nor list": [
        worker("command: 3"),
        "services.worker.command",
        5,
        /3 is none of what it takes/,
        /The program and its words/,
    ],
    "a command of blanks": [worker('command: "  "'), "services.worker.command", 5, /is no command/, /a shell reads/],
    "a port that is none": [web("port: 0"), "services.web.port", 6, /0 is too small: 1/, /Default: 8080/],
    "two tasks of a singleton": [
        "build: images/app\nservices:\n    worker:\n        count: 2\n        singleton: true",
        "services.worker.count",
        4,
        /2 tasks of a singleton/,
        /leave count out/,
    ],
    "a singleton that scales": [
        "build: images/app\nservices:\n    worker:\n        autoscaling: { max: 3 }\n        singleton: true",
        "services.worker.autoscaling",
        4,
        /would start a second task of a singleton/,
        /one of the two/,
    ],
    "autoscaling of a service that is stopped": [
        "build: images/app\nservices:\n    worker:\n        autoscaling: { max: 3 }\n        count: 0",
        "services.worker.autoscaling",
        4,
        /would start tasks again/,
        /as long as count is 0/,
    ],
    "a count below nothing": [
        "build: images/app\nservices:\n    worker:\n        count: -1",
        "services.worker.count",
        4,
        /-1 is too small: 0/,
        /0 stops it/,
    ],
    "an empty command": [worker("command: []"), "services.worker.command", 5, /is empty/, /image's own/],
    "autoscaling without room": [
        worker("autoscaling: { max: 3 }"),
        "services.worker.autoscaling.max",
        5,
        /3 leaves no room above count, 3/,
        /more than 3/,
    ],
    "a stop time-out that Fargate has not": [
        worker("stop_timeout: 300"),
        "services.worker.stop_timeout",
        5,
        /300 is too large: 120/,
        /SIGKILL/,
    ],
    "listeners without a health path": [
        web().replace("        health_check_path: /up\n", ""),
        "services.web.health_check_path",
        3,
        /is missing, and there are listeners/,
        /\/healthz/,
    ],
    "a health path without a slash": [
        web().replace("/up", "up"),
        "services.web.health_check_path",
        4,
        /up has no slash in front/,
        /^\/up$/,
    ],
    "a health path that nobody asks": [
        worker("health_check_path: /up"),
        "services.worker.health_check_path",
        5,
        /needs listeners, and this service has none/,
        /leave it out/,
    ],
    "an endpoint that there is not": [
        web().replace("{ paths", "{ endpoint: admin, paths"),
        "services.web.listeners[0].endpoint",
        5,
        /admin is not a choice|"admin" is not a choice/,
        /one of public, internal/,
    ],
    "two listeners on one endpoint": [
        web().replace("[{ paths: [/app] }]", "[{ paths: [/a] }, { paths: [/b] }]"),
        "services.web.listeners[1]",
        5,
        /a second listener on the public endpoint/,
        /paths of both/,
    ],
    "a path without a slash": [
        web().replace("[/app]", "[app]"),
        "services.web.listeners[0].paths[0]",
        5,
        /app has no slash in front/,
        /^\/app$/,
    ],
    "the rule of another of its services": [
        `${web()}    other: { health_check_path: /up, listeners: [{ paths: [/app] }] }`,
        "services.other.listeners[0].paths[0]",
        6,
        /blog-web has the same rule: \/app/,
        /other paths/,
    ],
    "paths of the internal endpoint that nothing keeps the internet from": [
        web("tls: false").replace("[{ paths: [/app] }]", "[{ paths: [/app/*] }, { endpoint: internal, paths: [/*] }]"),
        "services.web.tls",
        6,
        /nobody refuses a path such as \/app\/\.\.\/admin/,
        /leave tls out; or two services/,
    ],
    "Envoy's port": [web("port: 8443"), "services.web.port", 6, /taken by Envoy/, /tls: false/],
    "a secret in the clear": [
        `${worker()}environment: { API_TOKEN: hush }`,
        "environment.API_TOKEN",
        5,
        /looks like a secret/,
        /secrets\.API_TOKEN/,
    ],
    "a secret in the clear of one service": [
        worker("environment: { DB_URL: 'postgres://a:b@c/d' }"),
        "services.worker.environment.DB_URL",
        5,
        /looks like a secret/,
        /secrets\.DB_URL/,
    ],
    "a number as a variable's value": [
        `${worker()}environment: { WORKERS: 4 }`,
        "environment.WORKERS",
        5,
        /is a number, and should be a text/,
        /in quotes: "4"/,
    ],
    "a variable that the platform sets": [
        `${worker()}database: {}\nenvironment: { DB_HOST: x }`,
        "environment.DB_HOST",
        6,
        /set by the program/,
        /the key database/,
    ],
    "a variable that is a secret, too": [
        `${worker("environment: { MAIL: x }")}secrets: { MAIL: { generate: {} } }`,
        "secrets.MAIL",
        6,
        /is in environment, too/,
        /one of the two/,
    ],
    "a secret with a value": [
        `${worker()}secrets: { MAIL: { value: hush } }`,
        "secrets.MAIL.value",
        5,
        /no such key/,
        /generate, parameter/,
    ],
    "a secret without a source": [`${worker()}secrets: { MAIL: {} }`, "secrets.MAIL", 5, /has none of/, /exactly one/],
    "a database that is too small": [
        `${worker("autoscaling: { max: 20 }")}database: {}`,
        "database.instance_class",
        6,
        /takes about 78 connections, and its tasks may open 200/,
        /larger class/,
    ],
    "no schedule": [task(), "scheduled_tasks.nightly.schedule", 3, /is missing/, /cron\(0 3 \* \* \? \*\)/],
    "a schedule of five fields": [
        task("schedule: cron(0 3 * * *)"),
        "scheduled_tasks.nightly.schedule",
        5,
        /is no schedule/,
        /year/,
    ],
    "a schedule for both days": [
        task("schedule: cron(0 3 * * * *)"),
        "scheduled_tasks.nightly.schedule",
        5,
        /exactly one of the two days/,
        /every day/,
    ],
    "a key of a service at the top": [
        `${worker()}writable: [/tmp]`,
        "writable",
        5,
        /there is no such key here/,
        /^writable is a key of services, and of scheduled_tasks, and of before_deploy$/,
    ],
    "a number that should be a text, as it stands there": [
        `${worker()}environment: { ZIP: 01234 }`,
        "environment.ZIP",
        5,
        /is a number, and should be a text/,
        /^in quotes: "01234"$/,
    ],
    "a day that its month has not": [
        task("schedule: cron(0 3 30,31 FEB ? *)"),
        "scheduled_tasks.nightly.schedule",
        5,
        /month FEB has no day 30,31: it would never run/,
        /L is the last day/,
    ],
    "a year that is over": [
        task("schedule: cron(0 3 * * ? 2020)"),
        "scheduled_tasks.nightly.schedule",
        5,
        /the year 2020 is over/,
        /\* for each year/,
    ],
    "an hour that is none": [
        task("schedule: cron(0 24 * * ? *)"),
        "scheduled_tasks.nightly.schedule",
        5,
        /24 is not a valid hour/,
        /from 0 to 23/,
    ],
    "a rate as nobody says it": [
        task("schedule: rate(1 hours)"),
        "scheduled_tasks.nightly.schedule",
        5,
        /"1 hour"/,
        /rate\(1 hour\)/,
    ],
    "a time zone that is none": [
        task("schedule: rate(1 day)", "time_zone: Asia/Tokio"),
        "scheduled_tasks.nightly.time_zone",
        6,
        /Asia\/Tokio is not a time zone/,
        /Asia\/Tokyo/,
    ],
    "a task of a service's name": [
        `${worker()}scheduled_tasks: { worker: { schedule: rate(1 day), command: [run] } }`,
        "scheduled_tasks.worker",
        5,
        /blog-worker is taken by heritages\.blog\.services\.worker/,
        /another name/,
    ],
    "a service called as the task that is run by hand": [
        worker().replace("worker:", "oneoff:"),
        "services.oneoff",
        3,
        /blog-oneoff is taken by heritages\.blog/,
        /another name/,
    ],
    "a task before a deployment without a command": [
        `${worker()}before_deploy: { cpu: 256 }`,
        "before_deploy.command",
        5,
        /is missing/,
        /Needed/,
    ],
    "an environment that there is not": [
        `${worker()}environments: { production: { user: "1001" } }`,
        "environments.production",
        5,
        /neither an environment nor a stack/,
        /prod/,
    ],
    "a port without anybody to ask it": [
        worker("port: 9000"),
        "services.worker.port",
        5,
        /needs listeners, and this service has none/,
        /listeners/,
    ],
    "Spot that is no yes or no": [worker("spot: 50"), "services.worker.spot", 5, /50/, /Spot/],
    "a secret with two sources": [
        `${worker()}secrets: { TOKEN: { generate: {}, set: {} } }`,
        "secrets.TOKEN",
        5,
        /more than one of generate, parameter, secret and set/,
        /exactly one/,
    ],
    "a secret's value in a file that nobody encrypts": [
        `${worker()}secrets: { TOKEN: { value: abc } }`,
        "secrets.TOKEN.value",
        5,
        /no such key/,
        /generate/,
    ],
    "a repository that is none": [
        `${worker()}deploy: { repository: posts }`,
        "deploy.repository",
        5,
        /is no GitHub repository|GitHub repository/,
        /owner\/name/,
    ],
    "a registry's password for an image that is built": [
        `${worker()}image_credentials: "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:hub-AbCdEf"`,
        "image_credentials",
        5,
        /is for an image that exists, in a private registry/,
        /leave it out/,
    ],
    "a registry's password that is no secret's ARN": [
        `${worker()}image_credentials: hub`,
        "image_credentials",
        5,
        /ARN of a secret/,
        /./,
    ],
    "the database's authorities as a variable": [
        `${worker()}database: {}\nenvironment: { DB_CA_PEM: x }`,
        "environment.DB_CA_PEM",
        6,
        /is set by the program/,
        /leave it out/,
    ],
    "a branch, which is the same for every stack": [
        `${worker()}deploy: { repository: acme/posts, branch: main }`,
        "deploy.branch",
        5,
        /does not say which stack/,
        /take it out; .*the branch main/,
    ],
    "the district's certificate as a variable": [
        `${worker()}environment: { DISTRICT_CA_PEM: x }`,
        "environment.DISTRICT_CA_PEM",
        5,
        /is set by the program/,
        /leave it out/,
    ],
    "a plugin's image by tag": [
        `${worker()}plugins: { newrelic: { image: "newrelic/nri-ecs:1", license_key: { set: {} } } }`,
        "plugins.newrelic.image",
        5,
        /has no digest/,
        /@sha256:/,
    ],
    "a plugin without its key": [
        `${worker()}plugins: { datadog: { image: "${DIGEST}" } }`,
        "plugins.datadog.api_key",
        5,
        /is missing/,
        /generate/,
    ],
    "a plugin that is none": [
        `${worker()}plugins: { datdog: {} }`,
        "plugins.datdog",
        5,
        /no such key/,
        /did you mean datadog\?/,
    ],
    "a collector's configuration that is none": [
        `${worker()}plugins:\n    otel:\n        image: "${DIGEST}"\n        config: "receivers: {}"`,
        "plugins.otel.config",
        8,
        /has no exporters, no service/,
        /service\.pipelines/,
    ],
    "a collector's secret that it is not told": [
        `${worker()}plugins:\n    otel:\n        image: "${DIGEST}"\n        config: "{receivers: {}, exporters: {a: '\${env:TOKEN}'}, service: {}}"`,
        "plugins.otel.config",
        8,
        /uses \$\{env:TOKEN\}, and otel.secrets has no TOKEN/,
        /otel\.secrets\.TOKEN/,
    ],
    "a mistake in another environment": [
        `${worker()}environments:\n    prod:\n        services: { worker: { cpu: lots } }`,
        "services.worker.cpu",
        7,
        /should be a (whole )?number/,
        /CPU units/,
    ],
};

describe("a heritage's file", () => {
    const root = process.cwd();
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "heritages-"));
        process.chdir(folder); // where Pulumi runs a program
        for (const name of ["heritages", "images/app"]) mkdirSync(name, { recursive: true });
        writeFileSync("images/app/Dockerfile", "FROM scratch");
        cpSync(path.join(root, "Pulumi.prod.yaml"), "Pulumi.prod.yaml");
    });
    afterEach(() => {
        process.chdir(root);
        rmSync(folder, { recursive: true });
    });
    const read = (yaml: string, base = DEV, more = "heritages: [blog]", stack = "dev") => {
        writeFileSync("heritages/blog.yml", yaml);
        return readConfig(handedOver(`${base}${more}`), "identity", () => false, stack);
    };
    const said = (...args: Parameters<typeof read>) =>
        read(...args).problems.map((one) => `${placeOf(one, "identity")} (${one.line}): ${one.what} → ${one.fix}`);

    for (const [name, [yaml, at, line, what, fix]] of Object.entries(BROKEN)) {
        it(`is refused for ${name}`, () => {
            const problems = said(yaml);
            expect(problems, problems.join("\n")).to.have.length(1);
            const place = at ? `heritages/blog.yml: ${at}` : "heritages/blog.yml";
            expect(problems[0]!.slice(0, problems[0]!.indexOf(" ("))).to.equal(place);
            expect(problems[0]).to.contain(`${place} (${line}): `);
            expect(problems[0]!.split(" → ")[0]).to.match(what);
            expect(problems[0]!.split(" → ")[1]).to.match(fix);
        });
    }

    it("is told all of its mistakes at once, beside those of the stack file", () => {
        const problems = said(
            `image: x\nservices: { web: { cpu: 300, listeners: [{}] }, worker: { port: 9000 } }\nscheduled_tasks: { nightly: {} }`,
            `${DEV}network: { zones: 9 }\n`,
        );
        expect(problems.map((text) => text.split(" (")[0]!.replace("heritages/blog.yml: ", "")).sort()).to.deep.equal([
            "identity:network.zones",
            "image",
            "scheduled_tasks.nightly.command",
            "scheduled_tasks.nightly.schedule",
            "services.web.cpu",
            "services.web.health_check_path",
            "services.worker.port",
        ]);
    });

    it("is missed where there is none, once for each", () => {
        expect(
            said(worker(), DEV, "heritages: [blog, blgo, blog]").map((text) => text.replace(" (undefined)", "")),
        ).to.deep.equal([
            "identity:heritages[1]: there is no heritages/blgo.yml → did you mean blog? The files here are blog",
            "identity:heritages[2]: blog is there twice → once",
        ]);
    });

    it("shares names and rules with the rest of the stack", () => {
        const base = `${DEV}services: { app: { build: images/app, healthCheckPath: /up, paths: [/app] }, blog-db: { build: images/app, healthCheckPath: /up, paths: [/x] } }\n`;
        expect(said(`${web()}database: {}`, base).map((text) => text.split(" → ")[0])).to.deep.equal([
            "heritages/blog.yml (1): blog-db is taken by services.blog-db",
            "heritages/blog.yml: services.web.listeners[0].paths[0] (5): app has the same rule: /app",
        ]);
    });

    it("is refused a bucket whose name would be too long with this stack's name, other than one that exists", () => {
        const bucket = (stack: string, inner = "") =>
            said(`${worker()}uses: { a-dozen-here: { bucket: {${inner}} } }`, DEV, "heritages: [blog]", stack);
        expect(bucket("a-stack-of-22-letters0")).to.deep.equal([]);
        expect(bucket("a-stack-of-23-letters00", " existing: files ")).to.deep.equal([]);
        expect(bucket("a-stack-of-23-letters00")).to.deep.equal([
            "heritages/blog.yml: uses.a-dozen-here (5): the bucket identity-a-stack-of-23-letters00--blog-a-dozen-here-<account> " +
                "would have a name of 64 characters: S3 takes 63 → a shorter name",
        ]);
    });

    it("may have one task in prod where it says so, or none", () => {
        const prod = (inner: string) => said(`build: images/app\nservices: { worker: { ${inner} } }`, PROD);
        expect(prod("count: 1")[0]).to.match(/1 in 3 zones.*singleton: true, where there may never be two/);
        expect(prod("singleton: true")).to.deep.equal([]);
        expect(prod("singleton: true, count: 1")).to.deep.equal([]);
        expect(prod("count: 0")).to.deep.equal([]);
        expect(prod("singleton: true, count: 0")).to.deep.equal([]);
        expect(prod("stop_first: true")).to.deep.equal([]);
        expect(prod("count: 2, stop_first: true")[0]).to.match(/2 in 3 zones/);
    });

    it("works from very little", () => {
        const { config, problems } = read("build: images/app\nservices:\n    worker:");
        expect(problems).to.deep.equal([]);
        expect(config!.heritages.blog!.services.worker).to.deep.include({
            count: 2,
            cpu: 256,
            memory: 512,
            listeners: [],
        });
    });

    it("may have the key of storage as it was spelled once", () => {
        const { config, problems } = read(
            `${worker()}database: { storage_gi_b: 30 }\nenvironments: { dev: { database: { max_storage_gi_b: 90 } } }`,
        );
        expect(problems).to.deep.equal([]);
        expect(config!.heritages.blog!.database).to.include({ storageGiB: 30, maxStorageGiB: 90 });
    });

    it("is overridden by its environment, and that by the stack: key by key, and lists as a whole", () => {
        const yaml = `${web("command: [a, b]")}environment: { LEVEL: info, KEPT: "1" }
environments:
    prod:
        environment: { LEVEL: warning }
        services: { web: { count: 6, command: [c] }, worker: { count: 3 } }
    dev:
        environment: { LEVEL: debug, KEPT: }
        services: { web: { cpu: 512, memory: 1024 } }`;
        const prod = read(yaml, PROD).config!.heritages.blog!;
        expect(prod.environment).to.deep.equal({ LEVEL: "debug" }); // the stack is called dev, and stands in prod's environment
        expect(prod.services.web).to.deep.include({ count: 6, cpu: 512, command: ["c"] });
        expect(Object.keys(prod.services)).to.deep.equal(["web", "worker"]);
        const dev = read(yaml).config!.heritages.blog!;
        expect(dev.services.web).to.deep.include({ count: 2, cpu: 512, command: ["a", "b"] });
        expect(Object.keys(dev.services)).to.deep.equal(["web"]);
    });

    it("is held to what prod asks for", () => {
        expect(said(worker().replace("count: 3", "count: 1"), PROD)[0]).to.match(
            /^heritages\/blog\.yml: services\.worker\.count \(4\): 1 in 3 zones.* → 3 or more/,
        );
    });

    it("lets a port be for what is reachable by name, without a listener", () => {
        const { config, problems } = read(worker("reachable: true", "port: 9000", "spot: true"));
        expect(problems).to.deep.equal([]);
        expect(config!.heritages.blog!.services.worker).to.include({ reachable: true, port: 9000, spot: true });
    });

    it("names the parameters that somebody else sets, with those of its plugins and its district's", () => {
        const { config, problems } = read(
            `${worker()}secrets: { A: { generate: {} }, B: { set: {} }, C: { parameter: /team/c } }
plugins: { datadog: { image: "${DIGEST}", api_key: { set: {} } } }`,
            DEV,
            `heritages: [blog]\nplugins: { newrelic: { image: "${DIGEST}", licenseKey: { parameter: /team/nr } } }`,
        );
        expect(problems).to.deep.equal([]);
        const found = references("/identity/dev", config!);
        expect(found.map(({ parameter, owner, variable, set }) => [parameter, owner, variable, set])).to.deep.equal([
            ["/identity/dev/blog/B", "blog", "B", true],
            ["/team/c", "blog", "C", false],
            ["/identity/dev/blog-plugins/DD_API_KEY", "blog-plugins", "DD_API_KEY", true],
            ["/team/nr", "plugins", "NRIA_LICENSE_KEY", false],
        ]);
    });

    it("is told in a message that names file, place and line", () => {
        const { problems } = read(worker("cpu: 300"));
        const { message } = new ConfigError(problems, "Pulumi.dev.yaml", "identity");
        expect(message).to.contain(
            "heritages/blog.yml: services.worker.cpu  (line 5)\n    Fargate has no task of 300 CPU units",
        );
    });
});
