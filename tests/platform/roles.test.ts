import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { parseDocument } from "yaml";
import { planStack } from "../../automation/plan/plan-stack";
import { ConfigError } from "../../config/problems";

const ROOT = path.join(__dirname, "../..");
const BOUNDARY = "arn:aws:iam::123456789012:policy/identity-bootstrap/identity-dev-boundary";

describe("the roles of a stack", () => {
    const dir = mkdtempSync(path.join(tmpdir(), "roles-"));
    after(() => rmSync(dir, { recursive: true }));

    /** What the plan of dev has for each role, with this boundary. */
    async function roles(boundary?: string) {
        cpSync(path.join(ROOT, "Pulumi.yaml"), path.join(dir, "Pulumi.yaml"));
        // Indented in whichever way: `pulumi config set` writes the file anew.
        const file = parseDocument(readFileSync(path.join(ROOT, "Pulumi.dev.yaml"), "utf8"));
        if (boundary) file.setIn(["config", "identity:permissionsBoundary"], boundary);
        writeFileSync(path.join(dir, "Pulumi.dev.yaml"), String(file));
        const { resources } = await planStack({ root: dir, stack: "dev" });
        return resources.filter(({ type }) => type === "aws:iam/role:Role").map(({ inputs }) => inputs);
    }

    it("are all within the boundary, and below the path that CI may change", async () => {
        const all = await roles(BOUNDARY);
        expect(all).to.have.length(20);
        for (const role of all) expect(role).to.include({ permissionsBoundary: BOUNDARY, path: "/identity/dev/" });
    });

    it("are as they were where there is none", async () => {
        for (const role of await roles()) expect(role).not.to.have.any.keys("permissionsBoundary", "path");
    });

    it("are refused a boundary that is no policy", async () => {
        const error = await roles("arn:aws:iam::123456789012:role/admin").catch((e: unknown) => e);
        expect(error).to.be.instanceOf(ConfigError);
        expect((error as Error).message).to.contain("permissionsBoundary");
    });
});
