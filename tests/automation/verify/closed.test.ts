import net from "node:net";
import nodeTls from "node:tls";
import { expect } from "chai";
import * as closed from "../../../automation/verify/checks/closed";
import { TestAuthority } from "../../certificates";
import { absent, answer, failed, passed, Servers, target } from "./support";

const HOST = "127.0.0.1";

describe("verify: what must not answer", () => {
    let servers: Servers;
    beforeEach(() => void (servers = new Servers()));
    afterEach(() => servers.close());

    it("finds a port that is open among those that have to be closed", async () => {
        const open = await servers.listen(net.createServer());
        const shut = await servers.listen(net.createServer());
        servers.close();
        const again = new Servers();
        const port = await again.listen(net.createServer());
        const at = (...ports: number[]) =>
            target({ closed: async () => ports.map((one) => ({ what: "task", host: HOST, port: one })) });
        expect(await passed(closed.ports, at(open, shut))).to.equal(`task: ${open}, ${shut} refused`);
        expect(await failed(closed.ports, at(shut, port))).to.contain(`seen: task answers at ${HOST}:${port}`);
        again.close();
        expect(await absent(closed.ports, target())).to.match(/^the stack has no endpoint/);
    });

    describe("paths", () => {
        /** A public endpoint that knows Keycloak's public paths, and whatever else is said. */
        const at = async (more: Record<string, number> = {}) => {
            const port = await servers.http((request, response) => {
                const status = more[request.url!] ?? (request.url!.includes("..") ? 400 : 404);
                answer(response, status, "", status === 302 ? { Location: "/admin/master/console/" } : {});
            });
            const url = `http://${HOST}:${port}`;
            return target({ keycloak: { url, adminUrl: url } });
        };

        it("passes where all of them are 404, or refused", async () => {
            expect(await passed(closed.paths, await at())).to.match(/\/metrics, .*: 400 or 404$/);
        });

        for (const [path, status] of Object.entries({
            "/admin": 302,
            "/admin/master/console/": 200,
            "/metrics": 200,
            "/health/ready": 200,
            "/realms/../admin/master/console/": 200,
            "/nothing-is-here": 503,
        })) {
            it(`fails where ${path} is ${status}`, async () => {
                expect(await failed(closed.paths, await at({ [path]: status }))).to.match(
                    new RegExp(`expected 404 for http://${HOST}:\\d+${path.replaceAll(".", "\\.")}; seen: ${status}`),
                );
            });
        }
    });

    it("finds an admin endpoint with a public address", async () => {
        const at = (host: string) =>
            target({ agents: { issuer: { didcommUrl: "http://x", adminUrl: `http://${host}:8021` } } });
        expect(await passed(closed.adminEndpoint, at("10.0.1.2"))).to.equal("10.0.1.2: 10.0.1.2");
        expect(await passed(closed.adminEndpoint, at("nowhere.invalid"))).to.equal(
            "nowhere.invalid: no address out here",
        );
        expect(await failed(closed.adminEndpoint, at("203.0.113.7"))).to.contain("no public address of 203.0.113.7");
        expect(await absent(closed.adminEndpoint, target())).to.contain("nothing behind the admin endpoint");
    });

    describe("databases", () => {
        const authority = new TestAuthority();
        const pair = authority.server(["db.example.com"]);
        const NO_ENCRYPTION =
            'no pg_hba.conf entry for host "10.0.0.1", user "verify", database "postgres", no encryption';

        /** A PostgreSQL's first words. */
        const database = (answers: { clear: string | undefined; tls: boolean }, own = pair) =>
            servers.listen(
                net.createServer((socket) => {
                    socket
                        .on("error", () => undefined)
                        .once("data", (data) => {
                            if (data.readInt32BE(4) === 80_877_103) {
                                socket.write(answers.tls ? "S" : "N");
                                if (!answers.tls) return;
                                const secure = new nodeTls.TLSSocket(socket, {
                                    isServer: true,
                                    cert: own.certificate + authority.intermediatePem,
                                    key: own.privateKey,
                                });
                                secure.on("error", () => undefined);
                                return;
                            }
                            const text = Buffer.from(`SFATAL\0C28000\0M${answers.clear}\0\0`);
                            const length = Buffer.alloc(4);
                            length.writeInt32BE(4 + text.length);
                            const asks = Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 10]); // for a password (R)
                            socket.write(
                                answers.clear === undefined ? asks : Buffer.concat([Buffer.from("E"), length, text]),
                            );
                        });
                }),
            );
        const inReach = (port: number, name = "db.example.com") =>
            target({
                authority: authority.rootPem,
                databases: async () => ({ wallets: { name, host: HOST, port, inReach: true } }),
            });

        it("pass where they insist on TLS, with a certificate for their name", async () => {
            const port = await database({ clear: NO_ENCRYPTION, tls: true });
            expect(await passed(closed.database, inReach(port))).to.equal(
                "wallets: refused without TLS, a certificate for its name with it",
            );
        });

        it("fail where they go on without TLS, have none, or a certificate that is not to be trusted", async () => {
            expect(await failed(closed.database, inReach(await database({ clear: undefined, tls: true })))).to.contain(
                "to refuse a connection without TLS; seen: it goes on to ask for a password",
            );
            expect(
                await failed(closed.database, inReach(await database({ clear: NO_ENCRYPTION, tls: false }))),
            ).to.contain("seen: it has no TLS");
            const port = await database({ clear: NO_ENCRYPTION, tls: true });
            expect(await failed(closed.database, inReach(port, "other.example.com"))).to.contain("altnames");
            expect(
                await failed(closed.database, { ...inReach(port), authority: new TestAuthority().rootPem }),
            ).to.contain("that is trusted");
        });

        it("fail where they can be reached from where they must not", async () => {
            const port = await servers.listen(net.createServer());
            const at = (host: string) =>
                target({ databases: async () => ({ wallets: { name: host, host, port, inReach: false } }) });
            expect(await passed(closed.database, at("db.invalid"))).to.equal("wallets: no address out here");
            expect(await failed(closed.database, at(HOST))).to.contain(`${HOST}:${port} accepts connections from here`);
            expect(await failed(closed.database, at("203.0.113.7"))).to.contain("no public address of wallets");
            expect(await absent(closed.database, target())).to.equal("the stack has no database");
        });
    });
});
