import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { protectionOf, renderProtection } from "../../../automation/bootstrap/github";
import { DEV, PROD } from "./holders";

const REVIEWED = {
    required_approving_review_count: 1,
    require_code_owner_review: true,
    require_last_push_approval: true,
};
const CODEOWNERS =
    "# who answers for what\n/.github/ @acme/team\n/automation/bootstrap/ @acme/team\n/policy/ @acme/team\n";
const limited = { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } };
const approved = {
    protection_rules: [{ type: "required_reviewers", prevent_self_review: true, reviewers: [{ type: "Team" }] }],
};
const MAIN = { branch_policies: [{ name: "main" }] };

/** What GitHub answers where all is set as `npx identity bootstrap` prints it, by path below the repository. */
const WELL: Record<string, unknown> = {
    "rules/branches/main": [
        { type: "deletion" },
        { type: "non_fast_forward" },
        { type: "pull_request", parameters: REVIEWED },
    ],
    "contents/.github/CODEOWNERS": { content: Buffer.from(CODEOWNERS).toString("base64") },
    "environments/dev": limited,
    "environments/dev-preview": { deployment_branch_policy: null },
    "environments/dev-drift": limited,
    "environments/prod": { ...limited, ...approved },
    "environments/prod-preview": limited,
    "environments/prod-drift": limited,
    ...Object.fromEntries(
        ["dev", "dev-drift", "prod", "prod-preview", "prod-drift"].map((name) => [
            `environments/${name}/deployment-branch-policies`,
            MAIN,
        ]),
    ),
};

describe("what protects the deployed branch", () => {
    let server: Server;
    let answers: Record<string, unknown> = {};
    let authorization: unknown;

    before((done) => {
        server = createServer((request, response) => {
            authorization = request.headers.authorization;
            const path = new URL(request.url!, "http://x").pathname.replace("/repos/acme/identity/", "");
            response.statusCode = path in answers ? 200 : 404;
            response.end(JSON.stringify(answers[path] ?? {}));
        }).listen(0, "127.0.0.1", done);
    });
    after(() => void server.close());

    const look = (changes: Record<string, unknown> = {}) => {
        answers = Object.fromEntries(Object.entries({ ...WELL, ...changes }).filter(([, one]) => one !== undefined));
        const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const repository = { api, name: "acme/identity", branch: "main", token: "t" };
        return protectionOf(repository, [DEV, { ...PROD, production: true }]);
    };

    it("finds nothing where all is set as it is printed", async () => {
        expect(await look()).to.deep.equal({ findings: [], unseen: [] });
        expect(authorization).to.equal("Bearer t");
    });

    it("tells a branch that anybody may push to, all at once", async () => {
        const { findings } = await look({ "rules/branches/main": [] });
        expect(findings).to.have.length(5);
        expect(findings.join("\n")).to.match(/anybody with write access can push to it/);
    });

    it("tells reviews that are no second pair of eyes", async () => {
        for (const [key, said] of [
            ["require_code_owner_review", /need no owner's review/],
            ["require_last_push_approval", /whoever pushed last may approve/],
        ] as const) {
            const rules = (WELL["rules/branches/main"] as object[]).slice(0, 2);
            const parameters = { ...REVIEWED, [key]: false };
            const { findings } = await look({
                "rules/branches/main": [...rules, { type: "pull_request", parameters }],
            });
            expect(findings).to.have.length(1);
            expect(findings[0]).to.match(said);
        }
    });

    it("tells what has no owner", async () => {
        const content = Buffer.from("/policy/ @acme/team\n").toString("base64");
        expect((await look({ "contents/.github/CODEOWNERS": { content } })).findings).to.deep.equal([
            ".github/CODEOWNERS: nobody owns .github/, automation/bootstrap/",
        ]);
        expect((await look({ "contents/.github/CODEOWNERS": undefined })).findings[0]).to.match(
            /there is no CODEOWNERS/,
        );
        const all = Buffer.from("* @acme/team\n").toString("base64");
        expect((await look({ "contents/.github/CODEOWNERS": { content: all } })).findings).to.deep.equal([]);
    });

    it("tells a prod that nobody approves, that one approves oneself, or that any branch may use", async () => {
        expect((await look({ "environments/prod": limited })).findings[0]).to.match(
            /environment prod .*nobody has to approve/,
        );
        const alone = { protection_rules: [{ ...approved.protection_rules[0], prevent_self_review: false }] };
        expect((await look({ "environments/prod": { ...limited, ...alone } })).findings[0]).to.match(
            /prevent self-review/,
        );
        expect(
            (await look({ "environments/prod-preview": { deployment_branch_policy: null } })).findings,
        ).to.deep.equal(["environment prod-preview (Settings, Environments): other branches than main may use it"]);
        const wide = { branch_policies: [{ name: "main" }, { name: "release/*" }] };
        expect((await look({ "environments/dev/deployment-branch-policies": wide })).findings).to.have.length(1);
    });

    it("says what it could not see, and takes it for nothing else", async () => {
        const found = await look({ "environments/prod": undefined, "rules/branches/main": undefined });
        expect(found.findings).to.deep.equal([]);
        expect(renderProtection(found)).to.deep.equal([
            "the rules of the branch main: not there, or this token may not see it; nothing is known of it",
            "the environment prod: not there, or this token may not see it; nothing is known of it",
        ]);
    });
});
