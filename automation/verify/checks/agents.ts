/** Article 000: agents on one wallet. */
import { randomBytes } from "node:crypto";
import { answerText, Cluster, clusterNames, connected, statesOf } from "../agents";
import { type Check, Failed } from "../check";
import { request } from "../http";

const OTHER_WALLET = "a task with another wallet, or another database";

/** A DID cannot be deleted, so its name explains it. It never resolves (.invalid, RFC 6761). */
const newDid = () =>
    `did:web:verify-${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString("hex")}.invalid`;

export const did: Check = {
    name: "agents-did",
    proves: "a DID that is made by one agent is seen by all of its cluster",
    async run(target) {
        const found: string[] = [];
        for (const name of clusterNames(target)) {
            const cluster = await Cluster.of(target, name);
            // A DID from each task if all can be reached, else one through the load balancer.
            for (const base of cluster.each ?? [cluster.adminUrl]) found.push(await isSeenByAll(cluster, base));
        }
        return [...found, "DIDs cannot be deleted: these stay in the wallets"];
    },
};

async function isSeenByAll(cluster: Cluster, base: string): Promise<string> {
    const created = newDid();
    const options = { key_type: "ed25519", did: created };
    await cluster.call("POST", "/wallet/did/create", { json: { method: "web", options } }, base);
    const lists = await cluster.everywhere(async (adminUrl): Promise<string[]> => {
        const { results } = await cluster.call("GET", `/wallet/did?did=${encodeURIComponent(created)}`, {}, adminUrl);
        return results.map((result: { did: string }) => result.did);
    });
    const without = lists.filter((list) => !list.includes(created)).length;
    if (without > 0) {
        throw new Failed(
            `${created}, made by one task of ${cluster.name}, in the list of each`,
            `it is not in ${without} of ${lists.length} answers (${cluster.how})`,
            OTHER_WALLET,
        );
    }
    return `${cluster.name}: ${created} in all lists (${cluster.how})`;
}

export const connection: Check = {
    name: "agents-connection",
    proves: "a connection that is made by one agent is active on all of its cluster",
    run: (target, context) =>
        connected(target, context, async ({ issuer, issuers, holder, holders }) => {
            const found: string[] = [];
            for (const [cluster, id] of [
                [issuer, issuers],
                [holder, holders],
            ] as const) {
                const states = await statesOf(cluster, id);
                const notActive = states.filter((state) => state !== "active");
                if (notActive.length > 0) {
                    throw new Failed(
                        `the connection ${id} to be active on every task of ${cluster.name}`,
                        `${notActive.length} of ${states.length} answers: ${[...new Set(notActive)].join(", ")} (${cluster.how})`,
                        OTHER_WALLET,
                    );
                }
                found.push(`${cluster.name}: active in all answers (${cluster.how})`);
            }
            return [...found, "removed from both wallets"];
        }),
};

export const key: Check = {
    name: "agents-key",
    proves: "the admin API answers nobody without the right key",
    async run(target) {
        const found: string[] = [];
        const wrong = { "X-API-Key": randomBytes(16).toString("hex") };
        for (const name of clusterNames(target)) {
            const cluster = await Cluster.of(target, name);
            const attempts = [
                ["without a key", "GET", "/wallet/did", {}, 401],
                ["with a wrong key", "GET", "/wallet/did", wrong, 401],
                ["without a key", "POST", "/wallet/did/create", {}, 401],
                ["without a key", "GET", "/connections", {}, 401],
                ["with the key", "GET", "/wallet/did", { "X-API-Key": cluster.key }, 200],
            ] as const;
            for (const [how, method, path, headers, status] of attempts) {
                const answers = await cluster.everywhere((base) => cluster.ask(method, path, { headers }, base));
                const wrongAnswer = answers.find((answer) => answer.status !== status);
                // The body is not shown: it may list DIDs.
                if (wrongAnswer) {
                    throw new Failed(
                        `${status} from ${name} for ${method} ${path} ${how}`,
                        wrongAnswer.status < 300 ? String(wrongAnswer.status) : answerText(wrongAnswer),
                    );
                }
            }
            found.push(`${name}: 401 without the key and with a wrong one, 200 with it (${cluster.how})`);
        }
        return found;
    },
};

/** Paths of the admin API that the public endpoint must not have. */
const ADMIN_PATHS = ["/status/ready", "/wallet/did", "/connections", "/api/doc"];

export const didcomm: Check = {
    name: "agents-didcomm",
    proves: "the public DIDComm endpoint answers, and has nothing of the admin API",
    async run(target) {
        const found: string[] = [];
        for (const name of clusterNames(target)) {
            const { didcommUrl } = target.agents[name]!;
            const nonsense = await request(target, didcommUrl, {
                method: "POST",
                body: "no message",
                timeoutSeconds: 20,
            });
            if (nonsense.status >= 500) throw new Failed(`an agent behind ${didcommUrl}`, answerText(nonsense));
            for (const path of ADMIN_PATHS) {
                const answer = await request(target, didcommUrl + path);
                if (![404, 405].includes(answer.status)) {
                    throw new Failed(
                        `404 for ${didcommUrl}${path}`,
                        String(answer.status),
                        "the admin API is behind the public endpoint",
                    );
                }
            }
            found.push(`${name}: ${didcommUrl} answers, and ${ADMIN_PATHS.join(", ")} are 404 there`);
        }
        return found;
    },
};
