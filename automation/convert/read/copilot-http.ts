/** `http` of a Copilot manifest: how a service is reached. */
import type { Workload } from "../model";
import { some } from "../heritage";
import type { Node } from "../node";
import { seconds } from "../units";

export function readHttp(manifest: Node, workload: Workload, type: string) {
    const http = manifest.get("http");
    const port = manifest.number("image", "port");
    if (type === "Request-Driven Web Service") {
        workload.keys.listeners = [{ hosts: aliases(http?.get("alias")) }];
        workload.keys.health_check_path = "/";
        workload.keys.port = port;
        workload.changed("App Runner slows a service down where nobody asks; here its tasks run all the time.");
        readHealth(http?.get("healthcheck"), workload);
        return;
    }
    const off = http?.isLeaf && http.plain() === false;
    if (off) http.leaveOut("a service without listeners has no load balancer");
    if (workload.kind !== "service") return;
    if (!http || off) {
        if (port !== undefined) Object.assign(workload.keys, { reachable: true, port });
        return;
    }
    const own = http.text("path") ?? "/";
    const listener: Record<string, unknown> = { hosts: aliases(http.get("alias")) };
    if (own !== "/") {
        const path = `/${own.replace(/^\/|\/$/g, "")}`;
        listener.paths = [path, `${path}/*`];
    }
    if (type === "Backend Service") listener.endpoint = "internal";
    workload.keys.listeners = [listener];
    workload.keys.port = port;
    workload.keys.health_check_path = "/";
    readHealth(http.get("healthcheck"), workload);
    if (http.take("stickiness") === true) workload.keys.sticky_seconds = 86400;
    workload.keys.deregistration_seconds = seconds(http.text("deregistration_delay"));
    const version = http.text("version");
    if (version === "grpc" || version === "http2") workload.keys.protocol = version;
    const target = http.text("target_container") ?? http.text("targetContainer");
    if (target !== undefined && target !== workload.name) workload.keys.receives = target;
    const networks = http.texts("allowed_source_ips");
    if (networks.length > 0)
        workload.todo(
            `allowed_source_ips ${networks.join(", ")}: publicEndpoint.allowedCidrs of the stack file, for all that is behind it.`,
            "listeners",
        );
}

function aliases(alias: Node | undefined): string[] | undefined {
    const all = alias?.isLeaf
        ? alias
              .text()!
              .split(",")
              .map((host) => host.trim())
        : alias?.items().flatMap((item) => {
              item.get("hosted_zone")?.leaveOut("zones are named in the stack file: domain, domains");
              return (item.isLeaf ? item.text() : item.text("name")) ?? [];
          });
    return all && all.length > 0 ? all : undefined;
}

function readHealth(health: Node | undefined, workload: Workload) {
    if (!health) return;
    if (health.isLeaf) {
        workload.keys.health_check_path = health.text();
        return;
    }
    workload.keys.health_check_path = health.text("path") ?? "/";
    workload.keys.health_check = some({
        codes: health.text("success_codes"),
        grace_seconds: seconds(health.text("grace_period")),
        interval_seconds: seconds(health.text("interval")),
        timeout_seconds: seconds(health.text("timeout")),
        healthy: health.number("healthy_threshold"),
        unhealthy: health.number("unhealthy_threshold"),
    });
}
