import { add } from "../grouping";
import { type Inventory, lastPart } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";
import type { TaskDefinition } from "./task-definitions";

/** An SSM parameter with a secret. Its value is nowhere in the plan. */
export interface SecretView {
    readonly parameter: string;
    /**
     * `generated`: a password, key or certificate of the program. `derived`: from another resource, such as a database's address.
     * `configuration`: from the stack file. `existing`: the parameter is not of this stack. `Secrets Manager`: a secret that exists there.
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
            // A service that gets a parameter injected may also read it below its path; it is listed once.
            readers: [
                ...injected,
                ...byPath.filter(({ service }) => injected.every((reader) => reader.service !== service)),
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

/** The variable with the path below which an application reads its parameters. */
const PATH_VARIABLE = "PARAMETER_STORE_PREFIX";

function origin({ dependencies }: SimulatedResource, inventory: Inventory): SecretView["from"] {
    const types = dependencies.map((urn) => inventory.byUrn(urn)?.type ?? "");
    if (types.some((type) => /^(random|tls):/.test(type))) return "generated";
    return types.some((type) => type !== "aws:kms/key:Key" && type !== "") ? "derived" : "configuration";
}
