/** A plan as a compose file: the same task definitions as Fargate gets, and what stands in for RDS, load balancers and SSM. */
import path from "node:path";
import { contextDigest } from "../../components/container-image";
import { declaredVolumes } from "../../config/dockerfile";
import { Inventory } from "../plan/inventory";
import type { PlannedStack } from "../plan/plan-stack";
import type { TaskDefinition } from "./container";
import { environmentOf } from "./container";
import { baseImages, ROOT } from "./dockerfiles";
import { certificateVariables, envoyConfig, STATUS_PORT, type Target } from "./envoy";
import { type LoadBalancer, loadBalancers, localUrls } from "./load-balancers";
import type { LocalAws, LocalDatabase, LocalImage } from "./local-aws";
import { composeProject, type State } from "./state";
import { type ComposeServices, oneOff, serviceTasks, type Surroundings } from "./tasks";
import { escaped, Variables } from "./variables";

export interface ComposeFile {
    readonly name: string;
    readonly services: ComposeServices;
    readonly networks: object;
    readonly volumes: object;
}

export interface Composed {
    /** As it is written: without a secret. */
    readonly file: ComposeFile;
    /** The secrets that it names, by variable. */
    readonly variables: Readonly<Record<string, string>>;
    readonly state: State;
    readonly images: readonly LocalImage[];
}

/** By which an application is told below which path its parameters are. */
const PATH_VARIABLE = "PARAMETER_STORE_PREFIX";
const SSM = "ssm";
const POSTGRES = "automation/local/images/postgres";
const PARAMETER_STORE = "automation/local/images/ssm";

export function compose(planned: PlannedStack, aws: LocalAws, portOffset = 0): Composed {
    const inventory = new Inventory(planned.resources);
    const { project, stack, region } = planned.model;
    const name = composeProject(project, stack);
    const variables = new Variables();
    const balancers = loadBalancers(inventory, portOffset);
    const local = localUrls(balancers);
    const [envoyImage] = baseImages("images/envoy");
    const databases = aws.databases.map((one) => database(one, name, inventory, variables));
    const ssm = parameterStore(planned, aws, name, variables);
    const around: Surroundings = {
        ...{ inventory, planned, local, holderImage: envoyImage! },
        databaseAuthority: aws.authority.certificate,
        volumesOf: (reference) => {
            const own = aws.images.find((one) => one.reference === reference);
            return own && declaredVolumes(path.join(ROOT, own.context), own.args);
        },
        secret: (parameter) => variables.reference(parameter, valueOf(aws, parameter)),
        told: (definition) => ({ AWS_REGION: region, ...(readsPath(definition) ? credentials(definition) : {}) }),
        needed: Object.fromEntries(
            [...databases.map((one) => one.name), ...Object.keys(ssm.composed)].map((one) => [
                one,
                { condition: "service_healthy" },
            ]),
        ),
    };
    const services = inventory
        .ofType("aws:ecs/service:Service")
        .filter((one) => planned.taskDefinitions.has(one.name))
        .map((one) => serviceTasks(one, around));
    const targets = new Map(services.flatMap((one) => [...one.targets]));
    const oneOffs = planned.model.tasks.map((one) => oneOff(one.name, around));
    const envoys = balancers.map((one) =>
        loadBalancer(one, { aws, inventory, targets, variables, envoyImage: envoyImage! }),
    );
    const images = [...aws.images, ...databases.map((one) => one.image), ...ssm.images];
    const composed = distinct([
        ...databases.map((one) => one.composed),
        ssm.composed,
        ...services.map((one) => one.composed),
        ...oneOffs.map((one) => one.composed),
        ...envoys,
    ]);
    for (const one of Object.values(composed)) {
        const built = images.find(({ reference }) => reference === one.image);
        if (built) one.build = { context: path.join(ROOT, built.context), args: built.args };
    }
    return {
        file: escaped({
            name,
            services: composed,
            // What is published without an address is so on this machine alone.
            networks: { default: { driver_opts: { "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1" } } },
            volumes: Object.fromEntries(databases.map((one) => [one.name, {}])),
        }) as ComposeFile,
        variables: variables.values,
        images: [...new Map(images.map((one) => [one.reference, one])).values()],
        state: {
            ...{ project, stack, region, portOffset },
            outputs: mapTexts(planned.model.outputs, local) as Record<string, unknown>,
            services: Object.fromEntries(
                services.map(({ name: service, tasks }) => [
                    service,
                    { tasks, urls: urlsOf(service, planned, local), behind: behind(service, planned) },
                ]),
            ),
            loadBalancers: Object.fromEntries(
                balancers.map(({ name: own, internal, hosts, listeners }) => [
                    own,
                    {
                        ...{ container: own, internal, host: hosts[0]! },
                        listeners: listeners.map(({ protocol, port, published }) => ({ protocol, port, published })),
                    },
                ]),
            ),
            databases: Object.fromEntries(
                aws.databases.map((one) => [
                    one.name,
                    { container: one.name, host: one.address, username: one.username, database: one.database },
                ]),
            ),
            tasks: Object.fromEntries(oneOffs.map(({ state }) => [state.container, state])),
        },
    };
}

function valueOf(aws: LocalAws, parameter: string): string {
    const value = aws.parameters.get(parameter);
    if (value === undefined) throw new Error(`nobody gave the parameter ${parameter} a value`);
    return value;
}

/** Two of one name would be one. */
function distinct(parts: readonly ComposeServices[]): ComposeServices {
    const all: ComposeServices = {};
    for (const [name, service] of parts.flatMap((one) => Object.entries(one))) {
        if (name in all)
            throw new Error(`two containers would be called ${name}: one of the services needs another name`);
        all[name] = service;
    }
    return all;
}

function database(own: LocalDatabase, project: string, inventory: Inventory, variables: Variables) {
    const args = { POSTGRES_VERSION: own.engineVersion };
    const image = built(project, "postgres", POSTGRES, args);
    const group = inventory.byId("aws:rds/parameterGroup:ParameterGroup", own.parameterGroup);
    const parameters = (group?.inputs.parameters ?? []) as { name: string; value: string }[];
    const settings = parameters.filter((one) => !one.name.startsWith("rds."));
    const secret = (key: string, value: string) => variables.reference(`${own.name} ${key}`, value);
    return {
        ...{ name: own.name, image },
        composed: {
            [own.name]: {
                image: image.reference,
                pull_policy: "never",
                command: ["postgres", ...settings.flatMap(({ name, value }) => ["-c", `${name}=${value}`])],
                environment: {
                    MASTER_USER: own.username,
                    MASTER_PASSWORD: secret("password", own.password),
                    MASTER_DATABASE: own.database ?? "",
                    FORCE_SSL: parameters.find(({ name }) => name === "rds.force_ssl")?.value ?? "0",
                    TLS_CERTIFICATE: own.certificate.certificate,
                    TLS_KEY: secret("key", own.certificate.privateKey),
                },
                healthcheck: {
                    test: ["CMD", "pg_isready", "--quiet", "--host", "127.0.0.1"],
                    ...{ interval: "2s", timeout: "5s", retries: 30 },
                },
                volumes: [{ type: "volume", source: own.name, target: "/var/lib/postgresql/data" }],
                networks: { default: { aliases: [own.address, ...namesOf(own.address, inventory)] } },
                ...{ init: true, stop_grace_period: "30s", mem_limit: "512m", restart: "unless-stopped" },
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

const built = (project: string, name: string, context: string, args: Record<string, string> = {}): LocalImage => ({
    reference: `${project}/local-${name}:${contextDigest(path.join(ROOT, context), args, "local")}`,
    ...{ context, args },
});

/** An SSM for the tasks that read parameters by themselves; none where no task does. */
function parameterStore(planned: PlannedStack, aws: LocalAws, project: string, variables: Variables) {
    const readers = [...planned.taskDefinitions.values()].filter((one) => readsPath(one));
    if (readers.length === 0) return { composed: {}, images: [] };
    const image = built(project, "ssm", PARAMETER_STORE);
    const roles = Object.fromEntries(readers.map((one) => [one.family, prefixesOf(one)]));
    const paths = Object.values(roles).flat();
    const read = [...aws.parameters].filter(([name]) => paths.some((one) => name.startsWith(`${one}/`)));
    const probe = "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/', timeout=3)";
    const composed: ComposeServices = {
        [SSM]: {
            image: image.reference,
            pull_policy: "never",
            environment: {
                AWS_REGION: planned.model.region,
                ROLES: JSON.stringify(roles),
                PARAMETERS: variables.reference("parameters", JSON.stringify(Object.fromEntries(read))),
            },
            healthcheck: {
                test: ["CMD", "python3", "-c", probe],
                ...{ interval: "2s", timeout: "5s", retries: 15 },
            },
            ...{ init: true, read_only: true, cap_drop: ["ALL"], mem_limit: "128m", restart: "unless-stopped" },
        },
    };
    return { composed, images: [image] };
}

const prefixesOf = ({ containerDefinitions }: TaskDefinition): string[] => [
    ...new Set(containerDefinitions.flatMap((one) => environmentOf(one)[PATH_VARIABLE] ?? [])),
];

const readsPath = (definition: TaskDefinition) => prefixesOf(definition).length > 0;

/** In place of the task role's, which Fargate hands out: the access key says whose role it is. */
const credentials = ({ family }: TaskDefinition) => ({
    AWS_ENDPOINT_URL_SSM: `http://${SSM}:8080`,
    AWS_ACCESS_KEY_ID: family,
    AWS_SECRET_ACCESS_KEY: "of-the-task-role",
});

interface Balanced {
    aws: LocalAws;
    inventory: Inventory;
    targets: ReadonlyMap<string, readonly Target[]>;
    variables: Variables;
    envoyImage: string;
}

function loadBalancer(own: LoadBalancer, around: Balanced): ComposeServices {
    const { aws, inventory, targets, variables, envoyImage } = around;
    const environment: ComposeServices[string]["environment"] = {};
    for (const { port, certificateArn } of own.listeners) {
        if (certificateArn === undefined) continue;
        const pair = aws.certificates.get(certificateArn);
        if (!pair)
            throw new Error(`${own.name}: the listener on ${port} has a certificate that the stack did not make`);
        const names = certificateVariables(port);
        environment[names.certificate] = pair.certificate;
        environment[names.privateKey] = variables.reference(`${own.name} ${port} key`, pair.privateKey);
    }
    const config = envoyConfig(own, inventory, targets);
    return {
        [own.name]: {
            image: envoyImage,
            entrypoint: ["envoy"],
            command: ["--config-yaml", JSON.stringify(config), "--concurrency", "1", "--log-level", "warning"],
            environment,
            user: "101",
            networks: { default: { aliases: [...own.hosts] } },
            ports: [
                ...own.listeners.map(({ published }) => `127.0.0.1:${published}:${published}`),
                `127.0.0.1::${STATUS_PORT}`,
            ],
            ...{ init: true, read_only: true, cap_drop: ["ALL"], mem_limit: "256m", restart: "unless-stopped" },
        },
    };
}

/** The load balancers that lead to a service. */
const behind = (service: string, { model }: PlannedStack) =>
    model.endpoints.filter((one) => one.routes.some((route) => route.service === service)).map(({ name }) => name);

function urlsOf(service: string, { model }: PlannedStack, local: (text: string) => string) {
    const led = (internal: boolean) => [
        ...new Set(
            model.endpoints
                .filter((one) => one.internal === internal)
                .flatMap((one) => one.routes.filter((route) => route.service === service).map(({ url }) => local(url))),
        ),
    ];
    return { public: led(false), internal: led(true) };
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
    if (typeof value === "string") return map(value);
    if (Array.isArray(value)) return value.map((one) => mapTexts(one, map));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, map)]));
}
