/** The resources of a simulation, indexed by type, URN, id, ARN and parent. */
import { add } from "./grouping";
import type { SimulatedResource } from "./simulated-aws";

export class Inventory {
    private readonly types = new Map<string, SimulatedResource[]>();
    private readonly urns = new Map<string, SimulatedResource>();
    private readonly ids = new Map<string, SimulatedResource>();
    private readonly arns = new Map<string, SimulatedResource>();
    private readonly parents = new Map<string | undefined, SimulatedResource[]>();

    constructor(readonly all: readonly SimulatedResource[]) {
        for (const resource of all) {
            add(this.types, resource.type, resource);
            add(this.parents, resource.parent, resource);
            this.urns.set(resource.urn, resource);
            this.ids.set(`${resource.type} ${resource.id}`, resource);
            const { arn } = resource.outputs;
            if (typeof arn === "string") this.arns.set(arn, resource);
        }
    }

    ofType(type: string): readonly SimulatedResource[] {
        return this.types.get(type) ?? [];
    }

    byUrn(urn: string): SimulatedResource | undefined {
        return this.urns.get(urn);
    }

    byId(type: string, id: string): SimulatedResource | undefined {
        return this.ids.get(`${type} ${id}`);
    }

    /** The inputs of a resource, by its type and id. */
    readonly inputsOf = (type: string, id: unknown) => this.byId(type, String(id))?.inputs;

    byArn(arn: string): SimulatedResource | undefined {
        return this.arns.get(arn);
    }

    children(urn: string | undefined): readonly SimulatedResource[] {
        return this.parents.get(urn) ?? [];
    }

    /** A resource's parent, that one's parent, and so on up to the stack. */
    *ancestors(resource: SimulatedResource): Generator<SimulatedResource> {
        for (let up = this.parentOf(resource); up; up = this.parentOf(up)) yield up;
    }

    private parentOf({ parent }: SimulatedResource): SimulatedResource | undefined {
        return parent === undefined ? undefined : this.urns.get(parent);
    }
}

/** The resource's name in an ARN, without its type: `/identity/dev/issuer` of a parameter or a log group. */
export function lastPart(arn: string): string {
    const resource = arn.split(":").slice(5);
    // `log-group:NAME:*` has a colon after its type, other ARNs have a slash.
    const typed = resource.length > 1 && !resource[0]!.includes("/");
    const name = typed
        ? resource
              .slice(1)
              .join(":")
              .replace(/:\*$|::$/, "") // the end of a log group's, and of a key in a secret's JSON
        : resource.length > 0
          ? resource.join(":")
          : arn;
    if (typed && name === "*") return resource.join(":"); // all resources of the type
    const [, kind = "", rest = name] = typed ? [] : (/^([a-z-]+)\/(.+)$/.exec(name) ?? []);
    if (rest === "*" && kind !== "") return `${kind}/*`; // all resources of the type
    return kind === "parameter" ? `/${rest}` : rest;
}

/** `AgentCluster`, `awsx:ec2 Vpc`, `aws:ecs Service`, `random RandomPassword`. */
export function shortType(type: string): string {
    const [pkg = "", module = "", name = ""] = type.split(":");
    const inner = module.split("/")[0];
    if (pkg === "pulumi") return type;
    if (inner !== "index") return `${pkg}:${inner} ${name}`;
    return type.includes("/") ? `${pkg} ${name}` : name;
}
