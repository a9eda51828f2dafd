/** Records the resources that a program registers. */
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { redact, SECRET } from "./redact";
import type { Child } from "../../aws/awsx";
import type { SimulatedAws, SimulatedResource } from "./simulated-aws";
import { UserError } from "../../components/user-error";

interface Response {
    getUrn(): string;
    getId(): string;
    getObject(): NonNullable<ReturnType<RegisterResourceRequest["getObject"]>>;
}
type Callback = (error: unknown, response?: Response) => void;
interface Monitor {
    newUrn(parent: string, type: string, name: string): string;
    registerResource(request: RegisterResourceRequest, callback: Callback): Promise<void>;
    registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback): void;
}

export interface Recording {
    readonly resources: SimulatedResource[];
    /** The stack's outputs. They are recorded here, since the program's return value does not mark secrets. */
    outputs: Record<string, unknown>;
}

/**
 * Records each resource when it is registered. Pulumi's mocks get its type, name and inputs. The plan also needs its parent, dependencies
 * and `protect`, and therefore wraps the mocks' monitor.
 *
 * Mocks have other URNs than the engine, and accept duplicates. Here URNs are the engine's, and a duplicate is an error.
 */
export function record(aws: SimulatedAws, recording: Recording, fail: (error: unknown) => void) {
    const monitor = settings.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    const urns = new Set<string>();
    const byUrn = new Map<string, SimulatedResource>();
    monitor.newUrn = urnOf;
    monitor.registerResource = (request, callback) => {
        const urn = urnOf(request.getParent(), request.getType(), request.getName());
        if (urns.has(urn)) {
            fail(new UserError(`two resources have the URN ${urn}: one of them needs another name`));
            return Promise.resolve();
        }
        urns.add(urn);
        return register(request, (error, response) => {
            const above = byUrn.get(request.getParent());
            for (const resource of response ? recorded(aws, request, response, above) : []) {
                recording.resources.push(resource);
                byUrn.set(resource.urn, resource);
            }
            callback(error, response);
        });
    };
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResourceOutputs = (request, callback) => {
        const outputs = redact(request.getOutputs()?.toJavaScript() ?? {});
        if (request.getUrn() === recording.resources[0]?.urn) recording.outputs = outputs;
        else Object.assign(byUrn.get(request.getUrn())?.outputs ?? {}, outputs);
        registerOutputs(request, callback);
    };
}

/** The engine's URN: with the types of all parents except the stack. */
function urnOf(parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2];
    const nested = parentType && parentType !== "pulumi:pulumi:Stack" ? `${parentType}$${type}` : type;
    return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${nested}::${name}`;
}

function recorded(
    aws: SimulatedAws,
    request: RegisterResourceRequest,
    response: Response,
    above: SimulatedResource | undefined,
): SimulatedResource[] {
    const [type, name] = [request.getType(), request.getName()];
    const urn = response.getUrn();
    const inputs = redact(request.getObject()!.toJavaScript());
    const secretNames = new Set([
        ...request.getAdditionalsecretoutputsList(),
        ...Object.keys(inputs).filter((key) => inputs[key] === SECRET),
    ]);
    const outputs = redact(response.getObject().toJavaScript());
    for (const key of secretNames) if (key in outputs) outputs[key] = SECRET;
    const resource: SimulatedResource = {
        urn,
        type,
        name,
        parent: request.getParent() || undefined,
        id: response.getId(),
        inputs,
        outputs,
        dependencies: request.getDependenciesList(),
        protect: request.getProtect() ?? false,
        component: !request.getCustom(),
        remote: request.getRemote(),
        provider: providerOf(request, above),
    };
    return request.getRemote() ? [resource, ...madeRemotely(aws, resource)] : [resource];
}

/** A resource's provider; of a component, the AWS provider of its children. */
function providerOf(request: RegisterResourceRequest, above: SimulatedResource | undefined): string | undefined {
    if (request.getCustom()) return urnIn(request.getProvider());
    return urnIn(request.getProvidersMap().get("aws")) ?? above?.provider;
}

const urnIn = (reference: string | undefined) => reference?.split("::").slice(0, -1).join("::") || undefined;

/** The resources that a remote component creates in its own process. */
function madeRemotely(aws: SimulatedAws, component: SimulatedResource): SimulatedResource[] {
    const urns = new Map<Child | undefined, string>([[undefined, component.urn]]);
    return aws.children(component.type, component.name, component.inputs).map((child) => {
        const parent = urns.get(child.under)!;
        const urn = urnOf(parent, child.type, child.name);
        urns.set(child, urn);
        return {
            ...aws.create(child.type, child.name, child.inputs),
            urn,
            type: child.type,
            name: child.name,
            parent,
            inputs: child.inputs,
            dependencies: [parent],
            protect: false,
            component: false,
            remote: false,
            provider: component.provider,
        };
    });
}
