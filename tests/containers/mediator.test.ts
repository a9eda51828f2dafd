import { randomBytes } from "node:crypto";
import path from "node:path";
import { expect } from "chai";
import { type Agent, agentOf, connect, plannedAgents, startOther } from "./acapy";
import { authority } from "./certificates";
import { exec, logs, output, publishedPort, type Sandbox, sandboxOrSkip, until } from "./docker";
import { baseImage, ROOT } from "./plan";
import { POSTGRES_IMAGE, startPostgres } from "./postgres";
import { type ContainerDefinition, dockerArguments, environmentOf, type TaskDefinition } from "./task-definition";

const UPSTREAM = baseImage("acapy-agent", "ACAPY_IMAGE");
const ACCOUNT = "acapy";

/**
 * A mediator out of the task definition that the plan renders; a wallet behind it, whose only way in is the socket that it holds; and an
 * agent that sends to that wallet. The wallet and the sender are ACA-Py, too.
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
    let mediator: Agent;
    let wallet: Agent;
    let sender: Agent;
    let toWallet: string;
    const phone: { log: () => Promise<string> } = { log: async () => "" };
    let sent = 0;

    before(async function () {
        this.timeout(30 * 60 * 1000);
        sandbox = await sandboxOrSkip(this, [UPSTREAM, POSTGRES_IMAGE]);
        definition = await plannedAgents("{ mediator: { mediator: true } }", "mediator");
        agent = definition.containerDefinitions.find((one) => "ACAPY_WALLET_NAME" in environmentOf(one))!;
        for (const { name } of agent.secrets ?? []) secretValues[name] ??= hex();
        const environment = environmentOf(agent);
        endpoints = JSON.parse(environment.ACAPY_ENDPOINT!);
        host = new URL(endpoints[0]).hostname;
        const databaseHost = (JSON.parse(environment.ACAPY_WALLET_STORAGE_CONFIG!).url as string).replace(/:5432$/, "");
        const right = await authority(sandbox.directory, "right");
        image = await sandbox.image(path.join(ROOT, "images/acapy-agent"), { RDS_CA_PEM: right.certificate });
        network = await sandbox.network();
        await startPostgres(sandbox, {
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
        [mediator, wallet, sender] = await Promise.all([startMediator(), other("wallet"), other("sender")]);
    });

    after(function () {
        this.timeout(120_000);
        sandbox?.cleanUp();
    });

    it("says both of its addresses, the one for HTTP first", async () => {
        expect(new URL(endpoints[0]).protocol).to.equal("http:");
        expect(new URL(endpoints[1]).protocol).to.equal("ws:");
        const { invitation } = await mediator.call("POST", "/out-of-band/create-invitation", {
            handshake_protocols: ["https://didcomm.org/didexchange/1.1"],
        });
        expect(invitation.services[0].serviceEndpoint).to.equal(endpoints[0]);
    });

    it("grants mediation by itself, to whoever asks", async () => {
        const connection = await connect(wallet, mediator);
        await wallet.call("POST", `/mediation/request/${connection}`, {});
        const granted = await until("mediation is granted", 60, async () => {
            const { results } = await wallet.call("GET", "/mediation/requests");
            return results.find(({ state }: { state: string }) => state === "granted");
        });
        expect(granted.endpoint).to.equal(endpoints[0]);
        toWallet = await connect(sender, wallet, { mediation_id: granted.mediation_id });
        await holdSocket(connection);
    });

    it("hands a wallet that nobody reaches its messages, over the socket that the wallet holds", async () => {
        await disappears(wallet);
        await arrive(await send(10));
    });

    it("keeps what comes while the wallet has no socket, until it has one", async () => {
        await output("docker", ["pause", wallet.container]);
        const messages = await send(5);
        // Long enough for the socket to end on the mediator's side: it hears no answer to its pings.
        await new Promise((resolve) => setTimeout(resolve, 20_000));
        await output("docker", ["unpause", wallet.container]);
        await arrive(messages);
    });

    it("has its wallets back when its task was killed and another one started", async () => {
        await output("docker", ["kill", mediator.container]);
        const during = send(5); // the sender tries again by itself
        await output("docker", ["rm", "--force", "--volumes", mediator.container]);
        mediator = await startMediator();
        await arrive(await during);
        await arrive(await send(10));
    });

    // --- what takes part

    async function startMediator(): Promise<Agent> {
        const before = ["--network", network, "--network-alias", host];
        const container = await sandbox!.start(dockerArguments(definition, agent, image, before), secretValues);
        const adminPort = JSON.parse(environmentOf(agent).ACAPY_ADMIN!)[1];
        return agentOf(container, () => publishedPort(container, adminPort), secretValues.ACAPY_ADMIN_API_KEY!);
    }

    /** Starts the wallet's socket, and what its webhooks tell, in its container. */
    async function holdSocket(connection: string): Promise<void> {
        const { my_did: mine, their_did: theirs } = await wallet.call("GET", `/connections/${connection}`);
        const { results } = await wallet.call("GET", `/wallet/did?did=${encodeURIComponent(mine)}`);
        const { did_document: document } = await wallet.call("GET", `/resolver/resolve/${encodeURIComponent(theirs)}`);
        const key = document.verificationMethod
            .map((one: Record<string, string>) => one.publicKeyMultibase ?? one.publicKeyBase58)
            .find(Boolean);
        await output("docker", ["cp", path.join(__dirname, "mediator"), `${wallet.container}:/opt/mediator`]);
        const inWallet = (file: string, ...args: string[]) =>
            exec(
                wallet.container,
                "sh",
                "-c",
                `nohup python3 /opt/mediator/${file} "$@" >/tmp/${file}.log 2>&1 &`,
                ...["x", ...args],
            );
        await inWallet("webhooks.py");
        await inWallet("phone.py", endpoints[1], "wallet", "wallet", results[0].verkey, key);
        phone.log = async () => (await exec(wallet.container, "cat", "/tmp/phone.py.log")).stdout;
        await until("the socket is open", 60, async () => ((await phone.log()).includes("open") ? true : undefined));
    }

    /** From now on its name leads nowhere, and all that it has is the way out. */
    async function disappears({ container }: Agent): Promise<void> {
        await output("docker", ["network", "disconnect", network, container]);
        await output("docker", ["network", "connect", network, container]);
    }

    async function send(count: number): Promise<string[]> {
        const messages = Array.from({ length: count }, () => `message ${++sent}`);
        for (const content of messages) await sender.call("POST", `/connections/${toWallet}/send-message`, { content });
        return messages;
    }

    const received = async () =>
        (await exec(wallet.container, "cat", "/tmp/received")).stdout.split("\n").filter((line) => line !== "");

    async function arrive(messages: string[]): Promise<void> {
        const missing = async () => {
            const there = await received();
            return messages.filter((one) => !there.includes(one));
        };
        await until("the messages arrive", 90, async () => ((await missing()).length === 0 ? true : undefined)).catch(
            async (error: Error) => {
                throw new Error(
                    `${error.message}; missing: ${(await missing()).join(", ")}\n${await phone.log()}\n${await logs(mediator.container)}`,
                );
            },
        );
        const there = await received();
        expect(there.filter((one) => messages.includes(one))).to.have.length(messages.length); // none twice
    }
});
