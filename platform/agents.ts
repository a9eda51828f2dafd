import { AgentCluster } from "../components/agent-cluster";
import { LEDGER_LIST } from "../components/agent-variables";
import type { Architecture } from "../components/fargate/architecture";
import { WalletDb } from "../components/wallet-db";
import type { DevLedger } from "../components/dev-ledger";
import type { AgentConfig, PlatformConfig } from "../config/defaults";
import type { District } from "./district";
import { databaseBuildArgs } from "./images";
import { TAILS_USER } from "../components/agent-tails";
import { mapSequentially } from "./one-by-one";
import { sharedWallet } from "./shared-database";

/** The official image of another release than the Dockerfile names: 1.5 and later need Python 3.13. */
const releaseArgs = ({ agentVersion }: PlatformConfig): Record<string, string> =>
    agentVersion === undefined
        ? {}
        : { ACAPY_IMAGE: `ghcr.io/openwallet-foundation/acapy-agent:py3.13-${agentVersion}` };

/** A ledger of its own, or several. */
const hasLedger = ({ genesisUrl, environment, secrets }: AgentConfig) =>
    genesisUrl !== undefined || LEDGER_LIST in environment || LEDGER_LIST in secrets;

/** The clusters of agents that the stack file names, on one image and one database; those without a ledger are on the stack's own. */
export async function agentClusters(district: District, ledger: DevLedger | undefined) {
    const {
        config,
        opts,
        cluster,
        plugins,
        images,
        secrets,
        vpc,
        publicEndpoint: didcomm,
        adminEndpoint: admin,
    } = district;
    const { protect, logRetentionDays, exec, agents: configured } = config;
    const { alarms } = district;
    if (Object.keys(configured).length === 0) return { agents: {}, walletDb: undefined };
    const architectures = Object.values(configured).map(({ architecture }) => architecture);
    const image = (architecture: Architecture) =>
        images.shared(
            "acapy-agent",
            config.agentImage
                ? { existing: config.agentImage }
                : {
                      context: "images/acapy-agent", // from the project's root, where Pulumi runs a program and its providers
                      args: { ...databaseBuildArgs(config.region), ...releaseArgs(config) },
                  },
            architecture,
            architectures,
        );
    const walletDb = config.walletDb.shared
        ? undefined
        : new WalletDb("wallet-db", { ...config.walletDb, vpc, secrets, logRetentionDays, protect, alarms }, opts);
    if (walletDb) district.databases["wallet-db"] = walletDb.access;
    const agents = await mapSequentially(configured, (name, agent) => {
        const agentSecrets = district.secretSources.secretsOf(name, agent.secrets);
        const { tls, ...own } = agent;
        const settings = { ...own, secrets, agentSecrets, exec, logRetentionDays, protect };
        const devLedger = hasLedger(agent) ? undefined : ledger;
        const storage = walletDb ?? sharedWallet(district.shared!, name);
        if (!walletDb) district.databases[`${name}-db`] = storage.access;
        // With the ledger's an agent's tasks are in five groups: the reachable services let that one in (see `heritages.ts`).
        const calls = devLedger ? { ...district.calls, callersGroupId: undefined } : district.calls;
        const around = {
            cluster,
            alarms,
            plugins,
            vpc,
            image: image(agent.architecture),
            tls: district.tls(tls, agent.architecture),
            walletDb: storage,
            didcomm,
            admin,
            devLedger,
            calls,
            tails: tailsOf(name, agent, district),
        };
        return new AgentCluster(name, { ...settings, ...around }, opts);
    });
    if (!walletDb) district.shared!.closeAfter(Object.values(agents).map(({ serviceName }) => serviceName));
    return { agents, walletDb };
}

/** The server's image and its file system, of a cluster that has tails files. */
function tailsOf(name: string, { tails, architecture }: AgentConfig, district: District) {
    if (tails === undefined) return undefined;
    const { config, images } = district;
    const { port, image, backups } = tails;
    const users = Object.values(config.agents).filter((agent) => agent.tails);
    const { volume } = district.newFileSystem(`${name}-tails`, { user: TAILS_USER, backups });
    return {
        port,
        volume,
        image: images.shared(
            "tails-server",
            image === undefined ? { context: "images/tails-server" } : { existing: image },
            architecture,
            users.map((agent) => agent.architecture),
        ),
    };
}
