import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { TargetNotConnected } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { identity } from "../../automation/commands";
import { connect, forward, localPort } from "../../automation/commands/tunnel/connect";
import { targets } from "../../automation/commands/tunnel/targets";
import type { Outputs } from "../../automation/runner/deployed";
import { UsageError } from "../../automation/shared/errors";

const refusal = async (run: () => unknown) => {
    const error = await Promise.resolve()
        .then(run)
        .then(
            () => undefined,
            (e: Error) => e,
        );
    expect(error).to.be.instanceOf(UsageError);
    return error!.message;
};

const OUTPUTS = {
    databases: {
        "wallet-db": {
            host: "identity-dev-wallet-db-1234.cabcdefghijk.ap-northeast-1.rds.amazonaws.com",
            port: 5432,
            user: "acapy",
            name: "postgres",
            passwordParameter: "/identity/dev/wallet-db/ACAPY_WALLET_STORAGE_CREDS",
        },
        "blog-db": {
            host: "blog.rds.amazonaws.com",
            port: 5432,
            user: "app",
            name: "app",
            passwordParameter: "/identity/dev/blog/DB_PASSWORD",
        },
    },
    adminUrls: { issuer: "http://internal-admin-1234567.ap-northeast-1.elb.amazonaws.com:8021" },
    secretParameters: { issuer: { ACAPY_ADMIN_API_KEY: "/identity/dev/issuer/ACAPY_ADMIN_API_KEY" } },
    keycloakAdminUrl: "https://internal-admin-1234567.ap-northeast-1.elb.amazonaws.com",
    ledgerUrl: "http://ledger.dev.identity.internal:9000",
} as never as Outputs;
const HERE = { local: 15432, region: "ap-northeast-1", files: { rds: "build/rds-ca.pem", stack: "build/ca.pem" } };

describe("npx identity tunnel", () => {
    it("leads to databases, admin APIs, the console and the ledger", () => {
        const ends = Object.entries(targets(OUTPUTS)).map(
            ([name, { host, port }]) => `${name} ${host.split(".")[0]}:${port}`,
        );
        expect(ends).to.deep.equal([
            "wallet-db identity-dev-wallet-db-1234:5432",
            "blog-db blog:5432",
            "issuer-admin internal-admin-1234567:8021",
            "admin internal-admin-1234567:8021",
            "keycloak-admin internal-admin-1234567:443",
            "ledger ledger:9000",
        ]);
        const two = { ...OUTPUTS, adminUrls: { issuer: "http://a:8021", holder: "http://a:8031" } };
        expect(Object.keys(targets(two)))
            .to.include.members(["issuer-admin", "holder-admin"])
            .and.not.to.include("admin");
        const none = { ...OUTPUTS, databases: {}, adminUrls: {}, keycloakAdminUrl: null, ledgerUrl: null };
        expect(targets(none)).to.deep.equal({});
    });

    it("says how psql verifies the database that it reaches by another address", () => {
        expect(targets(OUTPUTS)["wallet-db"]!.explain(HERE)).to.deep.equal([
            "export PGPASSWORD=$(aws ssm get-parameter --region ap-northeast-1 --with-decryption \\",
            "    --query Parameter.Value --output text \\",
            "    --name /identity/dev/wallet-db/ACAPY_WALLET_STORAGE_CREDS | jq -r .password)",
            "export PGSSLMODE=verify-full PGSSLROOTCERT=build/rds-ca.pem",
            "export PGHOST=identity-dev-wallet-db-1234.cabcdefghijk.ap-northeast-1.rds.amazonaws.com",
            "PGHOSTADDR=127.0.0.1 PGPORT=15432 psql -U acapy -d postgres",
        ]);
        expect(targets(OUTPUTS)["blog-db"]!.explain(HERE)[2]).to.match(/--name \/identity\/dev\/blog\/DB_PASSWORD\)$/);
    });

    it("says how curl asks the admin API, with a domain by its name and without by the port", () => {
        expect(targets(OUTPUTS).admin!.explain(HERE).slice(3)).to.deep.equal([
            'curl -H "X-API-Key: $KEY" http://127.0.0.1:15432/wallet/did',
        ]);
        const named = { ...OUTPUTS, adminUrls: { issuer: "https://issuer.internal.id.example.com" } };
        const files = { ...HERE.files, stack: undefined };
        expect(
            targets(named)
                .admin!.explain({ ...HERE, files })
                .slice(3),
        ).to.deep.equal([
            'curl -H "X-API-Key: $KEY" \\',
            "    --connect-to ::127.0.0.1:15432 \\",
            "    https://issuer.internal.id.example.com/wallet/did",
        ]);
    });

    it("says how the console is verified, and how a browser gets there", () => {
        const lines = targets(OUTPUTS)["keycloak-admin"]!.explain(HERE);
        expect(lines.slice(0, 3)).to.deep.equal([
            "curl --cacert build/ca.pem \\",
            "    --connect-to ::127.0.0.1:15432 \\",
            "    https://internal-admin-1234567.ap-northeast-1.elb.amazonaws.com/admin/master/console/",
        ]);
        expect(lines.at(-1)).to.equal("# 127.0.0.1 internal-admin-1234567.ap-northeast-1.elb.amazonaws.com");
    });

    it("fits a terminal", () => {
        for (const { explain } of Object.values(targets(OUTPUTS))) {
            for (const line of explain(HERE)) expect(line.length, line).to.be.at.most(96);
        }
    });

    const to = { instanceId: "i-1", target: { host: "db.example", port: 5432 }, local: 15432 };
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it stands in for the client's overloads
    const ssm = (send: (command: any) => unknown) => ({ ssm: { send: async (command: any) => send(command) } }) as any;

    it("asks Systems Manager for a session to the other end, through the workbench", async () => {
        let input: unknown;
        const opened = { SessionId: "s", TokenValue: "t", StreamUrl: "wss://x", $metadata: {} };
        const session = await forward(
            ssm((command) => {
                input = command.input;
                return opened;
            }),
            to,
        );
        const parameters = { host: ["db.example"], portNumber: ["5432"], localPortNumber: ["15432"] };
        const request = { DocumentName: "AWS-StartPortForwardingSessionToRemoteHost", Parameters: parameters };
        expect(input).to.deep.equal({ Target: "i-1", ...request });
        expect(session).to.deep.equal({
            session: { SessionId: "s", TokenValue: "t", StreamUrl: "wss://x" },
            target: "i-1",
            request,
        });
    });

    it("says it where the workbench does not answer, and leaves AWS's other errors what they are", async () => {
        const offline = ssm(() => {
            throw new TargetNotConnected({ message: "", $metadata: {} });
        });
        expect(await refusal(() => forward(offline, to))).to.contain("i-1 is not connected to Systems Manager");
        const denied = new Error("denied");
        const refuses = ssm(() => {
            throw denied;
        });
        expect(await forward(refuses, to).catch((error: Error) => error)).to.equal(denied);
    });

    describe("has a port of this machine", () => {
        let server: Server;
        let taken: number;
        before((done) => {
            server = createServer().listen(0, "127.0.0.1", () => {
                taken = (server.address() as { port: number }).port;
                done();
            });
        });
        after((done) => void server.close(done));

        it("which is the one that is asked for, or says that it is taken", async () => {
            expect(await refusal(() => localPort(taken, 1))).to.contain(`port ${taken} of this machine is taken`);
        });

        it("which is any other where the usual one is taken", async () => {
            expect(await localPort(undefined, taken))
                .to.be.greaterThan(0)
                .and.not.to.equal(taken);
        });
    });

    it("stays as long as its session, and leaves the authorities beside it", async () => {
        const root = mkdtempSync(path.join(tmpdir(), "tunnel-"));
        const { PATH } = process.env;
        const outputs = { ...OUTPUTS, workbenchId: "i-1", certificateAuthority: "-----BEGIN CERTIFICATE-----" };
        const aws = { region: "ap-northeast-1", ...ssm(() => ({ SessionId: "s" })) };
        let said = "";
        try {
            const plugin = `#!/bin/sh\nprintf '%s\\n' "$5" > ${root}/asked\nexit 3\n`;
            writeFileSync(path.join(root, "session-manager-plugin"), plugin, { mode: 0o755 });
            process.env.PATH = root;
            const around = { root, out: (text: string) => void (said += text) };
            expect(
                await connect(aws, outputs, { stack: "dev", target: "wallet-db", port: undefined }, around),
            ).to.equal(3);
            const { Target, DocumentName, Parameters } = JSON.parse(readFileSync(path.join(root, "asked"), "utf8"));
            expect({ Target, DocumentName }).to.deep.equal({
                Target: "i-1",
                DocumentName: "AWS-StartPortForwardingSessionToRemoteHost",
            });
            const [local] = Parameters.localPortNumber;
            expect(said).to.contain(`wallet-db is at 127.0.0.1:${local} until Ctrl-C`);
            expect(said).to.contain("PGSSLROOTCERT=build/tunnel/dev/rds-ca.pem");
            for (const [file, count] of [
                ["rds-ca.pem", 3],
                ["ca.pem", 1],
            ] as const) {
                const text = readFileSync(path.join(root, "build/tunnel/dev", file), "utf8");
                expect(text.match(/BEGIN CERTIFICATE/g)).to.have.length(count);
            }
        } finally {
            process.env.PATH = PATH;
            rmSync(root, { recursive: true });
        }
    });

    it("says that there is no workbench, or no such end", async () => {
        const around = { root: "", out: () => undefined };
        const aws = { region: "ap-northeast-1", ...ssm(() => ({})) };
        const to = (outputs: object, what?: string) =>
            refusal(() => connect(aws, outputs as Outputs, { stack: "dev", target: what, port: undefined }, around));
        expect(await to({ ...OUTPUTS, workbenchId: null }, "wallet-db")).to.contain(
            "the stack dev has no workbench: `identity:workbench: {}` in Pulumi.dev.yaml",
        );
        expect(await to({}, "wallet-db")).to.contain("has no workbench"); // deployed before there was any
        expect(await to({ ...OUTPUTS, workbenchId: "i-1" }, "wallets")).to.contain("there are: admin, blog-db");
        expect(await to({ ...OUTPUTS, workbenchId: "i-1" })).to.contain("which end of a tunnel?");
    });

    it("says what is wrong before it asks anybody", async () => {
        const refused = async (...words: string[]) => {
            let said = "";
            const err = (text: string) => void (said += text);
            const { signal } = new AbortController();
            const context = { root: process.cwd(), out: () => undefined, err, signal } as never;
            expect(await identity(["tunnel", ...words], context)).to.equal(2);
            return said;
        };
        expect(await refused("a", "b")).to.contain("too many arguments");
        for (const text of ["0", "65536", "http", "1.5", ""]) {
            expect(await refused("--port", text, "admin")).to.contain(`--port ${text}: a port from 1 to 65535`);
        }
        const { PATH } = process.env;
        process.env.PATH = "/nonexistent";
        try {
            expect(await refused("admin")).to.contain("no session-manager-plugin on the PATH");
        } finally {
            process.env.PATH = PATH;
        }
    });
});
