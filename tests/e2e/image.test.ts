import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DescribeImagesCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
import { expect } from "chai";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { check } from "../../automation/commands/images/check";
import { ContainerImage, type ImageGate } from "../../components/container-image";
import { contextDigest } from "../../components/container-image/build";
import { needsEngine, TestStack } from "./engine";
import { scanFindings } from "./image-scans";

describe("an image on a real engine", () => {
    let stack: TestStack;
    let gate: ImageGate | undefined;
    const ecr = new ECRClient({ region: "ap-northeast-1" });
    const write = (text: string) => {
        const folder = path.join(stack.dir, "images/agent");
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, "Dockerfile"), text);
        return contextDigest(folder);
    };
    const repositoryOf = async () =>
        /amazonaws\.com\/([^@]+)@/.exec((await stack.outputs()).reference!.value as string)![1]!;
    const tags = async (repositoryName: string) => {
        const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
        return imageDetails.flatMap(({ imageTags = [] }) => imageTags);
    };

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("image", "Pulumi.dev.yaml", async () => {
            const { reference } = new ContainerImage("agent", { context: "images/agent", gate });
            const containerDefinitions = pulumi.jsonStringify([{ name: "app", image: reference, memory: 512 }]);
            new aws.ecs.TaskDefinition("user", { family: "image-user", containerDefinitions });
            return { reference };
        });
        write("FROM scratch\n");
    });
    after(async () => {
        await stack?.cleanUp();
    });

    /** An `up` that was killed has pushed it, before the state knew. */
    it("has its tag made free before it is pushed, and the image that had the tag stays", async () => {
        await stack.up();
        const repositoryName = await repositoryOf();
        const tag = `${write("FROM scratch\nLABEL second=1\n")}-2`;
        const imageManifest = JSON.stringify({
            schemaVersion: 2,
            mediaType: "application/vnd.docker.distribution.manifest.v2+json",
            layers: [],
            config: { digest: `sha256:${"0".repeat(64)}` },
        });
        await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: tag }));
        await stack.up();
        expect(stack.log).to.contain(`an up that was killed has pushed ${tag}`);
        const left = await tags(repositoryName);
        expect(left).not.to.include(tag); // the engine's docker pushes nothing
        expect(left.filter((one) => one.startsWith(`${tag}-left-`))).to.have.length(1);
        await stack.upUnchanged();
        expect(stack.log).not.to.contain("an up that was killed");
    });

    it("with a gate is asked about once, changes nothing, and is not asked about again", async () => {
        gate = { severity: "high" };
        await stack.up();
        expect(stack.steps).to.deep.equal({ create: ["aws:ssm/parameter:Parameter::agent-passed"] });
        expect(stack.log).to.contain("agent: ECR scans the image");
        scanFindings.set(await repositoryOf(), [FINDING]); // of a later day
        await stack.upUnchanged();
        expect(stack.log).not.to.contain("ECR scans the image");
    });

    it("is used by nothing while its scan has something against it, in this up and in the next", async () => {
        const before = (await stack.outputs()).reference!.value as string;
        write("FROM scratch\nLABEL third=1\n");
        for (const what of ["pushed", "there already"]) {
            await expectRefusal(what);
        }
        const user = (await stack.resources()).filter(({ urn }) => urn.endsWith("::user"));
        expect(user.map(({ outputs }) => JSON.parse(String(outputs!.containerDefinitions))[0].image)).to.eql([before]);
    });

    it("is used with an exception, whose reason is said", async () => {
        gate = { severity: "high", except: [{ cve: "CVE-2026-4711", reason: "nobody calls it" }] };
        await stack.up();
        expect(stack.steps).to.deep.equal({
            update: ["aws:ssm/parameter:Parameter::agent-passed"],
            replace: [USER],
            "create-replacement": [USER],
            "delete-replaced": [USER],
        });
        expect(stack.log).to.contain("agent: CVE-2026-4711 does not stop the image: nobody calls it");
        await stack.upUnchanged();
    });

    it("is named by npx identity images check with what is found by now, and with its task definition", async () => {
        const run = async (severity: string, except: object[]) => {
            stack.edit([["identity:images"], { gate: { severity, except } }]);
            let out = "";
            const context = { root: stack.dir, env: process.env, out: (text: string) => void (out += text) };
            const input = { stack: "image", severity: undefined, rescan: false, json: false };
            const code = await check(input, {
                ...context,
                err: () => {},
                signal: new AbortController().signal,
            } as never);
            return { code, out };
        };
        const found = await run("high", []);
        expect(found.code).to.equal(1);
        expect(found.out).to.match(
            /^agent-\w+@sha256:\w{64} \(user\)\n {2}✗ CVE-2026-4711, HIGH: openssl 3\.0\.1, https/,
        );
        const exception = { cve: "CVE-2026-4711", reason: "nobody calls it", until: "2999-12-31" };
        expect((await run("high", [exception])).code).to.equal(0);
        const idle = await run("critical", [{ ...exception, cve: "CVE-2026-1" }]);
        expect(idle.code).to.equal(0);
        expect(idle.out).to.contain("the exception for CVE-2026-1 is for nothing that is in an image");
    });

    async function expectRefusal(what: string) {
        const passed = await stack.up().then(
            () => true,
            () => false,
        );
        expect(passed, what).to.equal(false);
        expect(stack.log, what)
            .to.contain("agent: the image is not used: ECR's scan found 1 of severity high or worse")
            .and.contain("CVE-2026-4711, HIGH: openssl 3.0.1, https://example.com/CVE-2026-4711");
    }
});

const USER = "aws:ecs/taskDefinition:TaskDefinition::user";
const FINDING = {
    name: "CVE-2026-4711",
    severity: "HIGH",
    uri: "https://example.com/CVE-2026-4711",
    attributes: [
        { key: "package_name", value: "openssl" },
        { key: "package_version", value: "3.0.1" },
    ],
};
