/** A stack on AWS. */
import { id } from "../../../components/fargate/stopped-task";
import { environmentNamed } from "../../../config/environments";
import type { Aws, Outputs } from "../../runner/deployed";
import type { StackFile } from "../../plan/stack-file";
import { reach, type Reached } from "../sockets";
import { addresses, type ClosedPort, type Database, type Place, type Target } from "../target";
import { databaseAt, Parameters } from "./parameters";
import { type Clients, MANAGEMENT_PORT, privateAddress, Services } from "./services";

/** Ports that must not be reachable: applications, Envoy and its admin, Keycloak's management and cluster ports, PostgreSQL. */
const CLOSED_PORTS = [8080, 8443, 9901, MANAGEMENT_PORT, 7800, 57800, 5432];

export class AwsTarget implements Target {
    readonly title: string;
    readonly expendable: boolean;
    readonly agents: Target["agents"];
    readonly services: Target["services"];
    readonly keycloak: Target["keycloak"];
    readonly logins: Target["logins"];
    readonly serviceNames: readonly string[];
    readonly authority: string | undefined;
    private readonly ecs: Services;
    private readonly parameters: Parameters;
    private readonly path: string;
    private outOfReach: ReturnType<Target["adminOutOfReach"]> | undefined;

    constructor(
        clients: Clients & Pick<Aws, "ssm" | "region">,
        private readonly outputs: Outputs,
        { project, stack, config }: Pick<StackFile, "project" | "stack" | "config">,
        /** The arguments of --connect-to, by `host:port`. */
        private readonly places: ReadonlyMap<string, Place> = new Map(),
        pauseSeconds?: number,
    ) {
        this.title = `${project} ${stack} on AWS, ${clients.region}`;
        this.expendable = !environmentNamed(config[`${project}:environment`]).production;
        this.path = `/${project}/${stack}`;
        ({
            agents: this.agents,
            services: this.services,
            keycloak: this.keycloak,
            logins: this.logins,
        } = addresses(outputs));
        this.serviceNames = Object.keys(outputs.serviceNames);
        this.authority = outputs.certificateAuthority ?? undefined;
        this.ecs = new Services(clients, outputs.clusterName, outputs.serviceNames, pauseSeconds);
        this.parameters = new Parameters(clients.ssm);
    }

    connectTo(host: string, port: number): Place {
        return this.places.get(`${host}:${port}`) ?? { host, port };
    }

    adminOutOfReach(): ReturnType<Target["adminOutOfReach"]> {
        return (this.outOfReach ??= this.whyOutOfReach());
    }

    /** By the host name: AWS's begins with `internal-`, the program's is `….internal.<domain>`. */
    internal(url: string): boolean {
        return /^(internal-[^.]+|[^.]+\.internal)\./.test(new URL(url).hostname);
    }

    secret(owner: string, variable: string): Promise<string> {
        const name = this.outputs.secretParameters[owner]?.[variable] ?? `${this.path}/${owner}/${variable}`;
        return this.parameters.value(name);
    }

    taskDefinition: Target["taskDefinition"] = (service) => this.ecs.taskDefinition(service);
    service: Target["service"] = (name) => this.ecs.service(name);
    stop: Target["stop"] = (service, task) => this.ecs.stop(service, task.id);
    settled: Target["settled"] = (service, say, signal) => this.ecs.settled(service, say, signal);

    async databases(): Promise<Record<string, Database>> {
        const { databaseAddress } = this.outputs;
        const found: Record<string, Database> = databaseAddress ? { wallets: databaseAt(databaseAddress) } : {};
        for (const service of this.serviceNames) {
            const database = await this.parameters.databaseOf(await this.taskDefinition(service));
            if (database && Object.values(found).every(({ host }) => host !== database.host)) found[service] = database;
        }
        return found;
    }

    async closed(): Promise<ClosedPort[]> {
        const used = new Set(this.publicUrls.map(portOf));
        const ports = new Set([...this.adminUrls.map(portOf), ...CLOSED_PORTS]);
        const hosts = new Set(this.publicUrls.map((url) => new URL(url).hostname));
        const closed = [...hosts].flatMap((host) =>
            [...ports].filter((port) => !used.has(port)).map((port) => ({ what: host, host, port })),
        );
        return [...closed, ...(await this.closedTasks())];
    }

    /** The tasks' private addresses. Without an answer they prove something only from within the VPC. */
    private async closedTasks(): Promise<ClosedPort[]> {
        const within = this.adminUrls.length > 0 && this.places.size === 0 && !(await this.adminOutOfReach());
        if (!within) return [];
        const closed: ClosedPort[] = [];
        for (const name of this.serviceNames) {
            for (const task of await this.ecs.tasks(name)) {
                const host = privateAddress(task);
                const ports = CLOSED_PORTS.filter((port) => name !== "keycloak" || port !== MANAGEMENT_PORT);
                const what = `${name} ${id(task.taskArn)}`;
                if (host) closed.push(...ports.map((port) => ({ what, host, port })));
            }
        }
        return closed;
    }

    private get publicUrls(): string[] {
        const { didcommUrls, serviceUrls, keycloakUrl } = this.outputs;
        const urls = [
            ...Object.values(didcommUrls),
            ...Object.values(serviceUrls),
            ...(keycloakUrl ? [keycloakUrl] : []),
        ];
        return urls.filter((url) => !this.internal(url));
    }

    private get adminUrls(): string[] {
        const { adminUrls, keycloakAdminUrl } = this.outputs;
        return [...Object.values(adminUrls), ...(keycloakAdminUrl ? [keycloakAdminUrl] : [])];
    }

    /** The admin endpoint is in the VPC. Outside, its name resolves to addresses that do not answer. */
    private async whyOutOfReach() {
        for (const url of this.adminUrls) {
            const { hostname } = new URL(url);
            const port = portOf(url);
            const reached = await reach(this.connectTo(hostname, port));
            // A refused connection did reach the host, so that the check has to run and fail.
            if (!AWAY.includes(reached)) continue;
            return {
                reason: `the admin endpoint does not answer here (${hostname}:${port}: ${reached})`,
                remedy:
                    "run this in a network of adminEndpoint.allowedCidrs (by VPN or peering), or through " +
                    `a tunnel: --connect-to ${hostname}:${port}=127.0.0.1:${port}`,
            };
        }
        return undefined;
    }
}

const AWAY: readonly Reached[] = ["no answer", "no such name", "no way there"];

function portOf(url: string): number {
    const { port, protocol } = new URL(url);
    return Number(port) || (protocol === "https:" ? 443 : 80);
}
