/** Runs a program in Pulumi's own runtime against the simulated AWS, and keeps what it asked for. */
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { SimulatedAws, type SimulatedResource } from "./simulated-aws";

export interface SimulateOptions {
    project: string;
    stack: string;
    /** As Pulumi hands it to a program: every value as text, objects and lists as JSON. */
    config: Record<string, string>;
    /** The keys of `config` that hold something encrypted. */
    secretKeys?: string[];
}

export interface Simulation {
    readonly resources: readonly SimulatedResource[];
    readonly outputs: Record<string, unknown>;
}

/** Runs `program` to its end. Rejects with the program's own error, and with any that one of its outputs met on the way. */
export async function simulate(program: () => unknown, options: SimulateOptions): Promise<Simulation> {
    const aws = new SimulatedAws(options.config["aws:region"] ?? "us-east-1");
    const resources: SimulatedResource[] = [];
    await pulumi.runtime.setMocks(
        {
            call: ({ token, inputs }) => aws.call(token, inputs),
            newResource: ({ type, name, inputs }) => {
                const { id, outputs } = aws.create(type, name, plain(inputs));
                return { id, state: outputs };
            },
        },
        options.project,
        options.stack,
    );
    record(aws, resources);
    pulumi.runtime.setAllConfig(options.config, options.secretKeys);

    const failures: unknown[] = [];
    const keep = (error: unknown) => failures.push(error);
    process.on("unhandledRejection", keep);
    try {
        // An output is awaited by its resource, not by the program: what fails there surfaces as an unhandled rejection.
        const outputs = await pulumi.runtime.runInPulumiStack(async () => program());
        await pulumi.runtime.disconnect();
        await new Promise((resolve) => setImmediate(resolve));
        if (failures.length > 0) throw failures[0];
        return { resources, outputs: (outputs as Record<string, unknown> | undefined) ?? {} };
    } finally {
        process.off("unhandledRejection", keep);
    }
}

interface Response {
    getUrn(): string;
    getId(): string;
    getObject(): Struct;
}
type Callback = (error: unknown, response: Response) => void;
interface Struct {
    toJavaScript(): Record<string, unknown>;
}
interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    getCustom(): boolean;
    getRemote(): boolean;
    getProtect(): boolean;
    getObject(): Struct;
    getDependenciesList(): string[];
    getAdditionalsecretoutputsList(): string[];
}

/**
 * Keeps each resource as it is registered. Mocks are told its type, name and inputs; the plan wants its place in the tree, what
 * it depends on and whether it is protected, too, and so listens one layer below them, at the monitor that they answer for.
 */
function record(aws: SimulatedAws, resources: SimulatedResource[]) {
    const monitor = settings.getMonitor() as unknown as {
        registerResource(request: RegisterRequest, callback: Callback): Promise<void>;
    };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) =>
        register(request, (error, response) => {
            if (!error) resources.push(...recorded(aws, request, response));
            callback(error, response);
        });
}

function recorded(aws: SimulatedAws, request: RegisterRequest, response: Response): SimulatedResource[] {
    const [type, name] = [request.getType(), request.getName()];
    const urn = response.getUrn();
    const inputs = redact(request.getObject().toJavaScript());
    const secretNames = new Set([
        ...request.getAdditionalsecretoutputsList(),
        ...Object.keys(inputs).filter((key) => inputs[key] === SECRET),
    ]);
    const outputs = redact(response.getObject().toJavaScript());
    for (const key of secretNames) if (key in outputs) outputs[key] = SECRET;
    const made: SimulatedResource[] = [
        {
            urn,
            type,
            name,
            parent: request.getParent() || undefined,
            id: response.getId(),
            inputs,
            outputs,
            dependencies: request.getDependenciesList(),
            protect: request.getProtect(),
            component: !request.getCustom(),
            remote: request.getRemote(),
        },
    ];
    if (!request.getRemote()) return made;
    const urns = new Map<string, string>();
    for (const child of aws.children(type, name, inputs)) {
        const parent = (child.under && urns.get(child.under)) || urn;
        const [prefix, parentType] = [urn.split("::").slice(0, 2).join("::"), parent.split("::")[2]];
        const childUrn = `${prefix}::${parentType}$${child.type}::${child.name}`;
        if (!urns.has(child.name)) urns.set(child.name, childUrn);
        const { id, outputs } = aws.create(child.type, child.name, child.inputs);
        made.push({
            urn: childUrn,
            type: child.type,
            name: child.name,
            parent,
            id,
            inputs: child.inputs,
            outputs,
            dependencies: [parent],
            protect: false,
            component: false,
            remote: false,
        });
    }
    return made;
}

export const SECRET = "[secret]";
/** How Pulumi marks a secret, and the key under which it says which mark it is (its wire protocol, "special signatures"). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

const isSecret = (value: object) => (value as Record<string, unknown>)[SIGNATURE] === SECRET_SIGNATURE;

/** Values with every secret blotted out. */
function redact(values: Record<string, unknown>): Record<string, unknown> {
    return walk(values, () => SECRET) as Record<string, unknown>;
}

/** Values with every secret laid open: the simulated AWS has to answer to what it was told. */
function plain(values: Record<string, unknown>): Record<string, unknown> {
    return walk(values, (value) => walk((value as { value: unknown }).value, plain as never)) as Record<
        string,
        unknown
    >;
}

function walk(value: unknown, onSecret: (value: object) => unknown): unknown {
    if (Array.isArray(value)) return value.map((element) => walk(element, onSecret));
    if (value === null || typeof value !== "object") return value;
    if (isSecret(value)) return onSecret(value);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, onSecret)]));
}
