import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { planStack } from "../../automation/plan/plan-stack";

const PROJECT = path.join(__dirname, "../..");
const DOMAIN = "domain: { name: id.example.com }";

/** The plan of a stack of dev with these keys. */
async function planned(...keys: string[]) {
    const root = mkdtempSync(path.join(tmpdir(), "agents-"));
    try {
        cpSync(path.join(PROJECT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
        mkdirSync(path.join(root, "heritages"));
        const lines = [
            "aws:region: ap-northeast-1",
            "identity:environment: dev",
            ...keys.map((key) => `identity:${key}`),
        ];
        writeFileSync(
            path.join(root, "Pulumi.dev.yaml"),
            ["config:", ...lines.map((line) => `    ${line}`)].join("\n"),
        );
        return await planStack({ root, stack: "dev" });
    } finally {
        rmSync(root, { recursive: true });
    }
}

describe("the images of a stack with both kinds of processors", () => {
    it("are built for those of the tasks that run them, and each only where a task needs it", async () => {
        const agents = "agents: { issuer: {}, holder: { architecture: x86_64 } }";
        const { resources, model } = await planned(DOMAIN, "architecture: arm64", agents);
        const images = resources.filter(({ type }) => type === "docker:index/image:Image");
        const platforms = images.map(({ name, inputs }) => [name, (inputs.build as { platform: string }).platform]);
        expect(Object.fromEntries(platforms)).to.deep.equal({
            "acapy-agent": "linux/arm64",
            "acapy-agent-x86-64": "linux/amd64",
            envoy: "linux/arm64",
            "envoy-x86-64": "linux/amd64",
        });
        const processors = resources.flatMap(({ type, name, inputs }) =>
            type === "aws:ecs/taskDefinition:TaskDefinition"
                ? [[name, (inputs.runtimePlatform as { cpuArchitecture: string }).cpuArchitecture]]
                : [],
        );
        expect(Object.fromEntries(processors)).to.include({ issuer: "ARM64", holder: "X86_64" });
        const [issuer] = model.cost.components.filter(({ name }) => name === "issuer");
        expect(issuer!.items.map(({ what }) => what).join()).to.contain("Graviton");
    });
});

describe("the agents of a stack", () => {
    it("are at one name for HTTP and for WebSockets, as the plan and the outputs say", async () => {
        const { model, resources } = await planned(DOMAIN, "agents: { issuer: {}, m: { mediator: true } }");
        const [endpoint] = model.endpoints.filter(({ internal }) => !internal);
        expect(endpoint!.routes.map(({ service, url, port }) => `${service} ${url} ${port}`)).to.have.members([
            "issuer https://issuer.id.example.com 8444",
            "m https://m.id.example.com 8444",
            "m wss://m.id.example.com 8444",
        ]);
        expect(model.outputs.webSocketUrls).to.deep.equal({ m: "wss://m.id.example.com" });
        expect(model.services.find(({ name }) => name === "m")!.tasks).to.deep.equal({ min: 1, max: 1 });
        // One name, one record: what a client asks for tells the two apart.
        const records = resources.filter(({ type }) => type === "aws:route53/record:Record");
        expect(records.filter(({ name }) => name === "public-m")).to.have.length(1);
    });

    it("have their tails files at their name, out of one file system and one image for all clusters' tasks", async () => {
        const { model, resources, taskDefinitions } = await planned(
            DOMAIN,
            "agents: { issuer: { tails: {} }, other: { tails: {} } }",
        );
        const [endpoint] = model.endpoints.filter(({ internal }) => !internal);
        expect(endpoint!.routes.map(({ service, url, port }) => `${service} ${url} ${port}`)).to.include.members([
            "issuer https://issuer.id.example.com 8444",
            "issuer https://issuer.id.example.com/tails/* 8444",
        ]);
        const names = (type: string) => resources.filter((one) => one.type === type).map(({ name }) => name);
        expect(names("aws:efs/fileSystem:FileSystem")).to.have.members(["issuer-tails", "other-tails"]);
        expect(names("docker:index/image:Image")).to.have.members(["acapy-agent", "envoy", "tails-server"]);
        const [agent, , tails] = taskDefinitions.get("issuer")!.containerDefinitions;
        expect(tails).to.include({ name: "tails" });
        expect(agent!.environment).to.deep.include.members([
            { name: "ACAPY_TAILS_SERVER_BASE_URL", value: "https://issuer.id.example.com/tails" },
            { name: "ACAPY_TAILS_SERVER_UPLOAD_URL", value: "http://127.0.0.1:8023/tails" },
        ]);
    });

    it("are of the Dockerfile's release, or of the one that the stack file names", async () => {
        const args = async (...keys: string[]) => {
            const { resources } = await planned(DOMAIN, "agents: { issuer: {} }", ...keys);
            const image = resources.find(
                ({ type, name }) => type === "docker:index/image:Image" && name === "acapy-agent",
            )!;
            return (image.inputs.build as { args: Record<string, string> }).args;
        };
        expect(await args()).to.have.all.keys("RDS_CA_PEM");
        expect(await args('agentVersion: "1.6.2"')).to.include({
            ACAPY_IMAGE: "ghcr.io/openwallet-foundation/acapy-agent:py3.13-1.6.2",
        });
    });

    it("make the plan advise against a wallet of the type askar", async () => {
        const advice = async (type: string) =>
            (await planned(DOMAIN, `agents: { issuer: { walletType: ${type} } }`)).model.advice.map(
                ({ about }) => about,
            );
        expect(await advice("askar")).to.deep.equal(["issuer"]);
        expect(await advice("kanon-anoncreds")).to.deep.equal([]);
    });
});
