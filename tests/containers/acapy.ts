/** Agents of ACA-Py in containers: by their admin API. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { planStack } from "../../automation/plan/plan-stack";
import { publishedPort, type Sandbox, until } from "./docker";
import { ROOT } from "./plan";
import type { TaskDefinition } from "./task-definition";

export interface Agent {
    container: string;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON the admin API answers
    call(method: string, path: string, body?: unknown): Promise<any>;
}

/** The task definition that the plan of a stack of dev with these agents has for one of them. */
export async function plannedAgents(agents: string, name: string): Promise<TaskDefinition> {
    const root = mkdtempSync(path.join(tmpdir(), "agents-"));
    const lines = [
        "aws:region: ap-northeast-1",
        "identity:environment: dev",
        "identity:publicEndpoint: { plainHttp: true }",
        `identity:agents: ${agents}`,
    ];
    try {
        cpSync(path.join(ROOT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
        mkdirSync(path.join(root, "heritages"));
        writeFileSync(
            path.join(root, "Pulumi.dev.yaml"),
            ["config:", ...lines.map((line) => `    ${line}`)].join("\n"),
        );
        const { taskDefinitions } = await planStack({ root, stack: "dev" });
        return taskDefinitions.get(name) as unknown as TaskDefinition;
    } finally {
        rmSync(root, { recursive: true });
    }
}

/** An agent with a wallet in its own /tmp, on the same image. */
export async function startOther(
    sandbox: Sandbox,
    { name, image, network, key }: { name: string; image: string; network: string; key: string },
    more: { environment?: Record<string, string>; arguments?: string[]; patience?: number } = {},
): Promise<Agent> {
    const environment: Record<string, string> = {
        ACAPY_LABEL: name,
        ACAPY_ENDPOINT: `http://${name}:8020`,
        ACAPY_INBOUND_TRANSPORT: '[["http","0.0.0.0",8020]]',
        ACAPY_OUTBOUND_TRANSPORT: '["http","ws"]',
        ACAPY_ADMIN: '["0.0.0.0",8021]',
        ACAPY_ADMIN_API_KEY: key,
        ACAPY_AUTO_PROVISION: "true",
        ACAPY_WALLET_TYPE: "askar-anoncreds",
        ACAPY_WALLET_NAME: name,
        ACAPY_WALLET_KEY: name,
        ACAPY_NO_LEDGER: "true",
        ACAPY_AUTO_ACCEPT_INVITES: "true",
        ACAPY_AUTO_ACCEPT_REQUESTS: "true",
        ACAPY_LOG_LEVEL: "info",
        ...more.environment,
    };
    const container = await sandbox.start([
        "--network",
        network,
        "--network-alias",
        name,
        "--publish",
        "127.0.0.1::8021",
        "--init",
        ...Object.entries(environment).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
        ...(more.arguments ?? []),
        image,
        "start",
    ]);
    return agentOf(container, () => publishedPort(container, 8021), key, more.patience);
}

/** The agent of a container once it is ready. `patience`: seconds for an answer. */
export async function agentOf(
    container: string,
    adminPort: () => Promise<number>,
    key: string,
    patience = 30,
): Promise<Agent> {
    const call: Agent["call"] = async (method, url, body) => {
        const base = `http://127.0.0.1:${await adminPort()}`;
        const response = await fetch(base + url, {
            method,
            headers: { "content-type": "application/json", "x-api-key": key },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(patience * 1000),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
        return JSON.parse(text);
    };
    await until("an agent is ready", 120, async () => {
        const { ready: is } = await call("GET", "/status/ready").catch(() => ({ ready: false }));
        return is ? true : undefined;
    });
    return { container, call };
}

/** `guest` takes an invitation of `inviter`; the id of the guest's connection once it is complete. */
export async function connect(guest: Agent, inviter: Agent, more: object = {}): Promise<string> {
    const { invitation } = await inviter.call("POST", "/out-of-band/create-invitation?auto_accept=true", {
        handshake_protocols: ["https://didcomm.org/didexchange/1.1"],
        ...more,
    });
    const { connection_id: id } = await guest.call(
        "POST",
        "/out-of-band/receive-invitation?auto_accept=true",
        invitation,
    );
    await until("the connection is complete", 60, async () => {
        const { rfc23_state: state } = await guest.call("GET", `/connections/${id}`);
        return state === "completed" ? true : undefined;
    });
    return id;
}
