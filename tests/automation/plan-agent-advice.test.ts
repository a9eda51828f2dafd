import { expect } from "chai";
import { agentAdvice } from "../../automation/plan/sections/agent-advice";
import type { TaskDefinition } from "../../automation/plan/sections/task-definitions";

const definitions = (environment: Record<string, string>) => {
    const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
    const container = { name: "agent", image: "x", essential: true, environment: variables };
    return new Map([["issuer", { containerDefinitions: [container] } as unknown as TaskDefinition]]);
};
const about = (environment: Record<string, string>) =>
    agentAdvice(definitions(environment)).map((one) => `${one.about}: ${one.what}`);

describe("advice about agents", () => {
    it("says that askar is deprecated, and nothing of the others", () => {
        expect(about({ ACAPY_WALLET_TYPE: "askar" })).to.deep.equal([
            "issuer: its wallet is of the type askar, which ACA-Py has called deprecated since 1.5.1",
        ]);
        for (const type of ["askar-anoncreds", "kanon-anoncreds"]) {
            expect(about({ ACAPY_WALLET_TYPE: type })).to.deep.equal([]);
        }
        expect(about({ WALLET_TYPE: "askar" })).to.deep.equal([]); // no agent
    });

    it("says that an address of tails files is for good, where it is the load balancer's own", () => {
        const agent = (url: string) => ({ ACAPY_WALLET_TYPE: "askar-anoncreds", ACAPY_TAILS_SERVER_BASE_URL: url });
        expect(about(agent("http://public-1.elb.amazonaws.com:8023/tails"))[0]).to.match(/has it for good/);
        expect(about(agent("https://issuer.id.example.com/tails"))).to.deep.equal([]);
    });

    it("says that the pools of tenants are not counted, where nobody says how many there are", () => {
        const agent = { ACAPY_WALLET_TYPE: "askar-anoncreds", ACAPY_MULTITENANT: "true" };
        expect(about(agent)).to.have.length(1);
        expect(about(agent)[0]).to.match(/up to 100 tenants, and none of them is counted/);
        expect(about({ ...agent, ACAPY_MULTITENANCY_CONFIGURATION: '{"cache_size":5}' })).to.deep.equal([]);
        expect(about({ ...agent, ACAPY_MULTITENANT: "false" })).to.deep.equal([]);
    });
});
