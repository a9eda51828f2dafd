import { X509Certificate } from "node:crypto";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { type Prepared, prepare } from "../../../automation/local/prepare";
import { network, prepared, PROJECT, projectWith, service, stackFile } from "./support";

const DIGEST = `example.com/shop@sha256:${"a".repeat(64)}`;
const HERITAGES = {
    shop: [
        `image: ${DIGEST}`,
        "uses: { mail: { host: { name: smtp.example.com, port: 587 } } }",
        "services: { worker: { count: 1, command: [work], writable: [/data, /cache] } }",
    ],
    blog: [
        `image: ${DIGEST}`,
        "environment: { RELAY_URL: 'smtps://relay.example.com', DB_HOST: db.example.com, DB_PORT: '5432' }",
        "egress: [{ port: 465, to: 0.0.0.0/0 }, { port: 5432, to: 0.0.0.0/0 }]",
        "uses: { by-address: { host: { name: 192.0.2.25, port: 587 } } }",
        "services: { worker: { count: 1, command: [work] } }",
    ],
};

describe("mail on this machine", () => {
    let stack: Prepared;
    before(async () => {
        const root = projectWith(
            stackFile(
                "identity:publicEndpoint: { plainHttp: true }",
                "identity:heritages: [shop, blog]",
                "identity:keycloak: { version: '26.7.3', environment: { MAIL_SERVER_NAME: mail.example.org } }",
            ),
        );
        mkdirSync(path.join(root, "heritages"));
        for (const [name, lines] of Object.entries(HERITAGES)) {
            writeFileSync(path.join(root, `heritages/${name}.yml`), lines.join("\n"));
        }
        cpSync(path.join(PROJECT, "images"), path.join(root, "images"), { recursive: true });
        const realm = { realm: "people", bruteForceProtected: true, smtpServer: { host: "${MAIL_SERVER_NAME}" } };
        writeFileSync(path.join(root, "images/keycloak/realms/people.json"), JSON.stringify(realm));
        const volumesOf = async (images: readonly string[]) => {
            expect(images).to.deep.equal([DIGEST]);
            return new Map([[DIGEST, ["/data"]]]);
        };
        stack = await prepare({ root, stack: "trial", portOffset: 100, files: root, volumesOf });
    });

    it("is taken by what has the hosts' names, and a certificate for each of them", () => {
        const hosts = ["mail.example.org", "relay.example.com", "smtp.example.com"];
        expect(network(stack, "mail").networks).to.deep.equal({ default: { aliases: [...hosts, "mail"] } });
        const { TLS_CERTIFICATE } = service(stack, "mail").environment as Record<string, string>;
        for (const host of hosts) expect(new X509Certificate(TLS_CERTIFICATE!).checkHost(host)).to.equal(host);
        expect(stack.state.standIns.mail).to.include({ of: "mail", published: 8125 });
    });

    it("is trusted by who sends, Keycloak too, and by nobody else", () => {
        const trust = "/run/identity-local/trust.pem";
        for (const name of ["shop-worker-1", "blog-worker-1"])
            expect(service(stack, name).environment).to.include({ SSL_CERT_FILE: trust });
        expect(service(stack, "keycloak-1-keycloak").environment).to.include({ KC_TRUSTSTORE_PATHS: trust });
    });

    it("comes by the ports alone that egress opens", () => {
        const lines = stack.rules["API-mail.nft"]!.split("\n").map((line) => line.trim());
        const of = (name: string) => {
            const from = lines.slice(lines.indexOf(`# ${name}`) + 1);
            return from
                .slice(
                    0,
                    from.findIndex((line) => !line.startsWith("ether saddr &")),
                )
                .map((line) => Number(/dport (\d+)/.exec(line)?.[1]));
        };
        expect(of("shop-worker")).to.deep.equal([587]);
        expect(of("keycloak")).to.deep.equal([465, 587]);
        expect(lines).not.to.include("# public");
    });

    it("has nothing to take where nobody sends any", async () => {
        const other = await prepared(
            stackFile("identity:publicEndpoint: { plainHttp: true }", "identity:keycloak: { version: '26.7.3' }"),
        );
        expect(other.file.services).not.to.have.property("mail");
        expect(service(other, "keycloak-1-keycloak").environment).not.to.have.property("KC_TRUSTSTORE_PATHS");
    });

    it("has volumes as Fargate makes them also of an image that is not built here", () => {
        const mounts = service(stack, "shop-worker-1").volumes as { target: string; volume?: object }[];
        const bare = (target: string) => mounts.find((mount) => mount.target === target)!.volume;
        expect([bare("/data"), bare("/cache")]).to.deep.equal([undefined, { nocopy: true }]);
    });
});
