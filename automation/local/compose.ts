/** A plan as a compose file: the same task definitions as Fargate gets, and what stands in for the services of AWS. */
import { createHash } from "node:crypto";
import { declaredVolumes } from "../../config/dockerfile";
import { Inventory } from "../plan/inventory";
import type { PlannedStack } from "../plan/plan-stack";
import type { TaskDefinition } from "./container";
import { baseImages, inProject } from "./dockerfiles";
import { certificateVariables, envoyConfig, type EnvoyContext, pattern, STATUS_PORT } from "./envoy";
import { loginSecrets } from "./envoy/login";
import { fileSystems } from "./file-systems";
import type { DebugPorts } from "./debug";
import { Firewalls, held, HTTPS } from "./firewall";
import { type LoadBalancer, loadBalancers, localUrls } from "./load-balancers";
import type { LocalAws, LocalDatabase, LocalImage } from "./local-aws";
import { type AwsStandIn, awsStandIns, localQueueUrls } from "./stand-ins/aws-services";
import { MAIL, MAIL_PORTS, mailStandIn } from "./stand-ins/mail";
import { redisStandIns } from "./stand-ins/redis";
import { databaseRoles } from "./database-roles";
import { CONFINED, STAND_IN_CHECK, standInImage, type StandIns } from "./stand-ins/stand-in";
import { about, listed, type TaskRoles, taskRoles } from "./stand-ins/task-roles";
import { trustOfClients } from "./stand-ins/trust";
import type { State } from "./state";
import { type ComposeServices, oneOff, serviceTasks, type Slots, type TaskFilesContext } from "./tasks";
import { escaped, Variables } from "./variables";

export interface ComposeFile {
    readonly name: string;
    readonly services: ComposeServices;
    readonly networks: object;
    readonly volumes: object;
}

export interface Composed {
    /** As written: without secrets. */
    readonly file: ComposeFile;
    /** The secrets that it refers to, by variable. */
    readonly variables: Readonly<Record<string, string>>;
    /** By the names of their files, what security groups allow. */
    readonly rules: Readonly<Record<string, string>>;
    readonly state: State;
    readonly images: readonly LocalImage[];
}

/** A container that writes all day does not fill the disk. */
const LOGGING = { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } };
const SSM = "ssm";
const SSM_PORT = 8080;

/**
 * `name`: the compose project; `volumes`: what the VOLUMEs of images name that are not built here, as far as that is known; `debug`: the
 * services that a debugger looks into.
 */
export function compose(
    planned: PlannedStack,
    aws: LocalAws,
    name: string,
    portOffset: number,
    slots: Slots = {},
    volumes: ReadonlyMap<string, readonly string[]> = new Map(),
    debug: DebugPorts = new Map(),
): Composed {
    const inventory = new Inventory(planned.resources);
    const { project, stack, region } = planned.model;
    const variables = new Variables();
    const balancers = loadBalancers(inventory, portOffset);
    const roles = taskRoles(planned, inventory);
    const awsServices = awsStandIns({
        inventory,
        roles,
        project: name,
        region,
        portOffset,
    });
    const [balancerUrls, queueUrls] = [localUrls(balancers), localQueueUrls(awsServices, region)];
    const local = (text: string) => queueUrls(balancerUrls(text));
    const [envoyImage] = baseImages({ context: "images/envoy" });
    const databases = aws.databases.map((instance) => database(instance, name, inventory, variables));
    const readers = readersOf(roles);
    const ssm = parameterStore(readers, planned, aws, name, variables);
    const redis = redisStandIns(aws.redises, name, variables);
    const mail = mailStandIn(aws.mail, name, portOffset, variables);
    const standIns = [ssm, redis, mail, ...awsServices];
    const apis = [
        ...Object.keys(ssm.composed).map((container) => ({ container, ports: { [HTTPS]: SSM_PORT }, isOfAws: true })),
        ...awsServices.map(({ service, port }) => ({ container: service, ports: { [HTTPS]: port }, isOfAws: true })),
        ...Object.keys(mail.composed).map((container) => ({
            container,
            ports: Object.fromEntries(MAIL_PORTS.map((port) => [port, port])),
            isOfAws: false,
        })),
    ];
    const firewalls = new Firewalls(inventory, balancers, apis, name);
    const trusted = [...aws.redises.map(({ address }) => address), ...(aws.mail?.hosts ?? [])];
    const taskFiles: TaskFilesContext = {
        inventory,
        planned,
        local,
        firewalls,
        digest: (content) => variables.digest(content),
        project: name,
        slots,
        debug,
        databaseAuthority: aws.authority.certificate,
        volumesOf: (reference) => {
            const image = aws.images.find((candidate) => candidate.reference === reference);
            return image ? declaredVolumes(inProject(image)) : volumes.get(reference);
        },
        secret: (parameter) => variables.reference(parameter, valueOf(aws, parameter)),
        value: (parameter) => valueOf(aws, parameter),
        // Amazon ECS developer guide, "Amazon ECS environment variables"; boto3 reads AWS_DEFAULT_REGION alone.
        fargateVariables: (definition) => ({
            AWS_REGION: region,
            AWS_DEFAULT_REGION: region,
            ...credentials(definition, readers, awsServices),
        }),
        trust: (environment, secrets) => trustOfClients(trusted, aws.mail !== undefined, environment, secrets),
        needed: Object.fromEntries(
            [
                ...databases.map((instance) => instance.name),
                ...standIns.flatMap(({ composed }) => Object.keys(composed)),
            ].map((service) => [service, { condition: "service_healthy" }]),
        ),
    };
    const databaseTasks = databaseRoles(taskFiles);
    const afterRoles = { ...taskFiles, needed: { ...taskFiles.needed, ...databaseTasks.needed } };
    const services = inventory
        .ofType("aws:ecs/service:Service")
        .filter((service) => planned.taskDefinitions.has(service.name))
        .map((service) => serviceTasks(service, afterRoles));
    const targets = new Map(services.flatMap((service) => [...service.targets]));
    const oneOffs = [
        ...planned.model.tasks
            .filter(({ name: task }) => !databaseTasks.tasks.has(task))
            .map((task) => oneOff(task.name, afterRoles)),
        ...databaseTasks.runs(services),
    ];
    const envoys = balancers.map((balancer) =>
        loadBalancer(balancer, { aws, inventory, targets, variables, balancers, local, envoyImage: envoyImage! }),
    );
    const images = [
        ...aws.images,
        ...databases.map((instance) => instance.image),
        ...standIns.flatMap((standIn) => standIn.images),
        firewalls.image,
    ];
    const composed = distinct([
        ...[...databases, redis].map((standIn) => held(standIn.composed, firewalls, "database")),
        ...[ssm, mail, ...awsServices].map((standIn) => held(standIn.composed, firewalls, "API")),
        ...fileSystems(inventory, envoyImage!),
        ...services.map((service) => service.composed),
        ...oneOffs.map((task) => task.composed),
        ...envoys.map((envoy) => held(envoy, firewalls, "load balancer")),
    ]);
    for (const service of Object.values(composed)) {
        service.logging = LOGGING;
        const built = images.find(({ reference }) => reference === service.image);
        if (built) {
            const { context, dockerfile, target, args } = inProject(built);
            service.build = { context, dockerfile, target, args };
        }
    }
    return {
        file: escaped({
            name,
            services: composed,
            // Ports are published on 127.0.0.1 by default.
            networks: { default: { driver_opts: { "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1" } } },
            volumes: Object.fromEntries(namedVolumes(composed).map((volume) => [volume, {}])),
        }) as ComposeFile,
        variables: variables.values,
        rules: firewalls.files,
        images: [...new Map(images.map((image) => [image.reference, image])).values()],
        state: {
            composeProject: name,
            project,
            stack,
            region,
            portOffset,
            outputs: mapTexts(planned.model.outputs, local) as Record<string, unknown>,
            services: Object.fromEntries(
                services.map(({ name: service, tasks, rollout }) => [
                    service,
                    {
                        ...{ tasks, rollout, urls: urlsOf(service, planned, local), behind: behind(service, planned) },
                        ...(debug.has(service) ? { debug: debug.get(service) } : {}),
                    },
                ]),
            ),
            loadBalancers: Object.fromEntries(
                balancers.map(({ name: own, internal, hosts, listeners }) => [
                    own,
                    {
                        container: own,
                        internal,
                        host: hosts[0]!,
                        listeners: listeners.map(({ protocol, port, published }) => ({ protocol, port, published })),
                    },
                ]),
            ),
            databases: Object.fromEntries(
                aws.databases.map((instance) => [
                    instance.name,
                    {
                        container: instance.name,
                        host: instance.address,
                        username: instance.username,
                        database: instance.database,
                    },
                ]),
            ),
            standIns: {
                ...Object.fromEntries(Object.keys(ssm.composed).map((container) => [container, { of: "SSM" }])),
                ...Object.fromEntries(aws.redises.map((one) => [one.name, { of: "Redis" }])),
                ...(mail.port === undefined ? {} : { [MAIL]: { of: "mail", published: mail.port } }),
                ...Object.fromEntries(
                    awsServices.map(({ service, title, port }) => [service, { of: title, published: port }]),
                ),
            },
            tasks: Object.fromEntries(oneOffs.map(({ state }) => [state.container, state])),
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

function valueOf(aws: LocalAws, parameter: string): string {
    const value = aws.parameters.get(parameter);
    if (value === undefined) throw new Error(`nobody gave the parameter ${parameter} a value`);
    return value;
}

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

/** Parameters of RDS's own, and those of pgaudit, which the image has not. */
const NOT_HERE = /^(rds\.|pgaudit\.|shared_preload_libraries$)/;

function database(instance: LocalDatabase, project: string, inventory: Inventory, variables: Variables) {
    const args = { POSTGRES_VERSION: instance.engineVersion };
    const image = standInImage(project, "postgres", args);
    const group = inventory.byId("aws:rds/parameterGroup:ParameterGroup", instance.parameterGroup);
    const parameters = (group?.inputs.parameters ?? []) as { name: string; value: string }[];
    const settings = parameters.filter(({ name }) => !NOT_HERE.test(name));
    const secret = (key: string, value: string) => variables.reference(`${instance.name} ${key}`, value);
    return {
        name: instance.name,
        image,
        composed: {
            [instance.name]: {
                image: image.reference,
                pull_policy: "never",
                command: ["postgres", ...settings.flatMap(({ name, value }) => ["-c", `${name}=${value}`])],
                environment: {
                    MASTER_USER: instance.username,
                    MASTER_PASSWORD: secret("password", instance.password),
                    MASTER_DATABASE: instance.database ?? "",
                    FORCE_SSL: parameters.find(({ name }) => name === "rds.force_ssl")?.value ?? "0",
                    TLS_CERTIFICATE: instance.certificate.certificate,
                    TLS_KEY: secret("key", instance.certificate.privateKey),
                },
                healthcheck: {
                    test: ["CMD", "pg_isready", "--quiet", "--host", "127.0.0.1"],
                    ...STAND_IN_CHECK,
                },
                volumes: [{ type: "volume", source: instance.name, target: "/var/lib/postgresql/data" }],
                networks: { default: { aliases: [instance.address, ...namesOf(instance.address, inventory)] } },
                init: true,
                stop_grace_period: "30s",
                mem_limit: "512m",
                restart: "unless-stopped",
            },
        } as ComposeServices,
    };
}

/** The short names that the VPC's zone gives an address. */
const namesOf = (address: string, inventory: Inventory) =>
    inventory
        .ofType("aws:route53/record:Record")
        .filter(({ inputs }) => (inputs.records as string[] | undefined)?.includes(address))
        .map(({ inputs }) => String(inputs.name));

/** The roles with a right in SSM, and what their statements about it are. */
const readersOf = (roles: TaskRoles): TaskRoles =>
    new Map(
        [...roles].flatMap(([family, all]) => {
            const own = about(all, "ssm");
            return own.length > 0 ? [[family, own] as const] : [];
        }),
    );

/** An SSM for tasks that read parameters at run time; none where no task does. */
function parameterStore(
    readers: TaskRoles,
    planned: PlannedStack,
    aws: LocalAws,
    project: string,
    variables: Variables,
): StandIns {
    if (readers.size === 0) return { composed: {}, images: [] };
    const image = standInImage(project, "ssm");
    const named = [...readers.values()].flat().flatMap(({ Resource }) => listed(Resource));
    // Who may read a path may read all that is below it.
    const may = named.map((arn) => new RegExp(`^(?:${pattern(arn.replace(/^.*:parameter/, ""))})(?:/|$)`));
    const read = [...aws.parameters].filter(([name]) => may.some((wanted) => wanted.test(name)));
    const probe = "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/', timeout=3)";
    const composed: ComposeServices = {
        [SSM]: {
            ...CONFINED,
            image: image.reference,
            environment: {
                AWS_REGION: planned.model.region,
                ROLES: JSON.stringify(Object.fromEntries(readers)),
                PARAMETERS: variables.reference("parameters", JSON.stringify(Object.fromEntries(read))),
            },
            healthcheck: {
                test: ["CMD", "python3", "-c", probe],
                ...STAND_IN_CHECK,
            },
            mem_limit: "128m",
        },
    };
    return { composed, images: [image] };
}

/** In place of the task role's credentials, the access key names the role; for tasks with a right in what stands in here. */
function credentials(definition: TaskDefinition, readers: TaskRoles, services: readonly AwsStandIn[]) {
    const endpoints = Object.fromEntries([
        ...(readers.has(definition.family) ? [["AWS_ENDPOINT_URL_SSM", `http://${SSM}:${SSM_PORT}`]] : []),
        ...services
            .filter(({ families }) => families.has(definition.family))
            .map(({ endpoint: { variable, url } }) => [variable, url]),
    ]) as Record<string, string>;
    if (Object.keys(endpoints).length === 0) return {};
    return { ...endpoints, AWS_ACCESS_KEY_ID: definition.family, AWS_SECRET_ACCESS_KEY: "of-the-task-role" };
}

interface Balanced extends EnvoyContext {
    aws: LocalAws;
    variables: Variables;
    envoyImage: string;
}

function loadBalancer(balancer: LoadBalancer, around: Balanced): ComposeServices {
    const { aws, variables, envoyImage } = around;
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
    const config = envoyConfig(balancer, around);
    return {
        [balancer.name]: {
            image: envoyImage,
            entrypoint: ["envoy"],
            command: ["--config-yaml", JSON.stringify(config), "--concurrency", "1", "--log-level", "warning"],
            environment,
            user: "101",
            networks: { default: { aliases: [...balancer.hosts] } },
            ports: [
                ...balancer.listeners.map(({ published }) => `127.0.0.1:${published}:${published}`),
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

/** The load balancers of a service. */
const behind = (service: string, { model }: PlannedStack) =>
    model.endpoints
        .filter((endpoint) => endpoint.routes.some((route) => route.service === service))
        .map(({ name }) => name);

function urlsOf(service: string, { model }: PlannedStack, local: (text: string) => string) {
    const urls = (internal: boolean) => [
        ...new Set(
            model.endpoints
                .filter((endpoint) => endpoint.internal === internal)
                .flatMap((endpoint) =>
                    endpoint.routes.filter((route) => route.service === service).map(({ url }) => local(url)),
                ),
        ),
    ];
    return { public: urls(false), internal: urls(true) };
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
    if (typeof value === "string") return map(value);
    if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, map)]));
}
