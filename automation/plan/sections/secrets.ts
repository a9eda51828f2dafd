import { add } from "../grouping";
import { type Inventory, lastPart } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";
import type { TaskDefinition } from "./task-definitions";

/** A parameter that holds a secret. Its value is nowhere in the plan. */
export interface SecretView {
    readonly parameter: string;
    /**
     * Made by the program (or a certificate that it issued), known from what else it makes (a database's address), given in the stack's
     * configuration, or kept by somebody else: in SSM, or in Secrets Manager.
     */
    readonly from: "generated" | "derived" | "configuration" | "existing" | "Secrets Manager";
    readonly readers: readonly { readonly service: string; readonly variable: string }[];
}

export function secrets(inventory: Inventory, definitions: ReadonlyMap<string, TaskDefinition>): SecretView[] {
    const readers = new Map<string, { service: string; variable: string }[]>();
    for (const [service, { containerDefinitions }] of definitions) {
        for (const { name, valueFrom } of containerDefinitions.flatMap((container) => container.secrets ?? [])) {
            add(readers, valueFrom, { service, variable: name });
        }
    }
    const paths = [...definitions].flatMap(([service, { containerDefinitions }]) =>
        containerDefinitions.flatMap(({ environment = [] }) =>
            environment.filter(({ name }) => name === PATH_VARIABLE).map(({ value }) => ({ service, path: value })),
        ),
    );
    const secure = inventory
        .ofType("aws:ssm/parameter:Parameter")
        .filter(({ inputs }) => inputs.type === "SecureString");
    const own = secure.map((parameter): SecretView => {
        const arn = String(parameter.outputs.arn);
        const name = String(parameter.inputs.name);
        const byPath = paths
            .filter(({ path }) => name.startsWith(`${path}/`))
            .map(({ service, path }) => ({ service, variable: name.slice(path.length + 1) }));
        const injected = readers.get(arn) ?? [];
        return {
            parameter: name,
            from: origin(parameter, inventory),
            // A task role that may read the path may read what ECS injects from there, too; it is said once.
            readers: [
                ...injected,
                ...byPath.filter(({ service }) => injected.every((item) => item.service !== service)),
            ],
        };
    });
    const existing = [...readers]
        .filter(([arn]) => !inventory.byArn(arn))
        .map(([arn, who]): SecretView => ({
            parameter: lastPart(arn),
            from: arn.includes(":secretsmanager:") ? "Secrets Manager" : "existing",
            readers: who,
        }));
    return [...own, ...existing].sort((a, b) => (a.parameter < b.parameter ? -1 : 1));
}

/** By which an application is told below which path its parameters are. */
const PATH_VARIABLE = "PARAMETER_STORE_PREFIX";

function origin({ dependencies }: SimulatedResource, inventory: Inventory): SecretView["from"] {
    const types = dependencies.map((urn) => inventory.byUrn(urn)?.type ?? "");
    if (types.some((type) => /^(random|tls):/.test(type))) return "generated";
    return types.some((type) => type !== "aws:kms/key:Key" && type !== "") ? "derived" : "configuration";
}
