import { expect } from "chai";
import { type BrokenBlog, readBlog, refusesBelow } from "./blog-support";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
const worker = (autoscaling: string, uses = "{ jobs: { queue: {} } }") =>
    `image: "${IMAGE}"\nuses: ${uses}\nservices: { worker: { autoscaling: ${autoscaling} } }`;

const BROKEN: BrokenBlog = {
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
    refusesBelow("services.worker.autoscaling.", BROKEN);

    it("has Container Insights count the tasks where messages are counted, and not otherwise", () => {
        expect(readBlog(worker("{ max: 5, messages_per_task: { jobs: 10 } }")).config!.containerInsights).to.equal(
            true,
        );
        expect(readBlog(worker("{ max: 5 }")).config!.containerInsights).to.equal(false);
    });
});
