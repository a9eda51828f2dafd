import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { identity } from "../../automation/commands";
import type { CommandContext } from "../../automation/shared/context";
import { run } from "./docker";

/** `npx identity images pin` with the real buildx, and a registry that has one image for two platforms. */
describe("npx identity images pin with Docker's buildx", () => {
    const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
    /** By digest: their type and their text. */
    const contents = new Map<string, { type: string; text: string }>();
    const keep = (type: string, content: object) => {
        const text = JSON.stringify(content);
        contents.set(digestOf(text), { type, text });
        return { mediaType: type, digest: digestOf(text), size: Buffer.byteLength(text) };
    };
    const oci = (kind: string) => `application/vnd.oci.image.${kind}.v1+json`;
    const platforms = ["amd64", "arm64"].map((architecture) => {
        const platform = { os: "linux", architecture };
        const config = keep(oci("config"), { ...platform, rootfs: { type: "layers", diff_ids: [] } });
        const manifest = { schemaVersion: 2, mediaType: oci("manifest"), config, layers: [] };
        return { ...keep(oci("manifest"), manifest), platform };
    });
    const { digest } = keep(oci("index"), { schemaVersion: 2, mediaType: oci("index"), manifests: platforms });
    let registry: Server;
    let root: string;
    let host: string;

    before(async function () {
        const buildx = await run("docker", ["buildx", "version"]);
        if (buildx.code !== 0) {
            console.log("  Skipped: Docker has no buildx.");
            this.skip();
        }
        registry = createServer(({ url, method }, response) => {
            if (url === "/v2/") return response.end("{}");
            const [, reference] = /^\/v2\/team\/base\/(?:manifests|blobs)\/([^?]+)/.exec(url!) ?? [];
            const found = contents.get(reference === "1.0" ? digest : (reference ?? ""));
            if (!found) return response.writeHead(404).end("{}");
            response.writeHead(200, {
                "Content-Type": found.type,
                "Docker-Content-Digest": digestOf(found.text),
                "Content-Length": Buffer.byteLength(found.text),
            });
            response.end(method === "HEAD" ? undefined : found.text);
        });
        await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
        host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
        root = mkdtempSync(path.join(tmpdir(), "pins-"));
        mkdirSync(path.join(root, "images/app"), { recursive: true });
    });
    after(() => {
        registry?.close();
        if (root) rmSync(root, { recursive: true });
    });

    async function pin(base: string) {
        let said = "";
        const write = (text: string) => void (said += text);
        const context = {
            root,
            out: write,
            err: write,
            signal: new AbortController().signal,
        } as unknown as CommandContext;
        writeFileSync(path.join(root, "images/app/Dockerfile"), `FROM ${base}\n`);
        const code = await identity(["images", "pin"], context);
        return { code, said, text: readFileSync(path.join(root, "images/app/Dockerfile"), "utf8") };
    }

    it("writes the digest of the index, which is good for every platform", async () => {
        const { code, text } = await pin(`${host}/team/base:1.0`);
        expect([code, text]).to.deep.equal([0, `FROM ${host}/team/base:1.0@${digest}\n`]);
    });

    it("says which image its registry does not have, and leaves the file as it is", async () => {
        const { code, text, said } = await pin(`${host}/team/base:2.0`);
        expect([code, text]).to.deep.equal([2, `FROM ${host}/team/base:2.0\n`]);
        expect(said).to.contain(`${host}/team/base:2.0: its registry does not say which digest it has`);
    });
});
