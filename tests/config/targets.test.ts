import { expect } from "chai";
import { type BrokenBlog, readBlog, refusesBlog } from "./blog-support";

/** The service `web` with this in it. */
const web = (...lines: string[]) => `build: images/app
services:
    web:
        listeners: [{ paths: [/app] }]
        health_check_path: ${lines.includes("protocol: grpc") ? "/grpc.health.v1.Health/Check" : "/up"}
${lines.map((line) => `        ${line}\n`).join("")}`;
const at = (key: string) => `heritages/blog.yml: services.web.${key}`;

const BROKEN: BrokenBlog = {
    "codes that HTTP has not": [
        web('health_check: { codes: "100-250" }'),
        at("health_check.codes"),
        /100-250 is not a status.*HTTP.*200 to 499/,
        /200-299/,
    ],
    "a range of codes the wrong way round": [
        web('health_check: { codes: "200,399-300" }'),
        at("health_check.codes"),
        /^[^,]*: 399-300 is not a status/,
        /200-299/,
    ],
    "codes that gRPC has not": [
        web("protocol: grpc", 'health_check: { codes: "200" }'),
        at("health_check.codes"),
        /200 is not a status.*gRPC.*0 to 99/,
        /"0"/,
    ],
    "codes that are no text": [
        web("health_check: { codes: 200 }"),
        at("health_check.codes"),
        /number|text/,
        /"200"|text|codes/,
    ],
    "an interval as short as the time-out that it leaves to its default": [
        web("health_check: { interval_seconds: 5 }"),
        at("health_check.timeout_seconds"),
        /5, the default, is not less than interval_seconds, 5/,
        /fewer than 5/,
    ],
    "a time-out as long as the interval": [
        web("health_check: { interval_seconds: 30, timeout_seconds: 30 }"),
        at("health_check.timeout_seconds"),
        /30 is not less than interval_seconds, 30/,
        /longer interval_seconds/,
    ],
    "an interval that a load balancer has not": [
        web("health_check: { interval_seconds: 2, timeout_seconds: 2 }"),
        at("health_check.interval_seconds"),
        /2 is too small: 5/,
        /Seconds between two questions/,
    ],
    "one good answer": [
        web("health_check: { healthy: 1 }"),
        at("health_check.healthy"),
        /1 is too small: 2/,
        /Good answers/,
    ],
    "a word of the health check mistyped": [
        web("health_check: { grace: 90 }"),
        at("health_check.grace"),
        /no such key/,
        /grace_seconds/,
    ],
    "a protocol that there is not": [web("protocol: h2"), at("protocol"), /"h2" is not a choice/, /http1, http2, grpc/],
    "a path that is no method of gRPC": [
        web("protocol: grpc").replace("/grpc.health.v1.Health/Check", "/healthz"),
        at("health_check_path"),
        /\/healthz is not a gRPC method/,
        /grpc\.health\.v1\.Health\/Check/,
    ],
    "cookies for clients of gRPC": [
        web("protocol: grpc", "sticky_seconds: 60"),
        at("sticky_seconds"),
        /gRPC clients keep no cookies/,
        /leave it out/,
    ],
    "a cookie of more than a week": [
        web("sticky_seconds: 604801"),
        at("sticky_seconds"),
        /604801 is too large: 604800/,
        /AWSALB/,
    ],
    "more than an hour for what is under way": [
        web("deregistration_seconds: 7200"),
        at("deregistration_seconds"),
        /7200 is too large: 3600/,
        /SIGTERM/,
    ],
};
const WORKER = (line: string) => `build: images/app\nservices: { web: { ${line} } }`;
for (const [key, line] of Object.entries({
    health_check: "health_check: { grace_seconds: 90 }",
    protocol: "protocol: http2",
    deregistration_seconds: "deregistration_seconds: 10",
    sticky_seconds: "sticky_seconds: 60",
})) {
    BROKEN[`${key} of a worker`] = [
        WORKER(line),
        at(key),
        /needs listeners, and this service has none/,
        /listeners: \[.*leave it out/,
    ];
}

describe("How a load balancer judges a heritage's service", () => {
    refusesBlog(BROKEN);

    it("is the program's, where nothing is said", () => {
        const { config, problems } = readBlog(web());
        expect(problems).to.deep.equal([]);
        const { web: service } = config!.heritages.blog!.services;
        expect(service).to.include({ healthCheck: undefined, protocol: undefined, stickySeconds: undefined });
    });

    it("is what the file says, and the default for the rest", () => {
        const { config, problems } = readBlog(web("protocol: grpc", "health_check: { grace_seconds: 90 }"));
        expect(problems).to.deep.equal([]);
        expect(config!.heritages.blog!.services.web!.healthCheck).to.deep.equal({
            codes: "0",
            graceSeconds: 90,
            intervalSeconds: 10,
            timeoutSeconds: 5,
            healthy: 2,
            unhealthy: 3,
        });
    });
});
