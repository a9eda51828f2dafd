import { randomBytes } from "node:crypto";
import path from "node:path";
import { expect } from "chai";
import { type Agent, agentOf, connect, plannedAgents, startOther } from "./acapy";
import { authority } from "./certificates";
import { exec, logs, output, publishedPort, type Sandbox, sandboxOrSkip, until } from "./docker";
import { baseImage, ROOT } from "./plan";
import { POSTGRES_IMAGE, type Postgres, startPostgres } from "./postgres";
import { type ContainerDefinition, dockerArguments, environmentOf, type TaskDefinition } from "./task-definition";

const UPSTREAM = baseImage("acapy-agent", "ACAPY_IMAGE");
const ACCOUNT = "acapy";

/**
 * Two tasks of a mediator out of the task definition that the plan renders; a wallet behind it, whose only way in is the socket that it
 * holds to one of them; and an agent whose messages for that wallet arrive at the other one. The wallet and the sender are ACA-Py, too.
 */
describe("a mediator under its task definition", () => {
    const hex = () => randomBytes(16).toString("hex");
    const secretValues: Record<string, string> = {
        ACAPY_WALLET_STORAGE_CREDS: JSON.stringify({ account: ACCOUNT, password: hex() }),
    };

    let sandbox: Sandbox | undefined;
    let definition: TaskDefinition;
    let agent: ContainerDefinition;
    let image: string;
    let network: string;
    let host: string;
    /** The names by which the others reach the mediator: its addresses are these. */
    let endpoints: [http: string, webSocket: string];
    /** The first has the wallet's socket, the second takes what senders send. */
    let tasks: Agent[];
    let postgres: Postgres;
    let wallet: Agent;
    let sender: Agent;
    let toWallet: string;
    const phone = {
        log: async () => "",
        /** The numbers of the tasks that it had a socket to. */
        sockets: async () => [...(await phone.log()).matchAll(/^open \S+mediator-(\d)/gm)].map((one) => Number(one[1])),
    };
    let sent = 0;

    before(async function () {
        this.timeout(30 * 60 * 1000);
        sandbox = await sandboxOrSkip(this, [UPSTREAM, POSTGRES_IMAGE]);
        definition = await plannedAgents("{ mediator: { mediator: true, tls: false } }", "mediator");
        agent = definition.containerDefinitions.find((one) => "ACAPY_WALLET_NAME" in environmentOf(one))!;
        for (const { name } of agent.secrets ?? []) secretValues[name] ??= hex();
        const environment = environmentOf(agent);
        endpoints = JSON.parse(environment.ACAPY_ENDPOINT!);
        host = new URL(endpoints[0]).hostname;
        const databaseHost = (JSON.parse(environment.ACAPY_WALLET_STORAGE_CONFIG!).url as string).replace(/:5432$/, "");
        const right = await authority(sandbox.directory, "right");
        image = await sandbox.image(path.join(ROOT, "images/acapy-agent"), { RDS_CA_PEM: right.certificate });
        network = await sandbox.network();
        postgres = await startPostgres(sandbox, {
            network,
            directory: sandbox.directory,
            names: [databaseHost],
            server: await right.issue("server", databaseHost),
            role: JSON.parse(secretValues.ACAPY_WALLET_STORAGE_CREDS!),
            superuserPassword: hex(),
        });
        const other = (name: string) =>
            startOther(
                sandbox!,
                { name, image, network, key: hex() },
                {
                    environment: {
                        ACAPY_AUTO_RESPOND_MESSAGES: "false",
                        ACAPY_WEBHOOK_URL: "http://127.0.0.1:9000",
                    },
                },
            );
        [wallet, sender, ...tasks] = await Promise.all([
            other("wallet"),
            other("sender"),
            startTask(1, false),
            startTask(2, true),
        ]);
    });

    after(function () {
        this.timeout(120_000);
        sandbox?.cleanUp();
    });

    it("says both of its addresses, the one for HTTP first", async () => {
        expect(new URL(endpoints[0]).protocol).to.equal("http:");
        expect(new URL(endpoints[1]).protocol).to.equal("ws:");
        const { invitation } = await tasks[1]!.call("POST", "/out-of-band/create-invitation", {
            handshake_protocols: ["https://didcomm.org/didexchange/1.1"],
        });
        expect(invitation.services[0].serviceEndpoint).to.equal(endpoints[0]);
    });

    it("answers a wallet by the socket of any task, and grants it mediation by itself", async () => {
        const connection = await connectPhone();
        await wallet.call("POST", `/mediation/request/${connection}`, {});
        const granted = await until("mediation is granted", 60, async () => {
            const { results } = await wallet.call("GET", "/mediation/requests");
            return results.find(({ state }: { state: string }) => state === "granted");
        });
        expect(granted.endpoint).to.equal(endpoints[0]);
        toWallet = await connect(sender, wallet, { mediation_id: granted.mediation_id });
    });

    it("hands over what the other task takes, by the one that holds the wallet's socket", async () => {
        await arrive(await send(10));
        expect(await phone.sockets()).to.deep.equal([1]);
    });

    it("loses nothing when the task with the socket is killed", async () => {
        const during = send(20);
        await kill(tasks[0]!);
        await arrive(await during, "again");
        expect((await phone.sockets()).at(-1)).to.equal(2);
    });

    it("keeps what comes while the wallet is away, also when the task that took it is killed", async () => {
        await output("docker", ["pause", wallet.container]);
        // No message is put into the socket of a wallet that is away once the task has heard no answer to its pings.
        const took = tasks[1]!;
        await until(
            "the socket has ended",
            30,
            async () => (await logs(took.container)).includes("connection closed") || undefined,
        );
        const messages = await send(5);
        await until("the messages are kept", 30, async () => (await kept()) === 5 || undefined);
        await kill(took);
        tasks = [await startTask(1, true)];
        await output("docker", ["unpause", wallet.container]);
        await arrive(messages);
    });

    it("keeps what went into a socket whose wallet had lost its network", async () => {
        await output("docker", ["network", "disconnect", network, wallet.container]);
        const messages = await send(5);
        await until("the messages are kept", 30, async () => (await kept()) === 5 || undefined);
        await output("docker", ["network", "connect", network, wallet.container]);
        await arrive(messages);
    });

    // --- what takes part

    /** One of the cluster's tasks; a public one is where senders' messages arrive. */
    async function startTask(number: number, isPublic: boolean): Promise<Agent> {
        const aliases = [`mediator-${number}`, ...(isPublic ? [host] : [])];
        const before = ["--network", network, ...aliases.flatMap((alias) => ["--network-alias", alias])];
        const container = await sandbox!.start(dockerArguments(definition, agent, image, before), secretValues);
        const adminPort = JSON.parse(environmentOf(agent).ACAPY_ADMIN!)[1];
        return agentOf(container, () => publishedPort(container, adminPort), secretValues.ACAPY_ADMIN_API_KEY!);
    }

    async function kill({ container }: Agent): Promise<void> {
        await output("docker", ["kill", container]);
        await output("docker", ["rm", "--force", "--volumes", container]);
    }

    /** A connection of the wallet with the mediator, for which the wallet has no address, but a socket, as a wallet on a phone. */
    async function connectPhone(): Promise<string> {
        const { invitation } = await tasks[1]!.call("POST", "/out-of-band/create-invitation?auto_accept=true", {
            handshake_protocols: ["https://didcomm.org/didexchange/1.1"],
        });
        const { connection_id: id } = await wallet.call(
            "POST",
            "/out-of-band/receive-invitation?auto_accept=false",
            invitation,
        );
        await wallet.call("POST", `/didexchange/${id}/accept-invitation?my_endpoint=queue://phone`);
        const { my_did: mine, invitation_key: theirs } = await wallet.call("GET", `/connections/${id}`);
        const { results } = await wallet.call("GET", `/wallet/did?did=${encodeURIComponent(mine)}`);
        await output("docker", ["cp", path.join(__dirname, "mediator"), `${wallet.container}:/opt/mediator`]);
        const inWallet = (file: string, ...args: string[]) =>
            exec(
                wallet.container,
                "sh",
                "-c",
                `nohup python3 /opt/mediator/${file} "$@" >/tmp/${file}.log 2>&1 &`,
                "x",
                ...args,
            );
        await inWallet("webhooks.py");
        const sockets = [1, 2].map((number) => `ws://mediator-${number}:${new URL(endpoints[1]).port}`);
        await inWallet("phone.py", sockets.join(), "wallet", "wallet", results[0].verkey, theirs);
        phone.log = async () => (await exec(wallet.container, "cat", "/tmp/phone.py.log")).stdout;
        await until("the connection is complete", 60, async () => {
            const { rfc23_state: state } = await wallet.call("GET", `/connections/${id}`);
            return state === "completed" ? true : undefined;
        });
        return id;
    }

    /** How many messages are in the table. */
    async function kept(): Promise<number> {
        const wallets = environmentOf(agent).ACAPY_WALLET_NAME!;
        return Number((await postgres.query(`SELECT count(*) FROM ${ACCOUNT}.undelivered`, wallets))[0]);
    }

    async function send(count: number): Promise<string[]> {
        const messages = Array.from({ length: count }, () => `message ${++sent}`);
        for (const content of messages) await sender.call("POST", `/connections/${toWallet}/send-message`, { content });
        return messages;
    }

    const received = async () =>
        (await exec(wallet.container, "cat", "/tmp/received")).stdout.split("\n").filter((line) => line !== "");

    /** Each once; or maybe `again`, where the task of their socket was killed before it heard that they were received. */
    async function arrive(messages: string[], again?: "again"): Promise<void> {
        const missing = async () => {
            const there = await received();
            return messages.filter((one) => !there.includes(one));
        };
        await until("the messages arrive", 90, async () => ((await missing()).length === 0 ? true : undefined)).catch(
            async (error: Error) => {
                throw new Error(
                    `${error.message}; missing: ${(await missing()).join(", ")}\n${await phone.log()}\n${await logs(tasks.at(-1)!.container)}`,
                );
            },
        );
        await until("nothing is kept that was received", 30, async () => (await kept()) === 0 || undefined);
        const there = await received();
        if (!again) expect(there.filter((one) => messages.includes(one))).to.have.length(messages.length);
    }
});
