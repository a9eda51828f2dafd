import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { createColors } from "picocolors";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { render } from "../../automation/plan/render";

const FILE = `config:
    aws:region: ap-northeast-1
    identity:environment: dev
    identity:publicEndpoint: { plainHttp: true }
    identity:agents:
        issuer: {}
        other: { count: 1, didcommPort: 8030, adminPort: 8031, genesisUrl: "https://ledger.example.com/genesis" }
    identity:sharedDatabase: {}
    identity:heritages: [sample-api] # on the shared instance in dev
    identity:services:
        posts: { build: images/sample-api, healthCheckPath: /, paths: [/p], database: { credentials: path } }
    identity:keycloak: { version: "26.7.3" }
    identity:devLedger: {}
    identity:workbench: {}
`;

describe("the plan of a stack with machines", () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "identity-machines-"));
    let planned: PlannedStack;
    let text: string;

    before(async () => {
        copyFileSync("Pulumi.yaml", path.join(root, "Pulumi.yaml"));
        writeFileSync(path.join(root, "Pulumi.trial.yaml"), FILE);
        planned = await planStack({ root, stack: "trial" });
        text = render(planned.model, "build", createColors(false), undefined, "all");
    });
    after(() => rmSync(root, { recursive: true }));

    it("shows them, where they are and how they are kept", () => {
        expect(text).to.match(/\nMachines\n {2}machine +type +volume +subnet +address +metadata\n/);
        expect(text).to.match(
            /ledger-x86_64 +t3\.small +20 GiB +private in zone a +not public +with tokens\n +encrypted\n/,
        );
        expect(text).to.match(
            /workbench-arm64 +t4g\.micro +8 GiB +private in zone a +not public +with tokens\n +encrypted\n/,
        );
        for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(100);
    });

    const ways = () =>
        planned.model.connections.map(({ from, to, ports }) => `${from.name} → ${to.name} ${ports.join(",")}`);

    it("says whom the workbench reaches: databases, what is internal, the ledger's web", () => {
        expect(
            ways()
                .filter((way) => way.startsWith("workbench-arm64 → "))
                .sort(),
        ).to.deep.equal([
            "workbench-arm64 → 0.0.0.0/0 443",
            "workbench-arm64 → admin 443,8021,8031",
            ...["keycloak-db", "ledger-x86_64", "posts-db", "shared-db", "wallet-db"].map(
                (name) => `workbench-arm64 → ${name} ${name.startsWith("ledger") ? 9000 : 5432}`,
            ),
        ]);
    });

    it("says who reaches them: agents the ledger, nobody the workbench", () => {
        const into = (name: string) => ways().filter((way) => way.includes(` → ${name} `));
        expect(into("workbench-arm64")).to.deep.equal([]);
        expect(into("ledger-x86_64").sort()).to.deep.equal([
            "issuer → ledger-x86_64 9000",
            "issuer → ledger-x86_64 9701–9708",
            "workbench-arm64 → ledger-x86_64 9000",
        ]);
    });

    it("names the workbench among those whom the internal load balancer lets in", () => {
        expect(text).to.match(/HTTPS 8021, 8031 +machine workbench-arm64\n/);
    });

    it("has its agents on its ledger, but for those that are on another", () => {
        const genesis = (name: string) =>
            planned.taskDefinitions
                .get(name)!
                .containerDefinitions[0]!.environment!.find((one) => one.name === "ACAPY_GENESIS_URL")!.value;
        expect(genesis("issuer")).to.match(/^http:\/\/[\d.]+:9000\/genesis$/);
        expect(genesis("other")).to.equal("https://ledger.example.com/genesis");
    });

    it("says what a machine's role may do, and why on everything", () => {
        expect(text).to.match(
            /\n {2}workbench +ec2\.amazonaws\.com +register with Systems Manager: instance\/\*\n +carry a session: \* \(/,
        );
        expect(text).not.to.contain("nobody says why");
    });

    it("puts out what the tunnel needs, and no password", () => {
        const { workbenchId, ledgerUrl } = planned.model.outputs;
        const databases = planned.model.outputs.databases as Record<string, Record<string, unknown>>;
        expect(workbenchId).to.match(/^i-/);
        expect(ledgerUrl).to.equal("http://ledger.trial.identity.internal:9000");
        const of = (name: string) => databases[name]!;
        expect(Object.keys(databases)).to.have.members(["wallet-db", "posts-db", "keycloak-db", "sample-api-db"]);
        expect(of("wallet-db")).to.deep.include({
            port: 5432,
            user: "acapy",
            name: "postgres",
            passwordParameter: "/identity/trial/wallet-db/ACAPY_WALLET_STORAGE_CREDS",
        });
        expect(of("posts-db")).to.deep.include({
            user: "app",
            name: "app",
            passwordParameter: "/identity/trial/posts/database/app/password",
        });
        expect(of("sample-api-db").passwordParameter).to.equal("/identity/trial/sample-api/database/app/password");
        expect(of("keycloak-db").passwordParameter).to.equal("/identity/trial/keycloak/KC_DB_PASSWORD");
    });
});
