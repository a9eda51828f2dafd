import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { apply, diff } from "../../../automation/commands/realm/run";
import type { onTarget } from "../../../automation/commands/realm/target";
import type { CommandContext } from "../../../automation/shared/context";
import { Exit, CommandError, UsageError } from "../../../automation/shared/errors";
import type { Target } from "../../../automation/verify/target";

type Json = Record<string, unknown>;
const SECRET = "a-secret-of-the-portal";

describe("identity realm", () => {
    /** What Keycloak has; an export shows stars in the place of the client's secret. */
    let there: Json | undefined;
    let secret: string;
    /** Requests that change something. */
    let changes: string[];
    let refuses: boolean;
    let [token, logIns] = ["", 0];
    /** Whether the token of the next export is not taken any more afterwards. */
    let isForgetful = false;
    /** Whether the account may not manage the realm. */
    let locked: boolean;
    /** A path that is not there. */
    let gone: string | undefined;
    let server: http.Server;
    let root: string;

    before(async () => {
        server = http.createServer(async (request, response) => {
            let text = "";
            for await (const chunk of request) text += String(chunk);
            const { method, url = "" } = request;
            const answer = (status: number, json?: unknown) => {
                response.writeHead(status).end(json === undefined ? "" : JSON.stringify(json));
            };
            if (url.endsWith("/token")) return answer(200, { access_token: (token = `t${++logIns}`) });
            if (request.headers.authorization !== `Bearer ${token}`) return answer(401);
            if (url.includes("/partial-export") && isForgetful) [token, isForgetful] = ["none", false];
            if (locked) return answer(403, { error: "HTTP 403 Forbidden" });
            if (!there || (gone && url.endsWith(gone))) return answer(404);
            if (url.includes("/partial-export")) return answer(200, there);
            if (url.endsWith("/client-secret")) return answer(200, { value: secret });
            changes.push(`${method} ${url} ${text}`);
            if (refuses) return answer(400, { errorMessage: "no such theme" });
            if (url.endsWith("/roles"))
                there = { ...there, roles: { realm: [{ id: "r1", ...(JSON.parse(text) as Json) }] } };
            else if (url === "/admin/realms/shop") there = { ...there, ...(JSON.parse(text) as Json) };
            else secret = (JSON.parse(text) as { secret: string }).secret;
            return answer(204);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    after(() => new Promise((resolve) => server.close(resolve)));

    beforeEach(() => {
        root = mkdtempSync(path.join(os.tmpdir(), "realms-"));
        there = {
            realm: "shop",
            accessTokenLifespan: 300,
            clients: [{ id: "c1", clientId: "portal", secret: "**********" }],
        };
        [secret, changes, refuses, locked, gone] = [SECRET, [], false, false, undefined];
    });
    afterEach(() => rmSync(root, { recursive: true }));

    const FILE = {
        realm: "shop",
        displayName: "${SHOP_NAME:A shop}",
        accessTokenLifespan: 600,
        clients: [{ clientId: "portal", secret: "${PORTAL_SECRET}", rootUrl: "${PORTAL_URL}" }],
    };
    function write(content: unknown, file = "shop.json") {
        const folder = path.join(root, "images/keycloak/realms");
        mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        writeFileSync(path.join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
    }

    /** Runs it, and returns what it wrote with its exit code. */
    async function run(which: "diff" | "apply", options: { realms?: string[]; json?: boolean; yes?: boolean } = {}) {
        let [out, err] = ["", ""];
        const context: CommandContext = {
            root,
            input: Object.assign(Readable.from([]), { isTTY: false }) as never,
            out: (text) => void (out += text),
            err: (text) => void (err += text),
            signal: new AbortController().signal,
        };
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const target = {
            title: "identity dev",
            keycloak: { url, adminUrl: url },
            connectTo: (host: string, port: number) => ({ host, port }),
            adminOutOfReach: () => Promise.resolve(undefined),
            secret: (_: string, variable: string) => Promise.resolve(variable === "PORTAL_SECRET" ? SECRET : "admin"),
            taskDefinition: () =>
                Promise.resolve({
                    containerDefinitions: [
                        {
                            environment: [{ name: "PORTAL_URL", value: "https://p" }],
                            secrets: [{ name: "PORTAL_SECRET" }],
                        },
                    ],
                }),
        } as Partial<Target> as Target;
        const open: typeof onTarget = (_, __, work) => work(target);
        const input = { stack: "dev", local: false, connectTo: [], realms: [], json: false, yes: false, ...options };
        const code = await (which === "diff" ? diff(input, context, open) : apply(input, context, open));
        return { out: stripVTControlCharacters(out), err, code };
    }
    const failure = (work: Promise<unknown>) =>
        work.then(
            () => expect.fail("it went through"),
            (error: unknown) => error as Error,
        );

    it("shows what the file says otherwise, with the values of its variables, and changes nothing", async () => {
        write(FILE);
        const { out, code } = await run("diff");
        expect(code).to.equal(6);
        expect(out).to.contain("shop  images/keycloak/realms/shop.json");
        expect(out).to.match(/displayName +\(none\) → "A shop"/);
        expect(out).to.match(/accessTokenLifespan +300 → 600/);
        expect(out).to.match(/client portal: rootUrl +\(none\) → "https:\/\/p"/);
        expect(out).to.contain("3 differences");
        expect(changes).to.deep.equal([]);
    });

    it("logs in once for all requests, and again where its token is not taken any more", async () => {
        write({ realm: "shop", accessTokenLifespan: 600 });
        const before = logIns;
        expect((await run("apply", { yes: true })).code).to.equal(0);
        expect(logIns).to.equal(before + 1);
        write({ realm: "shop", accessTokenLifespan: 900 });
        isForgetful = true;
        expect((await run("apply", { yes: true })).code).to.equal(0);
        expect(logIns).to.equal(before + 3);
    });

    it("ends with 0 where there is none", async () => {
        write({ realm: "shop", clients: [{ clientId: "portal", secret: "${PORTAL_SECRET}" }] });
        const { out, code } = await run("diff");
        expect(out).to.contain("no difference");
        expect(code).to.equal(0);
    });

    it("tells that a secret is another one, and shows neither", async () => {
        secret = "what-somebody-set-by-hand";
        write({ realm: "shop", clients: [{ clientId: "portal", secret: "${PORTAL_SECRET}" }] });
        const text = await run("diff");
        const json = await run("diff", { json: true });
        expect(text.out).to.match(/client portal: secret +\[secret\] → another one/);
        const [found] = (JSON.parse(json.out) as { realms: { differences: unknown[] }[] }).realms;
        expect(found!.differences).to.deep.equal([
            {
                object: "client portal",
                missing: false,
                properties: [{ path: "secret", before: "[secret]", after: "another one" }],
            },
        ]);
        expect(text.out + json.out).not.to.match(/what-somebody|a-secret-of/);
        expect((await run("apply", { yes: true })).code).to.equal(0);
        expect(secret).to.equal(SECRET);
    });

    it("changes a client's secret also where something else is made", async () => {
        secret = "what-somebody-set-by-hand";
        const clients = [{ clientId: "portal", secret: "${PORTAL_SECRET}" }];
        write({ realm: "shop", roles: { realm: [{ name: "buyer" }] }, clients });
        const { out, code } = await run("apply", { yes: true });
        expect(out).to.contain("role buyer: made");
        expect(out).to.contain("client portal: changed secret");
        expect(code).to.equal(0);
        expect(secret).to.equal(SECRET);
    });

    it("changes what differs, and says what it did", async () => {
        write({ realm: "shop", accessTokenLifespan: 600 });
        const { out, code } = await run("apply", { yes: true });
        expect(code).to.equal(0);
        expect(changes).to.deep.equal(['PUT /admin/realms/shop {"accessTokenLifespan":600}']);
        expect(out).to.contain("the realm: changed accessTokenLifespan");
        expect(out).to.contain("shop is as images/keycloak/realms/shop.json says");
    });

    it("asks before it changes something, and asks nothing where nothing differs", async () => {
        write({ realm: "shop", accessTokenLifespan: 600 });
        const refused = await failure(run("apply"));
        expect(refused).to.be.instanceOf(Exit).with.property("code", 4);
        expect(refused.message).to.contain("Change shop in identity dev?");
        expect(changes).to.deep.equal([]);
        write({ realm: "shop", accessTokenLifespan: 300 });
        expect((await run("apply")).code).to.equal(0);
    });

    it("tells what Keycloak refuses, and what is left", async () => {
        refuses = true;
        write({ realm: "shop", accessTokenLifespan: 600 });
        const { out, err, code } = await run("apply", { yes: true });
        expect(code).to.equal(6);
        expect(err).to.match(/refused: the realm: PUT .*: 400 .*no such theme/);
        expect(out).to.match(/the rest is for the console:[^]*accessTokenLifespan +300 → 600/);
    });

    it("says who is to log in where the account may not manage the realm", async () => {
        locked = true;
        write(FILE);
        const error = await failure(run("diff"));
        expect(error).to.be.instanceOf(CommandError); // no stack trace
        expect(error.message).to.match(/403 .*Forbidden.*: log in as one who may manage shop \(KEYCLOAK_ADMIN\)/);
    });

    it("does not say that it changed what Keycloak does not find", async () => {
        write({ realm: "shop", clients: [{ clientId: "portal", rootUrl: "https://p" }] });
        gone = "/clients/c1";
        const { out, err, code } = await run("apply", { yes: true });
        expect(code).to.equal(6);
        expect(err).to.contain("refused: client portal: PUT /clients/c1: 404");
        expect(out).not.to.contain("client portal: changed");
    });

    it("says that a realm is not there yet", async () => {
        there = undefined;
        write(FILE);
        const { out, code } = await run("diff");
        expect(out).to.contain("is not there: a node makes it of the file when it starts");
        expect(code).to.equal(6);
    });

    it("takes the realms of the stack's own folder, and not those of another stack's, nor files of users", async () => {
        write({ realm: "shop" }, "shop-realm.json");
        write({ realm: "shop", users: [] }, "shop-users-0.json");
        write({ realm: "mine" }, "dev/mine.json");
        write({ realm: "theirs" }, "prod/theirs.json");
        const { out } = await run("diff", { json: true });
        const { realms } = JSON.parse(out) as { realms: { realm: string }[] };
        expect(realms.map(({ realm }) => realm)).to.have.members(["shop", "mine"]);
    });

    it("refuses a realm that has no file, and files that are wrong, all at once", async () => {
        expect((await failure(run("diff"))).message).to.match(
            /no file of a realm; images\/keycloak\/realms and .*dev have none/,
        );
        write({ realm: "shop" });
        const unknown = await failure(run("diff", { realms: ["shpo"] }));
        expect(unknown).to.be.instanceOf(UsageError);
        expect(unknown.message).to.equal("there is no file of the realm shpo; there are: shop");
        write("{", "a.json");
        write({ realm: "master" }, "b.json");
        const { message } = await failure(run("diff"));
        expect(message).to.contain("images/keycloak/realms/a.json is no JSON");
        expect(message).to.contain("images/keycloak/realms/b.json is the realm master");
    });
});
