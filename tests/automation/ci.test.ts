import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { comment, MARKER } from "../../automation/ci/comment";
import { identity } from "../../automation/commands";
import type { CommandContext } from "../../automation/shared/context";

const RUN = "https://github.com/acme/identity/actions/runs/7";

describe("npm run ci -- comment", () => {
    let folder: string;
    let server: Server;
    let comments: { id: number; body: string; user: { type: string } }[];
    let asked: string[];

    before((done) => {
        folder = mkdtempSync(path.join(tmpdir(), "previews-"));
        writeFileSync(path.join(folder, "preview-dev.md"), "### ✅ Stack `dev`\n\n3 to create\n");
        server = createServer((request, response) => {
            const { pathname, searchParams } = new URL(request.url!, "http://here");
            asked.push(`${request.method} ${pathname}`);
            const chunks: Buffer[] = [];
            request.on("data", (chunk: Buffer) => chunks.push(chunk));
            request.on("end", () => {
                if (request.headers.authorization !== "Bearer t0ken") return response.writeHead(401).end("bad token");
                const { body } = JSON.parse(Buffer.concat(chunks).toString() || "{}") as { body: string };
                if (request.method === "POST") comments.push({ id: 900, body, user: { type: "Bot" } });
                const id = Number(pathname.split("/").pop());
                if (request.method === "PATCH") comments.find((one) => one.id === id)!.body = body;
                const first = (Number(searchParams.get("page")) - 1) * 100;
                response.end(JSON.stringify(request.method === "GET" ? comments.slice(first, first + 100) : {}));
            });
        }).listen(0, "127.0.0.1", done);
    });
    after(() => {
        server.close();
        rmSync(folder, { recursive: true });
    });
    beforeEach(() => {
        asked = [];
        // A page of what people wrote, one of them with the marker; and the first on the next page is not of the workflow, either.
        comments = Array.from({ length: 101 }, (_, i) => ({
            ...{ id: i + 1, user: { type: "User" } },
            body: i === 3 ? `${MARKER} me, too` : "fine",
        }));
    });

    async function run(token = "t0ken", ...args: string[]) {
        const said = { out: "", err: "" };
        const env = {
            GITHUB_TOKEN: token,
            GITHUB_REPOSITORY: "acme/identity",
            GITHUB_RUN_ID: "7",
            GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        };
        const all = args.length > 0 ? args : ["comment", "--pull-request", "5", "--folder", folder];
        const code = await identity(["ci", ...all], {
            root: process.cwd(),
            out: (text: string) => void (said.out += text),
            err: (text: string) => void (said.err += text),
            signal: new AbortController().signal,
            env,
        } as unknown as CommandContext);
        return { code, ...said };
    }

    it("makes one comment, and updates it from then on, whoever else has written the marker", async () => {
        expect(await run()).to.include({ code: 0, out: "the comment was made\n" });
        const { length } = comments;
        writeFileSync(path.join(folder, "preview-dev.md"), "### ✅ Stack `dev`\n\nnothing to do\n");
        expect(await run()).to.include({ code: 0, out: "the comment was updated\n" });
        expect(comments).to.have.length(length);
        expect(comments.at(-1)!.body).to.contain("nothing to do").and.not.to.contain("3 to create");
        expect(comments[3]!.body).to.contain("me, too");
        expect(asked.at(-1)).to.equal("PATCH /repos/acme/identity/issues/comments/900");
    });

    it("says which stack has no preview, and where to look; of prod a pull request has none", async () => {
        const file = path.join(folder, "preview-dev.md");
        const before = readFileSync(file);
        rmSync(file);
        await run();
        writeFileSync(file, before);
        expect(comments.at(-1)!.body).to.contain(`### Stack \`dev\`\n\nThere is no preview: [the run](${RUN})`);
        expect(comments.at(-1)!.body).not.to.contain("`prod`");
    });

    it("fits into a comment, however long the previews are, with what is open closed", () => {
        for (const stack of ["a", "b"]) {
            const rows = Array.from({ length: 5000 }, (_, i) => `- resource ${i}`).join("\n");
            writeFileSync(
                path.join(folder, `preview-${stack}.md`),
                `### ${stack}\n<details>\n\n\`\`\`\n${rows}\n\`\`\`\n</details>\n`,
            );
        }
        const text = comment(["a", "b"], folder, RUN);
        expect(text.length).to.be.below(65_536);
        expect(text.match(/<details>/g)).to.have.length(2);
        expect(text.match(/<\/details>/g)).to.have.length(2);
        expect(text.match(/^```/gm)).to.have.length(4);
        expect(text.match(/It goes on in \[the run\]/g)).to.have.length(2);
    });

    it("says what GitHub refused, and which arguments are wrong", async () => {
        const refused = await run("other");
        expect(refused.code).to.equal(1);
        expect(refused.err).to.contain("401 bad token");
        expect((await run("t0ken", "comment", "--pull-request", "x")).err).to.contain(
            "--pull-request x: a whole number",
        );
        expect((await run("t0ken", "nothing")).code).to.equal(2);
        expect((await run("", "comment", "--pull-request", "1", "--folder", folder)).err).to.contain("GITHUB_TOKEN");
    });
});
