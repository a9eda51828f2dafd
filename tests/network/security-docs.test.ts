import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { expectGenerated } from "../generated-docs";
import { Reach } from "./reach";

const PROJECT = path.join(__dirname, "../..");
const FILE = path.join(PROJECT, "docs/security.md");

/** What stands between the marks of a generated part. */
const GENERATED: Record<string, (planned: PlannedStack) => string[]> = {
    network: (planned) => new Reach(planned).table(),
    paths: ({ model }) => {
        const { address, routes } = model.endpoints.find(({ name }) => name === "public")!;
        return routes
            .map(({ url, service, port }) => `${url.replace(address, "<load balancer>")} → ${service} ${port}`)
            .sort();
    },
};

describe("docs/security.md", () => {
    const text = () => readFileSync(FILE, "utf8");

    for (const stack of ["prod", "dev"]) {
        for (const [kind, linesOf] of Object.entries(GENERATED)) {
            it(`has the ${kind} of ${stack} as the program makes it`, async () => {
                const lines = linesOf(await planStack({ root: PROJECT, stack }));
                expectGenerated(FILE, `${kind} ${stack}`, lines, "tests/network");
            });
        }
    }

    it("names tests that there are", () => {
        const named = [...text().matchAll(/\]\(\.\.\/(tests\/[\w./-]+)\): ((?:"[^"]+"(?:, )?)+)/g)];
        expect(named).to.have.length.above(10);
        for (const [, file, titles] of named) {
            const source = readFileSync(path.join(PROJECT, file!), "utf8");
            for (const [, title] of titles!.matchAll(/"([^"]+)"/g)) expect(source, file).to.contain(title);
        }
    });

    it("names a test for each attack", () => {
        const section = text().split("## Attacks, and what holds")[1]!.split("\n## ")[0]!;
        const rows = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
        for (const row of rows.slice(1)) expect(row).to.match(/\]\(\.\.\/tests\/[\w./-]+\): "/);
    });
});
