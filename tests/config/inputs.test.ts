/** Files as people get them wrong, each through the plan: one clear message, with place and line; or accepted where it is right. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { planStack } from "../../automation/plan/plan-stack";
import { readStackFile } from "../../automation/plan/stack-file";
import { readConfig } from "../../config/load";

const DIGEST = `quay.io/x/y@sha256:${"a".repeat(64)}`;
/** Four lines; what is given comes below, from line 5 on, as keys of `config`. */
const stack = (...lines: string[]) =>
    [
        "config:",
        "  aws:region: ap-northeast-1",
        "  identity:environment: dev",
        "  identity:publicEndpoint: { plainHttp: true }",
    ]
        .concat(lines.map((line) => `  ${line}`))
        .join("\n");
const agent = (inner: string) => stack(`identity:agents: { issuer: ${inner} }`);
const variable = (name: string, value: string) => agent(`{ environment: { ${name}: ${value} } }`);
const service = (inner: string) =>
    stack(`identity:services: { app: { build: images/app, healthCheckPath: /up, paths: [/a], ${inner} } }`);
const withDomain = (...lines: string[]) =>
    stack(...lines).replace("publicEndpoint: { plainHttp: true }", "domain: { name: id.example.com }");

const HERITAGE = stack("identity:heritages: [app]");
/** From line 3 on. */
const heritage = (...lines: string[]) => [`image: ${DIGEST}`, "services: { worker: {} }", ...lines].join("\n");
const worker = (inner: string) => `image: ${DIGEST}\nservices: { worker: { ${inner} } }`;

const AKIA = `AKIA${"IOSFODNN7EXAMPLE"}`;
const GITHUB = `ghp_${"0aB1cD2eF3".repeat(4).slice(0, 36)}`;

type Refused = [file: string | Buffer, said: RegExp, line: number | undefined, what: RegExp, fix: RegExp];

/** Pulumi.x.yaml: which place is named, in which line, what, what would be right. */
const STACKS: Record<string, Refused> = {
    "a key beside config": [
        `confg:\n${agent("{}")}`,
        /Pulumi\.x\.yaml: confg/,
        1,
        /Pulumi has no such key/,
        /did you mean config\?/,
    ],
    "nothing but a key that should be config": [
        agent("{}").replace("config:", "confg:"),
        /^Pulumi\.x\.yaml: confg/m,
        1,
        /pass over it/,
        /did you mean config\?/,
    ],
    "a key of the configuration at the top": [
        `${agent("{}")}\nidentity:protect: true`,
        /Pulumi\.x\.yaml: identity:protect/,
        6,
        /no such key/,
        /one level down, below config/,
    ],
    "a namespace with a slip in it": [
        `${agent("{}")}\n  identyti:protect: true`,
        /identyti:protect/,
        6,
        /nothing reads keys of "identyti"/,
        /did you mean identity:protect\?/,
    ],
    "a namespace of another name, with a key that is the program's": [
        stack("platform:agents: { issuer: {} }", "identity:agents: { other: {} }"),
        /platform:agents/,
        5,
        /nothing reads keys of "platform"/,
        /did you mean identity:agents\?/,
    ],
    "aws with a slip in it": [
        `${agent("{}")}\n  asw:profile: x`,
        /asw:profile/,
        6,
        /nothing reads/,
        /did you mean aws:profile\?/,
    ],
    "an infinite count": [
        agent("{ count: .inf }"),
        /issuer\.count/,
        5,
        /\.inf is no finite number/,
        /leave the key out/,
    ],
    "a count that is not a number": [
        agent("{ count: .nan }"),
        /issuer\.count/,
        5,
        /\.nan is no finite number/,
        /number/,
    ],
    "a count beyond all numbers": [
        agent("{ count: 1e400 }"),
        /issuer\.count/,
        5,
        /1e400 is no finite number/,
        /written out/,
    ],
    "a negative infinity at the top": [
        `${agent("{}")}\n  identity:logRetentionDays: -.inf`,
        /identity:logRetentionDays/,
        6,
        /-\.inf is no finite number/,
        /default/,
    ],
    "an infinite number in a list": [
        `${agent("{}")}\n  identity:network: { zoneNames: [.inf, ap-northeast-1a] }`,
        /zoneNames\[0\]/,
        6,
        /\.inf is no finite number|is empty/,
        /./,
    ],
    "a number with a zero in front, which Pulumi takes for 8": [
        `${agent("{}")}\n  identity:walletDb: { backupDays: 010 }`,
        /walletDb\.backupDays/,
        6,
        /Pulumi reads 010 as a number to the base of 8/,
        /without the 0 in front/,
    ],
    "a date without quotes": [
        `${agent("{}")}\n  identity:images: { gate: { severity: high, except: [{ cve: CVE-2026-1234, reason: x, until: 2099-01-31 }] } }`,
        /images\.gate\.except\[0\]\.until/,
        6,
        /Pulumi reads 2099-01-31 as a time/,
        /^in quotes: "2099-01-31"$/,
    ],
    "a number in quotes": [
        agent('{ count: "3" }'),
        /issuer\.count/,
        5,
        /is a text, and should be a/,
        /^3, without quotes$/,
    ],
    "a yes in words": [
        `${agent("{}")}\n  identity:walletDb: { multiAz: yes }`,
        /walletDb\.multiAz/,
        6,
        /is a text/,
        /^true; "yes" is a text$/,
    ],
    "a variable without a value": [
        variable("C", "~"),
        /issuer\.environment\.C/,
        5,
        /is empty, and should be a text/,
        /settings/,
    ],
    "a tag without a value": [
        `${agent("{}")}\n  identity:tags:\n    team:`,
        /tags\.team/,
        7,
        /is empty, and should be a text/,
        /Tags/,
    ],
    "a secret without a source": [
        agent("{ secrets: { ACAPY_WALLET_SEED: } }"),
        /ACAPY_WALLET_SEED/,
        5,
        /has none of generate, value, parameter, secret and set/,
        /exactly one/,
    ],
    "an unknown key with nothing behind it": [
        agent("{ contu: ~ }"),
        /issuer\.contu/,
        5,
        /no such key/,
        /did you mean count\?/,
    ],
    "an unknown key at the top with nothing behind it": [
        `${agent("{}")}\n  identity:walletdb:`,
        /walletdb/,
        6,
        /no such key/,
        /walletDb/,
    ],
    "a directory that leads out of another": [
        service('writable: ["/tmp/../etc"]'),
        /writable\[0\]/,
        5,
        /"\/tmp\/\.\.\/etc" is \/etc/,
        /^\/etc$/,
    ],
    "the whole file system as writable": [
        service("writable: [/]"),
        /writable\[0\]/,
        5,
        /\/ is the whole file system/,
        /e\.g\. \/tmp/,
    ],
    "a directory with a slash behind it": [
        service("writable: [/tmp/]"),
        /writable\[0\]/,
        5,
        /"\/tmp\/" is \/tmp/,
        /^\/tmp$/,
    ],
    "a directory twice": [service("writable: [/tmp, /tmp]"), /writable\[1\]/, 5, /is there twice/, /once/],
    "a directory of the kernel's": [
        service("writable: [/proc/sys]"),
        /writable\[0\]/,
        5,
        /\/proc is the kernel's/,
        /leave it out/,
    ],
    "a directory with a colon": [
        service('writable: ["/a:/b"]'),
        /writable\[0\]/,
        5,
        /a mount does not take/,
        /letters/,
    ],
    "a setting that ACA-Py has not": [
        variable("ACAPY_AUTO_ENDORS_TRANSACTIONS", '"true"'),
        /ACAPY_AUTO_ENDORS_TRANSACTIONS/,
        5,
        /ACA-Py 1\.7\.0 has no such setting/,
        /did you mean ACAPY_AUTO_ENDORSE_TRANSACTIONS\?/,
    ],
    "a setting in small letters": [
        variable("acapy_timing", '"true"'),
        /acapy_timing/,
        5,
        /no such setting/,
        /ACAPY_TIMING/,
    ],
    "a setting with a slip in its prefix": [
        variable("ACAPI_TIMING", '"true"'),
        /ACAPI_TIMING/,
        5,
        /no such setting/,
        /ACAPY_TIMING/,
    ],
    "a setting far from any other": [
        variable("ACAPY_QQQ_XYZZY_PLUGH", '"1"'),
        /XYZZY/,
        5,
        /no such setting/,
        /ACAPY_PLUGIN_CONFIG/,
    ],
    "a secret setting that ACA-Py has not": [
        agent("{ secrets: { ACAPY_WALET_SEED: { generate: {} } } }"),
        /secrets\.ACAPY_WALET_SEED/,
        5,
        /no such setting/,
        /did you mean ACAPY_WALLET_SEED\?/,
    ],
    "a switch of ACA-Py that is neither on nor off": [
        variable("ACAPY_PUBLIC_INVITES", "always"),
        /ACAPY_PUBLIC_INVITES/,
        5,
        /"always" is none of its values: the agent would not start/,
        /"true" or "false"/,
    ],
    "a choice that ACA-Py has not": [
        variable("ACAPY_ENDORSER_ROLE", "boss"),
        /ENDORSER_ROLE/,
        5,
        /"boss"/,
        /one of author, endorser, none/,
    ],
    "a number of ACA-Py that is none": [
        variable("ACAPY_MAX_OUTBOUND_RETRY", "many"),
        /RETRY/,
        5,
        /"many"/,
        /whole number/,
    ],
    "a size of ACA-Py that is none": [variable("ACAPY_MAX_MESSAGE_SIZE", "2 MiB"), /SIZE/, 5, /"2 MiB"/, /"2M"/],
    "a setting that the program sets": [
        variable("ACAPY_LOG_LEVEL", "debug"),
        /LOG_LEVEL/,
        5,
        /set by the program/,
        /the key logLevel/,
    ],
    "a ledger's setting without a ledger": [
        variable("ACAPY_READ_ONLY_LEDGER", '"true"'),
        /READ_ONLY_LEDGER/,
        5,
        /this agent has none/,
        /genesisUrl/,
    ],
    "a list of ledgers beside one": [
        agent(
            "{ genesisUrl: https://x.example.com/genesis, environment: { ACAPY_GENESIS_TRANSACTIONS_LIST: /home/aries/l.yaml } }",
        ),
        /ACAPY_GENESIS_TRANSACTIONS_LIST/,
        5,
        /ACA-Py takes one of the two/,
        /leave one of them out/,
    ],
    "a number beyond all bounds": [
        agent("{ count: 1e20 }"),
        /issuer\.count/,
        5,
        /is too large: 100 is the most/,
        /one per zone/,
    ],
    "a key that is JavaScript's own": [
        agent("{ __proto__: { count: 1 } }"),
        /^Pulumi\.x\.yaml, line 5:/,
        undefined,
        /has the key __proto__/,
        /another name/,
    ],
    "the project's name as a key": [
        stack("identity: { agents: {} }", "identity:agents: { issuer: {} }"),
        /identity:identity/,
        5,
        /no such key/,
        /with its prefix: identity:agents/,
    ],
    "a setting with a space behind its name": [
        variable('"ACAPY_TIMING "', '"true"'),
        /ACAPY_TIMING /,
        5,
        /not a name of an environment variable/,
        /letters, digits/,
    ],
    "a parameter's name without a slash": [
        agent("{ secrets: { A: { parameter: team/x } } }"),
        /secrets\.A\.parameter/,
        5,
        /"team\/x" is no name of a parameter, such as \/team\/mail\/key/,
        /exists in this account/,
    ],
    "a loop of aliases": [
        `a: &a { b: *a }\n${agent("{}")}`,
        /^Pulumi\.x\.yaml, line 1:/,
        undefined,
        /has \*a within &a itself/,
        /a copy/,
    ],
    "an alias of nothing": [
        agent("*gone"),
        /^Pulumi\.x\.yaml, line 5:/,
        undefined,
        /no &gone stands before it/,
        /an anchor/,
    ],
    "a tag of CloudFormation": [
        agent("{ label: !Ref x }"),
        /^Pulumi\.x\.yaml, line 5:/,
        undefined,
        /has the tag !Ref/,
        /plain value/,
    ],
    "two documents": [`${agent("{}")}\n---\nb: 1`, /^Pulumi\.x\.yaml, line 6:/, undefined, /several documents/, /one/],
    "UTF-16": [
        Buffer.from(`\ufeff${agent("{}")}`, "utf16le"),
        /^Pulumi\.x\.yaml is UTF-16/,
        undefined,
        /UTF-16/,
        /save it as UTF-8/,
    ],
    "bytes that are no text": [
        Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a]),
        /^Pulumi\.x\.yaml is not UTF-8/,
        undefined,
        /UTF-8/,
        /save it as UTF-8/,
    ],
    "a list for a key": [
        `${agent("{}")}\n  ? [a]\n  : 1`,
        /^Pulumi\.x\.yaml/,
        undefined,
        /is no YAML: With stringKeys, all keys must be strings/,
        /strings/,
    ],
    "a host under which a path takes everything": [
        withDomain(
            "identity:services: { app: { build: images/app, healthCheckPath: /up, host: www, paths: [/*] },",
            "    web: { build: images/app, healthCheckPath: /up, host: www } }",
        ),
        /services\.web/,
        6,
        /no request reaches it: app is asked first, and takes \/\*/,
        /another host, or other paths/,
    ],
    "a path behind a wider one that is asked first": [
        withDomain(
            "identity:services: { app: { build: images/app, healthCheckPath: /up, host: www, paths: [/api/*], priority: 1 },",
            "    web: { build: images/app, healthCheckPath: /up, host: www, paths: [/x, /api/v1/*] } }",
        ),
        /services\.web\.paths\[1\]/,
        6,
        /app is asked first, and takes \/api\/\*/,
        /another priority/,
    ],
    "a token under a harmless name": [
        variable("GREETING", GITHUB),
        /GREETING/,
        5,
        /its value looks like a token of GitHub/,
        /notSecret: \{ GREETING: why \}/,
    ],
    "a token in a command": [
        service(`command: [run, --key, ${AKIA}]`),
        /command\[2\]/,
        5,
        /looks like a key of AWS, and is in the clear/,
        /under secrets/,
    ],
    "a token in a tag": [
        `${agent("{}")}\n  identity:tags: { ci: ${GITHUB} }`,
        /tags\.ci/,
        6,
        /a token of GitHub/,
        /under secrets/,
    ],
    "a token in a label": [agent(`{ label: ${AKIA} }`), /issuer\.label/, 5, /a key of AWS/, /under secrets/],
    "a reason for a variable that there is not": [
        agent("{ notSecret: { ACAPY_X: because } }"),
        /notSecret\.ACAPY_X/,
        5,
        /is not in environment/,
        /leave it out/,
    ],
    "an exception without a reason": [
        agent('{ environment: { API_TOKEN: x }, notSecret: { API_TOKEN: "  " } }'),
        /notSecret\.API_TOKEN/,
        5,
        /is no reason/,
        /each with the reason/,
    ],
    "a secret's name that begins with a digit": [
        agent("{ secrets: { 1X: { generate: {} } } }"),
        /secrets\.1X/,
        5,
        /begins with a digit/,
        /_1X/,
    ],
    "a command as text": [
        service("command: node worker.js"),
        /app\.command/,
        5,
        /is a text, and should be a list/,
        /^\[node, worker\.js\]$/,
    ],
    "a command as text for a shell": [
        service('command: "sleep 5 && run $PORT"'),
        /app\.command/,
        5,
        /is a text/,
        /^\[sh, -c, "sleep 5 && run \$PORT"\]$/,
    ],
};

/** heritages/app.yml. */
const HERITAGES: Record<string, Refused> = {
    "a variable without a value": [
        heritage("environment: { C: ~ }"),
        /environment\.C/,
        3,
        /is empty, and should be a text/,
        /in the clear/,
    ],
    "a secret without a source": [
        heritage("secrets: { API_TOKEN: }"),
        /secrets\.API_TOKEN/,
        3,
        /none of generate, parameter, secret and set/,
        /exactly one/,
    ],
    "an unknown key with nothing behind it": [heritage("worklet:"), /worklet/, 3, /no such key/, /the keys here/i],
    "an infinite count": [worker("count: .inf"), /worker\.count/, 2, /is no finite number/, /Tasks/],
    "a count that is not a number": [worker("count: .nan"), /worker\.count/, 2, /is no finite number/, /Tasks/],
    "a count beyond all numbers": [worker("count: 1e400"), /worker\.count/, 2, /is no finite number/, /Tasks/],
    "a directory that leads out of another": [
        worker('writable: ["/tmp/../etc"]'),
        /writable\[0\]/,
        2,
        /is \/etc/,
        /^\/etc$/,
    ],
    "the whole file system as writable": [worker("writable: [/]"), /writable\[0\]/, 2, /whole file system/, /\/tmp/],
    "a loop of aliases": ["a: &a { b: *a }", /app\.yml/, 1, /has \*a within &a itself/, /a copy/],
    "a command of nothing": [worker("command: [' ']"), /command\[0\]/, 2, /is not a program/, /the program first/],
    "a key that is JavaScript's own": [
        heritage("environment: { __proto__: x }"),
        /app\.yml/,
        3,
        /has the key __proto__/,
        /another name/,
    ],
    "a loop in a list": ["services: &s [1, *s]", /app\.yml/, 1, /\*s within &s/, /a copy/],
    "too many aliases": [
        `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c]`,
        /app\.yml/,
        undefined,
        /Excessive alias count/,
        /mapping of keys/,
    ],
    "UTF-16": [Buffer.from(`\ufeff${heritage()}`, "utf16le"), /app\.yml/, undefined, /is UTF-16/, /save it as UTF-8/],
    "UTF-16 the other way round": [
        Buffer.from(`\ufeff${heritage()}`, "utf16le").swap16(),
        /app\.yml/,
        undefined,
        /is UTF-16/,
        /UTF-8/,
    ],
    "Latin-1": [
        Buffer.from(heritage("environment: { A: caf\u00e9 }"), "latin1"),
        /app\.yml/,
        undefined,
        /is not UTF-8/,
        /UTF-8/,
    ],
    "a tag": [heritage("environment: { A: !!binary aGk= }"), /app\.yml/, 3, /has the tag !!binary/, /plain value/],
    "a secret's name that begins with a digit": [
        heritage("secrets: { 1X: { set: {} } }"),
        /secrets\.1X/,
        3,
        /begins with a digit/,
        /_1X/,
    ],
    "a variable with a space in its name": [
        heritage('environment: { "A B": x }'),
        /environment\["A B"\]/,
        3,
        /not a name of an environment/,
        /letters, digits/,
    ],
    "a command in one word": [
        worker('command: ["bundle exec sidekiq"]'),
        /command\[0\]/,
        2,
        /the name of one program, with spaces/,
        /^\[bundle, exec, sidekiq\]; or as a text, which a shell reads: bundle exec sidekiq$/,
    ],
    "a command in one word that wants a shell": [
        worker('command: ["a && b"]'),
        /command\[0\]/,
        2,
        /one program/,
        /^as a text, which a shell reads: a && b$/,
    ],
    "a variable that nothing fills in": [
        worker("command: [rails, s, -p, $PORT]"),
        /command\[3\]/,
        2,
        /\$PORT reaches the program as it is written/,
        /^as a text, which a shell reads: rails s -p \$PORT$/,
    ],
    "a variable in braces that nothing fills in": [
        worker('command: [run, "--port=${PORT}"]'),
        /command\[1\]/,
        2,
        /\$\{PORT\} reaches/,
        /as a text, which a shell reads: run --port=\$\{PORT\}/,
    ],
    "a variable in a health check": [
        worker('health_check_command: [curl, "localhost:$PORT"]'),
        /health_check_command\[1\]/,
        2,
        /\$PORT reaches/,
        /sh, -c/,
    ],
    "a variable in a scheduled task": [
        heritage("scheduled_tasks: { nightly: { schedule: rate(1 day), command: [run, $DAY] } }"),
        /scheduled_tasks\.nightly\.command\[1\]/,
        3,
        /\$DAY reaches/,
        /as a text, which a shell reads: run \$DAY/,
    ],
    "a variable in a scheduled task's entry point": [
        heritage("scheduled_tasks: { nightly: { schedule: rate(1 day), entrypoint: [$RUN], command: [x] } }"),
        /scheduled_tasks\.nightly\.entrypoint\[0\]/,
        3,
        /\$RUN reaches/,
        /sh, -c/,
    ],
    "an entry point in one word": [
        worker('entrypoint: ["tini --"]'),
        /worker\.entrypoint\[0\]/,
        2,
        /one program/,
        /\[tini, --\]/,
    ],
    "a text for an entry point that is a shell": [
        worker('entrypoint: [/bin/sh, -c], command: "exec run -p $PORT"'),
        /worker\.command/,
        2,
        /is a shell already: it would run \/bin\/sh without the text/,
        /^\["exec run -p \$PORT"\], the text as one word$/,
    ],
    "a command in one word before a deployment": [
        heritage('before_deploy: { command: ["rake db:migrate"] }'),
        /before_deploy\.command\[0\]/,
        3,
        /one program/,
        /\[rake, db:migrate\]/,
    ],
    "a token under a harmless name": [
        heritage(`environment: { GREETING: ${GITHUB} }`),
        /environment\.GREETING/,
        3,
        /a token of GitHub/,
        /secrets\.GREETING, with generate, parameter, secret or set; .*not_secret: \{ GREETING: why \}$/,
    ],
    "a token in one service": [
        worker(`environment: { GREETING: ${GITHUB} }`),
        /worker\.environment\.GREETING/,
        2,
        /a token of GitHub/,
        /both at the top of the file$/,
    ],
    "a token in a command": [worker(`command: [run, ${AKIA}]`), /command\[1\]/, 2, /a key of AWS/, /under secrets/],
    "an option of the log router that is a secret by its name": [
        heritage(`plugins: { firelens: { image: "${DIGEST}", options: { Name: http, http_Passwd: hush } } }`),
        /plugins\.firelens\.options\.http_Passwd/,
        3,
        /looks like a secret, and options are in the clear/,
        /^secret_options\.http_Passwd/,
    ],
    "a header of the collector with its token": [
        heritage(
            `plugins: { otel: { image: "${DIGEST}", config: "{receivers: {}, service: {}, exporters: {a: {h: Bearer ${GITHUB}}}}" } }`,
        ),
        /plugins\.otel\.config/,
        3,
        /a token of GitHub/,
        /under secrets/,
    ],
    "a reason for a variable that there is not": [
        heritage("not_secret: { API_KEY: x }"),
        /not_secret\.API_KEY/,
        3,
        /is not in environment/,
        /leave it out/,
    ],
    "a key of a parameter without one": [
        heritage("secrets: { A: { set: {}, key_arn: 'arn:aws:kms:eu-west-1:123456789012:key/x' } }"),
        /secrets\.A/,
        3,
        /^key_arn belongs to a parameter/,
        /leave it out/,
    ],
    "storage that shrinks": [
        heritage("database: { storage_gib: 200, max_storage_gib: 100 }"),
        /database\.max_storage_gib/,
        3,
        /above storage_gib, 200/,
        /220/,
    ],
    "more connections than its database takes": [
        `image: ${DIGEST}\nservices: { worker: { count: 20 } }\ndatabase: {}`,
        /database\.instance_class/,
        3,
        /may open 200/,
        /^a larger class, or fewer tasks$/,
    ],
    "a mistake below a variable with capitals": [
        heritage("environment: { fooBarBaz: 4 }"),
        /environment\.fooBarBaz /,
        3,
        /is a number/,
        /"4"/,
    ],
    "a secret with capitals": [
        heritage("environment: { dbPassword: hush }"),
        /environment\.dbPassword /,
        3,
        /looks like a secret/,
        /secrets\.dbPassword/,
    ],
    "a NUL in a value": [heritage('environment: { A: "a\\0b" }'), /environment\.A/, 3, /has a NUL/, /no variable/],
};

describe("a file as people get it wrong", () => {
    const home = process.cwd();
    let root: string;
    beforeEach(() => {
        root = mkdtempSync(path.join(os.tmpdir(), "inputs-"));
        for (const name of ["heritages", "images/app"]) mkdirSync(path.join(root, name), { recursive: true });
        write("Pulumi.yaml", "name: identity\n");
        write("images/app/Dockerfile", "FROM scratch\nVOLUME /tmp\n");
    });
    afterEach(() => {
        process.chdir(home);
        rmSync(root, { recursive: true });
    });
    const write = (file: string, content: string | Buffer) => writeFileSync(path.join(root, file), content);
    /** What the plan says, as it says it. */
    const said = async () => {
        try {
            await planStack({ root, stack: "x", files: root });
        } catch (error) {
            expect((error as Error).name, String((error as Error).stack)).to.be.oneOf(["ConfigError", "Error"]);
            expect((error as Error).constructor.name).to.be.oneOf(["ConfigError", "UsageError"]);
            return (error as Error).message;
        }
        return "";
    };
    const refused = async ([, place, line, what, fix]: Refused) => {
        const message = await said();
        if (message.includes("mistake")) expect(message).to.match(/^Pulumi\.x\.yaml: one mistake; nothing was made/);
        expect(message).to.match(place);
        if (line !== undefined) expect(message).to.contain(`(line ${line})`);
        const [told = "", remedy = ""] = message.includes("→ ") ? message.split("→ ") : [`\n\n${message}`, message];
        const joined = (text: string) => text.replace(/\n\s+/g, " ").trim();
        expect(joined(told.slice(told.indexOf("\n\n") + 2).replace(/^.*\n {4}/, ""))).to.match(what);
        expect(joined(remedy)).to.match(fix);
        for (const secret of [AKIA, GITHUB, "hush"]) {
            if (!String(place).includes("command")) expect(message).not.to.contain(secret);
        }
    };
    const accepted = () => {
        const { config, project, secretKeys, problems } = readStackFile(root, "x");
        process.chdir(root);
        const read = readConfig(config, project, (key) => secretKeys.includes(key), "x");
        expect([...problems, ...read.problems]).to.deep.equal([]);
        return read.config!;
    };

    for (const [name, one] of Object.entries(STACKS)) {
        it(`is refused as a stack file: ${name}`, async () => {
            write("Pulumi.x.yaml", one[0]);
            await refused(one);
        });
    }
    for (const [name, one] of Object.entries(HERITAGES)) {
        it(`is refused as a heritage: ${name}`, async () => {
            write("Pulumi.x.yaml", HERITAGE);
            write("heritages/app.yml", one[0]);
            await refused(one);
        });
    }

    it("is a folder", async () => {
        write("Pulumi.x.yaml", HERITAGE);
        mkdirSync(path.join(root, "heritages/app.yml"));
        expect(await said()).to.match(/heritages\/app\.yml\n {4}is a folder\n {4}→ a file of that name/);
        rmSync(path.join(root, "Pulumi.x.yaml"));
        mkdirSync(path.join(root, "Pulumi.x.yaml"));
        expect(await said()).to.equal("Pulumi.x.yaml is a folder: a file of that name");
    });

    it("stands where a folder should be", async () => {
        write("Pulumi.x.yaml", HERITAGE);
        rmSync(path.join(root, "heritages"), { recursive: true });
        write("heritages", "");
        expect(await said()).to.match(/heritages\[0\] .*\n {4}there is no heritages\/app\.yml/);
    });

    it("has a folder in the place of its Dockerfile", async () => {
        write("Pulumi.x.yaml", service("count: 2"));
        rmSync(path.join(root, "images/app/Dockerfile"));
        mkdirSync(path.join(root, "images/app/Dockerfile"));
        expect(await said()).to.match(/services\.app\.build .*\n {4}there is no images\/app\/Dockerfile/);
    });

    it("is right with a byte order mark, and with lines that end as Windows has them", () => {
        write("Pulumi.x.yaml", `\ufeff${HERITAGE}`.replaceAll("\n", "\r\n"));
        write("heritages/app.yml", `\ufeff${heritage("environment: { A: b }")}`.replaceAll("\n", "\r\n"));
        expect(accepted().heritages.app!.environment).to.deep.equal({ A: "b" });
    });

    it("is right with aliases that lead nowhere but to what stands before", () => {
        write("Pulumi.x.yaml", stack("identity:tags: &t { a: b }", "identity:agents: { issuer: { environment: *t } }"));
        expect(accepted().agents.issuer!.environment).to.deep.equal({ a: "b" });
    });

    it("is right with variables as an operating system takes them", () => {
        write("Pulumi.x.yaml", HERITAGE);
        const variables = {
            http_proxy: "http://proxy.example.com:3128",
            ConnectionStrings__Default: "Host=db",
            _JAVA_OPTIONS: "-Xmx300m",
            "discovery.type": "single-node",
        };
        const egress = "egress: [{ port: 3128, to: 0.0.0.0/0 }]";
        write("heritages/app.yml", heritage(`environment: ${JSON.stringify(variables)}\n${egress}`));
        expect(accepted().heritages.app!.environment).to.deep.equal(variables);
    });

    it("is right with settings whose names hold a word such as TOKEN", () => {
        write("Pulumi.x.yaml", HERITAGE);
        write(
            "heritages/app.yml",
            heritage(
                'environment: { TOKEN_TTL: "3600", AUTH_URL: "https://l.example.com", PASSENGER_MAX_POOL_SIZE: "4", JWT_ALGORITHM: RS256 }',
            ),
        );
        accepted();
        const flags =
            "RESPOND_CREDENTIAL_OFFER RESPOND_CREDENTIAL_PROPOSAL RESPOND_CREDENTIAL_REQUEST STORE_CREDENTIAL";
        const environment = Object.fromEntries(flags.split(" ").map((flag) => [`ACAPY_AUTO_${flag}`, "true"]));
        write("Pulumi.x.yaml", agent(JSON.stringify({ environment })));
        accepted();
    });

    it("is right with a false alarm that it gives a reason for", () => {
        const [environment, reason] = [
            { PARTNER_TOKEN: "demo" },
            { PARTNER_TOKEN: "printed in the partner's documentation" },
        ];
        write(
            "Pulumi.x.yaml",
            `${HERITAGE}\n  identity:agents: { issuer: ${JSON.stringify({ environment, notSecret: reason })} }`,
        );
        write(
            "heritages/app.yml",
            heritage(`environment: ${JSON.stringify(environment)}`, `not_secret: ${JSON.stringify(reason)}`),
        );
        const { agents, heritages } = accepted();
        expect([agents.issuer!.notSecret, heritages.app!.notSecret]).to.deep.equal([reason, reason]);
    });

    it("is right with an image of ACA-Py of one's own, whose settings may be others", () => {
        write("Pulumi.x.yaml", `${variable("ACAPY_NEW_IN_ANOTHER_VERSION", "x")}\n  identity:agentImage: ${DIGEST}`);
        accepted();
    });

    it("is right with a list of ledgers, and settings of a ledger beside one", () => {
        write(
            "Pulumi.x.yaml",
            agent(
                '{ environment: { ACAPY_GENESIS_TRANSACTIONS_LIST: /home/aries/l.yaml, ACAPY_READ_ONLY_LEDGER: "true" } }',
            ),
        );
        accepted();
        write("Pulumi.x.yaml", `${variable("ACAPY_LEDGER_POOL_NAME", "pool")}\n  identity:devLedger: {}`);
        accepted();
    });

    it("is right with commands that a shell, or another language, reads", () => {
        write("Pulumi.x.yaml", HERITAGE);
        for (const command of [
            '"exec run -p $PORT && echo $HOME"',
            '["a word for the entry point"], entrypoint: [run]',
            '["--port=$PORT"], entrypoint: [bash, -c]',
            '[sh, -c, "exec run -p $PORT"]',
            '[bash, -ec, "a b; echo $PORT"]',
            "[node, -e, 'console.log(`${process.pid}`)']",
            '[java, -jar, app.jar, "--server.port=${PORT}"]',
            "[awk, '{ print $1 }']",
            '[run, "--price=5$"]',
        ]) {
            write("heritages/app.yml", worker(`command: ${command}`));
            accepted();
        }
        write("images/app/Dockerfile", 'FROM scratch\nENTRYPOINT ["/bin/sh", "-c"]\n');
        write("heritages/app.yml", 'build: images/app\nservices: { worker: { command: ["exec run -p $PORT"] } }');
        accepted();
    });

    it("is right with rules that stand in one another's way only in part", () => {
        const app = (inner: string) => `{ build: images/app, healthCheckPath: /up, host: www, ${inner} }`;
        write(
            "Pulumi.x.yaml",
            withDomain(
                `identity:services: { a: ${app("paths: [/api/*]")}, b: ${app("paths: [/*]")}, c: ${app("paths: [/api/v1/*]")} }`,
            ),
        );
        accepted();
    });

    it("is right with keys of packages that the program has", () => {
        write(
            "Pulumi.x.yaml",
            `${agent("{}")}\n  docker:host: x\n  pulumi:tags: { a: b }\n  random:x: y\n  kubernetes:context: z`,
        );
        accepted();
    });
});
