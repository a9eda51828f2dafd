/** How a service of a compose file is reached and judged, and how large it is. */
import { sizeFor } from "../../../components/fargate/sizes";
import { asText } from "../commands";
import { some } from "../heritage";
import type { Workload } from "../model";
import type { Node } from "../node";
import { healthCommand, noteTimes } from "./health";
import { seconds, sizeInMiB } from "../units";

/** What answers to no HTTP, by its port. */
const NO_HTTP = [21, 22, 25, 53, 110, 143, 465, 587, 993, 995, 1883, 3306, 5432, 5672, 6379, 8883, 9092, 11211, 27017];
const GRPC = [50051, 9090];

const LOOPBACK = /^(127\.|\[?::1|localhost:)/;
const isLoopback = (address: Node | undefined) => /^(127\.|::1$|localhost$)/.test(String(address?.plain() ?? ""));

/** Whether it is published for others than the machine itself. */
export const isPublic = (service: Node): boolean =>
    service
        .items("ports")
        .some((item) => (item.isLeaf ? !LOOPBACK.test(String(item.plain())) : !isLoopback(item.get("host_ip"))));

/** `isBehindProxy`: another service of the file is published on a port of the web. */
export function readPorts(
    service: Node,
    workload: Workload,
    run: string[] | string | undefined,
    isBehindProxy: boolean,
) {
    const loopback: number[] = [];
    const published = service.items("ports").flatMap((item) => {
        const [written, protocol] = item.isLeaf
            ? item.text()!.split("/")
            : [String(item.plain("target")), String(item.plain("protocol") ?? "tcp")];
        const target = written!.split(":").at(-1)!;
        const bound = item.isLeaf ? LOOPBACK.test(item.text()!) : isLoopback(item.get("host_ip"));
        if (bound) loopback.push(Number(target.split("-")[0]));
        item.take();
        if (protocol === "udp") {
            workload.todo(`Port ${target} is UDP, which no load balancer of the platform takes.`);
            return [];
        }
        return [Number(target.split("-")[0])];
    });
    const exposed = service.texts("expose").map(Number);
    const ports = published.filter((port) => Number.isInteger(port) && port > 0);
    if (workload.kind !== "service") return;
    const isLocal = ports.length > 0 && ports.every((port) => loopback.includes(port));
    if (isLocal && isBehindProxy) {
        Object.assign(workload.keys, { reachable: true, port: ports[0] });
        workload.changed(
            "It is published on the machine itself alone (127.0.0.1), and a proxy of the file leads there: tasks of the stack reach it by name.",
            "reachable",
        );
        return;
    }
    const [port] = ports.filter((candidate) => !NO_HTTP.includes(candidate));
    if (port !== undefined) {
        workload.keys.listeners = [{}];
        workload.keys.port = port;
        if (isLocal)
            workload.changed(
                "It is published on the machine itself alone (127.0.0.1), for a proxy there; here it is public. For tasks of the stack " +
                    "alone: reachable: true in the place of listeners.",
                "listeners",
            );
        const others = ports.filter((other) => other !== port);
        if (others.length > 0)
            workload.todo(
                `It publishes ${others.join(", ")}, too: a service has one port. Another service of the file can have the other.`,
                "port",
            );
        if (GRPC.includes(port) || /grpc/i.test(`${workload.name} ${asText(run ?? "")}`)) {
            workload.keys.protocol = "grpc";
            workload.healthPath = "/grpc.health.v1.Health/Check";
            workload.changed(`gRPC, by its port ${port} or its name.`, "protocol");
        }
    } else if (ports.length + exposed.length > 0) {
        workload.keys.reachable = true;
        workload.keys.port = ports[0] ?? exposed[0];
        if (ports.length > 0) {
            workload.todo(
                `It publishes ${ports.join(", ")}, which is no HTTP: tasks of the stack alone reach it.`,
                "reachable",
            );
        }
    }
}

export function readHealth(service: Node, workload: Workload) {
    const health = service.get("healthcheck");
    const isWeb = "listeners" in workload.keys;
    if (!health) return;
    if (health.plain("disable") === true) return health.leaveOut("there is none unless the file has one");
    const test = health.take("test");
    const found = healthCommand(test);
    if (test !== undefined && !found) return health.leaveOut("there is none unless the file has one");
    if (isWeb && found?.asked) workload.keys.health_check_path = found.asked;
    else if (workload.kind === "service") workload.keys.health_check_command = found?.command;
    const times = some({
        interval_seconds: seconds(health.text("interval")),
        timeout_seconds: seconds(health.text("timeout")),
        unhealthy: health.number("retries"),
        grace_seconds: seconds(health.text("start_period")),
    });
    health.get("start_interval")?.leaveOut("it makes the first answer come sooner");
    if (isWeb) workload.keys.health_check = times;
    else if (times)
        noteTimes(
            workload,
            Object.entries(times).map(([key, value]) => `${key} ${String(value)}`),
        );
}

export function readSize(service: Node, workload: Workload) {
    if (workload.kind === "service")
        workload.keys.count = service.number("deploy", "replicas") ?? service.number("scale");
    const limits = ["deploy", "resources", "limits"];
    const cpus = service.number(...limits, "cpus") ?? service.number("cpus");
    const memory = sizeInMiB(service.text(...limits, "memory") ?? service.text("mem_limit"));
    if (cpus !== undefined || memory !== undefined) {
        Object.assign(workload.keys, sizeFor((cpus ?? 0) * 1024, memory ?? 0));
    }
    const labels = service.get("labels");
    if (labels && !/traefik|ofelia|caddy|nginx/i.test(JSON.stringify(labels.plain()))) {
        labels.leaveOut("for tools that read Docker's labels");
    }
}
