import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import pc from "picocolors";
import { planStack } from "../../automation/plan/plan-stack";
import { render } from "../../automation/plan/render";
import { isDockerHub } from "../../automation/plan/sections/advice";

const PROJECT = path.join(__dirname, "../..");
const PLAIN = pc.createColors(false);
const root = mkdtempSync(path.join(tmpdir(), "advice-"));
before(() => {
    cpSync(path.join(PROJECT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
    for (const name of ["heritages", "images/own"]) mkdirSync(path.join(root, name), { recursive: true });
    writeFileSync(
        path.join(root, "Pulumi.dev.yaml"),
        `config:
    aws:region: ap-northeast-1
    identity:environment: dev
    identity:publicEndpoint: { plainHttp: true }
    identity:heritages: [own]
`,
    );
});
after(() => rmSync(root, { recursive: true, force: true }));

function plan(image: string, dockerfile: string) {
    writeFileSync(path.join(root, "images/own/Dockerfile"), `FROM debian:trixie-slim\n${dockerfile}\nUSER 1000\n`);
    writeFileSync(path.join(root, "heritages/own.yml"), `${image}\nservices: { worker: { writable: [/data] } }\n`);
    return planStack({ root, stack: "dev", files: root });
}

describe("a service that writes to a directory", () => {
    it("is refused where its Dockerfile leaves the directory to root, with file, line and remedy", async () => {
        const error = await plan("build: images/own", "RUN mkdir /data && chown 1000 /data").catch((one: Error) => one);
        expect((error as Error).message)
            .to.match(/heritages\/own\.yml[^]*services\.worker\.writable\[0\] {2}\(line 2\)/)
            .and.to.include("VOLUME /data");
    });

    it("is planned without a word where the Dockerfile is right", async () => {
        const { model } = await plan("build: images/own", "RUN mkdir /data && chown 1000 /data\nVOLUME /data");
        expect(model.advice).to.eql([]);
        expect(render(model, "build", PLAIN)).not.to.include("advice:");
    });

    it("has its image looked at, too, where that comes from Docker Hub and nobody logs in there", async () => {
        const image = `acme/own@sha256:${"a".repeat(64)}`;
        const own = (text: string) =>
            plan(text, "").then(({ model }) => model.advice.filter(({ what }) => what.includes("Docker Hub")));
        expect((await own(`image: ${image}`)).map(({ about }) => about)).to.eql(["own-worker/app", "own-oneoff/app"]);
        const secret = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:docker-hub-AbCdEf";
        expect(await own(`image: ${image}\nimage_credentials: ${secret}`)).to.eql([]);
        const registries = {
            "acme/own@sha256:0": true,
            "nginx@sha256:0": true,
            "docker.io/library/nginx@sha256:0": true,
            "public.ecr.aws/datadog/agent@sha256:0": false,
            "ghcr.io/a/b@sha256:0": false,
            "localhost/a@sha256:0": false,
            "registry:5000/a@sha256:0": false,
        };
        for (const [name, expected] of Object.entries(registries)) expect(isDockerHub(name), name).to.equal(expected);
    });

    it("owns the directory of a file system without a VOLUME of its image", async () => {
        const digest = `image: example.com/own@sha256:${"a".repeat(64)}`;
        const mounting = `${digest}\nvolumes: { uploads: { efs: {} } }\nscheduled_tasks:\n    tidy: { schedule: rate(1 day), command: [a], mounts: { uploads: /up } }`;
        expect((await plan(mounting, "")).model.advice.map(({ about }) => about)).to.eql(["own-worker/app"]);
    });

    it("is something to look at where the image is one by digest", async () => {
        const { model } = await plan(`image: example.com/own@sha256:${"a".repeat(64)}`, "");
        expect(model.advice.map(({ about }) => about)).to.eql(["own-worker/app"]);
        expect(render(model, "build", PLAIN)).to.include("advice: own-worker/app (npx identity plan advice)");
        expect(render(model, "build", { ...PLAIN, width: 250 }, undefined, ["advice"]))
            .to.include("it writes to /data, which Fargate gives to root")
            .and.to.include("RUN mkdir -p /data && chown 1000 /data");
    });
});
