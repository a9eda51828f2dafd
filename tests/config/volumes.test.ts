import { expect } from "chai";
import { type BrokenBlog, problemsOfBlog, readBlog, refusesBelow } from "./blog-support";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
const task = (mounts: string) =>
    `scheduled_tasks: { tidy: { schedule: rate(1 day), command: tidy, mounts: ${mounts} } }`;
const heritage = (volumes: string, rest: string) => `image: "${IMAGE}"\nvolumes: ${volumes}\n${rest}`;
const web = (inner: string) => `services: { web: { ${inner} } }`;

const BROKEN: BrokenBlog = {
    "a file system that nobody mounts": [
        heritage("{ files: { efs: {} } }", web("count: 1")),
        "volumes.files",
        /is mounted by no container/,
        /mounts: \{ files/,
    ],
    "a task that mounts what begins empty": [
        heritage("{ files: {} }", task("{ files: /files }")),
        "scheduled_tasks.tidy.mounts.files",
        /is empty at the start of each task/,
        /efs: \{\}/,
    ],
    "a file system of a task that is a writable directory as well": [
        heritage("{ files: { efs: {} } }", task("{ files: /files }, writable: [/files]")),
        "scheduled_tasks.tidy.mounts.files",
        /\/files is in writable, too/,
        /one of the two/,
    ],
    "a task before a deployment that mounts what begins empty": [
        heritage("{ files: {} }", `${web("count: 1")}\nbefore_deploy: { command: go, mounts: { files: /files } }`),
        "before_deploy.mounts.files",
        /is empty at the start of each task/,
        /efs: \{\}/,
    ],
    "a task that mounts no volume": [
        heritage("{ files: { efs: {} } }", `${web("mounts: { files: /f }")}\n${task("{ flies: /files }")}`),
        "scheduled_tasks.tidy.mounts.flies",
        /is not a volume of the heritage/,
        /volumes: \{ flies/,
    ],
    "a task's directory without a slash": [
        heritage("{ files: { efs: {} } }", task("{ files: files }")),
        "scheduled_tasks.tidy.mounts.files",
        /has no slash in front/,
        /^\/files$/,
    ],
    "a directory that is written to anyway": [
        heritage("{ files: { efs: {} } }", web("mounts: { files: /files }, writable: [/files]")),
        "services.web.mounts.files",
        /is in writable, too/,
        /one of the two/,
    ],
    "the name of a service": [
        heritage("{ web: { efs: {} } }", web("mounts: { web: /files }")),
        "services.web",
        /blog-web is taken by heritages\.blog\.volumes\.web/,
        /another name/,
    ],
    "a setting that there is not": [
        heritage("{ files: { efs: { size: 10 } } }", web("mounts: { files: /files }")),
        "volumes.files.efs.size",
        /./,
        /./,
    ],
    "nothing below efs": [
        heritage("{ files: { efs: true } }", web("mounts: { files: /files }")),
        "volumes.files.efs",
        /./,
        /./,
    ],
};

const FILES = { "images/app/Dockerfile": "FROM debian" };

describe("volumes of a heritage", () => {
    refusesBelow("", BROKEN, FILES);

    it("need no VOLUME in the Dockerfile where they are file systems: the access point's user owns them", () => {
        const built = heritage("{ files: { efs: {} } }", web("mounts: { files: /files }")).replace(
            /image: ".*"/,
            "build: images/app",
        );
        expect(problemsOfBlog(built, undefined, FILES)).to.deep.equal([]);
    });

    it("have backups in prod alone", () => {
        const { config } = readBlog(heritage("{ files: { efs: {} } }", web("mounts: { files: /files }")));
        expect(config!.heritages.blog!.volumes.files!.efs).to.deep.include({ backups: false });
    });
});
