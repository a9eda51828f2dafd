import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { planStack } from "../../../automation/plan/plan-stack";
import { ConfigError } from "../../../config/problems";
import { CASES, inPlace } from "./cases";

const PROJECT = path.join(__dirname, "../../..");
/** A load balancer takes so many rules and a database so long; a stack is for some applications. */
const EACH = 12;

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
                    const files = inPlace(names);
                    for (const [file, text] of Object.entries(files.texts)) {
                        const at = path.join(folder, file);
                        mkdirSync(path.dirname(at), { recursive: true });
                        writeFileSync(at, text);
                    }
                    const { heritages } = files;
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
