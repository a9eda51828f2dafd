import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readConfig } from "../../config/load";
import { placeOf } from "../../config/problems";
import { DEV, handedOver } from "./support";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
const worker = (autoscaling: string, uses = "{ jobs: { queue: {} } }") =>
    `image: "${IMAGE}"\nuses: ${uses}\nservices: { worker: { autoscaling: ${autoscaling} } }`;

const BROKEN: Record<string, [yaml: string, at: string, what: RegExp, fix: RegExp]> = {
    "requests that nobody sends": [
        worker("{ max: 5, requests_per_task: 500 }"),
        "requests_per_task",
        /no listener leads to this service/,
        /listeners/,
    ],
    "no requests at all": [worker("{ max: 5, requests_per_task: 0 }"), "requests_per_task", /./, /./],
    "a part of a request": [worker("{ max: 5, requests_per_task: 0.5 }"), "requests_per_task", /./, /./],
    "a queue that nobody uses": [
        worker("{ max: 5, messages_per_task: { job: 10 } }"),
        "messages_per_task.job",
        /is not a queue in uses/,
        /uses: \{ job: \{ queue/,
    ],
    "a bucket": [
        worker("{ max: 5, messages_per_task: { files: 10 } }", "{ files: { bucket: {} } }"),
        "messages_per_task.files",
        /is not a queue/,
        /one of its names/,
    ],
    "no messages": [worker("{ max: 5, messages_per_task: { jobs: 0 } }"), "messages_per_task.jobs", /./, /./],
};

describe("the scaling of a heritage's service", () => {
    const root = process.cwd();
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "scaling-"));
        process.chdir(folder);
        mkdirSync("heritages");
    });
    afterEach(() => {
        process.chdir(root);
        rmSync(folder, { recursive: true });
    });
    const read = (yaml: string) => {
        writeFileSync("heritages/blog.yml", yaml);
        return readConfig(handedOver(`${DEV}heritages: [blog]\n`), "identity", () => false, "dev");
    };

    for (const [name, [yaml, at, what, fix]] of Object.entries(BROKEN)) {
        it(`is refused for ${name}`, () => {
            const { problems } = read(yaml);
            expect(problems, JSON.stringify(problems)).to.have.length(1);
            expect(placeOf(problems[0]!, "identity")).to.equal(`heritages/blog.yml: services.worker.autoscaling.${at}`);
            expect(problems[0]!.what).to.match(what);
            expect(problems[0]!.fix).to.match(fix);
        });
    }

    it("has Container Insights count the tasks where messages are counted, and not otherwise", () => {
        expect(read(worker("{ max: 5, messages_per_task: { jobs: 10 } }")).config!.containerInsights).to.equal(true);
        expect(read(worker("{ max: 5 }")).config!.containerInsights).to.equal(false);
    });
});
