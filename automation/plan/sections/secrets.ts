import { add } from "../collect";
import { type Inventory, lastPart } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";
import type { TaskDefinition } from "./task-definitions";

/** A parameter that holds a secret. Its value is nowhere in the plan. */
export interface SecretView {
    readonly parameter: string;
    /** Made by the program, given in the stack's encrypted configuration, or kept by somebody else. */
    readonly from: "generated" | "configuration" | "existing";
    readonly readers: readonly { readonly service: string; readonly variable: string }[];
}

export function secrets(inventory: Inventory, definitions: ReadonlyMap<string, TaskDefinition>): SecretView[] {
    const readers = new Map<string, { service: string; variable: string }[]>();
    for (const [service, { containerDefinitions }] of definitions) {
        for (const { name, valueFrom } of containerDefinitions.flatMap((container) => container.secrets ?? [])) {
            add(readers, valueFrom, { service, variable: name });
        }
    }
    const secure = inventory
        .ofType("aws:ssm/parameter:Parameter")
        .filter(({ inputs }) => inputs.type === "SecureString");
    const own = secure.map((parameter): SecretView => {
        const arn = String(parameter.outputs.arn);
        return {
            parameter: String(parameter.inputs.name),
            from: isGenerated(parameter, inventory) ? "generated" : "configuration",
            readers: readers.get(arn) ?? [],
        };
    });
    const existing = [...readers]
        .filter(([arn]) => !inventory.byArn(arn))
        .map(([arn, who]): SecretView => ({ parameter: lastPart(arn), from: "existing", readers: who }));
    return [...own, ...existing].sort((a, b) => (a.parameter < b.parameter ? -1 : 1));
}

const isGenerated = ({ dependencies }: SimulatedResource, inventory: Inventory) =>
    dependencies.some((urn) => inventory.byUrn(urn)?.type.startsWith("random:"));
