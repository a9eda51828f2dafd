import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as iam from "@aws-sdk/client-iam";
import * as kms from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
import { LocalWorkspace, type PulumiFn } from "@pulumi/pulumi/automation";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { backendUrl, secretsProvider, tags } from "../../automation/bootstrap/names";
import { identity } from "../../automation/commands";
import type { CommandContext } from "../../automation/shared/context";
import { needsEngine } from "./engine";

const ROOT = path.join(__dirname, "..", "..");
const ACCOUNT = { id: "123456789012", partition: "aws", region: "ap-northeast-1", project: "identity" };
const BUCKET = "identity-state-123456789012-ap-northeast-1";
const DEPLOY = "identity-dev-deploy";

/** From an emulated account with nothing in it to a state that Pulumi keeps there. */
describe("npx identity bootstrap on an emulated account", () => {
    const region = ACCOUNT.region;
    let clients: { iam: iam.IAMClient; kms: kms.KMSClient; s3: s3.S3Client };

    before(function () {
        needsEngine(this);
        clients = {
            iam: new iam.IAMClient({ region }),
            kms: new kms.KMSClient({ region }),
            s3: new s3.S3Client({ region, forcePathStyle: true }),
        };
    });

    /** The command with these arguments: what it said, and its exit code. */
    async function run(...args: string[]) {
        const said = { out: "", err: "" };
        const around: CommandContext = {
            root: ROOT,
            input: { isTTY: false } as NodeJS.ReadStream,
            out: (text) => void (said.out += text),
            err: (text) => void (said.err += text),
            signal: new AbortController().signal,
        };
        const repository = ["--repository", "acme@12/identity@34", "--stack", "dev", "--stack", "prod"];
        const code = await identity(["bootstrap", ...repository, ...args], around);
        return { code, ...said };
    }

    const everythingOfIam = async () => {
        const { Roles } = await clients.iam.send(new iam.ListRolesCommand({ PathPrefix: "/identity-bootstrap/" }));
        const { Policies } = await clients.iam.send(
            new iam.ListPoliciesCommand({ PathPrefix: "/identity-bootstrap/", Scope: "Local" }),
        );
        return [...Roles!.map(({ Arn }) => Arn), ...Policies!.map(({ Arn }) => Arn)].sort();
    };

    it("only looks in a dry run, and does nothing that nobody agreed to", async () => {
        const { code, out } = await run("--dry-run");
        expect(code).to.equal(0);
        expect(out).to.match(/S3 bucket +identity-state-123456789012-ap-northeast-1 +make it/);
        const unasked = await run();
        expect(unasked.code).to.equal(4);
        expect(unasked.err).to.contain("--yes");
        expect(await everythingOfIam()).to.deep.equal([]);
    });

    it("makes everything, and says what to write where", async () => {
        const { code, out, err } = await run("--yes");
        expect(err).to.equal("");
        expect(code).to.equal(0);
        expect(await everythingOfIam()).to.have.length(6 + 8); // roles, and policies
        expect(out).to.contain(`PULUMI_BACKEND_URL='s3://${BUCKET}?region=${region}&awssdk=v2'`);
        expect(out).to.contain(
            "secretsprovider: awskms://alias/identity-state?region=ap-northeast-1&awssdk=v2&context_stack=prod",
        );
        expect(out).to.contain("gh variable set AWS_ROLE_ARN --repo acme/identity --env prod-preview");
    });

    it("changes nothing the second time, and says so", async () => {
        const { code, out, err } = await run("--yes");
        expect(err).to.equal("");
        expect(code).to.equal(0);
        expect(out).to.contain("Everything is as it should be; nothing was changed.");
        expect(out).not.to.contain("make it");
    });

    it("says that a stack shares its account, with those of earlier runs, too", async () => {
        const said = { out: "" };
        const around = { root: ROOT, out: (text: string) => void (said.out += text), err: () => {} };
        const args = ["--repository", "acme/identity", "--stack", "dev", "--dry-run"];
        await identity(["bootstrap", ...args], {
            ...around,
            signal: new AbortController().signal,
        } as unknown as CommandContext);
        expect(said.out).to.contain("dev and prod share this account");
    });

    it("tells what was changed by hand, and puts it right", async () => {
        await clients.s3.send(
            new s3.PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Suspended" } }),
        );
        await clients.s3.send(new s3.DeletePublicAccessBlockCommand({ Bucket: BUCKET }));
        await clients.s3.send(new s3.DeleteBucketPolicyCommand({ Bucket: BUCKET }));
        const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
        await clients.iam.send(new iam.AttachRolePolicyCommand({ RoleName: DEPLOY, PolicyArn }));
        await clients.iam.send(
            new iam.UpdateAssumeRolePolicyCommand({
                RoleName: "identity-prod-deploy",
                PolicyDocument: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
                }),
            }),
        );
        const KeyId = "alias/identity-state";
        const { KeyMetadata } = await clients.kms.send(new kms.DescribeKeyCommand({ KeyId }));
        await clients.kms.send(new kms.DisableKeyRotationCommand({ KeyId: KeyMetadata!.KeyId }));

        const { code, out, err } = await run("--yes");
        expect(err).to.equal("");
        expect(code).to.equal(0);
        for (const put of [
            "turn its yearly rotation on",
            "turn versioning on",
            "block public access",
            "set its policy: TLS only",
            "detach AdministratorAccess, which was attached by hand",
            "trust acme@12/identity@34, environment prod",
        ]) {
            expect(out.replace(/\s+/g, " ")).to.contain(put);
        }
        expect((await run("--dry-run")).out).to.contain("Everything is as it should be");
    });

    it("takes up what an interrupted run left half done, and adopts the provider of somebody else", async () => {
        // A key without its name, a role without its policies, a bucket gone; a provider that others made for themselves.
        await clients.kms.send(new kms.DeleteAliasCommand({ AliasName: "alias/identity-state" }));
        await clients.iam.send(new iam.DeleteRolePolicyCommand({ RoleName: DEPLOY, PolicyName: "own" }));
        await clients.s3.send(new s3.DeleteBucketCommand({ Bucket: BUCKET }));
        const OpenIDConnectProviderArn = `arn:aws:iam::${ACCOUNT.id}:oidc-provider/token.actions.githubusercontent.com`;
        await clients.iam.send(new iam.DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
        await clients.iam.send(
            new iam.CreateOpenIDConnectProviderCommand({
                Url: "https://token.actions.githubusercontent.com",
                ClientIDList: ["theirs", "sts.amazonaws.com"],
                ThumbprintList: ["6938fd4d98bab03faadb97b34396831e3780aea1"],
            }),
        );
        // moto does not know AddClientIDToOpenIDConnectProvider: where the audience is missing is a matter of the unit tests.
        const before = await bootstrapKeys();
        expect(before).not.to.deep.equal([]);
        const { code, out, err } = await run("--yes");
        expect(err).to.equal("");
        expect(code).to.equal(0);
        expect(out).to.contain("name the key that an earlier run left without a name");
        expect(await bootstrapKeys()).to.deep.equal(before);
        const provider = await clients.iam.send(new iam.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
        expect(provider.ClientIDList).to.have.members(["theirs", "sts.amazonaws.com"]);
        expect((await run("--dry-run")).out).to.contain("Everything is as it should be");
    });

    it("refuses another account than a stack file names", async () => {
        const dir = mkdtempSync(path.join(os.tmpdir(), "bootstrap-"));
        try {
            copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(dir, "Pulumi.yaml"));
            writeFileSync(
                path.join(dir, "Pulumi.dev.yaml"),
                [
                    'config: { "aws:region": eu-west-1, "aws:allowedAccountIds": ["999999999999"], "identity:environment": dev,',
                    '  "identity:publicEndpoint": { plainHttp: true }, "identity:agents": { issuer: {} } }',
                ].join("\n"),
            );
            const said: string[] = [];
            const around = {
                root: dir,
                out: () => {},
                err: (text: string) => said.push(text),
            } as unknown as CommandContext;
            const args = ["--repository", "acme/identity", "--stack", "dev"];
            const code = await identity(["bootstrap", ...args], { ...around, signal: new AbortController().signal });
            expect(code).to.equal(2);
            expect(said.join("")).to.contain("of the account 123456789012, but Pulumi.dev.yaml is for 999999999999");
        } finally {
            rmSync(dir, { recursive: true });
        }
    });

    it("gives Pulumi a home for its state, in which each stack keeps to what its roles may touch", async () => {
        const dir = mkdtempSync(path.join(os.tmpdir(), "bootstrap-"));
        const endpoint = encodeURIComponent(process.env.AWS_ENDPOINT_URL!);
        // Only the older of Pulumi's two SDKs can be told where an emulator's buckets are.
        const backend = backendUrl(ACCOUNT).replace("awssdk=v2", `endpoint=${endpoint}&s3ForcePathStyle=true`);
        // moto takes a denial without its condition, and so would deny what comes with TLS, too.
        await clients.s3.send(new s3.DeleteBucketPolicyCommand({ Bucket: BUCKET }));
        const program: PulumiFn = async () => ({ told: pulumi.secret("nobody") });
        try {
            cpSync(path.join(ROOT, "Pulumi.yaml"), path.join(dir, "Pulumi.yaml"));
            const stack = await LocalWorkspace.createOrSelectStack(
                { stackName: "dev", projectName: "identity", program },
                {
                    workDir: dir,
                    envVars: { PULUMI_BACKEND_URL: backend },
                    secretsProvider: secretsProvider(ACCOUNT, "dev"),
                },
            );
            const { outputs } = await stack.up();
            expect(outputs.told).to.deep.equal({ value: "nobody", secret: true });
            expect(readFileSync(path.join(dir, "Pulumi.dev.yaml"), "utf8")).to.contain("context_stack=dev");
            const written = await keys();
            await stack.preview();
            await stack.refresh({ previewOnly: true });
            expect(await keys(), "a preview writes nothing, not even a lock").to.deep.equal(written);
            // What policies.ts lets the deploy role write, beside the one file that says how the backend is laid out.
            const own =
                /^\.pulumi\/(meta\.yaml|stacks\/identity\/dev\.[^/]*|(history|backups|locks\/organization)\/identity\/dev\/.+)$/;
            expect(written.filter((key) => !own.test(key))).to.deep.equal([]);
            const state = await clients.s3.send(
                new s3.GetObjectCommand({ Bucket: BUCKET, Key: ".pulumi/stacks/identity/dev.json" }),
            );
            expect(await state.Body!.transformToString()).not.to.contain("nobody");
        } finally {
            rmSync(dir, { recursive: true });
        }
    });

    /** The keys with the tags of bootstrap: other suites have keys in the same account. */
    async function bootstrapKeys(): Promise<string[]> {
        const { Keys = [] } = await clients.kms.send(new kms.ListKeysCommand({}));
        const tagged = await Promise.all(
            Keys.map(async ({ KeyId }) => {
                const { Tags = [] } = await clients.kms.send(new kms.ListResourceTagsCommand({ KeyId }));
                const wanted = Object.entries(tags(ACCOUNT));
                return wanted.every(([key, value]) => Tags.some((tag) => tag.TagKey === key && tag.TagValue === value));
            }),
        );
        return Keys.flatMap(({ KeyId }, i) => (tagged[i] ? [KeyId!] : [])).sort();
    }

    /** Every object that ever was in the bucket, locks included: it is versioned. */
    async function keys(): Promise<string[]> {
        const { Versions = [] } = await clients.s3.send(new s3.ListObjectVersionsCommand({ Bucket: BUCKET }));
        return Versions.map(({ Key }) => Key!);
    }
});
