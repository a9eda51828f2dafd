/** How a service of a compose file is reached and judged, and how large it is. */
import { sizeFor } from "../../../components/fargate/sizes";
import { asText, askedPath } from "../commands";
import type { Workload } from "../model";
import type { Node } from "../node";
import { seconds, sizeInMiB } from "../units";

/** What answers to no HTTP, by its port. */
const NO_HTTP = [21, 22, 25, 53, 110, 143, 465, 587, 993, 995, 1883, 3306, 5432, 5672, 6379, 8883, 9092, 11211, 27017];
const GRPC = [50051, 9090];

const LOOPBACK = /^(127\.|\[?::1|localhost:)/;
const isLoopback = (address: Node | undefined) => /^(127\.|::1$|localhost$)/.test(String(address?.plain() ?? ""));

/** Whether it is published for others than the machine itself. */
export const isPublic = (service: Node): boolean =>
    (service.get("ports")?.items() ?? []).some((item) =>
        item.isLeaf ? !LOOPBACK.test(String(item.plain())) : !isLoopback(item.get("host_ip")),
    );

/** `isBehindProxy`: another service of the file is published on a port of the web. */
export function readPorts(
    service: Node,
    workload: Workload,
    run: string[] | string | undefined,
    isBehindProxy: boolean,
) {
    const loopback: number[] = [];
    const published = (service.get("ports")?.items() ?? []).flatMap((item) => {
        const target = item.isLeaf
            ? item.text()!.split("/")[0]!.split(":").at(-1)!
            : String(item.get("target")?.plain());
        const bound = item.isLeaf ? LOOPBACK.test(item.text()!) : isLoopback(item.get("host_ip"));
        if (bound) loopback.push(Number(target.split("-")[0]));
        const protocol = item.isLeaf
            ? item.path && String(item.plain()).split("/")[1]
            : String(item.get("protocol")?.plain() ?? "tcp");
        item.take();
        if (protocol === "udp") {
            workload.todo(`Port ${target} is UDP, which no load balancer of the platform takes.`);
            return [];
        }
        return [Number(target.split("-")[0])];
    });
    const exposed = (service.get("expose")?.texts() ?? []).map(Number);
    const ports = published.filter((port) => Number.isInteger(port) && port > 0);
    if (workload.kind !== "service") return;
    const isLocal = ports.length > 0 && ports.every((one) => loopback.includes(one));
    if (isLocal && isBehindProxy) {
        Object.assign(workload.keys, { reachable: true, port: ports[0] });
        workload.changed(
            "It is published on the machine itself alone (127.0.0.1), and a proxy of the file leads there: tasks of the stack reach it by name.",
            "reachable",
        );
        return;
    }
    const [port] = ports.filter((one) => !NO_HTTP.includes(one));
    if (port !== undefined) {
        workload.keys.listeners = [{}];
        workload.keys.port = port;
        if (isLocal)
            workload.changed(
                "It is published on the machine itself alone (127.0.0.1), for a proxy there; here it is public. For tasks of the stack " +
                    "alone: reachable: true in the place of listeners.",
                "listeners",
            );
        const others = ports.filter((one) => one !== port);
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
    if (health.get("disable")?.plain() === true) return health.leaveOut("there is none unless the file has one");
    const test = health.get("test")?.take();
    const [kind, ...rest] = Array.isArray(test) ? test.map(String) : ["CMD-SHELL", String(test ?? "")];
    const asked = askedPath(rest);
    if (kind === "NONE") return health.leaveOut("there is none unless the file has one");
    if (isWeb && asked) workload.keys.health_check_path = asked;
    else if (workload.kind === "service" && test) {
        workload.keys.health_check_command = kind === "CMD" ? rest : ["/bin/sh", "-c", rest.join(" ")];
    }
    const times = {
        interval_seconds: seconds(health.get("interval")?.text()),
        timeout_seconds: seconds(health.get("timeout")?.text()),
        unhealthy: health.get("retries")?.number(),
        grace_seconds: seconds(health.get("start_period")?.text()),
    };
    health.get("start_interval")?.leaveOut("it makes the first answer come sooner");
    const settings = Object.entries(times).filter(([, value]) => value !== undefined);
    if (settings.length === 0) return;
    if (isWeb)
        workload.keys.health_check = Object.fromEntries(settings.map(([key, value]) => [key, Math.round(value!)]));
    else
        workload.changed(
            `Its health check has the platform's own times, and not ${settings.map(([key, value]) => `${key} ${value}`).join(", ")}.`,
            "health_check_command",
        );
}

export function readSize(service: Node, workload: Workload) {
    const deploy = service.get("deploy");
    const replicas = (deploy?.get("replicas") ?? service.get("scale"))?.number();
    if (replicas !== undefined && workload.kind === "service") workload.keys.count = replicas;
    const limits = deploy?.get("resources", "limits");
    const cpus = (limits?.get("cpus") ?? service.get("cpus"))?.number();
    const memory = sizeInMiB((limits?.get("memory") ?? service.get("mem_limit"))?.text());
    if (cpus !== undefined || memory !== undefined) {
        Object.assign(workload.keys, sizeFor((cpus ?? 0) * 1024, memory ?? 0));
    }
    deploy?.get("resources", "reservations")?.leaveOut("a task has its size to itself");
    service.get("mem_reservation")?.leaveOut("a task has its size to itself");
    deploy?.get("restart_policy")?.leaveOut("ECS starts a task anew when it ends");
    deploy
        ?.get("update_config")
        ?.leaveOut("ECS rolls, one task per zone and more at a time, and goes back where the new one fails");
    deploy
        ?.get("rollback_config")
        ?.leaveOut("ECS rolls, one task per zone and more at a time, and goes back where the new one fails");
    deploy?.get("placement")?.leaveOut("Fargate has no machines to choose from");
    deploy?.get("mode")?.leaveOut("tasks are counted, over the zones");
    deploy?.get("labels")?.leaveOut("for tools that read Docker's labels");
    const labels = service.get("labels");
    if (labels && !/traefik|ofelia|caddy|nginx/i.test(JSON.stringify(labels.plain()))) {
        labels.leaveOut("for tools that read Docker's labels");
    }
}
