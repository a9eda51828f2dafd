import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { Reach } from "./reach";

const PROJECT = path.join(__dirname, "../..");
const FILE = path.join(PROJECT, "docs/security.md");
/** Set, it writes what there is: for a change that is meant. */
const WRITE = process.env.WRITE_EXPECTED !== undefined;

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
const block = (kind: string, stack: string, lines: readonly string[]) =>
    `<!-- generated: ${kind} ${stack} -->\n\n${"```text"}\n${lines.join("\n")}\n${"```"}\n\n<!-- end -->`;

describe("docs/security.md", () => {
    const text = () => readFileSync(FILE, "utf8");

    for (const stack of ["prod", "dev"]) {
        for (const [kind, linesOf] of Object.entries(GENERATED)) {
            it(`has the ${kind} of ${stack} as the program makes it`, async () => {
                const wanted = block(kind, stack, linesOf(await planStack({ root: PROJECT, stack })));
                const found = new RegExp(`<!-- generated: ${kind} ${stack} -->[^]*?<!-- end -->`);
                if (WRITE)
                    writeFileSync(
                        FILE,
                        text().replace(found, () => wanted),
                    );
                expect(found.exec(text())?.[0], "WRITE_EXPECTED=1 npx mocha tests/network").to.equal(wanted);
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
