/** Settings of target groups: health checks, deregistration and stickiness of a heritage's service. */
import { HEALTH_CHECKS } from "../../components/endpoint/health-checks";
import type { HeritageConfig } from "../defaults";
import type { Path, Problem } from "./common";

type Service = HeritageConfig["services"][string];
type At = (...rest: (string | number)[]) => Path;

/** The name of the status codes, and their range (ELB user guide, "Health checks for Application Load Balancer target groups"). */
const CODES = {
    http: { name: "HTTP", first: 200, last: 499, example: "200-299" },
    grpc: { name: "gRPC", first: 0, last: 99, example: '"0"' },
};

export function targetProblems(at: At, service: Service): Problem[] {
    const { protocol, healthCheckPath, stickySeconds } = service;
    const problems = healthCheckProblems((...rest) => at("healthCheck", ...rest), service);
    if (protocol === "grpc" && healthCheckPath !== undefined && !/^\/[\w.]+\/\w+$/.test(healthCheckPath)) {
        problems.push({
            path: at("healthCheckPath"),
            what: `${healthCheckPath} is not a gRPC method`,
            fix: "/package.Service/Method, e.g. /grpc.health.v1.Health/Check",
            also: [at("protocol")],
        });
    }
    if (protocol === "grpc" && stickySeconds) {
        problems.push({
            path: at("stickySeconds"),
            what: "needs a cookie of the load balancer, and gRPC clients keep no cookies",
            fix: "leave it out",
            also: [at("protocol")],
        });
    }
    return problems;
}

function healthCheckProblems(at: At, { healthCheck, protocol }: Service): Problem[] {
    if (!healthCheck) return [];
    const { codes, intervalSeconds, timeoutSeconds } = healthCheck;
    const { name, first, last, example } = protocol === "grpc" ? CODES.grpc : CODES.http;
    const wrong = codes.split(",").filter((part) => {
        const [from, to = from] = part.split("-").map(Number);
        return from! < first || to! > last || from! > to!;
    });
    const problems: Problem[] = wrong.map((part) => ({
        path: at("codes"),
        what: `${part} is not a status, nor a range of them, of ${name}: a load balancer takes ${first} to ${last}`,
        fix: `e.g. ${example}`,
    }));
    if (timeoutSeconds >= intervalSeconds) {
        const isDefault = timeoutSeconds === HEALTH_CHECKS.timeout;
        problems.push({
            path: at("timeoutSeconds"),
            what: `${timeoutSeconds}${isDefault ? ", the default," : ""} is not less than interval_seconds, ${intervalSeconds}`,
            fix: `fewer than ${intervalSeconds}, or a longer interval_seconds`,
            also: [at("intervalSeconds")],
        });
    }
    return problems;
}
