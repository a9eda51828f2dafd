import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { watch } from "../../../automation/local/watch";

describe("what `up --watch` hears of", () => {
    it("is each change: a file in the place of another one, again and again, and what is in a new folder", async function () {
        this.timeout(20_000);
        const root = mkdtempSync(path.join(tmpdir(), "watch-"));
        after(() => rmSync(root, { recursive: true, force: true }));
        const [file, other] = [path.join(root, "app.py"), path.join(root, "new/other.py")];
        writeFileSync(file, "0");
        mkdirSync(path.join(root, "node_modules"));
        const stop = new AbortController();
        const heard: string[][] = [];
        let wake = () => {};
        const watching = watch([root, path.join(root, "not-there")], stop.signal, async (files) => {
            heard.push([...files]);
            wake();
        });
        const next = async (change: () => void) => {
            const told = new Promise<void>((resolve) => (wake = resolve));
            change();
            await told;
            return heard.at(-1)!;
        };
        for (const text of ["1", "2", "3"]) {
            const files = await next(() => {
                writeFileSync(`${file}.tmp`, text);
                renameSync(`${file}.tmp`, file);
            });
            expect(files).to.include(file);
        }
        await next(() => mkdirSync(path.dirname(other)));
        writeFileSync(path.join(root, "node_modules/a.js"), "");
        expect(await next(() => writeFileSync(other, ""))).to.deep.equal([other]);
        stop.abort();
        await watching;
    });
});
