/** A plan as a compose file: the same task definitions as Fargate gets, and what stands in for the services of AWS. */
import { createHash } from "node:crypto";
import { Inventory } from "../plan/inventory";
import type { PlannedStack } from "../plan/plan-stack";
import { databaseRoles } from "./database-roles";
import type { DebugPorts } from "./debug";
import { baseImages, inProject } from "./dockerfiles";
import { certificateVariables, envoyConfig, type EnvoyContext, STATUS_PORT } from "./envoy";
import { loginSecrets } from "./envoy/login";
import { fileSystems } from "./file-systems";
import { Firewalls, held } from "./firewall";
import { type LoadBalancer, loadBalancers, localUrls } from "./load-balancers";
import type { LocalAws, LocalImage } from "./local-aws";
import { awsStandIns, localQueueUrls } from "./stand-ins/aws-services";
import { mailStandIns } from "./stand-ins/mail";
import { databaseStandIns } from "./stand-ins/postgres";
import { redisStandIns } from "./stand-ins/redis";
import { publishing, reachedAs, type StandInContext } from "./stand-ins/stand-in";
import { taskRoles } from "./stand-ins/task-roles";
import type { State } from "./state";
import { type ComposeServices, oneOff, serviceTasks, type Slots, type TaskContext } from "./tasks";
import { escaped, Variables } from "./variables";

export interface Composed {
    /** As written: without secrets. */
    readonly file: {
        readonly name: string;
        readonly services: ComposeServices;
        readonly networks: object;
        readonly volumes: object;
    };
    /** The secrets that it refers to, by variable. */
    readonly variables: Readonly<Record<string, string>>;
    /** By the names of their files, what security groups allow. */
    readonly rules: Readonly<Record<string, string>>;
    readonly state: State;
    readonly images: readonly LocalImage[];
}

interface ComposeInput {
    readonly planned: PlannedStack;
    readonly aws: LocalAws;
    /** The compose project. */
    readonly project: string;
    readonly portOffset: number;
    /** @default all of them in the first slot */
    readonly slots?: Slots;
    /** What the VOLUMEs of images name that are not built here. @default nothing is known of them */
    readonly volumes?: ReadonlyMap<string, readonly string[]>;
    /** The services that a debugger looks into. @default none */
    readonly debug?: DebugPorts;
}

/** A container that writes all day does not fill the disk. */
const LOGGING = { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } };

export function compose({ slots = {}, volumes = new Map(), debug = new Map(), ...input }: ComposeInput): Composed {
    const { planned, aws, project, portOffset } = input;
    const inventory = new Inventory(planned.resources);
    const variables = new Variables();
    const balancers = loadBalancers(inventory, portOffset);
    const around: StandInContext = { ...input, inventory, variables, roles: taskRoles(planned, inventory) };
    const standIns = [databaseStandIns, redisStandIns, awsStandIns, mailStandIns].flatMap((make) => make(around));
    const [balancerUrls, queueUrls] = [localUrls(balancers), localQueueUrls(standIns, planned.model.region)];
    const local = (text: string) => queueUrls(balancerUrls(text));
    const apis = standIns.flatMap(({ name, api }) => (api ? [{ container: name, ...api }] : []));
    const firewalls = new Firewalls(inventory, balancers, apis, project);
    const needed = Object.fromEntries(standIns.map(({ name }) => [name, { condition: "service_healthy" }]));
    const forRoles: TaskContext = { ...around, local, standIns, firewalls, slots, volumes, debug, needed };
    const databaseTasks = databaseRoles(forRoles);
    const forTasks = { ...forRoles, needed: { ...needed, ...databaseTasks.needed } };
    const services = inventory
        .ofType("aws:ecs/service:Service")
        .filter((service) => planned.taskDefinitions.has(service.name))
        .map((service) => serviceTasks(service, forTasks));
    const targets = new Map(services.flatMap((service) => [...service.targets]));
    const oneOffs = [
        ...planned.model.tasks
            .filter(({ name }) => !databaseTasks.tasks.has(name))
            .map(({ name }) => oneOff(name, forTasks)),
        ...databaseTasks.runs(services),
    ];
    const [envoyImage] = baseImages({ context: "images/envoy" }) as [string];
    const forEnvoys = { aws, inventory, targets, variables, balancers, local, envoyImage };
    const images = [...aws.images, ...standIns.map(({ image }) => image), firewalls.image];
    const composed = distinct([
        ...standIns.map(({ name, service, api }) => held({ [name]: service }, firewalls, api ? "API" : "database")),
        ...fileSystems(inventory, envoyImage),
        ...[...services, ...oneOffs].map((task) => task.composed),
        ...balancers.map((balancer) => held(loadBalancer(balancer, forEnvoys), firewalls, "load balancer")),
    ]);
    for (const service of Object.values(composed)) {
        service.logging = LOGGING;
        const built = images.find(({ reference }) => reference === service.image);
        if (built) {
            const { context, dockerfile, target, args } = inProject(built);
            service.build = { context, dockerfile, target, args };
        }
    }
    const { project: program, stack, outputs } = planned.model;
    return {
        file: escaped({
            name: project,
            services: composed,
            // Ports are published on 127.0.0.1 by default.
            networks: { default: { driver_opts: { "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1" } } },
            volumes: Object.fromEntries(namedVolumes(composed).map((volume) => [volume, {}])),
        }),
        variables: variables.values,
        rules: firewalls.files,
        images: [...new Map(images.map((image) => [image.reference, image])).values()],
        state: {
            composeProject: project,
            project: program,
            stack,
            portOffset,
            outputs: JSON.parse(JSON.stringify(outputs), (_, value: unknown) =>
                typeof value === "string" ? local(value) : value,
            ),
            services: Object.fromEntries(
                services.map(({ name, tasks, rollout }) => [
                    name,
                    { tasks, rollout, ...waysIn(name, planned, local), debug: debug.get(name) },
                ]),
            ),
            loadBalancers: Object.fromEntries(
                balancers.map(({ name, internal, hosts, listeners }) => [
                    name,
                    {
                        internal,
                        host: hosts[0]!,
                        listeners: listeners.map(({ port, published }) => ({ port, published })),
                    },
                ]),
            ),
            standIns: Object.fromEntries(
                standIns.map(({ name, of, published, host }) => [name, { of, published, host }]),
            ),
            tasks: Object.fromEntries(oneOffs.map(({ name, state }) => [name, state])),
            members: firewalls.names,
        },
    };
}

/** Volumes with a name: those of what keeps data, and those that the containers of a task share. */
const namedVolumes = (composed: ComposeServices) =>
    Object.values(composed).flatMap(({ volumes = [] }) =>
        (volumes as { type: string; source?: string }[]).flatMap(({ type, source }) =>
            type === "volume" && source !== undefined ? [source] : [],
        ),
    );

/** Refuses two containers of one name. */
function distinct(parts: readonly ComposeServices[]): ComposeServices {
    const all: ComposeServices = {};
    for (const [name, service] of parts.flatMap((part) => Object.entries(part))) {
        if (name in all)
            throw new Error(`two containers would be called ${name}: one of the services needs another name`);
        all[name] = service;
    }
    return all;
}

function loadBalancer(
    balancer: LoadBalancer,
    context: EnvoyContext & { aws: LocalAws; variables: Variables; envoyImage: string },
): ComposeServices {
    const { aws, variables, envoyImage } = context;
    const environment: ComposeServices[string]["environment"] = {};
    for (const { port, certificateArns } of balancer.listeners) {
        for (const [i, arn] of certificateArns.entries()) {
            const pair = aws.certificates.get(arn);
            if (!pair)
                throw new Error(
                    `${balancer.name}: the listener on ${port} has a certificate that the stack did not make`,
                );
            const names = certificateVariables(port, i);
            environment[names.certificate] = pair.certificate;
            const what = `${balancer.name} ${port} key${i === 0 ? "" : ` ${i + 1}`}`;
            environment[names.privateKey] = variables.reference(what, pair.privateKey);
        }
    }
    for (const rule of balancer.listeners.flatMap(({ rules }) => rules)) {
        const [secret, cookies] = loginSecrets(rule);
        if (!secret || !cookies) continue;
        const value = aws.clientSecrets.get(rule.name)!;
        environment[secret.variable] = variables.reference(`${rule.name} client secret`, value);
        // Another one ends sessions; this one changes with the client's secret alone.
        const key = createHash("sha256").update(`cookies ${value}`).digest("hex");
        environment[cookies.variable] = variables.reference(`${rule.name} cookies`, key);
    }
    const config = envoyConfig(balancer, context);
    return {
        [balancer.name]: {
            image: envoyImage,
            entrypoint: ["envoy"],
            command: ["--config-yaml", JSON.stringify(config), "--concurrency", "1", "--log-level", "warning"],
            environment,
            user: "101",
            ...reachedAs(...balancer.hosts),
            ports: [
                ...balancer.listeners.flatMap(({ published }) => publishing(published).ports),
                `127.0.0.1::${STATUS_PORT}`,
            ],
            init: true,
            read_only: true,
            cap_drop: ["ALL"],
            mem_limit: "256m",
            restart: "unless-stopped",
        },
    };
}

/** The load balancers in front of a service, and the URLs by which it is reached through them. */
function waysIn(service: string, { model }: PlannedStack, local: (text: string) => string) {
    const ways = model.endpoints.flatMap(({ name, internal, routes }) =>
        routes.filter((route) => route.service === service).map(({ url }) => ({ name, internal, url: local(url) })),
    );
    const urls = (side: boolean) => [
        ...new Set(ways.filter(({ internal }) => internal === side).map(({ url }) => url)),
    ];
    return { behind: [...new Set(ways.map(({ name }) => name))], urls: { public: urls(false), internal: urls(true) } };
}
