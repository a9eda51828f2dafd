/** What `npm test` judges: the project's own files, and nothing that a user puts beside them. */
import path from "node:path";
import { expect } from "chai";
import { ESLint } from "eslint";
import { getFileInfo } from "prettier";
import * as ts from "typescript";

const PROJECT = path.join(__dirname, "..");
const OURS = [
    "index.ts",
    "automation/commands/plan.ts",
    "aws/ecs.ts",
    "components/vpc.ts",
    "policy/rules/iam.ts",
    "tests/own-files.test.ts",
];
const OURS_NOT_CODE = ["package.json", ".mocharc.json", "images/envoy/envoy.yaml", ".github/workflows/up.yml"];
const THEIRS = [
    "Pulumi.mine.yaml",
    "Pulumi.dev.yaml",
    "Pulumi.prod.yaml",
    "heritages/blog.yml",
    "heritages/sample-api.yml",
    "images/blog/server.js",
    "images/blog/src/server.ts",
    "images/blog/package.json",
    "images/keycloak/realms/acme.json",
    "apps/blog/server.js",
    "server.js",
    "compose.yaml",
    ".github/workflows/blog.yml",
    "build/plan/dev/plan.json",
];

describe("lint and types", () => {
    it("look at the project's own code", async () => {
        const eslint = new ESLint({ cwd: PROJECT });
        for (const file of OURS) {
            expect(await eslint.isPathIgnored(path.join(PROJECT, file)), `eslint ${file}`).to.equal(false);
        }
        for (const file of [...OURS, ...OURS_NOT_CODE])
            expect(await formatted(file), `prettier ${file}`).to.equal(true);
        const checked = typeChecked();
        for (const file of OURS) expect(checked, `tsc ${file}`).to.include(file);
    });

    it("leave stack files, heritages, applications and all else to whose they are", async () => {
        const eslint = new ESLint({ cwd: PROJECT });
        for (const file of THEIRS) {
            expect(await eslint.isPathIgnored(path.join(PROJECT, file)), `eslint ${file}`).to.equal(true);
            expect(await formatted(file), `prettier ${file}`).to.equal(false);
        }
        const folders = new Set(typeChecked().map((file) => file.split("/")[0]));
        expect([...folders].sort()).to.eql([
            "automation",
            "aws",
            "bench",
            "components",
            "config",
            "index.ts",
            "platform",
            "policy",
            "tests",
        ]);
    });
});

const formatted = async (file: string) => {
    const { ignored } = await getFileInfo(path.join(PROJECT, file), {
        ignorePath: path.join(PROJECT, ".prettierignore"),
    });
    return !ignored;
};

/** The files that tsconfig.json names, from the project's root. */
function typeChecked(): string[] {
    const { config } = ts.readConfigFile(path.join(PROJECT, "tsconfig.json"), ts.sys.readFile);
    const { fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
    return fileNames.map((file) => path.relative(PROJECT, file));
}
