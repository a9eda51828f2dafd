import { expect } from "chai";
import { requestsFor } from "../../../automation/verify/agents";
import * as agents from "../../../automation/verify/checks/agents";
import { messages } from "../../../automation/verify/checks/messages";
import { agentsTarget, FakeCluster } from "./fake-agents";
import { absent, answer, failed, OUT_OF_REACH, passed, Servers, skipped, target } from "./support";

describe("verify: agents", () => {
    let servers: Servers;
    let issuer: FakeCluster;
    let holder: FakeCluster;
    beforeEach(() => {
        servers = new Servers();
        [issuer, holder] = [new FakeCluster(2), new FakeCluster(1)];
    });
    afterEach(() => servers.close());

    const ALL = [agents.did, agents.connection, messages, agents.key] as const;

    it("asks so often that no task was left out, but for one chance in a million", () => {
        expect([1, 2, 3, 6].map(requestsFor)).to.deep.equal([1, 21, 37, 86]);
        for (const tasks of [2, 3, 6]) {
            expect(tasks * (1 - 1 / tasks) ** requestsFor(tasks)).to.be.below(1e-6);
        }
    });

    for (const apart of [false, true]) {
        const how = apart ? "task by task" : "through the load balancer";
        it(`passes where the tasks of a cluster share a wallet, ${how}`, async () => {
            const own = await agentsTarget(servers, { issuer, holder }, apart);
            const [did, connection, spread, key] = [
                await passed(agents.did, own),
                await passed(agents.connection, own),
                await passed(messages, own),
                await passed(agents.key, own),
            ];
            expect(did).to.match(/^issuer: did:web:verify-[\d-]+-[0-9a-f]{8}\.invalid in all lists/);
            expect(did).to.contain(apart ? "each of 2 tasks asked" : "21 requests spread over 2 tasks");
            expect(connection)
                .to.match(/^issuer: active in all answers/)
                .and.to.contain("removed from both wallets");
            expect(spread).to.contain("holder to issuer: 4 messages, 2 and 2 on 2 tasks");
            expect(spread).to.match(/issuer to holder: \d messages, .*all received/);
            expect(key).to.contain("issuer: 401 without the key and with a wrong one, 200 with it");
            for (const cluster of [issuer, holder]) expect(cluster.tasks[0]!.wallet.connections.size).to.equal(0);
        });

        it(`fails where one of the tasks has another wallet, ${how}`, async () => {
            const own = await agentsTarget(servers, { issuer, holder }, apart);
            issuer.split();
            expect(await failed(agents.did, own)).to.match(
                /made by one task of issuer, in the list of each; seen: it is not in \d+ of \d+ answers.*another wallet/,
            );
            expect(await failed(agents.connection, own)).to.match(/to be active .*issuer.*404.*another wallet/);
        });
    }

    it("fails where messages reach one of two tasks alone", async () => {
        const own = await agentsTarget(servers, { issuer, holder });
        issuer.receiver = () => issuer.tasks[1]!;
        expect(await failed(messages, own)).to.equal(
            "expected messages of holder to land on 2 tasks of issuer; seen: 20 messages landed on 1 task: 20",
        );
    });

    it("fails where a connection does not become active, and takes it out again", async () => {
        const own = await agentsTarget(servers, { issuer, holder });
        issuer.state = "request-sent";
        expect(await failed(agents.connection, own)).to.match(
            /to be active at issuer within 30 s; seen: request-sent .*DIDComm endpoint/,
        );
        expect(issuer.tasks[0]!.wallet.connections.size).to.equal(0);
    });

    it("says that a task does not know a connection which does not become active", async () => {
        for (const apart of [false, true]) {
            const own = await agentsTarget(servers, { issuer, holder }, apart);
            issuer.split();
            issuer.state = "request-sent"; // the answer came to the task with the other wallet
            expect(await failed(agents.connection, own)).to.match(
                /to be active at issuer within 30 s; seen: (request-sent, 404|404.*, request-sent) .*another wallet/,
            );
        }
    });

    it("fails where a stranger is answered", async () => {
        const own = await agentsTarget(servers, { issuer, holder });
        holder.open = true;
        expect(await failed(agents.key, own)).to.equal(
            "expected 401 from holder for GET /wallet/did without a key; seen: 200",
        );
    });

    it("fails where the public endpoint leads to the admin API", async () => {
        const own = await agentsTarget(servers, { issuer, holder });
        expect(await passed(agents.didcomm, own)).to.contain(
            "/status/ready, /wallet/did, /connections, /api/doc are 404",
        );
        const { issuer: one, holder: other } = own.agents;
        const swapped = { ...own, agents: { issuer: { ...one!, didcommUrl: one!.adminUrl }, holder: other! } };
        expect(await failed(agents.didcomm, swapped)).to.match(/expected 404 .*seen: 401 .*behind the public endpoint/);
        const away = await servers.http((_, response) => answer(response, 503, "no targets"));
        const gone = { ...own, agents: { issuer: { ...one!, didcommUrl: `http://127.0.0.1:${away}` } } };
        expect(await failed(agents.didcomm, gone)).to.contain("seen: 503 no targets");
    });

    it("is skipped, and not passed, where the admin endpoint is out of reach", async () => {
        const own = { ...OUT_OF_REACH, agents: { ...OUT_OF_REACH.agents, holder: OUT_OF_REACH.agents.issuer! } };
        for (const check of ALL) expect(await skipped(check, own)).to.equal("it is in the VPC: take the VPN");
    });

    it("says what the stack does not have", async () => {
        for (const check of [...ALL, agents.didcomm]) {
            expect(await absent(check, target())).to.equal("the stack has no agents");
        }
        const alone = await agentsTarget(servers, { issuer });
        for (const check of [agents.connection, messages]) expect(await absent(check, alone)).to.contain("no holder");
        expect(await passed(agents.did, alone)).to.contain("issuer");
    });
});
