import { expect } from "chai";
import { posts } from "../../../automation/verify/checks/posts";
import { tasks as running } from "../../../automation/verify/checks/tasks";
import type { Task } from "../../../automation/verify/target";
import { absent, answer, body, failed, passed, Servers, target, tasks } from "./support";

describe("verify: the sample API", () => {
    let servers: Servers;
    beforeEach(() => void (servers = new Servers()));
    afterEach(() => servers.close());

    /** Two tasks, each with its database: the same one, unless `apart`. */
    async function api({ apart = false, words = 3 as number | null, status = 201 } = {}) {
        const one: { title: string }[] = [];
        const databases = [one, apart ? [] : one];
        let asked = 0;
        const port = await servers.http(async (request, response) => {
            const database = databases[asked++ % 2]!;
            const shown = (post: { title: string }, i: number) => ({ ...post, id: i + 1, words });
            const all = database.map(shown);
            if (request.method === "POST") {
                const { title } = JSON.parse(await body(request));
                if (status === 201) database.push({ title });
                return answer(response, status, { id: database.length });
            }
            const [, id] = /\/posts\/(\d+)/.exec(request.url!) ?? [];
            if (id === undefined) return answer(response, 200, { posts: all });
            const found = all[Number(id) - 1];
            return answer(response, found ? 200 : 404, found ?? { error: { code: "not_found" } });
        });
        return target({
            services: { "sample-api-web": `http://127.0.0.1:${port}/posts` },
            serviceNames: ["sample-api-web", "sample-api-worker"],
            taskDefinition: async () => ({
                containerDefinitions: [{ name: "app", image: "r/sample-api-29be1f1@sha256:0" }],
            }),
            service: async () => ({ wanted: 2, tasks: tasks({}, {}) }),
        });
    }

    it("passes where every task has the post, and the worker counts its words", async () => {
        expect(await passed(posts, await api())).to.match(
            /^sample-api-web: post 1 written and read \(21 requests over 2 tasks\)\nsample-api-worker counted its words/,
        );
    });

    it("fails where a task has another database, and where the database is away", async () => {
        expect(await failed(posts, await api({ apart: true }))).to.match(/on every task; seen: 404 .*another database/);
        expect(await failed(posts, await api({ status: 503 }))).to.contain("expected 201 for POST");
    });

    it("fails where nobody counts the words, or wrongly", async () => {
        expect(await failed(posts, await api({ words: null }))).to.match(/counted by sample-api-worker .*seen: none/);
        expect(await failed(posts, await api({ words: 4 }))).to.contain("seen: 4");
    });

    it("says that the stack does not run it", async () => {
        expect(await absent(posts, target())).to.contain("does not run the sample API");
    });
});

describe("verify: tasks", () => {
    const at = (wanted: number, ...some: Partial<Task>[]) =>
        target({
            serviceNames: ["issuer"],
            service: async () => ({ wanted, tasks: some.map((one, i) => ({ ...tasks({}, {}, {})[i]!, ...one })) }),
        });

    it("pass where there are as many as there should be, all of them well or without a check", async () => {
        expect(await passed(running, at(2, {}, { healthy: undefined }))).to.equal("issuer 2");
        expect(await absent(running, target())).to.equal("the stack has no services");
    });

    it("fail where one is missing, starts, or is not well", async () => {
        const expected = "expected 2 tasks of issuer, all of them well; seen: issuer: ";
        expect(await failed(running, at(2, {}))).to.equal(`${expected}task-1 RUNNING, well`);
        expect(await failed(running, at(2))).to.equal(`${expected}none`);
        expect(await failed(running, at(2, {}, { status: "PENDING" }))).to.contain("task-2 PENDING");
        expect(await failed(running, at(2, {}, { healthy: false }))).to.contain("task-2 RUNNING, not well");
    });
});
