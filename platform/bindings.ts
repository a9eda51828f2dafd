/** What the tasks of a heritage get of its bindings, `egress` and `permissions`: variables, secrets, ways out and rights. */
import type * as pulumi from "@pulumi/pulumi";
import type { Egress } from "../components/fargate/egress";
import type { HeritageArgs } from "../components/heritage";
import { permissionStatements } from "../components/permission";
import type { Secret } from "../components/secret-store";
import type { HeritageConfig } from "../config/defaults";
import { openPorts } from "../config/egress";
import {
    type BindingAttribute,
    type BindingInput,
    type BindingKind,
    kindsOf,
    variablesOf,
} from "../config/heritage/uses";

/** What a binding gives, by the attribute that a variable may have. */
interface Bound {
    readonly clear: Partial<Record<BindingAttribute, pulumi.Input<string>>>;
}

/** Makes one kind of binding. */
type Bind = (input: BindingInput) => Bound;

const KINDS: Record<BindingKind, Bind> = {
    host: ({ host }) => ({ clear: { host: host!.name, port: String(host!.port) } }),
};

export type BoundInputs = Required<Pick<HeritageArgs, "environment" | "secrets" | "egress" | "taskRoleStatements">>;

export function bindings(heritage: HeritageConfig): BoundInputs {
    const environment: Record<string, pulumi.Input<string>> = {};
    const secrets: Record<string, Secret> = {};
    for (const [name, input] of Object.entries(heritage.uses)) {
        const [kind] = kindsOf(input) as [BindingKind];
        const { clear } = KINDS[kind](input);
        for (const [variable, attribute] of Object.entries(variablesOf(name, kind, input))) {
            const value = clear[attribute];
            if (value !== undefined) environment[variable] = value;
        }
    }
    const egress: Egress[] = openPorts(heritage);
    return { environment, secrets, egress, taskRoleStatements: permissionStatements(heritage.permissions) };
}
