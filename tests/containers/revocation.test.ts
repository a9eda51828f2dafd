import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { type Agent, agentOf, connect, plannedAgents, startOther } from "./acapy";
import { authority } from "./certificates";
import { exec, type Sandbox, sandboxOrSkip, until } from "./docker";
import { baseImage, ROOT } from "./plan";
import { POSTGRES_IMAGE, startPostgres } from "./postgres";
import { startTask, type Task } from "./task";
import { environmentOf, type TaskDefinition } from "./task-definition";

const UPSTREAM = baseImage("acapy-agent", "ACAPY_IMAGE");
const PYTHON = "python:3.13-slim";
const ISSUER = "did:file:issuer";
const SIZE = 8;
/** Seconds: an agent answers only once a registry's files are made. */
const PATIENCE = 60;
/** A registry in a directory, in the place of a ledger. */
const REGISTRY = {
    ACAPY_PLUGIN: "file_registry",
    PYTHONPATH: "/opt/registry:/app/packages", // the second is that of images/tails-server
    ACAPY_AUTO_RESPOND_CREDENTIAL_OFFER: "true",
    ACAPY_AUTO_RESPOND_CREDENTIAL_REQUEST: "true",
    ACAPY_AUTO_STORE_CREDENTIAL: "true",
    ACAPY_AUTO_RESPOND_PRESENTATION_REQUEST: "true",
    ACAPY_AUTO_VERIFY_PRESENTATION: "true",
    ACAPY_AUTO_ACCEPT_REQUESTS: "true",
    ACAPY_PRESERVE_EXCHANGE_RECORDS: "true",
};

/**
 * Two tasks of an issuer out of the task definition that the plan renders, and a holder, which is ACA-Py, too. The name of the public
 * endpoint leads to either task, as a load balancer does.
 */
describe("revocation by several agents under their task definition", () => {
    const hex = () => randomBytes(16).toString("hex");
    const secrets: Record<string, string> = {
        ACAPY_WALLET_STORAGE_CREDS: JSON.stringify({ account: "acapy", password: hex() }),
    };

    let sandbox: Sandbox | undefined;
    let definition: TaskDefinition;
    let tasks: [Task, Task];
    let first: Agent;
    let second: Agent;
    let holder: Agent;
    let tailsPort: number;
    let files: string;
    let credDefId: string;
    let ledger: string;
    let registry: { hash: string };
    let toHolder: string;
    let exchange: string;

    before(async function () {
        this.timeout(30 * 60 * 1000);
        sandbox = await sandboxOrSkip(this, [UPSTREAM, POSTGRES_IMAGE, PYTHON]);
        definition = await plannedAgents("{ issuer: { tails: {}, count: 2, tls: false } }", "issuer");
        const agent = definition.containerDefinitions.find(({ name }) => name === "agent")!;
        for (const { name } of agent.secrets ?? []) secrets[name] ??= hex();
        const environment = environmentOf(agent);
        tailsPort = Number(new URL(environment.ACAPY_TAILS_SERVER_BASE_URL!).port);
        const databaseHost = (JSON.parse(environment.ACAPY_WALLET_STORAGE_CONFIG!).url as string).replace(/:5432$/, "");
        const right = await authority(sandbox.directory, "right");
        const [image, tails] = await Promise.all([
            sandbox.image(path.join(ROOT, "images/acapy-agent"), { RDS_CA_PEM: right.certificate }),
            sandbox.image(path.join(ROOT, "images/tails-server")),
        ]);
        const network = await sandbox.network();
        await startPostgres(sandbox, {
            network,
            directory: sandbox.directory,
            names: [databaseHost],
            server: await right.issue("server", databaseHost),
            role: JSON.parse(secrets.ACAPY_WALLET_STORAGE_CREDS!),
            superuserPassword: hex(),
        });
        files = shared("tails");
        ledger = shared("ledger");
        const volume = ["--volume", `${ledger}:/ledger`];
        const plugin = ["--volume", `${path.join(__dirname, "revocation")}:/opt/registry:ro`];
        const start = () =>
            startTask(sandbox!, definition, {
                network,
                alias: new URL(environment.ACAPY_ENDPOINT!).hostname,
                images: { agent: image, tails },
                secrets,
                environment: REGISTRY,
                sources: { "/tails": files },
                arguments: [...volume, ...plugin],
            });
        tasks = await Promise.all([start(), start()]);
        const adminPort = JSON.parse(environment.ACAPY_ADMIN!)[1];
        const agentIn = (task: Task) =>
            agentOf(task.containers.agent!, () => task.port(adminPort), secrets.ACAPY_ADMIN_API_KEY!, PATIENCE);
        [first, second, holder] = await Promise.all([
            agentIn(tasks[0]),
            agentIn(tasks[1]),
            startOther(
                sandbox,
                { name: "holder", image, network, key: hex() },
                { environment: REGISTRY, arguments: [...volume, ...plugin], patience: PATIENCE },
            ),
        ]);
        await connect(holder, first);
        toHolder = await until("the issuer has the connection", 60, async () => {
            const { results } = await first.call("GET", "/connections?state=active");
            return results[0]?.connection_id;
        });
    });

    after(function () {
        this.timeout(120_000);
        sandbox?.cleanUp();
    });

    it("puts the file of a registry that one agent makes where every task hands it out", async () => {
        const { schema_state: schema } = await first.call("POST", "/anoncreds/schema", {
            schema: { issuerId: ISSUER, name: "degree", version: "1.0", attrNames: ["name"] },
        });
        const made = await first.call("POST", "/anoncreds/credential-definition", {
            credential_definition: { issuerId: ISSUER, schemaId: schema.schema_id, tag: "default" },
            options: { support_revocation: true, revocation_registry_size: SIZE },
        });
        credDefId = made.credential_definition_state.credential_definition_id;
        registry = await until("the other agent has the registry", 90, async () => {
            const url = `/anoncreds/revocation/active-registry/${encodeURIComponent(credDefId)}`;
            const { result } = await second.call("GET", url).catch(() => ({ result: undefined }));
            if (result?.state !== "finished") return undefined;
            return { hash: result.tails_hash };
        });
        const published = readdirSync(ledger).map((name) => JSON.parse(readFileSync(path.join(ledger, name), "utf8")));
        expect(published.find(({ value }) => value?.tailsHash === registry.hash)?.value.tailsLocation).to.equal(
            `${environmentOf(definition.containerDefinitions[0]!).ACAPY_TAILS_SERVER_BASE_URL}/hash/${registry.hash}`,
        );
        for (const task of tasks) {
            const answer = await fetch(`${await tailsOf(task)}/hash/${registry.hash}`);
            expect([answer.status, answer.headers.get("cache-control")]).to.deep.equal([
                200,
                "public, max-age=31536000, immutable",
            ]);
            const file = Buffer.from(await answer.arrayBuffer());
            expect(file).to.have.length(2 + 128 * (2 * SIZE + 1));
            expect(base58(createHash("sha256").update(file).digest())).to.equal(registry.hash);
        }
    });

    it("issues from it by the other agent, which has the file from the public address", async () => {
        const offered = await second.call("POST", "/issue-credential-2.0/send", {
            connection_id: toHolder,
            filter: { anoncreds: { cred_def_id: credDefId } },
            credential_preview: {
                "@type": "issue-credential/2.0/credential-preview",
                attributes: [{ name: "name", value: "Alice" }],
            },
        });
        exchange = offered.cred_ex_id;
        await until("the credential is the holder's", 90, async () => {
            const { cred_ex_record: record } = await second.call("GET", `/issue-credential-2.0/records/${exchange}`);
            return record.state === "done" ? true : undefined;
        });
    });

    it("has the holder prove that it is not revoked, and no more once either agent has revoked it", async () => {
        expect(await proof(first)).to.equal("true");
        const { anoncreds } = await first.call("GET", `/issue-credential-2.0/records/${exchange}`);
        await first.call("POST", "/anoncreds/revocation/revoke", {
            rev_reg_id: anoncreds.rev_reg_id,
            cred_rev_id: anoncreds.cred_rev_id,
            publish: true,
        });
        expect(await proof(second)).not.to.equal("true");
    });

    it("takes files from its own task alone, and under the name of their content", async () => {
        const form = (content: string) => {
            const body = new FormData();
            body.set("tails", new Blob([content]));
            return body;
        };
        const put = async (url: string) => (await fetch(url, { method: "PUT", body: form("x") })).status;
        expect(await put(`${await tailsOf(tasks[0])}/hash/${registry.hash}`)).to.equal(403);
        // By the agent's own client, from its container.
        const inside = (name: string, content: string) =>
            exec(
                first.container,
                "python3",
                "-c",
                "import asyncio,sys; from acapy_agent.utils.http import put_file; " +
                    "open('/tmp/put','w').write(sys.argv[2]); " +
                    "asyncio.run(put_file(sys.argv[1],{'tails':'/tmp/put'},{},retry=False))",
                `http://127.0.0.1:${tailsPort}/tails/hash/${name}`,
                content,
            );
        const name = (content: string) => base58(createHash("sha256").update(content).digest());
        expect((await inside(name("one"), "another")).code).not.to.equal(0);
        expect((await inside(name("one"), "one")).code).to.equal(0);
        expect((await inside(name("one"), "one")).code).to.equal(0); // as often as one likes
        // Nothing under another name, and nothing half. A registry has another one to follow it.
        const kept = readdirSync(files);
        expect(kept).to.include.members([registry.hash, name("one")]);
        for (const file of kept) {
            const digest = createHash("sha256")
                .update(readFileSync(path.join(files, file)))
                .digest();
            expect(base58(digest)).to.equal(file);
        }
        for (const wrong of ["/hash/", `/hash/${name("none")}`, "/hash/..%2f..%2fetc%2fpasswd", "/", "/match/1"]) {
            expect((await fetch((await tailsOf(tasks[1])) + wrong)).status, wrong).to.equal(404);
        }
    });

    // --- what takes part

    /** A directory that every container may write to. */
    function shared(name: string): string {
        const directory = path.join(sandbox!.directory, name);
        mkdirSync(directory);
        chmodSync(directory, 0o777);
        return directory;
    }

    const tailsOf = async (task: Task) => `http://127.0.0.1:${await task.port(tailsPort)}/tails`;

    /** Whether what the holder presents is right: "true", "false"; or that it presents nothing. */
    async function proof(verifier: Agent): Promise<string> {
        const now = Math.floor(Date.now() / 1000);
        const { pres_ex_id: id } = await verifier.call("POST", "/present-proof-2.0/send-request", {
            connection_id: toHolder,
            presentation_request: {
                anoncreds: {
                    name: "degree",
                    version: "1.0",
                    requested_attributes: {
                        name: {
                            name: "name",
                            restrictions: [{ cred_def_id: credDefId }],
                            non_revoked: { from: 0, to: now },
                        },
                    },
                    requested_predicates: {},
                },
            },
        });
        return until("the presentation is judged", 90, async () => {
            const record = await verifier.call("GET", `/present-proof-2.0/records/${id}`);
            if (record.state === "abandoned") return "nothing";
            return record.state === "done" ? record.verified : undefined;
        });
    }
});

function base58(digest: Buffer): string {
    const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let number = BigInt(`0x${digest.toString("hex")}`);
    let text = "";
    for (; number > 0n; number /= 58n) text = letters[Number(number % 58n)]! + text;
    return text;
}
