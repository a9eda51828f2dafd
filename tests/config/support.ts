/** Stack files as texts, and what is wrong with them. */
import { expect } from "chai";
import { parse } from "yaml";
import { readConfig } from "../../config/load";
import { pathText } from "../../config/problems";

/** What Pulumi hands to a program of a stack file's `config:`. */
export function handedOver(yaml: string): Record<string, string> {
    const config = parse(yaml) as Record<string, unknown>;
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [
            key.includes(":") ? key : `identity:${key}`,
            typeof value === "string" ? value : JSON.stringify(value),
        ]),
    );
}

/** `path: what → fix` for each problem. */
export function problemsOf(yaml: string, secret = false): string[] {
    return readConfig(handedOver(yaml), "identity", () => secret).problems.map(
        ({ path, what, fix }) => `${pathText(path, "identity")}: ${what} → ${fix}`,
    );
}

export const DEV = "aws:region: ap-northeast-1\nenvironment: dev\npublicEndpoint: { plainHttp: true }\n";
export const PROD = "aws:region: ap-northeast-1\nenvironment: prod\ndomain: { name: id.example.com }\n";

/** One of each that has tasks in a stack file, all with the same keys. */
export const onEach = (keys: string) => `agents: { issuer: { ${keys} } }
services: { app: { image: "x@sha256:${"a".repeat(64)}", healthCheckPath: /up, paths: [/a] ${keys && `, ${keys}`} } }
keycloak: { version: "26.7.3" ${keys && `, ${keys}`} }
`;

/** A stack file, and the one thing that is wrong in it: where, what, what would be right. */
export type Broken = Record<string, [yaml: string, path: string, what: RegExp, fix: RegExp]>;

/** A test for each: exactly this is refused. */
export function refusals(broken: Broken) {
    for (const [name, [yaml, path, what, fix]] of Object.entries(broken)) {
        it(`is refused for ${name}`, () => {
            const problems = problemsOf(yaml);
            expect(problems, problems.join("\n")).to.have.length(1);
            const [first] = problems;
            expect(first).to.satisfy((text: string) => text.startsWith(`${path}: `), `${first} is about ${path}`);
            expect(first!.split(" → ")[0]).to.match(what);
            expect(first!.split(" → ")[1]).to.match(fix);
        });
    }
}
