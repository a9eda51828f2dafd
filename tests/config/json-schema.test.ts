import { readFileSync } from "node:fs";
import path from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { expect } from "chai";
import { parse } from "yaml";
import { heritageJsonSchema, stackJsonSchema } from "../../config/json-schema";

describe("the JSON Schema that an editor reads", () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(stackJsonSchema());
    const errors = (yaml: string) => {
        validate(parse(yaml));
        return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
    };
    const stack = (rest: string) =>
        `config:\n    aws:region: eu-west-1\n    identity:environment: dev\n    identity:agents: { issuer: {} }\n    ${rest}`;

    for (const name of ["dev", "prod"]) {
        it(`takes Pulumi.${name}.yaml`, () => {
            const yaml = readFileSync(path.join(__dirname, "..", "..", `Pulumi.${name}.yaml`), "utf8");
            expect(errors(yaml)).to.deep.equal([]);
        });
    }

    it("takes other packages' keys and what Pulumi writes for a passphrase", () => {
        expect(errors(`${stack("aws:profile: team")}\nencryptionsalt: v1:abc`)).to.deep.equal([]);
    });

    it("knows an encrypted value by the form that it has in the file", () => {
        const secret = (value: string) =>
            stack(`x:y: 1\n`).replace("issuer: {}", `issuer: { secrets: { A: { value: ${value} } } }`);
        expect(errors(secret("{ secure: v1:abc }"))).to.deep.equal([]);
        expect(errors(secret("hush"))).to.have.length(1);
    });

    it("refuses a key that is not there, a wrong type, and a missing region", () => {
        expect(errors(stack("identity:agentz: {}")).join()).to.contain("agentz");
        expect(errors(stack("identity:exec: sometimes")).join()).to.contain("boolean");
        expect(errors("config: { identity:environment: dev, identity:agents: {} }").join()).to.contain("aws:region");
    });

    it("explains every key", () => {
        const undescribed: string[] = [];
        const walk = (node: Record<string, unknown>, at: string) => {
            for (const [key, value] of Object.entries(
                (node.properties ?? {}) as Record<string, Record<string, unknown>>,
            )) {
                if (!value.description && !value.properties) undescribed.push(`${at}.${key}`);
                walk(value, `${at}.${key}`);
            }
            const items = (node.additionalProperties || node.items) as Record<string, unknown> | undefined;
            if (items && typeof items === "object") walk(items, `${at}[]`);
        };
        const config = (stackJsonSchema() as { properties: { config: Record<string, unknown> } }).properties.config;
        walk(config, "config");
        expect(undescribed.filter((at) => !at.endsWith(".secure"))).to.deep.equal([]);
    });
});

describe("the JSON Schema of a heritage's file", () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(heritageJsonSchema());
    const problems = (text: string) => {
        validate(parse(text));
        return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    };
    const sample = readFileSync("heritages/sample-api.yml", "utf8");

    it("takes the repository's own", () => {
        expect(problems(sample)).to.deep.equal([]);
    });

    it("knows the keys as the file has them, and what needs which", () => {
        expect(problems(sample.replace("health_check_path", "healthCheckPath")).join()).to.contain(
            "/services/web must NOT have additional properties",
        );
        expect(problems(sample.replace(/ +schedule: .*\n/, "")).join()).to.contain(
            "must have required property 'schedule'",
        );
    });

    it("lets an environment override a part, and take a key out", () => {
        const over = (text: string) => `${sample.replace(/environments:[^]*/, "")}environments: { prod: ${text} }\n`;
        expect(problems(over("{ scheduled_tasks: { nightly: { retries: 5 } }, database: }"))).to.deep.equal([]);
        expect(problems(over("{ services: { web: { cpus: 1 } } }"))).not.to.be.empty;
    });
});
