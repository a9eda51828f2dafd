/** Clusters of agents, each by itself and together. */
import {
    AUTHORITY_VARIABLES,
    MANAGED_SECRETS,
    MANAGED_VARIABLES,
    SEED_LENGTH,
    TAILS_VARIABLES,
} from "../../components/agent-variables";
import { isKanon } from "../../components/agent-pools";
import { secretInValue } from "../../policy/secrets/values";
import { type AgentConfig, hasReachable, type PlatformConfig } from "../defaults";
import { databaseProblems, imageProblems, maxTasks, type Path, type Problem, workloadProblems } from "./common";
import { agentTlsProblems } from "./agent-tls";
import { agentVersionProblems } from "./agent-version";
import { counted, taskConnections, tenantProblems } from "./tenants";
import { tailsProblems } from "./tails";
import { isAlone, mediatorProblems, webSocketProblems } from "./web-sockets";
import { ledgerProblems, settingProblems } from "./settings";
import {
    plainTextSecret,
    type Managed,
    managedProblem,
    notSecretProblems,
    secretProblems,
    sourceProblems,
    variableNameProblem,
} from "./variables";

/** Databases that RDS makes and keeps: a wallet of such a name would find one that is no wallet. */
const TAKEN_DATABASES = ["postgres", "template0", "template1", "rdsadmin"];

/** What Kanon calls the database beside the wallet's (acapy_agent/kanon/store_kanon.py), and how long a name may be. */
const SECOND_DATABASE = "_dbstore";
const MAX_DATABASE_NAME = 63;

export function checkAgents(config: PlatformConfig): Problem[] {
    const { agents, walletDb, agentImage } = config;
    const users = Object.entries(agents).map(([name, agent]) => ({
        name,
        connections: maxTasks(agent) * taskConnections(agent),
    }));
    return [
        ...databaseProblems(["walletDb"], walletDb, users, "the agents", {
            key: "walletConnections",
            counted: counted(Object.values(agents)),
        }),
        ...imageProblems(["agentImage"], agentImage, config),
        ...agentVersionProblems(config),
        ...Object.entries(agents).flatMap(([name, agent]) => checkAgent(name, agent, config)),
        ...checkTogether(config),
    ];
}

function checkAgent(name: string, agent: AgentConfig, config: PlatformConfig): Problem[] {
    const at = (...rest: string[]) => ["agents", name, ...rest];
    const workload = isAlone(agent) ? { ...agent, singleton: true } : agent;
    const problems: Problem[] = [...workloadProblems(at(), workload, config), ...mediatorProblems(at, agent)];
    const inUrl = agent.genesisUrl && secretInValue(agent.genesisUrl);
    if (inUrl) {
        problems.push({
            path: at("genesisUrl"),
            what: `has ${inUrl.replace(/ in a URL$/, "")} in it, and is in the clear`,
            fix: "a URL that anybody may read; genesis transactions are no secret",
        });
    }
    if (agent.didcommPort === agent.adminPort) {
        problems.push({
            path: at("adminPort"),
            what: `${agent.adminPort} is the DIDComm port, too`,
            fix: "two ports, such as 8020 and 8021",
        });
    }
    if (TAKEN_DATABASES.includes(agent.walletName)) {
        problems.push({
            path: at("walletName"),
            what: `${agent.walletName} is a database that exists already, and ACA-Py must make the wallet's itself`,
            fix: `another name, such as ${name}-wallet`,
        });
    }
    const managed = {
        ...MANAGED_VARIABLES,
        ...(hasReachable(config) ? AUTHORITY_VARIABLES : {}),
        ...(agent.tails ? TAILS_VARIABLES : {}),
    };
    for (const [variable, value] of Object.entries(agent.environment)) {
        problems.push(...variableProblems(at("environment", variable), variable, value, agent, managed));
    }
    problems.push(...notSecretProblems(at("notSecret"), agent, agent.environment));
    problems.push(...ledgerProblems(at, agent, config));
    problems.push(...settingProblems(at, agent, config));
    problems.push(...webSocketProblems(at, agent, config));
    problems.push(...tenantProblems(at, agent));
    problems.push(...tailsProblems(at, agent));
    problems.push(...agentTlsProblems(at, agent));
    problems.push(...imageProblems(at("tails", "image"), agent.tails?.image, config));
    if (isKanon(agent.walletType) && agent.walletName.length > MAX_DATABASE_NAME - SECOND_DATABASE.length) {
        problems.push({
            path: at("walletName"),
            what: `${agent.walletName} is too long: its second database is ${agent.walletName}${SECOND_DATABASE}, and PostgreSQL takes ${MAX_DATABASE_NAME} characters`,
            fix: `${MAX_DATABASE_NAME - SECOND_DATABASE.length} characters or fewer`,
        });
    }
    for (const [variable, source] of Object.entries(agent.secrets)) {
        const path = at("secrets", variable);
        problems.push(...variableNameProblem(path, variable));
        problems.push(...managedProblem(path, variable, managed, "agent", ", in the clear"));
        if (MANAGED_SECRETS.always.includes(variable)) {
            problems.push({
                path,
                what: "is made by the program, of the database's own role and password",
                fix: "leave it out",
            });
        }
        const length = source.generate?.length;
        if (variable === "ACAPY_WALLET_SEED" && length !== undefined && length !== SEED_LENGTH) {
            problems.push({
                path: [...path, "generate", "length"],
                what: `a seed does not have ${length} characters`,
                fix: `${SEED_LENGTH}, which is also what it is without a length`,
            });
        }
        if (Object.hasOwn(agent.environment, variable)) {
            problems.push({ path, what: "is in environment, too", fix: "one of the two" });
        }
        problems.push(...sourceProblems(path, source));
    }
    return problems;
}

function variableProblems(
    path: Path,
    variable: string,
    value: string,
    { notSecret }: AgentConfig,
    managed: Managed,
): Problem[] {
    const named = variableNameProblem(path, variable);
    if (named.length > 0) return named;
    const set = managedProblem(path, variable, managed, "agent");
    if (set.length > 0) return set;
    if (MANAGED_SECRETS.all.includes(variable)) return [plainTextSecret(path, variable, "it is one of the wallet's")];
    if (variable === "ACAPY_WEBHOOK_URL" && value.includes("#")) {
        return [plainTextSecret(path, variable, "what stands behind # is a key")];
    }
    return secretProblems(path, variable, value, notSecret);
}

/** Names, ports and wallets that two clusters may not share. */
function checkTogether({ agents, domain }: PlatformConfig): Problem[] {
    const problems: Problem[] = [];
    const names = Object.keys(agents);
    const unique = (key: "walletName" | "host" | "didcommPort" | "adminPort", why: string) => {
        const owner = new Map<string | number, string>();
        for (const name of names) {
            const value = agents[name]![key];
            const first = owner.get(value);
            if (first === undefined) owner.set(value, name);
            else
                problems.push({
                    path: ["agents", name, key],
                    what: `${value} is taken by ${first}: ${why}`,
                    fix: `another ${key} for ${name} or ${first}`,
                });
        }
    };
    unique("walletName", "two clusters on one wallet would be one cluster with two settings");
    for (const [name, { walletName }] of Object.entries(agents)) {
        const kanon = names.find(
            (other) => isKanon(agents[other]!.walletType) && agents[other]!.walletName + SECOND_DATABASE === walletName,
        );
        if (kanon === undefined) continue;
        problems.push({
            path: ["agents", name, "walletName"],
            what: `${walletName} is the second database of ${kanon}'s wallet`,
            fix: `another walletName for ${name} or ${kanon}`,
        });
    }
    if (domain) unique("host", "an endpoint tells the clusters apart by their names");
    else {
        unique("didcommPort", "without a domain an endpoint tells the clusters apart by their ports");
        unique("adminPort", "without a domain an endpoint tells the clusters apart by their ports");
        problems.push(...publicPortProblems(agents));
    }
    return problems;
}

/** WebSockets, tails files and DIDComm over HTTP are on one endpoint. */
function publicPortProblems(agents: PlatformConfig["agents"]): Problem[] {
    const owner = new Map(Object.entries(agents).map(([name, { didcommPort }]) => [didcommPort, name]));
    const more = Object.entries(agents).flatMap(([name, { webSocketPort, tails }]) => [
        { name, path: ["webSocketPort"], port: webSocketPort },
        { name, path: ["tails", "port"], port: tails?.port },
    ]);
    return more.flatMap(({ name, path, port }): Problem[] => {
        if (port === undefined) return [];
        const first = owner.get(port);
        if (first === undefined) owner.set(port, name);
        if (first === undefined || first === name) return [];
        return [
            {
                path: ["agents", name, ...path],
                what: `${port} is taken by ${first}: without a domain an endpoint tells the clusters apart by their ports`,
                fix: `another port for ${name} or ${first}, such as ${freePort(owner)}`,
            },
        ];
    });
}

function freePort(taken: ReadonlyMap<number, string>): number {
    let port = 8022;
    while (taken.has(port)) port++;
    return port;
}
