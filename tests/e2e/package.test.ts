/** A program of somebody else's that depends on the package, in the hands of Pulumi's own CLI. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { ForeignProgram } from "../package/foreign-program";
import { needsLanguageHost } from "./engine";

const image = (name: string) => `example.com/${name}@sha256:${"a".repeat(64)}`;
const PROGRAM = `
import * as aws from "@pulumi/aws";
import { CertificateAuthority, Endpoint, SecretStore, TlsService, Vpc } from "identity-platform/components";

const vpc = new Vpc("vpc", {
    cidr: "10.20.0.0/20",
    zones: 2,
    nat: "single",
    region: "eu-central-1",
    privateZoneName: "shop.internal",
    transform: { vpc: { vpcEndpointSpecs: [] } }, // see zone.test.ts
});
const secrets = new SecretStore("secrets");
const authority = new CertificateAuthority("authority");
const endpoint = new Endpoint("public", { vpc, https: { authority }, allowedCidrs: ["0.0.0.0/0"] });
const shop = new TlsService("shop", {
    cluster: new aws.ecs.Cluster("shop"),
    vpc,
    secrets,
    cpu: 256,
    memory: 512,
    count: 2,
    listeners: [{ endpoint, paths: ["/shop/*"] }],
    image: "${image("shop")}",
    envoyImage: "${image("envoy")}",
    certificate: authority,
    port: 3000,
    healthCheckPath: "/healthz",
    appSecrets: { API_TOKEN: secrets.generate("shop", "API_TOKEN") },
});
export const url = shop.url;
export const serviceName = shop.serviceName;
`;

describe("a program of somebody else's with the package on a real engine", () => {
    let program: ForeignProgram;

    before(async function () {
        needsLanguageHost(this);
        program = new ForeignProgram();
        program.write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
        program.write("Pulumi.test.yaml", "config:\n    aws:region: eu-central-1\n");
        program.write("package.json", JSON.stringify({ name: "shop", main: "index.ts" }));
        program.write("index.ts", PROGRAM);
        mkdirSync(path.join(program.folder, "state"));
        await pulumi("stack", "init", "test");
    });
    after(() => program?.remove());

    const pulumi = async (...args: string[]) => {
        // A state of its own: other suites have stacks of the same names.
        const env = { ...process.env, CI: "true", PULUMI_BACKEND_URL: `file://${program.folder}/state` };
        const options = { cwd: program.folder, env, maxBuffer: 64 * 1024 * 1024, timeout: 20 * 60_000 };
        try {
            const { stdout, stderr } = await promisify(execFile)("pulumi", [...args, "--non-interactive"], options);
            return stripVTControlCharacters(stdout + stderr);
        } catch (error) {
            const { stdout, stderr } = error as { stdout: string; stderr: string };
            throw new Error(`pulumi ${args.join(" ")}\n${stdout}\n${stderr}`, { cause: error });
        }
    };

    it("comes up", async () => {
        expect(await pulumi("up", "-s", "test", "--yes", "--skip-preview")).to.match(/\+ \d+ created/);
        const { url, serviceName } = JSON.parse(await pulumi("stack", "output", "-s", "test", "--json"));
        expect(url).to.match(/^https:\/\/.+\/shop$/);
        expect(serviceName).to.match(/^shop/);
    });

    it("changes nothing when it comes up again", async () => {
        expect(await pulumi("up", "-s", "test", "--yes", "--skip-preview", "--expect-no-changes")).to.match(
            /\d+ unchanged/,
        );
    });

    it("goes, and leaves nothing behind", async () => {
        await pulumi("destroy", "-s", "test", "--yes", "--skip-preview");
        expect(JSON.parse(await pulumi("stack", "export", "-s", "test")).deployment.resources ?? []).to.deep.equal([]);
    });
});
