/** `http` of a Copilot manifest: how a service is reached. */
import type { Workload } from "../model";
import type { Node } from "../node";
import { seconds } from "../units";

export function readHttp(manifest: Node, workload: Workload, type: string) {
    const http = manifest.get("http");
    const port = manifest.get("image", "port")?.number();
    if (type === "Request-Driven Web Service") {
        workload.keys.listeners = [{ hosts: aliases(http?.get("alias")) }];
        workload.keys.health_check_path = "/";
        if (port !== undefined) workload.keys.port = port;
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
    const own = http.get("path")?.text() ?? "/";
    const listener: Record<string, unknown> = { hosts: aliases(http.get("alias")) };
    if (own !== "/") {
        const path = `/${own.replace(/^\/|\/$/g, "")}`;
        listener.paths = [path, `${path}/*`];
    }
    if (type === "Backend Service") listener.endpoint = "internal";
    workload.keys.listeners = [listener];
    if (port !== undefined) workload.keys.port = port;
    workload.keys.health_check_path = "/";
    readHealth(http.get("healthcheck"), workload);
    if (http.get("stickiness")?.take() === true) workload.keys.sticky_seconds = 86400;
    const delay = seconds(http.get("deregistration_delay")?.text());
    if (delay !== undefined) workload.keys.deregistration_seconds = delay;
    const version = http.get("version")?.text();
    if (version === "grpc" || version === "http2") workload.keys.protocol = version;
    http.get("redirect_to_https")?.leaveOut("HTTP leads to HTTPS");
    http.get("hosted_zone")?.leaveOut("zones are named in the stack file: domain, domains");
    const target = http.get("target_container")?.text() ?? http.get("targetContainer")?.text();
    if (target !== undefined && target !== workload.name) workload.keys.receives = target;
    http.get("target_port")?.leaveOut("requests go to the container's own port");
    const networks = http.get("allowed_source_ips")?.texts() ?? [];
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
              .map((one) => one.trim())
        : alias?.items().flatMap((item) => {
              item.get("hosted_zone")?.leaveOut("zones are named in the stack file: domain, domains");
              return (item.isLeaf ? item.text() : item.get("name")?.text()) ?? [];
          });
    return all && all.length > 0 ? all : undefined;
}

function readHealth(health: Node | undefined, workload: Workload) {
    if (!health) return;
    if (health.isLeaf) {
        workload.keys.health_check_path = health.text();
        return;
    }
    workload.keys.health_check_path = health.get("path")?.text() ?? "/";
    const settings = {
        codes: health.get("success_codes")?.text(),
        grace_seconds: seconds(health.get("grace_period")?.text()),
        interval_seconds: seconds(health.get("interval")?.text()),
        timeout_seconds: seconds(health.get("timeout")?.text()),
        healthy: health.get("healthy_threshold")?.number(),
        unhealthy: health.get("unhealthy_threshold")?.number(),
    };
    workload.keys.health_check = Object.fromEntries(
        Object.entries(settings).filter(([, value]) => value !== undefined),
    );
    health.get("port")?.leaveOut("the health check asks the port of the service");
}
