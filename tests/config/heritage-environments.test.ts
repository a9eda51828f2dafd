/** `environments` of a heritage's file: what is wrong in it, on which line, and what a stack takes of it. */
import { expect } from "chai";
import { problemsOfBlog, readBlog, refusesBlog, saidOf } from "./blog-support";
import { DEV, PROD } from "./support";

const WORKER = "build: images/app\nservices:\n    worker:\n        count: 3\n"; // four lines

describe("a heritage's environments", () => {
    refusesBlog({
        "a list of environments": [
            `${WORKER}environments: [prod]`,
            "heritages/blog.yml: environments",
            /is not a mapping of environments/,
            /environments: \{ prod: /,
        ],
        "an environment that is a text": [
            `${WORKER}environments: { dev: small }`,
            "heritages/blog.yml: environments.dev",
            /is not a mapping of keys/,
            /services: …/,
        ],
        "environments within an environment": [
            `${WORKER}environments: { prod: { environments: { dev: {} } } }`,
            "heritages/blog.yml: environments.prod.environments",
            /is within another one/,
            /leave it out/,
        ],
        "an environment that is no environment and no stack": [
            `${WORKER}environments: { prd: {} }`,
            "heritages/blog.yml: environments.prd",
            /is neither an environment nor a stack/,
            /did you mean prod\?/,
        ],
        "a mistake that two environments have in common, once": [
            `${WORKER.replace("count: 3", "cpu: big")}environments: { prod: { environment: { A: b } } }`,
            "heritages/blog.yml: services.worker.cpu",
            /should be a (whole )?number/,
            /CPU units/,
        ],
    });

    it("may have nothing in one of them", () => {
        expect(problemsOfBlog(`${WORKER}environments: { dev: }`)).to.deep.equal([]);
        expect(problemsOfBlog(`${WORKER}environments:`)).to.deep.equal([]);
    });

    it("may be named by a stack that has a file, and by no other file", () => {
        const stage = (file: string) =>
            problemsOfBlog(`${WORKER}environments: { stage: { services: { worker: { count: 4 } } } }`, DEV, {
                "images/app/Dockerfile": "FROM scratch",
                [file]: "config: {}",
            }).map(({ what }) => what);
        expect(stage("Pulumi.stage.yaml")).to.deep.equal([]);
        for (const other of ["Pulumi.stage.yaml.orig", "old.Pulumi.stage.yaml", "Pulumi.stage.yml"]) {
            expect(stage(other), other).to.deep.equal(["is neither an environment nor a stack"]);
        }
    });

    it("says a mistake on the line of the override that has it, or of the rest of the file", () => {
        const both = (base: string, over: string, stack: string) =>
            saidOf(
                `build: images/app\nservices:\n    worker:\n        ${base}\nenvironments:\n    prod:\n        services:\n            worker:\n                ${over}\n`,
                stack,
            );
        expect(both("cpu: 300", "memory: 1024", PROD)[0]).to.match(/services\.worker\.cpu \(4\)/);
        expect(both("memory: 1024", "cpu: 300", PROD)[0]).to.match(/services\.worker\.cpu \(9\)/);
        expect(both("cpu: 256", "cpu: 300", PROD)[0]).to.match(/services\.worker\.cpu \(9\)/);
    });

    it("says a mistake in a list on the line of the entry", () => {
        const listeners = [
            "services:",
            "    web:",
            "        health_check_path: /up",
            "        listeners:",
            "            - paths: [/a]",
            "            - host: posts",
            "              priority: 0",
        ];
        expect(saidOf(`build: images/app\n${listeners.join("\n")}\n`)[0]).to.match(
            /services\.web\.listeners\[1\]\.priority \(8\): /,
        );
        const command = "command:\n            - run\n            - 3";
        expect(saidOf(WORKER.replace("count: 3", command))[0]).to.match(/services\.worker\.command\[1\] \(6\): /);
    });

    it("gives what it uses the defaults of the environment, and what the file says before them", () => {
        const uses = (inner: string, stack: string) => {
            const { config, problems } = readBlog(`${WORKER}uses: { it: { ${inner} } }`, stack);
            expect(problems).to.deep.equal([]);
            return config!.heritages.blog!.uses.it!;
        };
        expect(uses("redis: {}", DEV).redis).to.deep.equal({
            nodeType: "cache.t4g.micro",
            version: "8",
            multiAz: false,
        });
        expect(uses("redis: {}", PROD).redis!.multiAz).to.equal(true);
        const own = uses("redis: { node_type: cache.r7g.large, version: '7.2', multi_az: false }", PROD).redis;
        expect(own).to.deep.equal({ nodeType: "cache.r7g.large", version: "7.2", multiAz: false });
        const queue = { existing: undefined, visibilitySeconds: 30, fifo: false };
        expect(uses("queue: {}", PROD).queue).to.deep.equal(queue);
        expect(uses("queue: { visibility_seconds: 60, fifo: true }", DEV).queue).to.deep.equal({
            ...queue,
            visibilitySeconds: 60,
            fifo: true,
        });
    });

    it("names what takes a name as the file has it", () => {
        const taken = saidOf(
            `build: images/app\nservices: { nightly: {} }\nscheduled_tasks: { nightly: { command: [run], schedule: rate(1 day) } }`,
        );
        expect(taken.map((text) => text.split(" → ")[0])).to.deep.equal([
            "heritages/blog.yml: scheduled_tasks.nightly (3): blog-nightly is taken by heritages.blog.services.nightly",
        ]);
    });
});
