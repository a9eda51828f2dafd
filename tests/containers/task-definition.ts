import { type ContainerDefinition, containerSettings, type TaskDefinition } from "../../automation/local/container";

export { environmentOf } from "../../automation/local/container";
export type { ContainerDefinition, TaskDefinition };

const shellQuoted = (argument: string) => `'${argument.replaceAll("'", `'\\''`)}'`;

/** The command of a health check as `docker --health-cmd` takes it, which always has a shell run it. */
export function healthCommand([kind, ...command]: readonly string[]): string {
    return kind === "CMD-SHELL" ? command.join(" ") : `exec ${command.map(shellQuoted).join(" ")}`;
}

/** The command of a health check as arguments of its own. */
export function healthArguments([kind, ...command]: readonly string[]): string[] {
    return kind === "CMD-SHELL" ? ["/bin/sh", "-c", ...command] : command;
}

/**
 * The arguments that make `docker create` start a container as Fargate would, by the settings that `npx identity local` has for it.
 * `before` go in front of the image; the values of the secrets come from the environment of the client.
 */
export function dockerArguments(
    definition: TaskDefinition,
    container: ContainerDefinition,
    image: string,
    before: string[],
    { declared, sources = {} }: { declared?: readonly string[]; sources?: Record<string, string> } = {},
): string[] {
    const settings = containerSettings(definition, container, image, declared);
    const { healthcheck, entrypoint = [], command = [] } = settings;
    const args: string[] = [];
    const given = (flag: string, value: string | number | undefined) => {
        if (value !== undefined) args.push(flag, String(value));
    };
    given("--memory", settings.mem_limit);
    given("--memory-swap", settings.memswap_limit);
    given("--cpus", settings.cpus);
    given("--user", settings.user);
    given("--workdir", settings.working_dir);
    for (const [name, value] of Object.entries(settings.environment)) given("--env", `${name}=${value}`);
    for (const { name } of container.secrets ?? []) given("--env", name);
    if (healthcheck) {
        given("--health-cmd", healthCommand(healthcheck.test));
        given("--health-retries", healthcheck.retries);
        given("--health-interval", healthcheck.interval);
        given("--health-timeout", healthcheck.timeout);
        given("--health-start-period", healthcheck.start_period);
    }
    if (settings.read_only) args.push("--read-only");
    for (const { type, target, read_only, volume } of settings.volumes) {
        const source = sources[target];
        const from = source === undefined ? `type=${type}` : `type=bind,src=${source}`;
        const nocopy = source === undefined && volume?.nocopy ? ",volume-nocopy" : "";
        given("--mount", `${from},dst=${target}${read_only ? ",readonly" : ""}${nocopy}`);
    }
    if (settings.init) args.push("--init");
    for (const capability of settings.cap_add) given("--cap-add", capability);
    for (const capability of settings.cap_drop) given("--cap-drop", capability);
    for (const [name, { soft, hard }] of Object.entries(settings.ulimits)) given("--ulimit", `${name}=${soft}:${hard}`);
    given("--stop-timeout", settings.stop_grace_period.replace(/s$/, ""));
    for (const { containerPort } of container.portMappings ?? []) given("--publish", `127.0.0.1::${containerPort}`);
    // Docker takes one word as the entry point; the rest goes in front of the command, as ECS does it.
    const [entry, ...rest] = entrypoint;
    given("--entrypoint", entry);
    return [...args, ...before, image, ...rest, ...command];
}
