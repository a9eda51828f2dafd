/** A key without a value, in stack files and in heritages: one table for both. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readConfig } from "../../config/load";
import { DEV, handedOver } from "./support";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
/** What the two files have in common, as a stack file and as a heritage write it. */
const FILES = {
    "a stack file": (inside: string, beside: string) =>
        `${DEV}services: { app: { image: "${IMAGE}", healthCheckPath: /up, paths: [/a], ${camel(inside)} } }\n${camel(beside)}`,
    "a heritage": (inside: string, beside: string) =>
        `image: "${IMAGE}"\nservices: { web: { health_check_path: /up, listeners: [{ paths: [/a] }], ${inside} } }\n${beside}`,
};
const camel = (yaml: string) => yaml.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** In a service, and beside the services. */
const SAYS_NOTHING: Record<string, [inside: string, beside?: string]> = {
    "a number": ["count:"],
    "a mapping of settings": ["autoscaling:"],
    "a setting in a mapping": ["autoscaling: { min: , max: 4 }"],
    "a list": ["writable:"],
    "a mapping by name": ["environment:"],
    "the tilde that YAML has for it": ["cpu: ~"],
    "the word that YAML has for it": ["cpu: null"],
    "a mapping beside the services": ["", "plugins:"],
    "a setting in a named mapping": [
        "",
        `plugins: { datadog: { image: "${IMAGE}", api_key: { parameter: /dd, generate: }, site: } }`,
    ],
};
const REFUSED: Record<string, [inside: string, what: RegExp, beside?: string]> = {
    "a variable": ["environment: { LOG_LEVEL: }", /LOG_LEVEL.* is empty, and should be a text/],
    "an element of a list": ["writable: [~]", /writable/],
    "a key that does not exist": ["cuont:", /there is no such key/],
    "a secret, which has to have a source": [
        "",
        /has none of generate/,
        "plugins: { otel: { image: x, config: x, secrets: { KEY: } } }",
    ],
};

describe("a key without a value", () => {
    const root = process.cwd();
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "nothing-"));
        mkdirSync(path.join(folder, "heritages"));
        process.chdir(folder); // where Pulumi runs a program
    });
    afterEach(() => {
        process.chdir(root);
        rmSync(folder, { recursive: true });
    });

    const problemsOf = (kind: keyof typeof FILES, inside: string, beside = "") => {
        const text = FILES[kind](inside, beside);
        if (kind === "a heritage") writeFileSync("heritages/app.yml", text);
        const stack = kind === "a heritage" ? `${DEV}heritages: [app]` : text;
        const { problems } = readConfig(handedOver(stack), "identity", () => true);
        return problems.map(({ path: at, what }) => `${at.join(".")} ${what}`);
    };

    for (const kind of Object.keys(FILES) as (keyof typeof FILES)[]) {
        for (const [name, [inside, beside]] of Object.entries(SAYS_NOTHING)) {
            it(`of ${kind} is as if it were not there: ${name}`, () => {
                expect(problemsOf(kind, inside, beside)).to.deep.equal([]);
            });
        }
        for (const [name, [inside, what, beside]] of Object.entries(REFUSED)) {
            it(`of ${kind} is refused: ${name}`, () => {
                expect(problemsOf(kind, inside, beside).join("\n")).to.match(what);
            });
        }
    }

    it("in the element of a list is as if it were not there, too", () => {
        const listener = `image: "${IMAGE}"\nservices: { web: { health_check_path: /up, listeners: [{ paths: [/a], priority: }] } }`;
        writeFileSync("heritages/app.yml", listener);
        const exception = "policyExceptions: [{ policy: ecs-read-only-root, resource: web, reason: old, why: }]";
        const problems = (stack: string) =>
            readConfig(handedOver(`${DEV}heritages: [app]\n${stack}`), "identity", () => true).problems;
        expect(problems("")).to.deep.equal([]);
        expect(problems(exception)).to.have.length(1);
        expect(problems(exception.replace(", why:", ""))).to.deep.equal([]);
    });
});
