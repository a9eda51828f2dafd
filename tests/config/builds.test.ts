import { expect } from "chai";
import { imageName } from "../../config/builds";
import { type BrokenBlog, problemsOfBlog, refusesBelow } from "./blog-support";
import { DEV } from "./support";

const TOKEN = `ghp_${"0aB1cD2eF3".repeat(4).slice(0, 36)}`;
const heritage = (build: string, more = "") => `build: ${build}\nservices: { worker: {} }\n${more}`;

/** `build` of a heritage's file: where, what, what would be right. */
const BROKEN: BrokenBlog = {
    "a folder that is not there": [heritage("{ context: nowhere }"), "build.context", /no folder nowhere/, /root/],
    "a Dockerfile that is not there": [
        heritage("{ context: ., dockerfile: docker/Dockerfile }"),
        "build.dockerfile",
        /there is no docker\/Dockerfile/,
        /a file, from the project's root/,
    ],
    "a Dockerfile that is not in the context": [
        heritage("{ context: images/app, dockerfile: web.Dockerfile }"),
        "build.dockerfile",
        /there is no images\/app\/web\.Dockerfile/,
        /from the context, images\/app/,
    ],
    "no context": [heritage("{ target: web }"), "build.context", /is missing/, /folder that Docker gets/],
    "a key that is none": [
        heritage("{ context: images/app, tagret: web }"),
        "build.tagret",
        /no such key/,
        /did you mean target\?/,
    ],
    "a stage that is none": [
        heritage("{ context: images/app, target: producton }"),
        "build.target",
        /no stage of the Dockerfile is called producton/,
        /did you mean production\?/,
    ],
    "a secret as an argument, by its name": [
        heritage("{ context: images/app, args: { NPM_TOKEN: hunter2hunter2 } }"),
        "build.args.NPM_TOKEN",
        /looks like a secret, and whoever has the image can read/,
        /secrets\.NPM_TOKEN.*not_secret: \{ NPM_TOKEN: why \}/,
    ],
    "a secret as an argument, by its value": [
        heritage(`{ context: images/app, args: { EXTRA: ${TOKEN} } }`),
        "build.args.EXTRA",
        /looks like a secret/,
        /secrets\.EXTRA/,
    ],
    "the database's authorities as an argument": [
        heritage("{ context: images/app, args: { RDS_CA_PEM: x } }", "database: {}"),
        "build.args.RDS_CA_PEM",
        /is set by the program/,
        /leave it out/,
    ],
    "an argument that is no name": [
        heritage('{ context: images/app, args: { "A B": x } }'),
        'build.args["A B"]',
        /cannot be a name/,
        /Build arguments/,
    ],
    "an argument that is a number": [
        heritage("{ context: images/app, args: { VERSION: 3 } }"),
        "build.args.VERSION",
        /should be a text/,
        /in quotes: "3"/,
    ],
    "an image for other processors than its tasks run on": [
        `architecture: arm64\n${heritage("{ context: images/app, target: pinned }")}`,
        "build",
        /says FROM --platform=linux\/amd64, and its tasks run on arm64, linux\/arm64/,
        /leave --platform out, or another architecture/,
    ],
    "an image whose first stage is for other processors": [
        `architecture: arm64\n${heritage("{ context: images/app, target: after }")}`,
        "build",
        /FROM --platform=linux\/amd64/,
        /leave --platform out/,
    ],
    "a list": [heritage("[images/app]"), "build", /a list is none of what it takes/, /folder with its Dockerfile/],
    "a directory to write to that the stage leaves to root": [
        "build: { context: images/app, target: bare }\nservices: { worker: { writable: [/data] } }",
        "services.worker.writable[0]",
        /no VOLUME of the Dockerfile names it/,
        /in images\/app\/Dockerfile/,
    ],
    "the same of a scheduled task": [
        "build: { context: images/app, target: bare }\nscheduled_tasks: { tidy: { schedule: rate(1 day), command: [tidy], writable: [/data] } }",
        "scheduled_tasks.tidy.writable[0]",
        /no VOLUME of the Dockerfile names it/,
        /in images\/app\/Dockerfile/,
    ],
    "the same of the task before a deployment": [
        "build: { context: images/app, target: bare }\nservices: { worker: {} }\nbefore_deploy: { command: [go], writable: [/data] }",
        "before_deploy.writable[0]",
        /no VOLUME of the Dockerfile names it/,
        /in images\/app\/Dockerfile/,
    ],
};

const DOCKERFILE = `FROM debian AS bare
ENTRYPOINT ["/bin/sh", "-c"]
FROM debian AS production
RUN mkdir /data && chown 1000 /data
VOLUME /data
FROM --platform=$BUILDPLATFORM debian AS compiler
FROM --platform=linux/amd64 debian AS pinned
FROM pinned AS after
FROM --platform=$TARGETPLATFORM debian AS wanted
COPY --from=compiler /bin/app /app
`;

const FILES = { "images/app/Dockerfile": DOCKERFILE };

describe("what an image is built of", () => {
    const read = (yaml: string) => problemsOfBlog(yaml, DEV, FILES);

    refusesBelow("", BROKEN, FILES);

    for (const build of [
        "{ context: images/app }",
        "{ context: ., dockerfile: images/app/Dockerfile, target: Production }",
        '{ context: images/app, target: "0", args: { NODE_ENV: production } }',
        "{ context: images/app, target: after }",
        "{ context: images/app, target: wanted }",
    ]) {
        it(`is right as ${build}`, () => expect(read(heritage(build))).to.deep.equal([]));
    }

    it("takes an argument that looks like a secret with a reason", () => {
        const yaml = heritage("{ context: images/app, args: { TOKEN: printed } }", "not_secret: { TOKEN: printed }");
        expect(read(yaml)).to.deep.equal([]);
        expect(read(yaml.replace("TOKEN: printed }", "OTHER: printed }"))[0]!.what).to.equal("is not in environment");
    });

    it("is read as far as its target", () => {
        const writes = (target: string) =>
            `build: { context: images/app, target: ${target} }\nservices: { worker: { writable: [/data], command: "exec run" } }`;
        expect(read(writes("production"))).to.deep.equal([]);
        expect(read(writes("bare")).map(({ at }) => at)).to.deep.equal([
            "heritages/blog.yml: services.worker.writable[0]",
            "heritages/blog.yml: services.worker.command", // its entry point is a shell
        ]);
    });

    it("is refused where two images would have one name", () => {
        const files = { ...FILES, "images/blog/Dockerfile": "FROM scratch" };
        const stack = `${DEV}services: { app: { build: images/blog, healthCheckPath: /up, paths: [/app] } }\n`;
        const [problem, ...others] = problemsOfBlog(heritage("{ context: images/app }"), stack, files);
        expect(others).to.deep.equal([]);
        expect(problem!.at).to.equal("heritages/blog.yml: build");
        expect(problem!.what).to.equal(
            "its image would be called blog, as that of app is, which is built of something else",
        );
    });
});

describe("the name of an image", () => {
    it("is the folder's, or, where there is more to say, its owner's", () => {
        expect(imageName("blog", "images/web-app")).to.equal("web-app");
        expect(imageName("blog", "apps/web")).to.equal("apps-web");
        expect(imageName("blog", { context: "images/web-app" })).to.equal("blog");
    });
});
