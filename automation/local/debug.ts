/** A debugger's port into a task on this machine. */
import { UsageError } from "../shared/errors";

/** The port on 127.0.0.1 by the service. */
export type DebugPorts = ReadonlyMap<string, number>;

const LEAST = 1024; // Docker may not open lower ones without root

/** `hello=9229` of `--debug hello=9229`. */
export function debugPort(text: string, flag: string): readonly [service: string, port: number] {
    const [, service, digits] = /^([a-z0-9-]+)=(\d{1,5})$/.exec(text) ?? [];
    const port = Number(digits);
    if (service !== undefined && port >= LEAST && port <= 65_535) return [service, port];
    throw new UsageError(`${flag} ${text}: a service and a port from ${LEAST} to 65535, as in hello=9229`);
}

/** Each wrong one at once. */
export function checkDebugPorts(
    ports: readonly (readonly [string, number])[],
    services: readonly string[],
): DebugPorts {
    const unknown = ports.filter(([service]) => !services.includes(service)).map(([service]) => service);
    const twice = ports.filter(([, port], i) => ports.findIndex(([, other]) => other === port) < i);
    const faults = [
        ...unknown.map((service) => `--debug ${service}: there is no such service; there are: ${services.join(", ")}`),
        ...twice.map(([service, port]) => `--debug ${service}=${port}: another service has that port`),
    ];
    if (faults.length > 0) throw new UsageError(faults.join("\n"));
    return new Map(ports);
}

/**
 * What has the runtimes listen that take it from a variable: Node.js, and Java's virtual machine. DEBUG_PORT is for all others. `environment`
 * is the container's own, whose options stay.
 */
export function debugVariables(
    port: number,
    environment: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
    const added = (name: string, option: string) => [environment[name] ?? [], option].flat().join(" ");
    return {
        DEBUG_PORT: String(port),
        NODE_OPTIONS: added("NODE_OPTIONS", `--inspect=0.0.0.0:${port}`),
        JAVA_TOOL_OPTIONS: added(
            "JAVA_TOOL_OPTIONS",
            `-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:${port}`,
        ),
    };
}
