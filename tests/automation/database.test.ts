import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { DBInstanceNotFoundFault, InvalidDBInstanceStateFault } from "@aws-sdk/client-rds";
import { expect } from "chai";
import { drill } from "../../automation/commands/database/drill";
import { load, save } from "../../automation/commands/database/move";
import type { Deployed } from "../../automation/commands/database/reach";
import type { Outputs } from "../../automation/runner/deployed";
import type { StateResource } from "../../automation/runner/stack";
import type { CommandContext } from "../../automation/shared/context";
import { Exit } from "../../automation/shared/errors";

const PASSWORD = "a-password-that-nobody-sees";
const DOMAIN = "cabcdefghijk.eu-west-1.rds.amazonaws.com";
const OWN = `identity-dev-wallet-db-1234abcd.${DOMAIN}`;
const SHARED = `identity-dev-shared-db-1234abcd.${DOMAIN}`;

const database = (host: string, user: string, name: string, passwordParameter = `/identity/dev/${user}/PASSWORD`) => ({
    host,
    port: 5432,
    user,
    name,
    passwordParameter,
});
const OUTPUTS = {
    clusterName: "platform",
    workbenchId: "i-1",
    databases: {
        "wallet-db": database(OWN, "acapy", "postgres", "/identity/dev/wallet-db/ACAPY_WALLET_STORAGE_CREDS"),
        "blog-db": database(`identity-dev-blog-db-1234abcd.${DOMAIN}`, "app", "app"),
    },
    adminUrls: { issuer: "https://a" },
    serviceNames: { issuer: "issuer-1", "blog-web": "blog-web-1", "blog-worker": "blog-worker-1" },
} as never as Outputs;
/** After the move. */
const ON_SHARED = {
    ...OUTPUTS,
    databases: {
        "issuer-db": database(SHARED, "wallet_issuer", "postgres", "/identity/dev/x/ACAPY_WALLET_STORAGE_CREDS"),
        "blog-db": database(SHARED, "blog.b", "blog"),
    },
} as never as Outputs;

const urn = (type: string, name: string) => `urn:pulumi:dev::identity::${type}::${name}`;
/** Services with the component that they are of, as the state has them. */
const STATE: StateResource[] = [
    ["AgentCluster", "issuer", "issuer", 2],
    ["AgentCluster", "holder", "holder", 1],
    ["Heritage", "blog", "blog-web", 3],
    ["Heritage", "blog", "blog-worker", 1],
    ["Heritage", "blog-w", "blog-w-web", 1], // its name begins as that of the other does
].flatMap(([component, of, name, desiredCount]) => {
    const type = `identity:index:${component}`;
    const parent = urn(type, String(of));
    const service = "aws:ecs/service:Service";
    return [
        { urn: parent, type },
        {
            urn: urn(service, String(name)),
            type: service,
            parent,
            inputs: { desiredCount },
            outputs: { name: `${name}-1` },
        },
    ];
});

/** Of an instance, by RDS itself and by AWS Backup; one of them is not whole yet. */
const BACKUPS = [
    ["automated", "rds:blog-1", "available", 1],
    ["awsbackup", "awsbackup:job-2", "available", 2],
    ["automated", "rds:blog-0", "available", 0],
    ["awsbackup", "awsbackup:job-3", "creating", 3],
].map(([SnapshotType, DBSnapshotIdentifier, Status, day]) => ({
    SnapshotType: String(SnapshotType),
    DBSnapshotIdentifier,
    Status,
    SnapshotCreateTime: new Date(Date.UTC(2026, 10, Number(day), 5)),
}));
const SOURCE = {
    EngineVersion: "17.6",
    DBInstanceStatus: "available",
    DBInstanceClass: "db.t4g.small",
    DBSubnetGroup: { DBSubnetGroupName: "isolated" },
    VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-1" }],
    DBParameterGroups: [{ DBParameterGroupName: "tls" }],
    MultiAZ: true,
    DeletionProtection: true,
    TagList: [
        { Key: "Stack", Value: "dev" },
        { Key: "aws:backup:source-resource", Value: "x" },
    ],
};
const LIKE = {
    DBInstanceClass: "db.t4g.small",
    DBSubnetGroupName: "isolated",
    DBParameterGroupName: "tls",
    PubliclyAccessible: false,
    MultiAZ: false,
    DeletionProtection: false,
    BackupRetentionPeriod: 0,
};
const fault = (
    Fault: new (options: {
        message: string;
        $metadata: object;
    }) => DBInstanceNotFoundFault | InvalidDBInstanceStateFault,
) => new Fault({ message: "no", $metadata: {} });

describe("npx identity database", () => {
    let root: string;
    const { PATH } = process.env;

    beforeEach(() => {
        root = mkdtempSync(path.join(tmpdir(), "database-test-"));
        const script = (name: string, text: string) => writeFileSync(path.join(root, name), text, { mode: 0o755 });
        // Each writes down what it was called with, and with which variables.
        const note = (tool: string) =>
            `#!/bin/sh\n[ "$1" != --version ] || { echo "${tool} (PostgreSQL) $(cat ${root}/version)"; exit; }\n` +
            `printf '%s\\n' "${tool} $*" >> ${root}/called\nprintf '%s\\n' "$PGUSER@$PGHOST:$PGPASSWORD $PGSSLMODE" >> ${root}/connected\n`;
        const answer = (to: string, file: string) => `case "$*" in *${to}*) cat ${root}/${file};; esac\n`;
        script(
            "psql",
            note("psql") +
                answer("pg_stat_activity", "others") +
                answer("pg_get_userbyid", "owned") +
                answer("query_to_xml", "rows"),
        );
        script(
            "pg_dump",
            `${note("pg_dump")}echo the data\n[ ! -e ${root}/broken ] || { echo "no space left" >&2; exit 1; }\n`,
        );
        script("pg_restore", `${note("pg_restore")}cat > ${root}/restored\n`);
        script(
            "session-manager-plugin",
            `#!${process.execPath}\nif (process.argv[2] === "--version") process.exit();\n` +
                `const { Parameters } = JSON.parse(process.argv[6]);\nrequire("net").createServer((s) => s.end())` +
                `.listen(Number(Parameters.localPortNumber[0]), "127.0.0.1");\nprocess.on("SIGINT", () => process.exit());\n`,
        );
        for (const [file, text] of Object.entries({ version: "17.6", others: "", owned: "", rows: "" }))
            writeFileSync(path.join(root, file), text);
        process.env.PATH = `${root}:${PATH}`;
    });

    afterEach(() => {
        process.env.PATH = PATH;
        rmSync(root, { recursive: true });
    });

    const file = (name: string) => readFileSync(path.join(root, name), "utf8");
    const called = () => (existsSync(path.join(root, "called")) ? file("called") : "");

    /** A stack with these tasks, and what AWS was asked for. */
    function stack(
        counts: Record<string, number>,
        { outputs = OUTPUTS, status = "available", environment = {}, onStop = () => undefined as void } = {},
    ) {
        const asked: string[] = [];
        const desired = { ...counts };
        const running = { ...counts };
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the input of each command
        const answers: Record<string, (input: any) => unknown> = {
            DescribeServicesCommand: ({ services }) => {
                const all = (services as string[]).map((serviceName) => {
                    const seen = running[serviceName]!;
                    running[serviceName] = desired[serviceName]!; // by the next look
                    const taskDefinition = `${serviceName}:1`;
                    return {
                        serviceName,
                        desiredCount: desired[serviceName],
                        runningCount: seen,
                        pendingCount: 0,
                        taskDefinition,
                    };
                });
                return { services: all };
            },
            UpdateServiceCommand: ({ service, desiredCount }) => {
                asked.push(`${service} ${desiredCount}`);
                desired[service] = desiredCount;
                if (desiredCount === 0) onStop();
            },
            DescribeTaskDefinitionCommand: ({ taskDefinition }) => {
                const variables = {
                    ACAPY_WALLET_NAME: `${String(taskDefinition).split("-")[0]}-wallet`,
                    ...environment,
                };
                const list = Object.entries(variables).map(([name, value]) => ({ name, value }));
                return { taskDefinition: { containerDefinitions: [{ environment: list }] } };
            },
            GetParameterCommand: ({ Name }) => ({
                Parameter: {
                    Value: String(Name).endsWith("_CREDS") ? JSON.stringify({ password: PASSWORD }) : PASSWORD,
                },
            }),
            StartSessionCommand: () => ({ SessionId: "s", TokenValue: "t", StreamUrl: "wss://x" }),
            DescribeDBInstancesCommand: ({ DBInstanceIdentifier }) => ({
                DBInstances: [{ DBInstanceIdentifier, DBInstanceStatus: status, EngineVersion: "17.6" }],
            }),
            CreateDBSnapshotCommand: ({ DBInstanceIdentifier }) =>
                void asked.push(`snapshot of ${DBInstanceIdentifier}`),
            DescribeDBSnapshotsCommand: () => ({ DBSnapshots: [{ Status: "available" }] }),
        };
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it stands in for each client's overloads
        const client = { send: async (command: any) => answers[command.constructor.name]!(command.input) } as any;
        const aws = { region: "eu-west-1", ecs: client, ssm: client };
        const on: Deployed = {
            aws,
            rds: client,
            outputs,
            resources: STATE,
            prefix: "identity-dev",
            pollMilliseconds: 1,
        };
        return { asked, on };
    }

    function listener() {
        const said = { out: "", err: "" };
        const abort = new AbortController();
        const context: CommandContext = {
            root,
            input: Readable.from([]) as unknown as NodeJS.ReadStream,
            out: (text) => void (said.out += text),
            err: (text) => void (said.err += text),
            signal: abort.signal,
        };
        return { said, abort, context };
    }

    const SAVE = { stack: "dev", folder: undefined, yes: true, snapshot: true, start: false };
    const LOAD = { stack: "dev", folder: undefined, yes: true, replace: false };
    const refused = async (run: Promise<number>): Promise<Exit> => {
        const error = await run.then(
            () => expect.fail("it did not fail"),
            (e: unknown) => e,
        );
        expect(error).to.be.instanceOf(Exit);
        return error as Exit;
    };
    /** Saved data, as an earlier run left them. */
    async function saved(name: string, outputs = OUTPUTS) {
        const { on } = stack({ "blog-web-1": 0, "blog-worker-1": 0, "issuer-1": 0, "holder-1": 0 }, { outputs });
        await save({ ...SAVE, name }, listener().context, on);
        rmSync(path.join(root, "called"));
    }

    it("saves a heritage's data with its own tasks stopped, which stay so, and a snapshot", async () => {
        const { asked, on } = stack({ "blog-web-1": 4, "blog-worker-1": 1 });
        const { said, context } = listener();
        expect(await save({ ...SAVE, name: "blog" }, context, on)).to.equal(0);
        expect(asked).to.deep.equal(["blog-web-1 0", "blog-worker-1 0", "snapshot of identity-dev-blog-db-1234abcd"]);
        expect(called()).to.contain(
            "pg_dump --no-password --dbname=dbname='app' --format=custom --no-owner --no-acl\n",
        );
        expect(file("connected")).to.contain(`app@identity-dev-blog-db-1234abcd.${DOMAIN}:${PASSWORD} verify-full`);
        const folder = path.join(root, "build/database/dev/blog");
        expect(readFileSync(path.join(folder, "app.dump"), "utf8")).to.equal("the data\n");
        for (const [name, mode] of Object.entries({ "": 0o700, "app.dump": 0o600, "contents.json": 0o600 }))
            expect(statSync(path.join(folder, name)).mode & 0o777, name).to.equal(mode);
        expect(said.out).to.equal("the data of blog are in build/database/dev/blog\n");
        expect(said.err).to.contain(
            "blog: its tasks stay stopped: npx identity database load blog --stack dev starts them",
        );
        expect(said.out + said.err + called()).not.to.contain(PASSWORD);
    });

    it("takes no snapshot of the shared instance, and starts as many tasks as there were where that is asked", async () => {
        const { asked, on } = stack({ "issuer-1": 3 }, { outputs: ON_SHARED });
        writeFileSync(path.join(root, "owned"), "issuer-wallet\nissuer-wallet_dbstore\n");
        expect(await save({ ...SAVE, name: "issuer", start: true }, listener().context, on)).to.equal(0);
        expect(asked).to.deep.equal(["issuer-1 0", "issuer-1 3"]);
        expect(called().match(/pg_dump .*?'(.*?)'/g)).to.have.length(2);
    });

    it("says all that is in the way at once, and touches nothing", async () => {
        for (const tool of ["session-manager-plugin", "psql"]) rmSync(path.join(root, tool));
        writeFileSync(path.join(root, "version"), "15.3");
        process.env.PATH = `${root}:/bin`;
        const blank = path.join(root, "psql");
        writeFileSync(blank, "#!/bin/sh\nexit 127\n", { mode: 0o755 });
        const { asked, on } = stack(
            { "blog-web-1": 1 },
            { outputs: { ...OUTPUTS, workbenchId: null }, status: "stopped" },
        );
        const error = await refused(save({ ...SAVE, name: "blog", folder: "." }, listener().context, on));
        expect(error.code).to.equal(3);
        for (const part of [
            /the stack dev has no workbench\n +→ identity:workbench: \{\}/,
            /there is no session-manager-plugin on the PATH/,
            /pg_dump is of PostgreSQL 15, pg_restore is of PostgreSQL 15, there is no psql on the PATH\n +→ .*\s+version 17/,
            /the instance identity-dev-blog-db-1234abcd is stopped/,
            /is there already\n +→ another --folder/,
        ])
            expect(error.message).to.match(part);
        expect(asked).to.deep.equal([]);
    });

    it("names those that have a database where there is none of the name", async () => {
        const { on } = stack({});
        const error = await save({ ...SAVE, name: "shop" }, listener().context, on).catch((e: Error) => e);
        expect((error as Error).message).to.equal("there is no database of shop; there are: blog, issuer");
    });

    it("starts the tasks again where it fails, with what the tool said", async () => {
        writeFileSync(path.join(root, "broken"), "");
        const { asked, on } = stack({ "blog-web-1": 2, "blog-worker-1": 0 });
        const { said, context } = listener();
        const error = await refused(save({ ...SAVE, name: "blog" }, context, on));
        expect([error.code, error.message]).to.deep.equal([1, "pg_dump of app: no space left"]);
        expect(asked).to.deep.equal(["blog-web-1 0", "blog-web-1 2"]);
        expect(said.err).to.contain("blog-web is to have 2 tasks again");
        const next = await refused(load({ ...LOAD, name: "blog" }, context, on));
        expect(next.message).to.contain("has no data that were saved to their end");
    });

    it("starts them again where it is interrupted", async () => {
        const { abort, context } = listener();
        const { asked, on } = stack({ "blog-web-1": 2, "blog-worker-1": 1 }, { onStop: () => abort.abort() });
        expect((await refused(save({ ...SAVE, name: "blog" }, context, on))).code).to.equal(130);
        expect(asked.slice(-2)).to.deep.equal(["blog-web-1 2", "blog-worker-1 1"]);
        expect(called()).not.to.contain("pg_dump");
    });

    it("loads an application's data by one transaction, and starts the tasks that the stack has", async () => {
        await saved("blog");
        const { asked, on } = stack({ "blog-web-1": 0, "blog-worker-1": 2 }, { outputs: ON_SHARED });
        const { said, context } = listener();
        expect(await load({ ...LOAD, name: "blog" }, context, on)).to.equal(0);
        expect(asked).to.deep.equal(["blog-worker-1 0", "blog-web-1 3", "blog-worker-1 2"]);
        expect(called()).to.contain(
            "pg_restore --no-password --dbname=dbname='blog' --no-owner --no-acl --clean --if-exists --single-transaction\n",
        );
        expect(file("restored")).to.equal("the data\n");
        expect(file("connected")).to.contain(`blog.b@${SHARED}:`);
        expect(said.out).to.equal("the data of blog are loaded\n");
    });

    it("refuses a database with data before it stops anything, unless it may be replaced", async () => {
        await saved("blog");
        writeFileSync(path.join(root, "rows"), "public.posts\npublic.users\n");
        const { asked, on } = stack({ "blog-web-1": 2, "blog-worker-1": 1 }, { outputs: ON_SHARED });
        const error = await refused(load({ ...LOAD, name: "blog" }, listener().context, on));
        expect(error.message).to.equal(
            "the database blog has data already, in public.posts, public.users; nothing was loaded\n  --replace lets them be replaced",
        );
        expect(asked).to.deep.equal([]);
        expect(await load({ ...LOAD, name: "blog", replace: true }, listener().context, on)).to.equal(0);
    });

    it("refuses the data of another one", async () => {
        await saved("blog");
        const { on } = stack({ "issuer-1": 1 }, { outputs: ON_SHARED });
        const folder = "build/database/dev/blog";
        const error = await refused(load({ ...LOAD, name: "issuer", folder }, listener().context, on));
        expect(error.message).to.contain("has the data of blog, a database").and.to.contain("with those of issuer");
    });

    it("makes a wallet anew beside the one that is there, in a schema of the new role", async () => {
        writeFileSync(path.join(root, "owned"), "issuer-wallet\n");
        await saved("issuer");
        const { on } = stack({ "issuer-1": 0 }, { outputs: ON_SHARED });
        expect(await load({ ...LOAD, name: "issuer" }, listener().context, on)).to.equal(0);
        const done = called()
            .split("\n")
            .filter((line) => /pg_restore|CREATE|REVOKE|ALTER|DROP/.test(line))
            .map((line) => line.replace(/^.*?(?=pg_restore|--command)/, "").replaceAll(/loading-\d+-0/g, "NEW"));
        expect(done).to.deep.equal([
            `--command=CREATE DATABASE "NEW" --command=REVOKE CONNECT, TEMPORARY ON DATABASE "NEW" FROM PUBLIC`,
            "pg_restore --no-password --dbname=dbname='NEW' --no-owner --no-acl --single-transaction",
            `--command=ALTER SCHEMA "acapy" RENAME TO "wallet_issuer"`,
            `--command=DROP DATABASE IF EXISTS "issuer-wallet" WITH (FORCE)`,
            `--command=ALTER DATABASE "NEW" RENAME TO "issuer-wallet"`,
        ]);
    });

    it("saves of several clusters on one instance what is one's own, and refuses tenants of which nobody knows whose they are", async () => {
        writeFileSync(path.join(root, "owned"), "holder-wallet\nissuer-wallet\nother\n");
        const outputs = {
            ...OUTPUTS,
            adminUrls: { issuer: "https://a", holder: "https://b" },
            serviceNames: { issuer: "issuer-1", holder: "holder-1" },
        } as never as Outputs;
        const counts = { "issuer-1": 1, "holder-1": 1 };
        const { said, context } = listener();
        const { asked, on } = stack(counts, { outputs });
        await save({ ...SAVE, name: "issuer" }, context, on);
        expect(said.err).to.contain("left alone, since they are of no cluster: other");
        expect(called())
            .to.contain("pg_dump --no-password --dbname=dbname='issuer-wallet'")
            .and.not.contain("'holder-wallet'");
        expect(asked[0]).to.equal("issuer-1 0");
        const tenants = stack(counts, { outputs, environment: { ACAPY_MULTITENANT: "true" } });
        const error = await refused(save({ ...SAVE, name: "issuer", folder: "again" }, listener().context, tenants.on));
        expect(error.message).to.match(/^issuer has tenants, .* of issuer, holder these databases are: other/);
        expect(tenants.asked).to.deep.equal([]);
    });

    /** Backups by time, and what becomes of an instance that is made of one: a status a look. */
    function backedUp(statuses: readonly string[], { backups = BACKUPS, others = [] as string[] } = {}) {
        const { on } = stack({});
        const asked: string[] = [];
        const left = [...statuses];
        let made: string | undefined;
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the input of each command
        const answers: Record<string, (input: any) => unknown> = {
            DescribeDBSnapshotsCommand: ({ SnapshotType }) => ({
                DBSnapshots: backups.filter((one) => one.SnapshotType === SnapshotType),
            }),
            DescribeDBInstancesCommand: ({ DBInstanceIdentifier }) => {
                if (DBInstanceIdentifier === undefined) {
                    return { DBInstances: others.map((one) => ({ DBInstanceIdentifier: one })) };
                }
                if (DBInstanceIdentifier !== made) return { DBInstances: [{ ...SOURCE, DBInstanceIdentifier }] };
                const DBInstanceStatus = left.length > 1 ? left.shift()! : left[0]!;
                if (DBInstanceStatus === "gone") throw fault(DBInstanceNotFoundFault);
                const Endpoint = { Address: `restored.${DOMAIN}`, Port: 5433 };
                return { DBInstances: [{ DBInstanceIdentifier, DBInstanceStatus, Endpoint }] };
            },
            RestoreDBInstanceFromDBSnapshotCommand: (input) => {
                made = input.DBInstanceIdentifier;
                asked.push(`${input.DBSnapshotIdentifier} as ${made!.replace(/\d{14}$/, "NOW")}`);
                expect(input).to.include(LIKE);
                expect(input.VpcSecurityGroupIds).to.deep.equal(["sg-1"]);
                expect(input.Tags).to.deep.equal([{ Key: "Stack", Value: "dev" }]);
            },
            DeleteDBInstanceCommand: ({ DBInstanceIdentifier, SkipFinalSnapshot }) => {
                if (left[0] === "creating") throw fault(InvalidDBInstanceStateFault);
                expect(SkipFinalSnapshot).to.equal(true);
                asked.push(`delete ${DBInstanceIdentifier === made ? "it" : DBInstanceIdentifier}`);
                left.splice(0, left.length, "deleting", "gone");
            },
        };
        const rds = {
            send: async (command: never) => answers[Object(command).constructor.name]!(Object(command).input),
        };
        return { asked, left, on: { ...on, rds: rds as never } };
    }
    const AS = "identity-dev-blog-db-1234abcd-drill-NOW";
    const DRILL_INPUT = { stack: "dev", name: "blog", yes: true, json: false };

    it("tries the newest backup, of RDS or of AWS Backup, beside the stack, and deletes what it made", async () => {
        writeFileSync(path.join(root, "rows"), "public.posts\t7\npublic.users\t12\npublic.empty\t0\n");
        const { asked, on } = backedUp(["creating", "backing-up", "available"]);
        const { said, context } = listener();
        expect(await drill(DRILL_INPUT, context, on)).to.equal(0);
        expect(asked).to.deep.equal([`awsbackup:job-2 as ${AS}`, "delete it"]);
        expect(file("connected")).to.contain(`app@restored.${DOMAIN}:${PASSWORD} verify-full`);
        expect(said.out.replaceAll(/\d+ s$/gm, "n s").replace(/-?\d+ (h|days) old/, "n old")).to.equal(
            "awsbackup:job-2 of 2026-11-02T05:00:00.000Z, n old, can be brought back\n" +
                "  app: 19 rows in 3 tables, 12 of them in public.users\n" +
                ["restored", "asked", "deleted"].map((step) => `  ${step.padEnd(10)}       n s\n`).join(""),
        );
        expect(said.err).to.contain(": creating\n").and.to.contain(": backing-up\n").and.to.contain(": deleting\n");
        expect(said.out + said.err + called()).not.to.contain(PASSWORD);
    });

    it("says what it found as JSON, and nothing else on stdout", async () => {
        writeFileSync(path.join(root, "rows"), "public.posts\t7\npublic.users\t12\n");
        const { said, context } = listener();
        expect(await drill({ ...DRILL_INPUT, json: true }, context, backedUp(["available"]).on)).to.equal(0);
        const { seconds, ...rest } = JSON.parse(said.out) as { seconds: object };
        expect(rest).to.deep.equal({
            stack: "dev",
            name: "blog",
            backup: { name: "awsbackup:job-2", made: "2026-11-02T05:00:00.000Z" },
            found: [{ database: "app", rows: 19, tables: 2, largest: { table: "public.users", rows: 12 } }],
        });
        expect(seconds).to.have.all.keys("restored", "asked", "deleted");
    });

    it("deletes what a drill made where the backup has nothing, cannot be brought up, or the drill is interrupted", async () => {
        const run = (statuses: readonly string[], { context } = listener()) => {
            const { asked, on } = backedUp(statuses);
            return { asked, ended: refused(drill(DRILL_INPUT, context, on)) };
        };
        writeFileSync(path.join(root, "rows"), "public.posts\t0\n");
        const empty = run(["available"]);
        expect((await empty.ended).message).to.equal("the backup's database app has no row in 1 tables");
        expect(empty.asked.at(-1)).to.equal("delete it");
        const psql = file("psql");
        const refusal = 'echo "FATAL:  password authentication failed for user" >&2; exit 2\n';
        writeFileSync(path.join(root, "psql"), psql.replace("case", `${refusal}case`));
        const rotated = run(["available"]);
        expect((await rotated.ended).message).to.match(/\n {2}the password was changed after this backup: /);
        expect(rotated.asked.at(-1)).to.equal("delete it");
        writeFileSync(path.join(root, "psql"), psql);
        const broken = run(["creating", "incompatible-restore"]);
        expect((await broken.ended).message).to.match(/ is incompatible-restore, and will not be available$/);
        expect(broken.asked.at(-1)).to.equal("delete it");
        // RDS refuses to delete what it is creating: asked again until it does.
        const { abort, context, said } = listener();
        const { asked, left, on } = backedUp(["creating"]);
        const err = context.err;
        const ended = refused(
            drill(
                DRILL_INPUT,
                {
                    ...context,
                    err(text) {
                        err(text);
                        if (text.endsWith(": creating\n")) abort.abort();
                        if (text.includes("waiting until")) left.splice(0, left.length, "available");
                    },
                },
                on,
            ),
        );
        expect((await ended).code).to.equal(130);
        expect(asked.at(-1)).to.equal("delete it");
        expect(said.err).to.match(/waiting until .* can be deleted/);
    });

    it("says all that is in the way of a drill, and makes nothing", async () => {
        rmSync(path.join(root, "psql"));
        process.env.PATH = `${root}:/bin`;
        writeFileSync(path.join(root, "psql"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
        const left = "identity-dev-blog-db-1234abcd-drill-20261101000000";
        const { asked, on } = backedUp([], { backups: [], others: [left, "identity-dev-blog-db-1234abcd"] });
        const error = await refused(drill(DRILL_INPUT, listener().context, on));
        expect(error.code).to.equal(3);
        for (const part of [
            /there is no psql on the PATH/,
            /identity-dev-blog-db-1234abcd has no backup yet/,
            /-drill-20261101000000 is there, of another drill\n +→ [^✗]*delete-db-instance/,
        ])
            expect(error.message).to.match(part);
        expect(error.message).not.to.contain("pg_dump");
        expect(asked).to.deep.equal([]);
    });
});
