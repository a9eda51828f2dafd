/** Articles 001 and 002: an application, its worker and its database, with credentials out of SSM. */
import { randomBytes } from "node:crypto";
import { adminInReach, LABEL, requestsFor, answerText } from "../agents";
import { NotInStack, type Check, count, Failed, pollUntil } from "../check";
import { request } from "../http";
import { runs, type Target } from "../target";

const BODY = "three little words";
const WORKER_SECONDS = 60;
const MEANS = "a task with another database, or with credentials for another";

export const posts: Check = {
    name: "posts",
    proves: "the sample API writes and reads posts, in a database whose credentials its tasks read from SSM",
    async run(target, context) {
        const found: string[] = [];
        for (const [name, url] of await sampleApis(target)) {
            const { id, title } = await newPost(target, url, BODY);
            const { tasks } = await target.service(name);
            const reads = requestsFor(tasks.length);
            for (let i = 0; i < reads; i++) {
                const read = await request(target, `${url}/${id}`);
                if (read.status !== 200 || read.json().title !== title) {
                    // The body is not shown: it may be another user's post.
                    const seenText = read.status === 200 ? "200, another post" : answerText(read);
                    throw new Failed(`the new post from GET ${url}/${id}, on every task`, seenText, MEANS);
                }
            }
            const listed = await request(target, `${url}?limit=100`);
            if (!listed.text.includes(title))
                throw new Failed(`“${title}” among the posts of ${url}`, `${listed.status}, without it`, MEANS);
            found.push(
                `${name}: post ${id} written and read (${count(reads, "request")} over ${count(tasks.length, "task")})`,
            );

            const worker = target.serviceNames.find((service) => service === name.replace(/[^-]+$/, "worker"));
            if (worker && worker !== name) {
                const words = await pollUntil(WORKER_SECONDS, context, async () => {
                    const read = await request(target, `${url}/${id}`);
                    return (read.json().words as number | null) ?? undefined;
                });
                const right = BODY.split(" ").length;
                if (words !== right) {
                    throw new Failed(
                        `${right} words of post ${id} counted by ${worker} within ${WORKER_SECONDS} s`,
                        words === undefined ? "none" : String(words),
                        "the worker does not run, or has another database",
                    );
                }
                found.push(`${worker} counted its words`);
            }
            found.push("the API deletes no posts: it stays until the nightly task takes it");
        }
        return found;
    },
};

/** The services that run it, with their URLs. */
export async function sampleApis(target: Target): Promise<[[string, string], ...[string, string][]]> {
    const found: [string, string][] = [];
    for (const [name, url] of Object.entries(target.services)) {
        if (!runs(await target.taskDefinition(name), "sample-api")) continue;
        if (target.internal(url)) await adminInReach(target);
        found.push([name, url]);
    }
    const [first, ...others] = found;
    if (!first) throw new NotInStack("the stack does not run the sample API (images/sample-api)");
    return [first, ...others];
}

export async function newPost(target: Target, url: string, body: string): Promise<{ id: unknown; title: string }> {
    const title = `${LABEL} ${randomBytes(4).toString("hex")}`;
    const created = await request(target, url, { json: { title, body } });
    if (created.status !== 201) throw new Failed(`201 for POST ${url}`, answerText(created));
    return { id: created.json().id, title };
}
