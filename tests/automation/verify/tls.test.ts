import type http from "node:http";
import net from "node:net";
import { expect } from "chai";
import * as tls from "../../../automation/verify/checks/tls";
import type { TaskDefinition } from "../../../automation/verify/target";
import { TestAuthority } from "../../certificates";
import { absent, answer, failed, passed, Servers, target, tasks } from "./support";

const HELLO = "Hello from behind Envoy proxy!!\n";
const ENVOY = { "x-envoy-upstream-service-time": "3" };
const NAME = "hello.example.com";
const DEFINITION: TaskDefinition = {
    containerDefinitions: [
        { name: "app", image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/hello-2cf24db@sha256:0" },
        { name: "envoy" },
    ],
};

describe("verify: TLS", () => {
    const authority = new TestAuthority();
    const stranger = new TestAuthority();
    const server = authority.server([NAME]);
    const chain = { cert: server.certificate + authority.intermediatePem, key: server.privateKey };
    let servers: Servers;
    beforeEach(() => void (servers = new Servers()));
    afterEach(() => servers.close());

    const hello: http.RequestListener = (_, response) => answer(response, 200, HELLO, ENVOY);
    /** A target with the hello at a port of this process, and plain HTTP at another. */
    const at = (https: number, plain = 1) =>
        target({
            services: { hello: `https://${NAME}/service` },
            authority: authority.rootPem,
            taskDefinition: async () => DEFINITION,
            connectTo: (_, port) => ({ host: "127.0.0.1", port: port === 443 ? https : plain }),
        });
    const redirecting = () =>
        servers.http((_, response) => answer(response, 301, "", { Location: `https://${NAME}:443/service` }));

    describe("the certificate", () => {
        it("passes by the stack's authority, with TLS 1.1 refused and HTTP redirected or closed", async () => {
            const port = await servers.https({ ...chain, minVersion: "TLSv1.2" }, hello);
            expect(await passed(tls.certificate, at(port))).to.match(
                /^https:\/\/hello\.example\.com: by Test Intermediate, until \d{4}-\d\d-\d\d, TLSv1\.3, TLS 1\.1 refused; no plain HTTP$/,
            );
            expect(await passed(tls.certificate, at(port, await redirecting()))).to.contain("HTTP redirected (301)");
        });

        it("fails by another authority, though it has the same name", async () => {
            const port = await servers.https({ ...chain, minVersion: "TLSv1.2" }, hello);
            expect(await failed(tls.certificate, { ...at(port), authority: stranger.rootPem })).to.match(
                /that the stack's authority signed; seen: .*: for hello\.example\.com, by Test Intermediate/,
            );
            expect(await failed(tls.certificate, { ...at(port), authority: undefined })).to.contain(
                "a public authority",
            );
        });

        it("fails for another name, for one that ends soon, and for one that has ended", async () => {
            const name = authority.server(["other.example.com"]);
            const soon = authority.server([NAME], { ends: 3 / 365 });
            const over = authority.server([NAME], { ends: -1 });
            const serve = ({ certificate, privateKey }: typeof name) =>
                servers.https(
                    { cert: certificate + authority.intermediatePem, key: privateKey, minVersion: "TLSv1.2" },
                    hello,
                );
            expect(await failed(tls.certificate, at(await serve(name)))).to.contain(
                "does not match certificate's altnames",
            );
            expect(await failed(tls.certificate, at(await serve(soon)))).to.match(
                /it ends in [23] days.*an `up` renews it/,
            );
            expect(await failed(tls.certificate, at(await serve(over)))).to.contain("CERT_HAS_EXPIRED");
        });

        it("fails where TLS 1.1 is spoken, and where there is no TLS", async () => {
            const old = { ...chain, minVersion: "TLSv1" as const, ciphers: "DEFAULT@SECLEVEL=0" };
            expect(await failed(tls.certificate, at(await servers.https(old, hello)))).to.contain(
                "refuse TLS 1.1; seen: it speaks it",
            );
            expect(await failed(tls.certificate, at(await servers.http(hello)))).to.match(/^expected TLS at https/);
        });

        it("fails where plain HTTP is answered", async () => {
            const port = await servers.https({ ...chain, minVersion: "TLSv1.2" }, hello);
            const plain = await servers.http(hello);
            expect(await failed(tls.certificate, at(port, plain))).to.contain("to redirect to HTTPS; seen: 200");
            // A port that speaks both: what is no handshake goes to the other server.
            const both = await servers.listen(
                net.createServer((socket) => {
                    socket.once("data", (data) => {
                        const to = net.connect(data[0] === 22 ? port : plain, "127.0.0.1", () => to.write(data));
                        socket.pipe(to).pipe(socket);
                        socket.on("error", () => to.destroy());
                        to.on("error", () => socket.destroy());
                    });
                }),
            );
            expect(await failed(tls.certificate, at(both))).to.contain("no plain HTTP on port 443");
        });
    });

    describe("the hello", () => {
        const serve = (listener: http.RequestListener) => servers.https({ ...chain }, listener);

        it("passes through Envoy", async () => {
            expect(await passed(tls.hello, at(await serve(hello)))).to.equal(
                `https://${NAME}/service: “Hello from behind Envoy proxy!!”, through Envoy in 3 ms`,
            );
        });

        it("fails past Envoy, from another application, and from none", async () => {
            const past = await serve((_, response) => answer(response, 200, HELLO));
            expect(await failed(tls.hello, at(past))).to.contain("past its Envoy");
            const other = await serve((_, response) => answer(response, 200, "Hello", ENVOY));
            expect(await failed(tls.hello, at(other))).to.contain("seen: 200 Hello");
            const none = await serve((_, response) => answer(response, 503, "no healthy upstream", ENVOY));
            const wanting = (wanted: number) => ({ ...at(none), service: async () => ({ wanted, tasks: [] }) });
            expect(await failed(tls.hello, wanting(2))).to.contain("seen: 503 no healthy upstream");
            expect(await passed(tls.hello, wanting(0))).to.contain("it is to have no tasks");
        });

        it("accepts any answer of another application, and does not ask the internal side from outside", async () => {
            const port = await serve((_, response) => answer(response, 404, "", ENVOY));
            const taskDefinition = async () => ({
                containerDefinitions: [{ name: "app", image: "nginx" }, { name: "envoy" }],
            });
            expect(await passed(tls.hello, { ...at(port), taskDefinition })).to.contain("404, through Envoy");
            const outside = {
                ...at(1),
                internal: () => true,
                adminOutOfReach: async () => ({ reason: "r", remedy: "f" }),
            };
            expect(await passed(tls.hello, outside)).to.contain("not asked");
        });
    });

    it("asks each task's Envoy, past the load balancer", async () => {
        const own = authority.server(["hello.dev.internal"]);
        const serve = (cert: string, key: string) => servers.https({ cert, key, minVersion: "TLSv1.2" }, hello);
        const [good, other] = [stranger.server([NAME]), own];
        const right = await serve(other.certificate + authority.intermediatePem, other.privateKey);
        const wrong = await serve(good.certificate, good.privateKey);
        const with_ = (...ports: number[]) => ({
            ...at(right),
            service: async () => ({ wanted: ports.length, tasks: tasks(...ports.map((port) => ({ 8443: port }))) }),
        });
        expect(await passed(tls.envoys, with_(right, right))).to.match(/^Envoy of task-1: .*\nEnvoy of task-2: /);
        expect(await failed(tls.envoys, with_(right, wrong))).to.contain("a certificate of Envoy of task-2");
        // With a domain, clients trust another authority than the tasks' own.
        const ofTasks = { ...with_(right), authority: stranger.rootPem };
        expect(await failed(tls.envoys, ofTasks)).to.contain("a certificate of Envoy of task-1");
        const taskAuthority = async () => authority.rootPem;
        expect(await passed(tls.envoys, { ...ofTasks, taskAuthority })).to.contain("Envoy of task-1: ");
        expect(
            await absent(tls.envoys, { ...at(right), service: async () => ({ wanted: 1, tasks: tasks({}) }) }),
        ).to.contain("nobody but the load balancer");
        // Keycloak's as well, where it has one.
        const keycloak = { url: "https://auth.example.com", adminUrl: "https://auth.example.com" };
        const ofKeycloak = (...names: string[]) => ({
            ...with_(wrong),
            services: {},
            keycloak,
            taskDefinition: async () => ({ containerDefinitions: names.map((name) => ({ name })) }),
        });
        expect(await failed(tls.envoys, ofKeycloak("envoy", "keycloak"))).to.contain(
            "a certificate of Envoy of task-1",
        );
        expect(await absent(tls.envoys, ofKeycloak("keycloak"))).to.contain("no service with TLS");
    });

    it("says what the stack does not have", async () => {
        for (const check of [tls.certificate, tls.hello, tls.envoys])
            expect(await absent(check, target())).to.match(/^the stack /);
    });
});
