import { expect } from "chai";
import { BEFORE, disturb, failuresAround } from "../../../automation/verify/load/disturbance";
import { loads, type Measured } from "../../../automation/verify/load/loads";
import { steady } from "../../../automation/verify/load/steady";
import { loadTable } from "../../../automation/verify/load/table";
import { type Outcome, runChecks } from "../../../automation/verify/run";
import type { Target } from "../../../automation/verify/target";
import { agentsTarget, FakeCluster } from "./fake-agents";
import { FakeKeycloak } from "./fake-keycloak";
import { answer, AROUND, Servers, target } from "./support";

const RATE = { perSecond: 50, seconds: 0.2 };
const PLAIN = { dim: String, bold: String, cyan: String };

describe("verify --load", () => {
    let servers: Servers;
    beforeEach(() => void (servers = new Servers()));
    afterEach(() => servers.close());

    async function run(own: Target, name: string, { disruptive = true, signal = AROUND.signal } = {}) {
        const measured: Measured[] = [];
        const checks = loads(RATE, measured).map((check) => ({
            ...check,
            run: (...[at, context]: Parameters<typeof check.run>) =>
                check.run(at, { ...context, patience: AROUND.patience! }),
        }));
        const quiet = { said: () => undefined, ended: () => undefined };
        const chosen = checks.filter((check) => check.name === name);
        const [outcome] = await runChecks(own, chosen, { disruptive, signal }, quiet);
        return { outcome: outcome!, figures: measured[0] };
    }
    const seen = (outcome: Outcome) => ("seen" in outcome ? String(outcome.seen) : outcome.reason);

    async function keycloak() {
        const fake = new FakeKeycloak(2);
        const own = await fake.target(servers);
        return { fake, own: { ...own, taskDefinition: async () => ({ cpu: "512" }) } };
    }
    const clusters = () => ({ issuer: new FakeCluster(2), holder: new FakeCluster(1) });
    const connectionsOf = (all: Record<string, FakeCluster>) =>
        Object.values(all).map((cluster) => cluster.tasks[0]!.wallet.connections.size);

    it("counts the time that a request waits for its turn, and what it could not send", async () => {
        let answers = () => {};
        const answered = new Promise<void>((resolve) => (answers = resolve));
        const figures = await steady({ perSecond: 10_000, seconds: 0.05 }, AROUND.signal, (i) => {
            if (i === 255) setTimeout(answers, 100);
            return answered;
        });
        expect(figures).to.include({ sent: 256, unsent: 244 });
        expect(figures.donePerSecond).to.be.below(2600);
        expect(figures.p50).to.be.at.least(99);
        let free = Promise.resolve<unknown>(undefined);
        const oneByOne = () => (free = free.then(() => new Promise((resolve) => setTimeout(resolve, 20))));
        const queued = await steady({ perSecond: 100, seconds: 0.2 }, AROUND.signal, oneByOne);
        expect(queued.p99! - queued.p50!).to.be.at.least(90);
    });

    it("counts failures by what went wrong, and no time of theirs", async () => {
        const ask = async (i: number) => {
            if (i % 4 === 0) throw new Error(i === 0 ? "rare" : "503");
        };
        const { sent, failed, failedAt } = await steady({ perSecond: 400, seconds: 0.05 }, AROUND.signal, ask);
        expect({ sent, failed }).to.deep.equal({ sent: 20, failed: { rare: 1, 503: 4 } });
        expect(failedAt).to.deep.equal([0, 0.01, 0.02, 0.03, 0.04]);
        const none = await steady({ perSecond: 20, seconds: 0.1 }, AROUND.signal, () => Promise.reject(new Error("x")));
        expect(none).to.include({ donePerSecond: 0 }).and.not.to.have.property("p50");
    });

    it("says what failed before a command, in its first ten seconds, and later", () => {
        const load = { perSecond: 20, seconds: 60, sent: 1200, unsent: 0, failed: {}, donePerSecond: 20 };
        const disturbance = { command: "kill it", beganAt: 10, took: 0.1 };
        expect(failuresAround({ ...load, failedAt: [2, 10, 10.5, 19.9, 20, 31.25] }, disturbance)).to.equal(
            "failed: 1 before it, 3 of 200 in its first 10 s, 2 of 800 later; the last one 21.3 s after it began",
        );
        expect(failuresAround({ ...load, failedAt: [] }, disturbance)).to.equal(
            "failed: 0 before it, 0 of 200 in its first 10 s, 0 of 800 later",
        );
        const short = { ...load, seconds: 12, sent: 240, failedAt: [9, 11] };
        expect(failuresAround(short, disturbance)).to.equal(
            "failed: 1 before it, 1 of 40 in its first 10 s, 0 of 0 later; the last one 1.0 s after it began",
        );
    });

    it("runs the command once the load has gone on for a while, and tells of one that failed", async function () {
        const { signal } = AROUND;
        const [well, ill] = await Promise.all([
            disturb("true", signal),
            disturb("echo so; echo why >&2; exit 3", signal),
        ]);
        expect(well).to.have.keys("command", "beganAt", "took");
        expect(well.beganAt).to.be.at.least(BEFORE);
        expect(ill.error).to.match(/^it ended with 3: (so\nwhy|why\nso)$/);
    });

    for (const name of ["log-ins", "refreshes"]) {
        it(`${name}: divides by the vCPUs of all nodes, and leaves no realm behind`, async () => {
            const { fake, own } = await keycloak();
            const { outcome, figures } = await run(own, name);
            expect(outcome.status, seen(outcome)).to.equal("passed");
            expect(figures).to.deep.include({ sent: 10, failed: {}, per: { number: 1, what: "vCPU" } });
            expect(fake.realms.size).to.equal(0);
        });

        it(`${name}: fails where nodes do not share sessions, and leaves no realm behind`, async () => {
            const { fake, own } = await keycloak();
            fake.shared = false;
            const { outcome } = await run(own, name);
            expect(outcome.status).to.equal("failed");
            expect(fake.realms.size).to.equal(0);
        });
    }

    it("leaves no realm behind where it is interrupted", async () => {
        const { fake, own } = await keycloak();
        const abort = new AbortController();
        const redirects = { ...own, connectTo: own.connectTo };
        let asked = 0;
        redirects.connectTo = (host, port) => {
            if (asked++ === 12) abort.abort();
            return own.connectTo(host, port);
        };
        const error = await run(redirects, "log-ins", { signal: abort.signal }).catch((e: Error) => e);
        expect(error).to.have.property("name", "AbortError");
        expect(fake.realms.size).to.equal(0);
    });

    it("messages: counts those that arrive, and those that do not", async () => {
        const all = clusters();
        const own = await agentsTarget(servers, all);
        const good = await run(own, "messages");
        expect(good.outcome.status, seen(good.outcome)).to.equal("passed");
        expect(good.figures).to.deep.include({ sent: 10, failed: {}, per: { number: 2, what: "agents" } });
        expect(connectionsOf(all)).to.deep.equal([0, 0]);
    });

    it("connections: removes all of them, also where none becomes active", async () => {
        const all = clusters();
        const own = await agentsTarget(servers, all);
        expect((await run(own, "connections")).figures).to.deep.include({ sent: 10, failed: {} });
        expect(connectionsOf(all)).to.deep.equal([0, 0]);
        all.issuer.state = all.holder.state = "request";
        const { outcome } = await run(own, "connections");
        expect(seen(outcome)).to.match(/^10 failed: .*to be active/);
        expect(connectionsOf(all)).to.deep.equal([0, 0]);
    });

    it("posts and requests: fail where some answers are errors", async () => {
        let asked = 0;
        const port = await servers.http((request, response) => {
            if (request.method === "POST") return answer(response, 201, { id: 7 });
            answer(response, asked++ % 5 === 4 ? 503 : 200);
        });
        const url = `http://127.0.0.1:${port}/posts`;
        const containerDefinitions = [{ name: "app", image: "r/sample-api-29be1f1@sha256:0" }];
        const own = target({ services: { api: url }, taskDefinition: async () => ({ containerDefinitions }) });
        expect(seen((await run(own, "posts")).outcome)).to.equal(`2 failed: 2 × 503 for GET ${url}/7`);
        expect(seen((await run(own, "requests")).outcome)).to.equal(`2 failed: 2 × 503 for GET ${url}`);
    });

    it("says what the stack does not have, and loads nothing where others depend on it", async () => {
        for (const { name } of loads(RATE, []))
            expect((await run(target(), name)).outcome.status, name).to.equal("absent");
        const { outcome } = await run(target(), "log-ins", { disruptive: false });
        expect(outcome).to.include({ status: "skipped", remedy: "--disruptive runs it" });
    });

    it("fits its table into a terminal of eighty columns", () => {
        const figures = { sent: 3000, unsent: 0, perSecond: 1000, seconds: 10, failed: { 503: 12 }, failedAt: [] };
        const most = { ...figures, donePerSecond: 987.65, p50: 12_345.6, p95: 23_456, p99: 34_567 };
        const none = { ...figures, donePerSecond: 0 };
        const text = loadTable(
            [
                { name: "log-ins", ...most, per: { number: 0.5, what: "vCPU" } },
                { name: "connections", ...none },
            ],
            { ...PLAIN, width: 80 },
        );
        expect(text.split("\n").map((line) => line.trim())).to.deep.equal([
            "a second     asked  done   for each           failed  p50 ms  p95    p99",
            "log-ins      1000   987.7  1975.3 (0.5 vCPU)  12      12346   23456  34567",
            "connections  1000   0                         12      –       –      –",
            "",
        ]);
    });
});
