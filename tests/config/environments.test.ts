import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ENVIRONMENTS, environmentNamed } from "../../config/environments";
import { environmentOf } from "../../policy/config";

const PROJECT = path.join(__dirname, "../..");

/** A third environment is made by one entry, before anything else of the program is loaded. */
const STAGING = `
const { ENVIRONMENTS, ENVIRONMENT_NAMES } = require(${JSON.stringify(path.join(PROJECT, "config/environments"))});
ENVIRONMENTS.staging = { ...ENVIRONMENTS.prod, defaults: { ...ENVIRONMENTS.prod.defaults, zones: 2, multiAz: false } };
ENVIRONMENT_NAMES.push("staging");
`;

const stack = (environment: string, ...lines: string[]) =>
    [
        "config:",
        "    aws:region: eu-central-1",
        `    identity:environment: ${environment}`,
        "    identity:domain: { name: id.example.com }",
        "    identity:agents: { issuer: {} }",
        ...lines.map((line) => `    ${line}`),
        "",
    ].join("\n");

describe("an environment", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "environments-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    before(() => {
        for (const name of ["Pulumi.yaml", "images"]) {
            cpSync(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
        }
        symlinkSync(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"));
        writeFileSync(path.join(folder, "staging.js"), STAGING);
    });

    /** What a program of its own prints, which knows the third environment. */
    function evaluate(code: string): unknown {
        const script = `
            const project = (file) => require(${JSON.stringify(`${PROJECT}/`)} + file);
            (async () => console.log(JSON.stringify(await (async () => { ${code} })())))();`;
        const preload = ["--require", "sucrase/register/ts", "--require", path.join(folder, "staging.js")];
        const out = execFileSync(process.execPath, [...preload, "--eval", script], { cwd: PROJECT, encoding: "utf8" });
        return JSON.parse(out);
    }

    it("that is unknown, or none, is production", () => {
        for (const name of [undefined, "", "stagnig", "constructor"]) {
            expect(environmentNamed(name)).to.equal(ENVIRONMENTS.prod);
        }
        expect(environmentOf({}, "identity").production).to.equal(true);
        expect(environmentOf({ "identity:environment": "dev" }, "identity").production).to.equal(false);
    });

    it("is one entry: a third one has its defaults, and the rules of production", () => {
        writeFileSync(path.join(folder, "Pulumi.mine.yaml"), stack("staging"));
        const found = evaluate(`
            const { planStack } = project("automation/plan/plan-stack");
            const { model } = await planStack({ root: ${JSON.stringify(folder)}, stack: "mine", files: ${JSON.stringify(folder)} });
            const { refusals } = project("automation/runner/guard");
            const gone = { kind: "delete", urn: "urn:pulumi:mine::identity::aws:kms/key:Key::secrets", reasons: [] };
            const [database] = model.databases;
            return {
                environment: model.environment,
                standby: database.multiAz,
                zones: database.zones.length,
                levels: [...new Set(model.policies.map(({ level }) => level))],
                guarded: refusals([gone], "staging", []).length,
            };`);
        expect(found).to.eql({
            environment: "staging",
            standby: false,
            zones: 2,
            levels: ["mandatory"],
            guarded: 1,
        });
    });

    it("is one entry: the schema and the checks know a third one", () => {
        writeFileSync(path.join(folder, "Pulumi.mine.yaml"), stack("staging", "identity:devLedger: {}"));
        const found = evaluate(`
            const { planStack } = project("automation/plan/plan-stack");
            const refused = await planStack({ root: ${JSON.stringify(folder)}, stack: "mine", files: ${JSON.stringify(folder)} }).then(() => "", String);
            const { stackJsonSchema } = project("config/json-schema");
            return { refused, schema: JSON.stringify(stackJsonSchema()).includes('"staging"') };`);
        expect(found).to.have.property("schema", true);
        expect(found).to.have.property("refused").that.includes("devLedger");
    });
});
