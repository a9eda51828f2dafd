/** What a file of a kind has to have, so that there is something to read. */
import { isMap } from "../plan/leaves";
import type { Node } from "./node";

export type Mapping = Record<string, unknown>;

/** Why a file cannot be read as its kind, with what would be right; undefined where it can. */
export function shapeProblem(format: string, root: Node): string | undefined {
    const plain = root.plain() as Mapping;
    switch (format) {
        case "a compose file":
            return (
                named("services", plain.services, "a service is a mapping, e.g. web: { image: … }") ??
                extending(plain.services as Mapping)
            );
        case "a Copilot manifest":
            return typeof plain.type === "string"
                ? undefined
                : "it has no type, such as Load Balanced Web Service: no manifest of Copilot's";
        case "a barcelona.yml":
            return named("environments", plain.environments, "an environment is a mapping, with name and services");
        case "a render.yaml":
            return listed("services", plain.services ?? []);
        case "a task definition": {
            const definition = isMap(plain.taskDefinition) ? plain.taskDefinition : plain;
            const problem = listed("containerDefinitions", definition.containerDefinitions);
            return (
                problem ??
                ((definition.containerDefinitions as unknown[]).length > 0
                    ? undefined
                    : "containerDefinitions is empty: nothing would run")
            );
        }
        default:
            return undefined;
    }
}

/** The command that has compose write one file out of several. `options`: those that come before its name. */
export const wholeFile = (options = "") =>
    `\`docker compose ${options}config --no-interpolate --no-path-resolution > whole.yml\` writes one file, which can be converted, out`;

/** Compose has rules of its own for each key of what a service extends. */
function extending(services: Mapping): string | undefined {
    const [name] = Object.entries(services).find(([, service]) => "extends" in (service as Mapping)) ?? [];
    return name && `services.${name} extends another one: ${wholeFile()} of all that it says`;
}

function named(key: string, value: unknown, right: string): string | undefined {
    if (!isMap(value) || Object.keys(value).length === 0) return `${key} should be a mapping, by name`;
    const wrong = Object.entries(value).find(([, member]) => !isMap(member));
    return wrong && `${key}.${wrong[0]} is ${wrong[1] === null ? "empty" : JSON.stringify(wrong[1])}: ${right}`;
}

function listed(key: string, value: unknown): string | undefined {
    if (!Array.isArray(value)) return `${key} should be a list`;
    const wrong = value.findIndex((item) => !isMap(item));
    return wrong < 0 ? undefined : `${key}[${wrong}] is ${JSON.stringify(value[wrong])}: it should be a mapping`;
}
