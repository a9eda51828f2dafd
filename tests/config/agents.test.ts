import { readFileSync } from "node:fs";
import { expect } from "chai";
import { releases, settings, since } from "../../config/acapy/settings.json";
import { isSince } from "../../config/checks/agent-version";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, problemsOf, PROD, refusals } from "./support";

const agent = (keys: string) => `${DEV}agents: { issuer: { ${keys} } }\n`;
const setting = (name: string, value: string) => agent(`environment: { ${name}: ${value} }`);
const DIGEST = `example.com/acapy@sha256:${"a".repeat(64)}`;

const BROKEN: Broken = {
    "two tasks of a mediator without a queue": [
        agent('mediator: true, count: 2, environment: { ACAPY_ENABLE_UNDELIVERED_QUEUE: "false" }'),
        "identity:agents.issuer.environment.ACAPY_ENABLE_UNDELIVERED_QUEUE",
        /one has a wallet's socket: what another one takes would be lost/,
        /leave it out; or one task/,
    ],
    "a mediator without a queue that scales": [
        agent('mediator: true, autoscaling: { max: 4 }, environment: { ACAPY_ENABLE_UNDELIVERED_QUEUE: "0" }'),
        "identity:agents.issuer.environment.ACAPY_ENABLE_UNDELIVERED_QUEUE",
        /is off/,
        /or one task/,
    ],
    "two tasks of a mediator in three zones": [
        `${PROD}agents: { m: { mediator: true, count: 2 } }`,
        "identity:agents.m.count",
        /2/,
        /3 or more/,
    ],
    "more tasks of a mediator than the database has connections for": [
        `${DEV}agents: { m: { mediator: true, count: 6 } }\nwalletDb: { instanceClass: db.t4g.micro }`,
        "identity:walletDb.instanceClass",
        /96 while a deployment rolls \(tasks × 2 × walletConnections, and 3 of a mediator/,
        /fewer tasks/,
    ],
    "WebSockets on the port of HTTP": [
        agent("webSocketPort: 8020"),
        "identity:agents.issuer.webSocketPort",
        /8020 is the didcommPort, too/,
        /8022/,
    ],
    "WebSockets on the port of the admin API": [
        agent("webSocketPort: 8021"),
        "identity:agents.issuer.webSocketPort",
        /8021 is the adminPort, too/,
        /8022/,
    ],
    "WebSockets on a port below 1024": [
        agent("webSocketPort: 443"),
        "identity:agents.issuer.webSocketPort",
        /443 is too small/,
        /8020|8022|1024/,
    ],
    "WebSockets of two clusters on one port": [
        `${DEV}agents: { a: { mediator: true }, b: { didcommPort: 8030, adminPort: 8031, webSocketPort: 8022 } }`,
        "identity:agents.b.webSocketPort",
        /8022 is taken by a: without a domain/,
        /such as 8023/,
    ],
    "WebSockets on another cluster's port": [
        `${DEV}agents: { a: { didcommPort: 8022 }, b: { didcommPort: 8030, adminPort: 8031, webSocketPort: 8022 } }`,
        "identity:agents.b.webSocketPort",
        /8022 is taken by a/,
        /such as 8023/,
    ],
    "tails files on the port of HTTP": [
        agent("tails: { port: 8020 }"),
        "identity:agents.issuer.tails.port",
        /8020 is the didcommPort, too/,
        /8023/,
    ],
    "tails files on the port of WebSockets": [
        agent("webSocketPort: 8023, tails: {}"),
        "identity:agents.issuer.tails.port",
        /8023 is the webSocketPort, too/,
        /a port of its own/,
    ],
    "tails files of two clusters on one port": [
        `${DEV}agents: { a: { tails: {} }, b: { didcommPort: 8030, adminPort: 8031, tails: {} } }`,
        "identity:agents.b.tails.port",
        /8023 is taken by a: without a domain/,
        /such as 8022/,
    ],
    "tails files of a wallet of the type askar": [
        agent("walletType: askar, tails: {}"),
        "identity:agents.issuer.tails",
        /is for AnonCreds/,
        /askar-anoncreds/,
    ],
    "DIDComm on Envoy's port": [
        agent("didcommPort: 8444"),
        "identity:agents.issuer.didcommPort",
        /Envoy's own/,
        /another port than 8443, 8444, 9901; or tls: false/,
    ],
    "tails files on the port of Envoy's admin": [
        agent("tails: { port: 9901 }"),
        "identity:agents.issuer.tails.port",
        /Envoy's own/,
        /another port/,
    ],
    "more target groups than ECS takes": [
        agent("webSocketPort: 8022, tails: {}, tls: both"),
        "identity:agents.issuer.tls",
        /six target groups.*five/,
        /true, in one `up`/,
    ],
    "a word that tls does not know": [agent("tls: yes-please"), "identity:agents.issuer.tls", /./, /both/],
    "tails files of a mediator": [
        agent("mediator: true, tails: {}"),
        "identity:agents.issuer.tails",
        /a mediator carries messages/,
        /leave it out/,
    ],
    "a tails server of one's own beside the cluster's": [
        agent('tails: {}, environment: { ACAPY_TAILS_SERVER_BASE_URL: "https://tails.example.com" }'),
        "identity:agents.issuer.environment.ACAPY_TAILS_SERVER_BASE_URL",
        /is set by the program/,
        /the key tails of the agent/,
    ],
    "a tails server by a tag": [
        agent("tails: { image: example.com/tails:1 }"),
        "identity:agents.issuer.tails.image",
        /has no digest/,
        /repository@sha256/,
    ],
    "a service that takes the paths of tails files": [
        `${PROD}agents: { issuer: { tails: {} } }\nservices: { web: { build: images/hello, host: issuer, paths: [/tails/*], healthCheckPath: /service } }`,
        "identity:services.web.paths[0]",
        /issuer-tails has the same rule/,
        /another host, or other paths/,
    ],
    "a cluster with the name of another's file system": [
        `${PROD}agents: { issuer: { tails: {} }, issuer-tails: {} }`,
        "identity:agents.issuer-tails",
        /issuer-tails/,
        /./,
    ],
    "a socket that is silent for longer than the load balancer allows": [
        agent('webSocketPort: 8022, environment: { ACAPY_WS_HEARTBEAT_INTERVAL: "60" }'),
        "identity:agents.issuer.environment.ACAPY_WS_HEARTBEAT_INTERVAL",
        /pings a socket every 60 s.*silent for 60 s \(publicEndpoint\.idleTimeoutSeconds\)/,
        /a longer idle time-out/,
    ],
    "an idle time-out that ends each socket": [
        agent("mediator: true").replace("plainHttp: true", "plainHttp: true, idleTimeoutSeconds: 2"),
        "identity:agents.issuer.webSocketPort",
        /every 3 s/,
        /a longer idle time-out/,
    ],
    "a setting of WebSockets without any": [
        setting("ACAPY_WS_TIMEOUT_INTERVAL", '"30"'),
        "identity:agents.issuer.environment.ACAPY_WS_TIMEOUT_INTERVAL",
        /only by an agent that listens for WebSockets/,
        /webSocketPort: 8022/,
    ],
    "tenants of an agent that has none": [
        agent("tenants: 20"),
        "identity:agents.issuer.tenants",
        /counts the pools of tenants, and the agent has none/,
        /ACAPY_MULTITENANT: "true"/,
    ],
    "tenants in two places": [
        agent(`tenants: 2, environment: { ACAPY_MULTITENANT: "true", ACAPY_MULTITENANCY_CONFIGURATION: cache_size=9 }`),
        "identity:agents.issuer.tenants",
        /is the cache_size of ACAPY_MULTITENANCY_CONFIGURATION/,
        /leave one of them out/,
    ],
    "more tenants than the database has connections for": [
        agent('tenants: 4, environment: { ACAPY_MULTITENANT: "true" }'),
        "identity:walletDb.instanceClass",
        /may open 100 .*tasks × 2 × walletConnections × \(1 \+ tenants\)/, // two tasks, twice, five pools of five
        /smaller walletConnections/,
    ],
    "Kanon's second pool in a database that is too small": [
        agent("walletType: kanon-anoncreds, count: 3"),
        "identity:walletDb.instanceClass",
        /may open 90 .*tasks × 2 × \(walletConnections, and 10 of Kanon\)/, // three tasks, twice, five and ten
        /a larger class/,
    ],
    "a name that Kanon makes longer than a database's": [
        agent(`walletType: kanon-anoncreds, walletName: ${"w".repeat(56)}`),
        "identity:agents.issuer.walletName",
        /its second database is w+_dbstore, and PostgreSQL takes 63/,
        /55 characters/,
    ],
    "a wallet by the name of Kanon's second database": [
        `${PROD}agents: { a: { walletType: kanon-anoncreds, walletName: w }, b: { walletName: w_dbstore } }`,
        "identity:agents.b.walletName",
        /w_dbstore is the second database of a's wallet/,
        /another walletName for b or a/,
    ],
    "Kanon's credentials brought along": [
        agent("walletType: kanon-anoncreds, secrets: { ACAPY_DBSTORE_STORAGE_CREDS: { generate: {} } }"),
        "identity:agents.issuer.secrets.ACAPY_DBSTORE_STORAGE_CREDS",
        /is made by the program/,
        /leave it out/,
    ],
    "a mediator that is a text": [
        agent('mediator: "yes"'),
        "identity:agents.issuer.mediator",
        /is a text, and should be true or false/,
        /true/,
    ],
    "a transport that the program sets": [
        setting("ACAPY_OUTBOUND_TRANSPORT", "ws"),
        "identity:agents.issuer.environment.ACAPY_OUTBOUND_TRANSPORT",
        /set by the program/,
        /the key webSocketPort of the agent/,
    ],
    "plugins with commas between them": [
        setting("ACAPY_PLUGIN", '"oid4vc,status_list"'),
        "identity:agents.issuer.environment.ACAPY_PLUGIN",
        /"oid4vc,status_list" is none of its values/,
        /a list as JSON: '\["a", "b"\]'/,
    ],
    "webhooks with a space between them": [
        setting("ACAPY_WEBHOOK_URL", '"https://a.example.com/x https://b.example.com/x"'),
        "identity:agents.issuer.environment.ACAPY_WEBHOOK_URL",
        /is none of its values/,
        /a list as JSON/,
    ],
    "plugins that are installed at each start": [
        setting("ACAPY_AUTO_INSTALL_PLUGINS", '"1.7.0"'),
        "identity:agents.issuer.environment.ACAPY_AUTO_INSTALL_PLUGINS",
        /file system is read-only/,
        /pip install in images\/acapy-agent\/Dockerfile/,
    ],
    "a log in a file": [
        setting("ACAPY_LOG_FILE", "/var/log/acapy.log"),
        "identity:agents.issuer.environment.ACAPY_LOG_FILE",
        /may not write/,
        /CloudWatch/,
    ],
    "a wallet in memory": [
        setting("ACAPY_WALLET_TEST", '"true"'),
        "identity:agents.issuer.environment.ACAPY_WALLET_TEST",
        /would not share it/,
        /leave it out/,
    ],
    "a wallet that is removed": [
        setting("ACAPY_RECREATE_WALLET", '"true"'),
        "identity:agents.issuer.environment.ACAPY_RECREATE_WALLET",
        /removes the wallet that other agents/,
        /another walletName/,
    ],
    "a release that is a line": [
        `agentVersion: "1.6"\n${agent("")}`,
        "identity:agentVersion",
        /is a fraction, and should be a text/,
        /1\.7\.0/,
    ],
    "a release that is not known": [
        `agentVersion: 2.0.0\n${agent("")}`,
        "identity:agentVersion",
        /2\.0\.0 is no release of ACA-Py that is known here/,
        /one of 1\.6\.2, 1\.7\.0/,
    ],
    "a patch that nobody has made": [
        `agentVersion: 1.7.71\n${agent("")}`,
        "identity:agentVersion",
        /1\.7\.71 is no release/,
        /or a later patch/,
    ],
    "a release of an image of one's own": [
        `agentVersion: 1.7.0\nagentImage: ${DIGEST}\n${agent("")}`,
        "identity:agentVersion",
        /agentImage takes its place/,
        /leave one of them out/,
    ],
    "a setting that the release has not": [
        `agentVersion: 1.6.2\n${setting("ACAPY_OAUTH_ENABLED", '"true"')}`,
        "identity:agents.issuer.environment.ACAPY_OAUTH_ENABLED",
        /came with ACA-Py 1\.7\.0, and 1\.6\.2 would pass over it/,
        /agentVersion: "1\.7\.0"/,
    ],
};

const RIGHT: Record<string, string> = {
    "a mediator in prod, one task in three zones": `${PROD}agents: { m: { mediator: true } }`,
    "a mediator of three tasks": `${PROD}agents: { m: { mediator: true, count: 3 } }`,
    "a mediator that scales": `${PROD}agents: { m: { mediator: true, autoscaling: { min: 3, max: 6 } } }`,
    "a mediator without a queue, in one task": agent(
        'mediator: true, environment: { ACAPY_ENABLE_UNDELIVERED_QUEUE: "false" }',
    ),
    "a mediator that grants nothing by itself": agent('mediator: true, environment: { ACAPY_MEDIATION_OPEN: "false" }'),
    "WebSockets of any number of agents": agent("webSocketPort: 8022, count: 3"),
    "WebSockets of two clusters with names": `${PROD}agents: { a: { webSocketPort: 8022 }, b: { webSocketPort: 8022 } }`,
    "tails files of two clusters with names": `${PROD}agents: { a: { tails: {} }, b: { tails: {} } }`,
    "a tails server elsewhere": setting("ACAPY_TAILS_SERVER_BASE_URL", '"https://tails.example.com"'),
    "several plugins as a list": setting("ACAPY_PLUGIN", `'["oid4vc", "status_list"]'`),
    "one plugin": setting("ACAPY_PLUGIN", "acapy_agent.plugins.x"),
    "a webhook with a comma in its query": setting("ACAPY_WEBHOOK_URL", '"https://a.example.com/x?y=1,2"'),
    "pairs of multitenancy": setting("ACAPY_MULTITENANCY_CONFIGURATION", `'{"wallet_type": "single-wallet-askar"}'`),
    "a pattern with a comma": setting("ACAPY_UNIVERSAL_RESOLVER_REGEX", '"did:(web|key):.{1,20}"'),
    Kanon: agent("walletType: kanon-anoncreds"),
    "tenants that the database has room for": agent('tenants: 2, environment: { ACAPY_MULTITENANT: "true" }'),
    "any number of tenants in one wallet": agent(
        `tenants: 500, environment: { ACAPY_MULTITENANT: "true", ` +
            "ACAPY_MULTITENANCY_CONFIGURATION: wallet_type=single-wallet-askar }",
    ),
    "tenants that nobody has counted": agent('environment: { ACAPY_MULTITENANT: "true" }'),
    "a log in /tmp": setting("ACAPY_LOG_FILE", "/tmp/acapy.log"),
    "what is switched off": setting("ACAPY_WALLET_TEST", '"false"'),
    "a later patch": `agentVersion: 1.6.4\n${agent("")}`,
    "a setting of the newest release": setting("ACAPY_OAUTH_ENABLED", '"true"'),
    "each credential step by itself": agent(
        "environment: { " +
            'ACAPY_AUTO_RESPOND_CREDENTIAL_OFFER: "true", ACAPY_AUTO_RESPOND_CREDENTIAL_PROPOSAL: "true", ' +
            'ACAPY_AUTO_RESPOND_CREDENTIAL_REQUEST: "true", ACAPY_AUTO_STORE_CREDENTIAL: "true", ' +
            'ACAPY_ANONCREDS_LEGACY_REVOCATION: accept, ACAPY_AUTO_RESPOND_PRESENTATION_REQUEST: "true" }',
    ),
    "several ledgers in a file": setting("ACAPY_GENESIS_TRANSACTIONS_LIST", "/tmp/ledgers.yaml"),
};

describe("agents of a stack file", () => {
    refusals(BROKEN);

    for (const [name, yaml] of Object.entries(RIGHT)) {
        it(`are right with ${name}`, () => {
            expect(problemsOf(yaml)).to.deep.equal([]);
        });
    }

    it("have no WebSockets unless they ask for them; a mediator has one task and a port for them", () => {
        const { agents } = readConfig(
            handedOver(`${PROD}agents: { issuer: {}, m: { mediator: true } }`),
            "identity",
            () => false,
        ).config!;
        expect(agents.issuer).to.include({ count: 3, mediator: false, webSocketPort: undefined });
        expect(agents.m).to.include({ count: 1, mediator: true, webSocketPort: 8022 });
    });
});

describe("the settings of ACA-Py", () => {
    it("are those of the version that the agents' image is made of", () => {
        const dockerfile = readFileSync("images/acapy-agent/Dockerfile", "utf8");
        const named = /^ARG ACAPY_IMAGE=\S+-(\d+\.\d+\.\d+)(@\S+)?$/m.exec(dockerfile)?.[1];
        expect(named).to.equal(releases.at(-1));
        expect(Object.keys(settings)).to.have.length.greaterThan(100);
        expect(Object.keys(settings)).to.include.members(Object.keys(since));
    });

    it("are told apart by the release that they came with", () => {
        expect(isSince("1.7.0", "1.7.0")).to.equal(true);
        expect(isSince("1.10.0", "1.7.0")).to.equal(true);
        expect(isSince("1.7.1", "1.7.0")).to.equal(true);
        expect(isSince("1.6.9", "1.7.0")).to.equal(false);
        expect(isSince("1.7.0", "2.0.0")).to.equal(false);
    });
});
