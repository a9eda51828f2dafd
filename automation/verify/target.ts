/** What checks are run against: a stack on AWS, or the same on a laptop. */
import type { Outputs } from "../runner/deployed";

/** What a check reads of the JSON that ECS takes as RegisterTaskDefinition. */
export interface TaskDefinition {
    readonly containerDefinitions?: readonly {
        readonly name?: string;
        readonly image?: string;
        readonly environment?: readonly { readonly name?: string; readonly value?: string }[];
        readonly portMappings?: readonly { readonly containerPort?: number }[];
    }[];
}

export interface Task {
    /** What people know it by. */
    readonly id: string;
    /** As ECS says it: RUNNING, PENDING, … */
    readonly status: string;
    /** By the container's own check and the load balancers'; undefined where there is neither. */
    readonly healthy: boolean | undefined;
    /** Where one of the task's ports is from here; undefined where only others can reach it. */
    at(port: number): Place | undefined;
}

export interface Place {
    readonly host: string;
    readonly port: number;
}

export interface Service {
    readonly tasks: readonly Task[];
    /** How many there should be. */
    readonly wanted: number;
}

/** A port that must not answer, from where the checks run. */
export interface Closed extends Place {
    readonly what: string;
}

export interface Database extends Place {
    /** What its clients call it, and its certificate is for. */
    readonly name: string;
    /** From here it may be reached, and then has to insist on TLS; else it has to be out of reach. */
    readonly inReach: boolean;
}

export interface Agents {
    readonly didcommUrl: string;
    readonly adminUrl: string;
}

export interface Target {
    /** `identity dev on AWS, ap-northeast-1` */
    readonly title: string;
    /** Tasks may be stopped without being asked to. */
    readonly expendable: boolean;
    /** Clusters of agents, by name. */
    readonly agents: Readonly<Record<string, Agents>>;
    /** Where applications answer, by service. */
    readonly services: Readonly<Record<string, string>>;
    readonly keycloak: { readonly url: string; readonly adminUrl: string } | undefined;
    /** All that has tasks, by name. */
    readonly serviceNames: readonly string[];
    /** What clients trust, as PEM; undefined where the authorities that the system knows are to do. */
    readonly authority: string | undefined;
    /** Where else to connect than to the address of a URL: a laptop's own ports, a tunnel. */
    connectTo(host: string, port: number): Place;
    /** Whether a URL is of the admin endpoint, which only some networks reach. */
    internal(url: string): boolean;
    /** Why the admin endpoint cannot be reached from here, and what to do; undefined where it can. */
    adminOutOfReach(): Promise<{ reason: string; remedy: string } | undefined>;
    /** A secret's value, by the last two parts of its parameter's name. */
    secret(owner: string, variable: string): Promise<string>;
    taskDefinition(service: string): Promise<TaskDefinition>;
    service(name: string): Promise<Service>;
    /** Ends a task, and resolves when it is gone. */
    stop(service: string, task: Task): Promise<void>;
    /** Resolves when there are as many tasks as there should be, all of them well and asked by the load balancer. */
    settled(service: string, say: (text: string) => void, signal: AbortSignal): Promise<void>;
    /** By name. */
    databases(): Promise<Record<string, Database>>;
    /** Ports that nobody may reach from here. */
    closed(): Promise<Closed[]>;
}

/** Where users and administrators go, as the program's outputs say. */
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
