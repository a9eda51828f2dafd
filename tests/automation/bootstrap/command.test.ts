import * as iam from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { advice } from "../../../automation/bootstrap/advice";
import { sameDocument } from "../../../automation/bootstrap/document";
import { githubProvider } from "../../../automation/bootstrap/identity";
import type { Account } from "../../../automation/bootstrap/names";
import { withOldBuckets } from "../../../automation/bootstrap/old-buckets";
import { stackOf } from "../../../automation/bootstrap/stack";
import { applySetting } from "../../../automation/bootstrap/account-setting";
import { identity } from "../../../automation/commands";
import { DEV, PROD } from "./holders";
import type { StackFile } from "../../../automation/plan/stack-file";
import type { CommandContext } from "../../../automation/shared/context";

const ACCOUNT: Account = { id: "123456789012", partition: "aws", region: "eu-west-1", project: "identity" };
const signal = new AbortController().signal;

describe("npx identity bootstrap", () => {
    async function run(...args: string[]) {
        const said = { out: "", err: "" };
        const around = {
            root: process.cwd(),
            signal,
            out: (text: string) => void (said.out += text),
            err: (text: string) => void (said.err += text),
        } as CommandContext;
        return { code: await identity(["bootstrap", ...args], around), ...said };
    }

    it("tells all that is wrong with its arguments at once, before it asks AWS anything", async () => {
        const { code, err } = await run("--repository", "acme", "--stack", "nowhere", "--region", "Frankfurt");
        expect(code).to.equal(2);
        expect(err.trim().split("\n")).to.have.length(3);
        expect(err).to.contain("--repository acme is no repository: OWNER/NAME");
        expect(err).to.contain("there is no Pulumi.nowhere.yaml");
        expect(err).to.contain("--region Frankfurt is no region");
        expect((await run("--stack", "dev")).err).to.contain("--repository is missing");
        expect((await run("--repository", "acme/identity")).err).to.contain("--stack is missing");
        expect((await run("--repository", "acme@1/identity", "--stack", "dev")).err).to.contain(
            "both numbers, or none",
        );
        expect((await run("--yes", "--force")).err).to.contain("unknown option '--force'");
        expect(await run("--help")).to.include({ code: 0 });
    });

    it("lets tokens for AWS in where somebody else's provider does not, and leaves the rest of it alone", async () => {
        const asked: object[] = [];
        const ids = ["theirs"];
        const client = {
            send: async (command: { input: { ClientID?: string } }) => {
                asked.push(command);
                if (command instanceof iam.AddClientIDToOpenIDConnectProviderCommand) ids.push(command.input.ClientID!);
                return { ClientIDList: ids };
            },
        };
        await applySetting(githubProvider(Object.assign(new iam.IAM(), client), ACCOUNT), () => {}, signal);
        expect(ids).to.deep.equal(["theirs", "sts.amazonaws.com"]);
        expect(asked.map(({ constructor }) => constructor.name)).to.deep.equal([
            "GetOpenIDConnectProviderCommand",
            "AddClientIDToOpenIDConnectProviderCommand",
            "GetOpenIDConnectProviderCommand",
        ]);
    });

    it("asks again until something is as it should be, or it is interrupted, and says once what it does", async () => {
        const thing = {
            what: "S3 bucket",
            name: "state",
            look: async () => [{ what: "turn versioning on", put: async () => {} }],
        };
        const stop = new AbortController();
        const said: string[] = [];
        setTimeout(() => stop.abort(), 200);
        const error = await applySetting(thing, (what) => said.push(what), stop.signal).catch((e: Error) => e.message);
        expect(error).to.equal("interrupted");
        expect(said).to.deep.equal(["turn versioning on"]); // once, however often it is tried
    });

    it("compares policies for what they say", () => {
        const one = {
            Statement: [{ Effect: "Allow", Action: ["a:B", "a:A"], Resource: ["*"] }],
            Version: "2012-10-17",
        };
        const other = { Version: "2012-10-17", Statement: { Resource: "*", Action: ["a:A", "a:B"], Effect: "Allow" } };
        expect(sameDocument(encodeURIComponent(JSON.stringify(one)), JSON.stringify(other))).to.equal(true);
        const more = { ...other, Statement: { ...other.Statement, Action: ["a:A", "a:B", "a:C"] } };
        expect(sameDocument(JSON.stringify(more), JSON.stringify(other))).to.equal(false);
        expect(sameDocument(undefined, JSON.stringify(other))).to.equal(false);
    });

    it("says what to write where, with the repository's plain name for GitHub's own CLI", () => {
        const text = advice(ACCOUNT, [DEV, { ...PROD, production: true }], "acme@12/identity@34", "main");
        expect(text).to.contain("--repo acme/identity --env prod ");
        expect(text).to.contain(
            "identity:permissionsBoundary: arn:aws:iam::123456789012:policy/identity-bootstrap/identity-dev-boundary",
        );
        // Whoever may deploy is a matter of the branch; a preview of dev comes from any, and one of prod, which reads its secrets, does not.
        expect(text.match(/deployment-branch-policies -f name=main/g)).to.have.length(5);
        expect(text).to.match(/PUT repos\/acme\/identity\/environments\/prod .*prevent_self_review=true .*reviewers/);
        expect(text).to.contain("dev and prod share this account");
        expect(text).to.match(/repos\/acme\/identity\/rulesets .*"require_code_owner_review":true/);
        for (const path of [".github/", "automation/bootstrap/", "policy/"]) {
            expect(text).to.contain(`/${path} @acme/TEAM`);
        }
        const alone = advice(ACCOUNT, [DEV], "acme/identity", "main");
        expect(alone).not.to.contain("share this account");
        const alike = advice(ACCOUNT, [DEV, { ...DEV, name: "dev-2" }], "acme/identity", "main");
        expect(alike).to.contain("Names of dev-2 begin as those of dev do");
    });

    it("lets in what the stack file and its heritages name, and buckets of before that carry the stack's tags", async () => {
        const file = {
            project: "identity",
            stack: "prod",
            file: "Pulumi.prod.yaml",
            secretKeys: [],
            config: {
                "aws:region": "eu-west-1",
                "identity:environment": "prod",
                "identity:domain": JSON.stringify({ name: "id.example.com", zone: "example.com" }),
                "identity:domains": JSON.stringify([{ name: "other.example" }]),
                "identity:agents": JSON.stringify({
                    issuer: {
                        secrets: {
                            ACAPY_WALLET_SEED: { parameter: "/team/seed" },
                            OTHER: { parameter: "/far/away/key" },
                        },
                    },
                }),
            },
        } as unknown as StackFile;
        const stack = stackOf(file, ["/team/*"]);
        expect(stack).to.deep.equal({
            name: "prod",
            region: "eu-west-1",
            production: true,
            domains: ["id.example.com", "other.example"],
            monitoring: true,
            parameters: ["/far/away/key", "/team/*"],
        });
        const [keycloak, workbench] = [JSON.stringify({ version: "26.7.3" }), "{}"];
        const all = { ...file.config, "identity:keycloak": keycloak, "identity:workbench": workbench };
        expect(stackOf({ ...file, config: all }, [], true)).to.include({ realms: true });
        expect(stackOf({ ...file, config: all }, [])).not.to.have.property("realms");
        expect(() => stackOf(file, [], true)).to.throw(
            /--realms: Pulumi\.prod\.yaml needs identity:keycloak, and .*workbench/,
        );
        const broken = { ...file, config: { ...file.config, "identity:agents": "{" } } as StackFile;
        expect(() => stackOf(broken, [])).to.throw(/Pulumi\.prod\.yaml has .*npx identity plan --stack prod/);

        const tagSet = (tags: Record<string, string>) => ({
            TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        });
        const buckets: Record<string, object> = {
            "access-logs-0000001": tagSet({ Project: "identity", Stack: "prod" }),
            "access-logs-0000002": tagSet({ Project: "identity", Stack: "dev" }),
            "access-logs-0000003": tagSet({ Project: "other", Stack: "prod" }),
            "access-logs-of-others": tagSet({ Project: "identity", Stack: "prod" }),
        };
        const client = {
            send: ({ input }: { input: { Bucket?: string } }) =>
                Promise.resolve(
                    input.Bucket ? buckets[input.Bucket] : { Buckets: Object.keys(buckets).map((Name) => ({ Name })) },
                ),
        };
        expect((await withOldBuckets(Object.assign(new S3(), client), ACCOUNT, stack)).buckets).to.deep.equal([
            "access-logs-0000001",
        ]);
    });
});
