/** The interface of the checks to a stack, which runs on AWS or on a laptop. */
import type { Outputs } from "../runner/deployed";
import type { CheckContext } from "./check";

/** The part of a task definition that checks read. */
export interface TaskDefinition {
    /** In units of which 1024 are a vCPU. */
    readonly cpu?: string;
    readonly containerDefinitions?: readonly {
        readonly name?: string;
        readonly image?: string;
        readonly environment?: readonly { readonly name?: string; readonly value?: string }[];
        readonly secrets?: readonly { readonly name?: string }[];
    }[];
}

export interface Task {
    /** The task's name in messages. */
    readonly id: string;
    /** ECS's status: RUNNING, PENDING, … */
    readonly status: string;
    /** By the container's health check and the target groups; undefined where it has neither. */
    readonly healthy: boolean | undefined;
    /** The address of the task's port; undefined where it cannot be reached from here. */
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

/** A port that must not be reachable from where the checks run. */
export interface ClosedPort extends Place {
    readonly what: string;
}

export interface Database extends Place {
    /** The host name that clients use, and for which the certificate has to be valid. */
    readonly name: string;
    /** Whether it can be reached from here. If so, it has to refuse connections without TLS; if not, it must not answer. */
    readonly inReach: boolean;
}

export interface Agents {
    readonly didcommUrl: string;
    readonly adminUrl: string;
}

export interface Target {
    /** `identity dev on AWS, ap-northeast-1` */
    readonly title: string;
    /** Whether checks may stop tasks, and put load on them, without --disruptive. */
    readonly expendable: boolean;
    /** Clusters of agents, by name. */
    readonly agents: Readonly<Record<string, Agents>>;
    /** The applications' URLs, by service. */
    readonly services: Readonly<Record<string, string>>;
    readonly keycloak: { readonly url: string; readonly adminUrl: string } | undefined;
    /** The services that a load balancer asks for a log-in for. */
    readonly logins: NonNullable<Outputs["logins"]>;
    /** The names of all services. */
    readonly serviceNames: readonly string[];
    /** The PEM of the stack's own certificate authority; undefined where clients trust the system's authorities. */
    readonly authority: string | undefined;
    /** Who signs the certificates of a service's tasks, where that is not `authority`: with a domain, whom no client trusts. */
    taskAuthority?(service: string): Promise<string | undefined>;
    /** Maps the host and port of a URL to where to connect: a laptop's published port, or a tunnel. */
    connectTo(host: string, port: number): Place;
    /** Whether a URL is on the admin endpoint, which only some networks reach. */
    internal(url: string): boolean;
    /** Why the admin endpoint cannot be reached from here, with the remedy; undefined where it can. */
    adminOutOfReach(): Promise<{ reason: string; remedy: string } | undefined>;
    /** The value of a secret, by the last two parts of its parameter's name. */
    secret(owner: string, variable: string): Promise<string>;
    taskDefinition(service: string): Promise<TaskDefinition>;
    service(name: string): Promise<Service>;
    /** Stops a task, and resolves when it is gone. */
    stop(service: string, task: Task): Promise<void>;
    /** Resolves when the desired number of tasks is healthy in the target groups. */
    settled(service: string, context: CheckContext): Promise<void>;
    /** Databases by name. */
    databases(): Promise<Record<string, Database>>;
    /** Ports that must not be reachable from here. */
    closed(): Promise<ClosedPort[]>;
}

/** What the program's outputs say of a stack, wherever it runs. */
export class Addresses {
    readonly agents: Target["agents"];
    readonly services: Target["services"];
    readonly keycloak: Target["keycloak"];
    readonly logins: Target["logins"];

    constructor(
        protected readonly outputs: Outputs,
        /** What the names of its parameters begin with. */
        private readonly path: string,
    ) {
        const { didcommUrls, adminUrls, serviceUrls, logins = {}, keycloakUrl, keycloakAdminUrl } = outputs;
        const agents = Object.entries(didcommUrls).map(([name, didcommUrl]): [string, Agents] => [
            name,
            { didcommUrl, adminUrl: adminUrls[name]! },
        ]);
        this.agents = Object.fromEntries(agents);
        this.services = serviceUrls;
        this.logins = logins;
        this.keycloak = keycloakUrl && keycloakAdminUrl ? { url: keycloakUrl, adminUrl: keycloakAdminUrl } : undefined;
    }

    /** The parameter of a service's secret, by the variable. */
    protected parameterOf(owner: string, variable: string): string {
        return this.outputs.secretParameters[owner]?.[variable] ?? `${this.path}/${owner}/${variable}`;
    }
}

/** What users reach from anywhere. */
export function publicUrls(target: Pick<Target, "agents" | "services" | "keycloak" | "internal">): string[] {
    const { services, keycloak, agents } = target;
    const urls = [
        ...Object.values(services),
        ...(keycloak ? [keycloak.url] : []),
        ...Object.values(agents).map(({ didcommUrl }) => didcommUrl),
    ];
    return urls.filter((url) => !target.internal(url));
}

export const adminUrls = ({ agents, keycloak }: Pick<Target, "agents" | "keycloak">): string[] =>
    [...Object.values(agents), ...(keycloak ? [keycloak] : [])].map(({ adminUrl }) => adminUrl);

/** Where a URL leads to. */
export function endOf(url: string | URL): Place {
    const { hostname, port, protocol } = new URL(url);
    return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "https:" ? 443 : 80) };
}

/** The environment of the first container with all of these variables. */
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

/** Whether load balancers reach a task by its Envoy. */
export const hasEnvoy = ({ containerDefinitions = [] }: TaskDefinition) =>
    containerDefinitions.some(({ name }) => name === "envoy");

/** Whether a task runs an image of this repository. `image`: its folder's name. */
export const runs = (definition: TaskDefinition, image: string) =>
    (definition.containerDefinitions ?? []).some((container) =>
        new RegExp(`(^|/)${image}(-[0-9a-f]{7})?([:@]|$)`).test(container.image ?? ""),
    );
