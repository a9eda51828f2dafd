import { expect } from "chai";
import * as keycloak from "../../../automation/verify/checks/keycloak";
import type { Target } from "../../../automation/verify/target";
import { FakeKeycloak } from "./fake-keycloak";
import { absent, failed, OUT_OF_REACH, passed, Servers, skipped, target, tasks } from "./support";

describe("verify: Keycloak", () => {
    let servers: Servers;
    let fake: FakeKeycloak;
    let own: Target;
    beforeEach(async () => {
        servers = new Servers();
        fake = new FakeKeycloak(2);
        own = await fake.target(servers);
    });
    afterEach(() => servers.close());

    it("passes where it is as it should be, and leaves no realm behind", async () => {
        expect(await passed(keycloak.discovery, own)).to.match(
            new RegExp(`^issuer and endpoints are below ${fake.origin}\nthe realm verify-`),
        );
        expect(await passed(keycloak.master, own)).to.equal(
            `issuer and endpoints are below ${fake.origin}\nfailed log-ins are counted`,
        );
        expect(await passed(keycloak.cluster, own)).to.equal("task-1 counts 2\ntask-2 counts 2");
        expect(await passed(keycloak.logIn, own)).to.match(
            /^a wrong password is refused\n.*\n.*\nthe realm verify-\w+ is deleted/,
        );
        expect(await passed(keycloak.nodes, own)).to.match(
            /^task-1 stopped: session, .* go on; the others knew after [\d.]+ s\ntask-2 stopped: .*\nthe realm/,
        );
        expect(fake.realms.size).to.equal(0);
    });

    it("fails where it calls itself by another name", async () => {
        fake.issuer = () => "http://keycloak:8080";
        expect(await failed(keycloak.discovery, own)).to.contain("seen: http://keycloak:8080/realms/verify-");
        expect(await failed(keycloak.logIn, own)).to.match(/a token of .* for ada; seen: of http:\/\/keycloak:8080/);
        expect(fake.realms.size).to.equal(0);
    });

    it("fails where the realm master logs in elsewhere, or counts no failed log-ins", async () => {
        fake.counts = false;
        expect(await failed(keycloak.master, own)).to.match(/to be counted; seen: they are not .*operations\.md/);
        fake.issuer = () => "https://auth.example.com";
        expect(await failed(keycloak.master, own)).to.match(
            /the issuer .*; seen: https:\/\/auth\.example\.com\/realms\/master .*operations\.md/,
        );
    });

    it("fails where a wrong password is taken", async () => {
        fake.acceptsAny = true;
        expect(await failed(keycloak.logIn, own)).to.contain("a wrong password to be refused; seen: 302");
    });

    it("fails where the nodes are clusters of their own", async () => {
        fake.size = () => 1;
        expect(await failed(keycloak.cluster, own)).to.match(
            /task-1 to be in a cluster of 2; seen: it is in one of 1 .*7800/,
        );
    });

    it("fails where a session goes with its node", async () => {
        fake.shared = false;
        expect(await failed(keycloak.nodes, own)).to.contain(
            "the session to go on, whichever node answers; seen: tokens: 400",
        );
        expect(fake.realms.size).to.equal(0);
    });

    it("fails where the others do not notice that a node is gone", async () => {
        fake.size = () => 2;
        let whole = false;
        own = { ...own, settled: async () => void (whole = true) };
        expect(await failed(keycloak.nodes, own)).to.match(
            /task-2 to notice within 20 s that task-1 is gone; seen: it still counts 2 nodes .*57800/,
        );
        expect(whole, "the node is back").to.equal(true);
    });

    it("fails where nobody answers any more", async () => {
        const both = { ...own, stop: async () => void fake.alive.fill(false) };
        expect(await failed(keycloak.nodes, both)).to.match(
            /the session to go on, whichever node answers; seen: .*503/,
        );
    });

    it("fails where a node cannot be stopped", async () => {
        const error = await keycloak.nodes
            .run(
                { ...own, stop: () => Promise.reject(new Error("not authorized")) },
                { say: () => {}, signal: new AbortController().signal },
            )
            .catch((e: Error) => e);
        expect(String(error)).to.contain("not authorized");
        expect(fake.realms.size).to.equal(0);
    });

    it("says what to do where temp-admin has been deleted", async () => {
        fake.hasAdmin = false;
        for (const check of [keycloak.logIn, keycloak.nodes]) {
            expect(await skipped(check, own)).to.match(
                /does not know temp-admin .*: set KEYCLOAK_ADMIN and KEYCLOAK_ADMIN_PASSWORD/,
            );
        }
    });

    it("is skipped where nobody can reach the admin endpoint, or the nodes", async () => {
        for (const check of [keycloak.logIn, keycloak.nodes]) {
            expect(await skipped(check, { ...OUT_OF_REACH, service: own.service })).to.equal(
                "it is in the VPC: take the VPN",
            );
        }
        const apart = { ...own, service: async () => ({ wanted: 1, tasks: tasks({}) }) };
        expect(await skipped(keycloak.cluster, apart)).to.contain("task-1 cannot be asked from here");
    });

    it("says what the stack does not have", async () => {
        for (const check of [keycloak.discovery, keycloak.cluster, keycloak.logIn, keycloak.master, keycloak.nodes]) {
            expect(await absent(check, target())).to.equal("the stack has no Keycloak");
        }
        const alone = { ...own, service: async () => ({ wanted: 1, tasks: tasks({}) }) };
        expect(await absent(keycloak.nodes, alone)).to.contain("runs on 1 node");
    });
});
