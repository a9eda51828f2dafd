/**
 * A state machine's definition as moto's interpreter (LocalStack's) runs it. moto passes the requests of the SDK integration to boto, under
 * boto's names; and here it waits one second at a time.
 */
export const forMoto = (definition: string): string => JSON.stringify(converted(JSON.parse(definition)));

/** From Step Functions' name of a member to boto's, by the service: those of JSON begin with a small letter. */
const NAMES: Readonly<Record<string, (name: string) => string>> = {
    ...Object.fromEntries(["ecr", "ecs", "sfn"].map((service) => [service, lower])),
    rds: (name) => name.replace(/^Db/, "DB"),
};
const AS_IT_IS = (name: string) => name;
/** Boto's names of services. */
const SERVICES: Readonly<Record<string, string>> = {
    applicationautoscaling: "application-autoscaling",
};

function lower(name: string) {
    return name[0]!.toLowerCase() + name.slice(1);
}

/** A value of the definition outside of a request. Its paths lead to answers of ECS. */
function converted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(converted);
    if (typeof value === "string") return pathsOf(value, lower);
    if (typeof value !== "object" || value === null) return value;
    const state = value as Record<string, unknown>;
    if (state.Type === "Fail") return state;
    return state.Type === "Task"
        ? request(state)
        : mapped(state, (key, member) => [key, key === "Seconds" ? 1 : converted(member)]);
}

function request(state: Record<string, unknown>) {
    const service = /aws-sdk:(\w+):/.exec(String(state.Resource))![1]!;
    const name = NAMES[service] ?? AS_IT_IS;
    return mapped(state, (key, member) => {
        if (key === "Resource")
            return [key, String(member).replace(`:${service}:`, `:${SERVICES[service] ?? service}:`)];
        if (key === "Parameters") return [key, members(member, name)];
        return [key, key === "ResultSelector" ? members(member, name, AS_IT_IS) : member];
    });
}

/** Members of a request, or of what is kept of an answer, where the names are the definition's own. */
function members(value: unknown, path: (name: string) => string, name = path): unknown {
    if (Array.isArray(value)) return value.map((one) => members(one, path, name));
    if (typeof value === "string") return pathsOf(value, path);
    if (typeof value !== "object" || value === null) return value;
    return mapped(value as Record<string, unknown>, (key, member) => [
        name(key),
        // maps, whose keys are the user's
        ["Options", "DockerLabels"].includes(key) ? member : members(member, path, name),
    ]);
}

/** Paths within a text, `$.Services[*].RunningCount`; not those of the context, `$$.Execution.Id`. */
const pathsOf = (text: string, name: (name: string) => string) =>
    text.replace(/(?<!\$)\$\.[^,\s]+/g, (found) =>
        found.replace(/\.([A-Z]\w*)/g, (_, member: string) => `.${name(member)}`),
    );

const mapped = (object: Record<string, unknown>, change: (key: string, member: unknown) => [string, unknown]) =>
    Object.fromEntries(Object.entries(object).map(([key, member]) => change(key, member)));
