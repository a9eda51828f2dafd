import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { volumesOfPulled } from "../../automation/local/images";
import { Progress } from "../../automation/local/progress";
import { declaredVolumes } from "../../config/dockerfile";
import { baseImage } from "./plan";
import { POSTGRES_IMAGE } from "./postgres";
import { run, type Sandbox, sandboxOrSkip } from "./docker";
import { type ContainerDefinition, dockerArguments, type TaskDefinition } from "./task-definition";

/** A base image that other tests need, too. */
const BASE = baseImage("envoy", "ENVOY_IMAGE");
/** Its user's, and a VOLUME. */
const PGDATA = "/var/lib/postgresql/data";
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
        sandbox = await sandboxOrSkip(this, [BASE, POSTGRES_IMAGE]);
    });
    after(() => sandbox?.cleanUp());

    /** Whether a container of the image writes to a volume at the path, as a task's would; `volumes`: what the image's VOLUME names. */
    async function writes(image: string, user: string, containerPath: string, volumes: readonly string[]) {
        const app: ContainerDefinition = {
            name: "app",
            image,
            user,
            entryPoint: ["sh", "-c"],
            command: [`touch ${containerPath}/x`],
            readonlyRootFilesystem: true,
            mountPoints: [{ sourceVolume: "data", containerPath }],
        };
        const definition: TaskDefinition = {
            family: "writable",
            volumes: [{ name: "data" }],
            containerDefinitions: [app],
        };
        const id = await sandbox.create(dockerArguments(definition, app, image, [], { declared: volumes }), {});
        const { code, stderr } = await run("docker", ["start", "--attach", id]);
        if (code !== 0) expect(stderr).to.include("Permission denied");
        return code === 0;
    }

    for (const [what, [lines, wanted]] of Object.entries(IMAGES)) {
        it(`${wanted ? "is" : "is not"} written to where it is ${what}`, async () => {
            const folder = join(sandbox.directory, what.replaceAll(/\W+/g, "-"));
            mkdirSync(folder);
            writeFileSync(join(folder, "Dockerfile"), `FROM ${BASE}\nUSER root\n${lines}\nUSER 1000\n`);
            const image = await sandbox.image(folder);
            expect(await writes(image, "1000", "/data", declaredVolumes({ context: folder }))).to.equal(wanted);
        });
    }

    it("is written to where the VOLUME of an image says so that is pulled, and is not beside it", async () => {
        const progress = new Progress(() => {}, false);
        const { signal } = new AbortController();
        const volumes = (await volumesOfPulled([POSTGRES_IMAGE], progress, signal)).get(POSTGRES_IMAGE)!;
        expect(volumes).to.deep.equal([PGDATA]);
        expect(await writes(POSTGRES_IMAGE, "postgres", PGDATA, volumes)).to.equal(true);
        expect(await writes(POSTGRES_IMAGE, "postgres", dirname(PGDATA), volumes)).to.equal(false);
    });
});
