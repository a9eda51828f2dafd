/** What checks run against: a stack on AWS, or on a laptop. */
import type { Outputs } from "../runner/deployed";

/** The part of RegisterTaskDefinition's JSON that checks read. */
export interface TaskDefinition {
    readonly containerDefinitions?: readonly {
        readonly name?: string;
        readonly image?: string;
        readonly environment?: readonly { readonly name?: string; readonly value?: string }[];
        readonly portMappings?: readonly { readonly containerPort?: number }[];
    }[];
}

export interface Task {
    /** Its name for people. */
    readonly id: string;
    /** As ECS says it: RUNNING, PENDING, … */
    readonly status: string;
    /** By the container's health check and the target groups; undefined where there is neither. */
    readonly healthy: boolean | undefined;
    /** The address of a port of this task; undefined where it cannot be reached from here. */
    at(port: number): Place | undefined;
}

export interface Place {
    readonly host: string;
    readonly port: number;
}

export interface Service {
    readonly tasks: readonly Task[];
    /** The desired count. */
    readonly wanted: number;
}

/** A port that must not answer, from where the checks run. */
export interface ClosedPort extends Place {
    readonly what: string;
}

export interface Database extends Place {
    /** The host name that clients use, and its certificate is for. */
    readonly name: string;
    /** Whether it can be reached from here. It must then insist on TLS; else it must not answer. */
    readonly inReach: boolean;
}

export interface Agents {
    readonly didcommUrl: string;
    readonly adminUrl: string;
}

export interface Target {
    /** `identity dev on AWS, ap-northeast-1` */
    readonly title: string;
    /** Whether tasks may be stopped without --disruptive. */
    readonly expendable: boolean;
    /** Clusters of agents, by name. */
    readonly agents: Readonly<Record<string, Agents>>;
    /** Where applications answer, by service. */
    readonly services: Readonly<Record<string, string>>;
    readonly keycloak: { readonly url: string; readonly adminUrl: string } | undefined;
    /** The names of all services. */
    readonly serviceNames: readonly string[];
    /** The authority that clients trust, as PEM; undefined for the system's authorities. */
    readonly authority: string | undefined;
    /** Maps the host and port of a URL to where they are reached: a laptop's published ports, a tunnel. */
    connectTo(host: string, port: number): Place;
    /** Whether a URL is at the admin endpoint, which only some networks reach. */
    internal(url: string): boolean;
    /** Why the admin endpoint cannot be reached from here, and what to do; undefined where it can. */
    adminOutOfReach(): Promise<{ reason: string; remedy: string } | undefined>;
    /** A secret's value, by the last two parts of its parameter's name. */
    secret(owner: string, variable: string): Promise<string>;
    taskDefinition(service: string): Promise<TaskDefinition>;
    service(name: string): Promise<Service>;
    /** Stops a task, and resolves when it is gone. */
    stop(service: string, task: Task): Promise<void>;
    /** Resolves when as many tasks as desired are healthy in the target groups. */
    settled(service: string, say: (text: string) => void, signal: AbortSignal): Promise<void>;
    /** By name. */
    databases(): Promise<Record<string, Database>>;
    /** Ports that nobody may reach from here. */
    closed(): Promise<ClosedPort[]>;
}

/** The addresses for users and administrators, from the program's outputs. */
export function addresses(outputs: Outputs): Pick<Target, "agents" | "services" | "keycloak"> {
    const { didcommUrls, adminUrls, serviceUrls, keycloakUrl: url, keycloakAdminUrl: adminUrl } = outputs;
    const agents = Object.entries(didcommUrls).map(([name, didcommUrl]) => [
        name,
        { didcommUrl, adminUrl: adminUrls[name]! },
    ]);
    return {
        agents: Object.fromEntries(agents),
        services: serviceUrls,
        keycloak: url && adminUrl ? { url, adminUrl } : undefined,
    };
}

/** The environment of the container that has all of these variables. */
export function environmentWith(
    definition: TaskDefinition,
    ...variables: string[]
): Record<string, string> | undefined {
    for (const { environment = [] } of definition.containerDefinitions ?? []) {
        const values = Object.fromEntries(environment.map(({ name, value }) => [name, value ?? ""]));
        if (variables.every((variable) => variable in values)) return values;
    }
    return undefined;
}

/** The services that run an image of this repository's, by the name of its folder. */
export const runs = (definition: TaskDefinition, image: string) =>
    (definition.containerDefinitions ?? []).some((container) =>
        new RegExp(`(^|/)${image}(-[0-9a-f]{7})?([:@]|$)`).test(container.image ?? ""),
    );
