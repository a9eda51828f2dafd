import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { declaredVolumes } from "../../config/dockerfile";
import { baseImage } from "./plan";
import { run, type Sandbox, sandboxOrSkip } from "./docker";
import { type ContainerDefinition, dockerArguments, type TaskDefinition } from "./task-definition";

/** A base image that other tests need, too. */
const BASE = baseImage("envoy", "ENVOY_IMAGE");
/** What the image does with the directory, and whether its user may write there on Fargate (ECS guide, "Use bind mounts with Amazon ECS"). */
const IMAGES: Record<string, [lines: string, writes: boolean]> = {
    "owned by the user, without a VOLUME": ["RUN mkdir /data && chown 1000 /data", false],
    "owned by the user, with a VOLUME": ["RUN mkdir /data && chown 1000 /data\nVOLUME /data", true],
    "not there at all": ["", false],
    "a VOLUME that is root's": ["RUN mkdir /data\nVOLUME /data", false],
};

describe("a writable directory", function () {
    let sandbox: Sandbox;
    before(async function () {
        sandbox = await sandboxOrSkip(this, [BASE]);
    });
    after(() => sandbox?.cleanUp());

    for (const [what, [lines, writes]] of Object.entries(IMAGES)) {
        it(`${writes ? "is" : "is not"} written to where it is ${what}`, async () => {
            const folder = join(sandbox.directory, what.replaceAll(/\W+/g, "-"));
            mkdirSync(folder);
            writeFileSync(join(folder, "Dockerfile"), `FROM ${BASE}\nUSER root\n${lines}\nUSER 1000\n`);
            const image = await sandbox.image(folder);
            const app: ContainerDefinition = {
                name: "app",
                image,
                user: "1000",
                entryPoint: ["sh", "-c"],
                command: ["touch /data/x"],
                readonlyRootFilesystem: true,
                mountPoints: [{ sourceVolume: "data", containerPath: "/data" }],
            };
            const definition: TaskDefinition = {
                family: "writable",
                volumes: [{ name: "data" }],
                containerDefinitions: [app],
            };
            const id = await sandbox.create(
                dockerArguments(definition, app, image, [], { declared: declaredVolumes({ context: folder }) }),
                {},
            );
            const { code, stderr } = await run("docker", ["start", "--attach", id]);
            expect(code === 0, stderr).to.equal(writes);
            if (!writes) expect(stderr).to.include("Permission denied");
        });
    }
});
