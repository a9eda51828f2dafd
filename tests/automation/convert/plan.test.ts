import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { planStack } from "../../../automation/plan/plan-stack";
import { ConfigError } from "../../../config/problems";
import { CASES, converted } from "./cases";

const PROJECT = path.join(__dirname, "../../..");
const DIGEST = `@sha256:${"d".repeat(64)}`;
/** A load balancer takes so many rules and a database so long; a stack is for some applications. */
const EACH = 12;

/** Each in a folder with its image or its build folder in place, and nothing else done of what is left to do. */
function withFiles(folder: string, names: readonly string[]): string[] {
    mkdirSync(path.join(folder, "heritages"), { recursive: true });
    return names.flatMap((name) =>
        converted(name).files.map((file) => {
            const { build } = file.tree as {
                build?: string | { context: string; dockerfile?: string; target?: string };
            };
            const {
                context = "",
                dockerfile = "Dockerfile",
                target = undefined,
            } = typeof build === "string" ? { context: build } : (build ?? {});
            if (context !== "") {
                const at = path.join(folder, context, dockerfile);
                mkdirSync(path.dirname(at), { recursive: true });
                writeFileSync(at, `FROM scratch${target === undefined ? "" : ` AS ${target}`}\n`);
            }
            const text = file.text.replaceAll(/^( *(?:image|-? ?image): )([^\s@]+?)(:[\w.-]+)?$/gm, `$1$2${DIGEST}`);
            writeFileSync(
                path.join(folder, "heritages", `${file.name}.yml`),
                text.replaceAll(/(image: )([^\s@{},"]+?)(:[\w.-]+)?(?=[,\s}])/g, `$1$2${DIGEST}`),
            );
            return file.name;
        }),
    );
}

describe("what is converted", function () {
    this.timeout(240_000);
    const sets = Array.from({ length: Math.ceil(CASES.length / EACH) }, (_, i) =>
        CASES.slice(i * EACH, (i + 1) * EACH),
    );
    for (const environment of ["dev", "prod"]) {
        for (const names of sets) {
            it(`passes the plan of ${environment}: ${names[0]} to ${names.at(-1)}`, async () => {
                const folder = mkdtempSync(path.join(os.tmpdir(), "converted-"));
                try {
                    for (const name of ["Pulumi.yaml", "images"]) {
                        cpSync(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
                    }
                    const heritages = withFiles(folder, names);
                    const config = {
                        "aws:region": "eu-central-1",
                        "identity:environment": environment,
                        "identity:domain": { name: "example.com" },
                        "identity:heritages": heritages,
                    };
                    writeFileSync(path.join(folder, `Pulumi.${environment}.yaml`), JSON.stringify({ config }));
                    const { resources } = await planStack({ root: folder, stack: environment, files: folder }).catch(
                        (error: unknown) => {
                            throw error instanceof ConfigError
                                ? new Error(JSON.stringify(error.problems, undefined, 1))
                                : error;
                        },
                    );
                    expect(resources.length).to.be.greaterThan(heritages.length * 3);
                } finally {
                    rmSync(folder, { recursive: true });
                }
            });
        }
    }
});
