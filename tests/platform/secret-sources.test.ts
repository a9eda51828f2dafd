import { expect } from "chai";
import { SecretStore } from "../../components/secret-store";
import { SecretSources } from "../../platform/secret-sources";
import { make } from "../components/support";

const sources = (protect: boolean) =>
    make(() => {
        const names = ["ACAPY_WALLET_KEY", "ACAPY_WALLET_SEED", "OTHER", "constructor"];
        const generated = Object.fromEntries(names.map((name) => [name, { generate: {} }]));
        const secrets = new SecretSources(new SecretStore("secrets"), protect, new Map([["/theirs", 7]]));
        const { EXISTING } = secrets.secretsOf("app", { ...generated, EXISTING: { parameter: "/theirs" } });
        return { version: EXISTING!.version };
    });

describe("SecretSources", () => {
    it("generates as many characters as the variable takes, 48 where that does not matter", async () => {
        const made = await sources(true);
        const lengths = made.all("random.RandomPassword").map(({ name, inputs }) => [name, inputs.length]);
        expect(lengths).to.deep.equal([
            ["secrets-app-ACAPY_WALLET_KEY", 48],
            ["secrets-app-ACAPY_WALLET_SEED", 32],
            ["secrets-app-OTHER", 48],
            ["secrets-app-constructor", 48],
        ]);
    });

    for (const protect of [true, false]) {
        it(`${protect ? "protects" : "does not protect"} a wallet's key in a stack with protect: ${protect}`, async () => {
            const made = await sources(protect);
            const names = (kind: string) =>
                made.all(kind).flatMap((resource) => (resource.protect ? [resource.name] : []));
            const expected = protect ? ["secrets-app-ACAPY_WALLET_KEY"] : [];
            expect(names("random.RandomPassword")).to.deep.equal(expected);
            expect(names("aws.ssm.Parameter")).to.deep.equal(expected);
        });
    }

    it("knows which version a parameter of somebody else's has", async () => {
        expect((await sources(false)).outputs.version).to.equal("7");
    });
});
