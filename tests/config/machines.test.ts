import { expect } from "chai";
import { VON_NETWORK_COMMIT } from "../../components/dev-ledger/user-data";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, problemsOf, PROD, refusals } from "./support";

const AGENT = `${DEV}agents: { issuer: {} }\n`;
const DOMAIN = `${DEV.replace("publicEndpoint: { plainHttp: true }", "domain: { name: id.example.com }")}`;
const OTHER = "genesisUrl: https://ledger.example.com/genesis";

const BROKEN: Broken = {
    "a ledger of its own in prod": [
        `${PROD}agents: { issuer: {} }\ndevLedger: {}`,
        "identity:devLedger",
        /is for dev only: one machine, nodes whose keys everybody knows/,
        /agents\.<name>\.genesisUrl/,
    ],
    "a ledger without a way out": [
        `${AGENT}devLedger: {}\nnetwork: { nat: none, interfaceEndpoints: true }`,
        "identity:devLedger",
        /downloads software from the internet/,
        /nat: single/,
    ],
    "a ledger for nobody": [
        `${DEV}agents: { issuer: { ${OTHER} } }\ndevLedger: {}`,
        "identity:devLedger",
        /no agent would use it/,
        /leave it out, or the genesisUrl/,
    ],
    "a ledger on ARM": [
        `${AGENT}devLedger: { instanceType: t4g.small }`,
        "identity:devLedger.instanceType",
        /ARM processors/,
        /t3\.small/,
    ],
    "a ledger in too little memory": [
        `${AGENT}devLedger: { instanceType: t3.micro }`,
        "identity:devLedger.instanceType",
        /has 1 GiB, and four nodes/,
        /t3\.small, with 2 GiB/,
    ],
    "a ledger in too little space": [
        `${AGENT}devLedger: { volumeGiB: 8 }`,
        "identity:devLedger.volumeGiB",
        /too small: 12/,
        /gp3/,
    ],
    "a ledger by tag": [
        `${AGENT}devLedger: { commit: v1.9.0 }`,
        "identity:devLedger.commit",
        /"v1\.9\.0" is no commit hash/,
        /von-network/,
    ],
    "an agent of the ledger's name": [
        `${DOMAIN}agents: { ledger: {} }\ndevLedger: {}`,
        "identity:agents.ledger.host",
        /ledger\.internal\.id\.example\.com is the name of the stack's own ledger/,
        /another host/,
    ],
    "Keycloak under the ledger's name": [
        `${DOMAIN}agents: { issuer: {} }\ndevLedger: {}\nkeycloak: { version: "26.7.3", host: ledger }`,
        "identity:keycloak.host",
        /the stack's own ledger/,
        /another host/,
    ],
    "a workbench in too little memory": [
        `${AGENT}workbench: { instanceType: t4g.nano }`,
        "identity:workbench.instanceType",
        /0\.5 GiB, in which dnf installs nothing/,
        /t4g\.micro/,
    ],
    "a machine that is none": [
        `${AGENT}workbench: { instanceType: small }`,
        "identity:workbench.instanceType",
        /"small" is no instance type/,
        /t4g\.micro/,
    ],
    "a machine of a size that is none": [
        `${AGENT}workbench: { instanceType: t4g.huge }`,
        "identity:workbench.instanceType",
        /"t4g\.huge" is no instance type/,
        /t4g\.micro/,
    ],
    "a key that a workbench has not": [
        `${AGENT}workbench: { type: t3.micro }`,
        "identity:workbench.type",
        /no such key/,
        /instanceType/,
    ],
    "more rules than the admin endpoint's group takes, with the workbench's": [
        `${DEV}agents: { ${Array.from({ length: 6 }, (_, i) => `a${i}: { count: 1, didcommPort: ${8100 + i}, adminPort: ${8200 + i} }`)} }\n` +
            `workbench: {}\nadminEndpoint: { allowedCidrs: [${Array.from({ length: 10 }, (_, i) => `10.${i + 1}.0.0/16`)}] }\n` +
            "walletDb: { instanceClass: db.t4g.medium }",
        "identity:adminEndpoint.allowedCidrs",
        /66 rules/,
        /fewer/,
    ],
};

describe("a stack file with machines", () => {
    refusals(BROKEN);

    const config = (yaml: string) => readConfig(handedOver(yaml), "identity", () => false).config!;

    it("has none unless it says so", () => {
        const { devLedger, workbench } = config(AGENT);
        expect({ devLedger, workbench }).to.deep.equal({ devLedger: undefined, workbench: undefined });
    });

    it("needs to say no more than that", () => {
        const { devLedger, workbench } = config(`${AGENT}devLedger: {}\nworkbench: {}`);
        expect(devLedger).to.deep.equal({ instanceType: "t3.small", volumeGiB: 20, commit: VON_NETWORK_COMMIT });
        expect(workbench).to.deep.equal({ instanceType: "t4g.micro" });
    });

    it("may have agents on another ledger beside its own", () => {
        expect(
            problemsOf(
                `${DEV}agents: { issuer: {}, other: { didcommPort: 8030, adminPort: 8031, ${OTHER} } }\ndevLedger: {}`,
            ),
        ).to.deep.equal([]);
    });

    it("may have a workbench in prod, without a NAT gateway, and on either architecture", () => {
        const away = "network: { nat: none, interfaceEndpoints: true }";
        expect(
            problemsOf(`${PROD}agents: { issuer: {} }\nworkbench: { instanceType: t3.small }\n${away}`),
        ).to.deep.equal([]);
    });

    it("is told nothing of the machines that follows from another mistake", () => {
        const problems = problemsOf(`${AGENT.replace("dev", "staging")}devLedger: {}`);
        expect(problems, problems.join("\n")).to.have.length(1);
        expect(problemsOf(`${DEV}agents: { issuer: 5 }\ndevLedger: {}`)).to.have.length(1);
    });
});
