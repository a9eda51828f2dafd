import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const FOLDERS = ["images/sample-api", "images/tails-server", "automation/local/images/aws"];

describe("Python's packages in an image", () => {
    for (const folder of FOLDERS) {
        const of = (file: string) => readFileSync(path.join(__dirname, "..", folder, file), "utf8");

        it(`are each pinned with hashes, and pip is told to ask for them: ${folder}`, () => {
            const wanted = of("requirements.in")
                .split("\n")
                .filter((line) => line !== "" && !line.startsWith("#"))
                .map((line) => /^[\w.-]+/.exec(line)![0]);
            const packages = of("requirements.txt")
                .split(/\n(?=[a-z])/)
                .slice(1);
            expect(packages.map((found) => found.split("==")[0])).to.include.members(wanted);
            for (const found of packages)
                expect(found).to.match(/^[\w-]+(\[\w+\])?==[\w.]+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$/);
            expect(of("Dockerfile")).to.match(/pip install [^&]*--require-hashes/);
        });
    }
});
