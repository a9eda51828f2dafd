import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { list } from "../../automation/commands/secrets/list";
import { copyProject, stackFile } from "../stacks/everything";

const DAY = 24 * 3600 * 1000;

describe("npx identity secrets list", function () {
    this.timeout(60_000);
    const stack = "everything";
    let root: string;

    before(() => {
        root = mkdtempSync(path.join(os.tmpdir(), "secrets-"));
        copyProject(root);
        writeFileSync(path.join(root, `Pulumi.${stack}.yaml`), stackFile(stack).text);
    });
    after(() => rmSync(root, { recursive: true }));

    /** What it prints, line by line, and its exit code, where each parameter was changed so many days ago; undefined: it is missing. */
    async function listed(daysOf: (parameter: string) => number | undefined, olderThan?: number) {
        let text = "";
        const send = ({ input }: { input: { Names: string[] } }) =>
            Promise.resolve({
                Parameters: input.Names.flatMap((Name) => {
                    const days = daysOf(Name);
                    return days === undefined
                        ? []
                        : [{ Name, Version: 3, LastModifiedDate: new Date(Date.now() - (days + 0.5) * DAY) }];
                }),
            });
        const ssm = { send } as never;
        const out = (said: string) => void (text += stripVTControlCharacters(said));
        const code = await list({ stack, olderThan }, { root, out }, () => Promise.resolve({ ssm }));
        return { code, lines: text.split("\n") };
    }

    it("tells each secret's age, and names those that nobody has changed for longer", async () => {
        const { code, lines } = await listed((name) => (/mail|plugins/.test(name) ? 90 : 91), 90);
        expect(code).to.equal(6);
        expect(lines.some((line) => line.startsWith("/identity/everything/a-16-letter-name/DB_PASSWORD "))).to.equal(
            true,
        );
        expect(lines.some((line) => /generated +3 +\d{4}-\d\d-\d\d +91 +portal$/.test(line))).to.equal(true);
        const old = lines.slice(lines.findIndex((line) => line.startsWith("older than 90 days")) + 1, -1);
        expect(old.map((line) => line.replace("    /identity/everything/", ""))).to.deep.equal([
            "a-16-letter-name/DB_PASSWORD: 91 days",
            "a-name-of-20-letters/ACAPY_ADMIN_API_KEY: 91 days",
            "a-name-of-20-symbols/DB_PASSWORD: 91 days",
            "holder/ACAPY_ADMIN_API_KEY: 91 days",
            "issuer/ACAPY_ADMIN_API_KEY: 91 days",
            "issuer/ACAPY_MULTITENANT_JWT_SECRET: 91 days",
            "keycloak/KC_DB_PASSWORD: 91 days",
            "keycloak/KC_TRACING_HEADER_AUTHORIZATION: 91 days",
            "keycloak/ORDERS_CLIENT_SECRET: 91 days",
            "keycloak/SMTP_PASSWORD: 91 days",
            "mediator/ACAPY_ADMIN_API_KEY: 91 days",
            "orders-nightly/ARCHIVE_KEY: 91 days",
            "orders-web/ONLY_HERE: 91 days",
            "orders/SESSION_KEY: 91 days",
            "orders/STRIPE_KEY: 91 days",
            "orders/database/app/password: 91 days",
            "portal/API_TOKEN: 91 days",
            "portal/database/portal/password: 91 days",
            "verifier/ACAPY_ADMIN_API_KEY: 91 days",
            "wallet-db/ACAPY_WALLET_STORAGE_CREDS: 91 days",
        ]);
    });

    it("has nothing against old ones where it is not asked, nor against young ones", async () => {
        expect((await listed(() => 4000)).code).to.equal(0);
        expect((await listed(() => 90, 90)).code).to.equal(0);
    });

    it("fails where one is missing, and names the old ones all the same", async () => {
        const { code, lines } = await listed((name) => (name.endsWith("/API_TOKEN") ? undefined : 91), 90);
        expect(code).to.equal(1);
        expect(lines.filter((line) => /^1 missing|^older than/.test(line))).to.have.length(2);
    });
});
