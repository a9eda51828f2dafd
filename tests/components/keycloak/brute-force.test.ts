import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { unprotectedRealms } from "../../../components/keycloak/brute-force";

describe("unprotectedRealms", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "realms-"))));
    afterEach(() => rmSync(folder, { recursive: true }));
    const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

    it("names the realms that do not say that failed log-ins are counted", () => {
        write("shop.json", '{ "realm": "shop" }');
        write("wiki.json", '{ "realm": "wiki", "bruteForceProtected": false }');
        write("blog.json", '{ "realm": "blog", "bruteForceProtected": "true" }');
        write("staff.json", '\uFEFF{ "realm": "staff", "bruteForceProtected": true }');
        expect(unprotectedRealms([folder])).to.deep.equal(["blog", "shop", "wiki"]);
    });

    it("takes several files of a realm together, as an export of a folder has them", () => {
        write("demo-realm.json", '{ "realm": "demo", "bruteForceProtected": true }');
        write("demo-users-0.json", '{ "realm": "demo", "users": [] }');
        expect(unprotectedRealms([folder])).to.deep.equal([]);
    });

    it("leaves what is no realm to others, and has nothing to say of no folder", () => {
        write("README.md", "# Realms");
        write("broken.json", '{ "realm": ');
        write("null.json", "null");
        expect(unprotectedRealms([folder])).to.deep.equal([]);
        expect(unprotectedRealms([path.join(folder, "none")])).to.deep.equal([]);
    });
});
