/** Ports below 1024, which Linux keeps for root unless it is told otherwise. */

/** The first port that every user may listen on. */
const PARAMETER = "net.ipv4.ip_unprivileged_port_start";
/** Its value in a new task on Fargate, where Docker on a laptop has 0. */
const FIRST_UNPRIVILEGED = 1024;

interface Container {
    readonly ports?: readonly number[];
    readonly innerPorts?: readonly number[];
}

/**
 * The kernel's parameter for a container that listens below 1024. Fargate takes every parameter of `net.*` (ECS API reference,
 * SystemControl: "All of these values are supported by Fargate", from platform version 1.4.0). The containers of a task are in one network
 * namespace, where the value of the last one that starts counts; so each that has it has the task's lowest port.
 */
export function lowPortControls(container: Container, task: Readonly<Record<string, Container>>) {
    const low = ({ ports = [], innerPorts = [] }: Container) =>
        [...ports, ...innerPorts].filter((port) => port < FIRST_UNPRIVILEGED);
    if (low(container).length === 0) return [];
    return [{ namespace: PARAMETER, value: String(Math.min(...Object.values(task).flatMap(low))) }];
}

/** The parameters of a task's network namespace, as a Docker that has other ones is told of them. */
export const namespaceControls = (controls: readonly { namespace: string; value: string }[]) => ({
    [PARAMETER]: String(FIRST_UNPRIVILEGED),
    ...Object.fromEntries(controls.map(({ namespace, value }) => [namespace, value])),
});
