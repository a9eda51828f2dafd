import fs, { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import {
    ContainerImage,
    type ContainerImageArgs,
    ecrRepositoryArn,
    repositoryOf,
} from "../../components/container-image";
import { contextDigest } from "../../components/container-image/build";
import { known, make, refusal } from "./support";

const root = mkdtempSync(path.join(tmpdir(), "contexts-"));
after(() => rmSync(root, { recursive: true }));

/** A folder with files, written in the order given. */
function folder(files: [name: string, content: string][]): string {
    const dir = mkdtempSync(path.join(root, "context-"));
    for (const [name, content] of files) {
        mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
        writeFileSync(path.join(dir, name), content);
    }
    return dir;
}

const DOCKERFILE: [string, string] = ["Dockerfile", "FROM scratch\n"];
const DIGEST = `example.com/agent@sha256:${"0".repeat(64)}`;

describe("ContainerImage", () => {
    it("builds into a repository whose images are scanned, are never overwritten, and expire", async () => {
        const made = await make(() => new ContainerImage("agent", { context: folder([DOCKERFILE]) }) && undefined);
        expect(made.childrenOf("identity.ContainerImage")).to.deep.equal([
            "aws.ssm.Parameter agent",
            "awsx.ecr.Repository agent",
            "docker.Image agent",
        ]);
        expect(made.inputs("awsx.ecr.Repository")).to.deep.equal({
            imageScanningConfiguration: { scanOnPush: true },
            imageTagMutability: "IMMUTABLE",
            forceDelete: true,
            lifecyclePolicy: {
                rules: [{ description: "the newest images", tagStatus: "any", maximumNumberOfImages: 30 }],
            },
        });
    });

    it("with a gate is handed on by what says that it was let through", async () => {
        const context = folder([DOCKERFILE]);
        const gate = { severity: "high" as const };
        const made = await make(() => ({ reference: new ContainerImage("agent", { context, gate }).reference }));
        const { repoDigest } = made.one("docker.Image").outputs;
        const passed = made.inputs("aws.ssm.Parameter", "agent-passed");
        expect(passed).to.include({ name: "/acme/test/images/agent/passed", insecureValue: repoDigest });
        expect(made.outputs.reference).to.equal(repoDigest);
    });

    it("keeps a protected repository that holds images", async () => {
        const context = folder([DOCKERFILE]);
        const made = await make(() => new ContainerImage("agent", { context, protect: true }) && undefined);
        expect(made.inputs("awsx.ecr.Repository").forceDelete).to.equal(false);
    });

    it("tags the image with the digest of what it is built from, and hands it on by its own digest", async () => {
        const context = folder([DOCKERFILE]);
        const args = { CA: "pem" };
        const made = await make(() => ({ reference: new ContainerImage("agent", { context, args }).reference }));
        const { url } = made.one("awsx.ecr.Repository").outputs;
        const { imageName, ...inputs } = made.inputs("docker.Image");
        expect(imageName)
            .to.match(/:[0-9a-f]{16}-1$/)
            .and.satisfy((image: string) => image.startsWith(`${url}:`));
        expect(inputs).to.deep.equal({
            build: { context, platform: "linux/amd64", args },
            registry: { server: url, username: "AWS", password: "[secret]" },
            buildOnPreview: false,
            skipPush: false,
        });
        expect(made.outputs.reference).to.match(/^123456789012\.dkr\.ecr\..*@sha256:[0-9a-f]{64}$/);
        expect(made.outputs.reference).to.equal(made.one("docker.Image").outputs.repoDigest);
    });

    it("builds for the processors that it is told", async () => {
        const context = folder([DOCKERFILE]);
        const made = await make(() => new ContainerImage("agent", { context, architecture: "arm64" }) && undefined);
        expect(made.inputs("docker.Image").build).to.deep.equal({ context, platform: "linux/arm64" });
    });

    it("has a tag of its own for each change, also for one that goes back to what was there before", async () => {
        const context = folder([DOCKERFILE]);
        const made = await make(() => new ContainerImage("agent", { context, args: { a: "1" } }) && undefined);
        const [, , count] = /:(\w+)-(\d+)$/.exec(String(made.inputs("docker.Image").imageName))!;
        // Its version goes up with each value that is not the one before.
        expect(made.inputs("aws.ssm.Parameter").type).to.equal("String");
        // What an image was built of is no secret, and a preview shows it.
        expect(made.inputs("aws.ssm.Parameter").insecureValue).to.match(/^[0-9a-f]{16}$/);
        expect(made.inputs("aws.ssm.Parameter")).not.to.have.property("value");
        expect(String(made.one("aws.ssm.Parameter").outputs.version)).to.equal(count);
    });

    it("has another tag when a file or a build argument is another, and the same one otherwise", async () => {
        const tag = async (content: string, args?: Record<string, string>) => {
            const context = folder([DOCKERFILE, ["app/start.sh", content]]);
            const made = await make(() => new ContainerImage("agent", { context, args }) && undefined);
            return String(made.inputs("docker.Image").imageName).split(":")[1];
        };
        expect(await tag("a", { x: "1" })).to.equal(await tag("a", { x: "1" }));
        const tags = [await tag("a"), await tag("b"), await tag("a", { x: "1" }), await tag("a", { x: "2" })];
        expect(new Set(tags).size).to.equal(4);
    });

    it("has another tag for other processors: a tag that is there already cannot be pushed again", async () => {
        const context = folder([DOCKERFILE]);
        const tag = async (architecture: ContainerImageArgs["architecture"]) =>
            (await make(() => new ContainerImage("agent", { context, architecture }) && undefined)).inputs(
                "docker.Image",
            ).imageName;
        expect(await tag("arm64")).not.to.equal(await tag("x86_64"));
        expect(await tag("x86_64")).to.equal(await tag(undefined));
    });

    it("has another tag for another build argument of whatever name", async () => {
        const context = folder([DOCKERFILE]);
        const digest = async (platform: string) => {
            const made = await make(() => new ContainerImage("agent", { context, args: { platform } }) && undefined);
            return made.inputs("docker.Image").imageName;
        };
        expect(await digest("a")).not.to.equal(await digest("b"));
    });

    it("makes nothing of an image that exists", async () => {
        const made = await make(() => ({ reference: new ContainerImage("agent", { existing: DIGEST }).reference }));
        expect(made.outputs.reference).to.equal(DIGEST);
        expect(made.childrenOf("identity.ContainerImage")).to.deep.equal([]);
    });

    it("refuses both a context and an image that exists, and neither", async () => {
        const sentence = "agent: an image is built from a context or exists already; give exactly one of the two";
        const context = folder([DOCKERFILE]);
        expect(await refusal(() => new ContainerImage("agent", { context, existing: DIGEST }))).to.equal(sentence);
        expect(await refusal(() => new ContainerImage("agent", {}))).to.equal(sentence);
    });

    it("refuses an image that exists by tag alone", async () => {
        expect(await refusal(() => new ContainerImage("agent", { existing: "example.com/agent:latest" }))).to.equal(
            "agent: example.com/agent:latest names no image by digest; it ends in @sha256:<64 digits>",
        );
    });

    it("refuses a context without a Dockerfile, and says where it looked", async () => {
        const context = folder([["README", ""]]);
        expect(await refusal(() => new ContainerImage("agent", { context }))).to.equal(
            `agent: there is no ${context}/Dockerfile in ${process.cwd()}`,
        );
    });
});

describe("repositoryOf", () => {
    /** The repositories, asked of a runtime that never learns of an image, as a preview does where one is built anew. */
    async function repositories(image: () => pulumi.Input<string>) {
        await pulumi.runtime.setMocks({
            newResource: ({ type, name, inputs }) => {
                if (type === "awsx:ecr:Repository") {
                    return { id: name, state: { url: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent-1a2b" } };
                }
                if (type === "docker:index/image:Image") return new Promise(() => undefined);
                return { id: name, state: inputs };
            },
            call: () => ({ userName: "AWS", password: "x" }),
        });
        return known(repositoryOf(image()));
    }

    it("knows the repository of an image that is not built yet", async () => {
        const context = folder([DOCKERFILE]);
        expect(await repositories(() => new ContainerImage("agent", { context }).reference)).to.equal(
            "arn:aws:ecr:eu-west-1:123456789012:repository/agent-1a2b",
        );
    });

    it("reads it off the name of one that exists, and knows none of another registry", async () => {
        const existing = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:${"0".repeat(64)}`;
        const arn = "arn:aws:ecr:eu-west-1:123456789012:repository/app";
        expect(await repositories(() => existing)).to.equal(arn);
        expect(await repositories(() => new ContainerImage("agent", { existing }).reference)).to.equal(arn);
        expect(await repositories(() => DIGEST)).to.equal(undefined);
    });
});

describe("contextDigest", () => {
    const NAMES = ["Dockerfile", "a", "a-b", "a.b/c", "app/a", "app/b/c", "app/b-c", "Z", "ä"];

    it("is sixteen hexadecimal digits", () => {
        expect(contextDigest(folder([DOCKERFILE]))).to.match(/^[0-9a-f]{16}$/);
    });

    it("depends on neither the order in which the files are listed nor the place of the folder", () => {
        const { readdirSync } = fs;
        const digest = contextDigest(folder(NAMES.map((name) => [name, `of ${name}`])));
        const elsewhere = folder(NAMES.map((name) => [name, `of ${name}`]));
        try {
            fc.assert(
                fc.property(fc.shuffledSubarray(NAMES, { minLength: NAMES.length }), (order) => {
                    const at = (name: string) => order.findIndex((one) => one.startsWith(name));
                    const listed = (of: string) =>
                        readdirSync(of, { withFileTypes: true }).sort((a, b) => at(a.name) - at(b.name));
                    fs.readdirSync = listed as unknown as typeof readdirSync;
                    expect(contextDigest(elsewhere)).to.equal(digest);
                }),
            );
        } finally {
            fs.readdirSync = readdirSync;
        }
    });

    it("does not depend on the order of the arguments", () => {
        const dir = folder([DOCKERFILE]);
        expect(contextDigest(dir, { a: "1", b: "2" })).to.equal(contextDigest(dir, { b: "2", a: "1" }));
        expect(contextDigest(dir, {})).to.equal(contextDigest(dir));
    });

    it("changes with a file's content, name and place, with a file more, and with an argument", () => {
        const digests = [
            contextDigest(folder([["a", "x"]])),
            contextDigest(folder([["a", "y"]])),
            contextDigest(folder([["b", "x"]])),
            contextDigest(folder([["a/a", "x"]])),
            contextDigest(
                folder([
                    ["a", "x"],
                    ["b", ""],
                ]),
            ),
            contextDigest(folder([["a", "x"]]), { a: "1" }),
            contextDigest(folder([["a", "x"]]), { a: "2" }),
            contextDigest(folder([["a", "x"]]), { b: "1" }),
        ];
        expect(new Set(digests).size).to.equal(digests.length);
    });
});

describe("contextDigest of a script", () => {
    it("changes when it becomes executable", () => {
        const dir = folder([["start.sh", "#!/bin/sh\n"]]);
        chmodSync(path.join(dir, "start.sh"), 0o644);
        const before = contextDigest(dir);
        chmodSync(path.join(dir, "start.sh"), 0o755);
        expect(contextDigest(dir)).not.to.equal(before);
    });
});

describe("ecrRepositoryArn", () => {
    const host = (region: string, suffix = "") => `123456789012.dkr.ecr.${region}.amazonaws.com${suffix}`;
    for (const [reference, arn] of [
        [`${host("eu-west-1")}/app@sha256:00`, "arn:aws:ecr:eu-west-1:123456789012:repository/app"],
        [`${host("eu-west-1")}/team/app:1.0@sha256:00`, "arn:aws:ecr:eu-west-1:123456789012:repository/team/app"],
        [`${host("eu-west-1")}/app:1.0`, "arn:aws:ecr:eu-west-1:123456789012:repository/app"],
        [`${host("cn-north-1", ".cn")}/app:1`, "arn:aws-cn:ecr:cn-north-1:123456789012:repository/app"],
        [
            "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app:1",
            "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/app",
        ],
    ] as const) {
        it(`of ${reference}`, () => expect(ecrRepositoryArn(reference)).to.equal(arn));
    }

    for (const reference of [
        "ghcr.io/openwallet-foundation/acapy-agent:py3.13-1.7.0",
        "postgres",
        "public.ecr.aws/docker/library/alpine:3",
        "12345.dkr.ecr.eu-west-1.amazonaws.com/app",
        "evil.example/123456789012.dkr.ecr.eu-west-1.amazonaws.com/app",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/app",
    ]) {
        it(`is none of ${reference}`, () => expect(ecrRepositoryArn(reference)).to.equal(undefined));
    }
});
