import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { expect } from "chai";
import { POLICIES } from "../../policy/policies";

const PACK = path.join(__dirname, "..", "..", "policy");
/** What Pulumi itself starts a pack with, and asks it by. */
const pulumi = createRequire(require.resolve("@pulumi/pulumi"));
const grpc = pulumi("@grpc/grpc-js");
const { AnalyzerClient } = pulumi("@pulumi/pulumi/proto/analyzer_grpc_pb");
const { Empty } = pulumi("google-protobuf/google/protobuf/empty_pb");

interface Info {
    getName(): string;
    getPoliciesList(): { getName(): string; getEnforcementlevel(): number }[];
}
const LEVELS = ["advisory", "mandatory", "off"];

describe("the pack, as Pulumi starts it", () => {
    const started: ChildProcess[] = [];
    after(() => {
        for (const child of started) child.kill();
    });

    /** Starts it with a stack's configuration, and asks what it is. */
    async function levels(config: Record<string, string>): Promise<Record<string, string>> {
        const runner = pulumi.resolve("@pulumi/pulumi/cmd/run-policy-pack");
        const env = { ...process.env, PULUMI_CONFIG: JSON.stringify(config), PULUMI_NODEJS_PROJECT: "identity" };
        const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], { cwd: PACK, env });
        started.push(child);
        let errors = "";
        child.stderr.on("data", (text) => (errors += text));
        const port = await new Promise<string>((resolve, reject) => {
            child.stdout.once("data", (text) => resolve(String(text).trim()));
            child.once("exit", (code) => reject(new Error(`it ended with ${code}: ${errors}`)));
        });
        const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
        const info = await new Promise<Info>((resolve, reject) => {
            client.getAnalyzerInfo(new Empty(), (error: Error | null, answer: Info) =>
                error ? reject(error) : resolve(answer),
            );
        });
        client.close();
        expect(info.getName()).to.equal("identity");
        return Object.fromEntries(
            info.getPoliciesList().map((one) => [one.getName(), LEVELS[one.getEnforcementlevel()]!]),
        );
    }

    it("needs no build, and has every policy at the level of the stack's environment", async function () {
        this.timeout(60_000); // two processes, which load TypeScript before they may leave it aside
        const [dev, other] = await Promise.all([levels({ "identity:environment": "dev" }), levels({})]);
        expect(dev).to.eql({
            ...Object.fromEntries(POLICIES.map((one) => [one.name, one.dev])),
            exceptions: "advisory",
        });
        expect(other).to.eql({
            ...Object.fromEntries(POLICIES.map(({ name }) => [name, "mandatory"])),
            exceptions: "advisory",
        });
    });
});
