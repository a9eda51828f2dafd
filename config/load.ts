/** From what a stack file says to a whole, checked configuration: or to one error with all that is wrong in it. */
import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import { check, type Problem } from "./checks";
import { type PlatformConfig, withDefaults } from "./defaults";
import { ConfigError, explain } from "./problems";
import { stackSchema } from "./schema";

/** The configuration of the stack that the program runs for. Throws a `ConfigError` before anything is made. */
export function loadConfig(): PlatformConfig {
    const project = pulumi.getProject();
    const { config, problems } = readConfig(pulumi.runtime.allConfig(), project, isSecret);
    if (!config) throw new ConfigError(problems, `Pulumi.${pulumi.getStack()}.yaml`, project);
    return config;
}

/** Marked internal in the SDK's types, but the only way to ask without reading the value as a secret output. */
const isSecret = (key: string) =>
    (runtimeConfig as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);

type Read = { config: PlatformConfig; problems: [] } | { config?: undefined; problems: Problem[] };

/**
 * Reads the configuration as Pulumi hands it to a program: a text for each key, objects and lists as JSON.
 * Keys of other packages (`aws:…`) are theirs; of `aws:` only the region is needed here.
 */
export function readConfig(all: Record<string, string>, project: string, secret: (key: string) => boolean): Read {
    const problems: Problem[] = [];
    const input: Record<string, unknown> = {};
    for (const [key, text] of Object.entries(all)) {
        if (!key.startsWith(`${project}:`)) continue;
        const name = key.slice(project.length + 1);
        input[name] = parse(name, text);
    }
    const region = all["aws:region"] ?? "";
    if (!region) {
        problems.push({
            path: ["aws:region"],
            what: "is missing",
            fix: "the region that the stack lives in, e.g. ap-northeast-1",
        });
    } else if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
        problems.push({ path: ["aws:region"], what: `"${region}" is no region`, fix: "e.g. ap-northeast-1" });
    }
    const parsed = stackSchema.safeParse(input);
    if (!parsed.success) {
        problems.push(...parsed.error.issues.flatMap((issue) => explain(issue, input)));
        return { problems };
    }
    problems.push(...plainSecrets(parsed.data.agents, secret(`${project}:agents`)));
    const config = withDefaults(parsed.data, region);
    problems.push(
        ...check(config).filter(
            (p) => !(p.path[0] === "aws:region" && problems.some((q) => q.path[0] === "aws:region")),
        ),
    );
    return problems.length > 0 ? { problems } : { config, problems: [] };
}

/** Pulumi hands over numbers, booleans and objects as text; which of them is meant, the schema knows. */
function parse(name: string, text: string): unknown {
    const field = (
        stackSchema.shape as Record<string, { safeParse(value: unknown): { success: boolean } } | undefined>
    )[name];
    if (field === undefined || field.safeParse(text).success) return text;
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/** A value that was written into the file in the clear: it would be in the repository's history for ever. */
function plainSecrets(
    agents: Record<string, { secrets?: Record<string, { value?: string }> }>,
    encrypted: boolean,
): Problem[] {
    if (encrypted) return [];
    return Object.entries(agents).flatMap(([agent, { secrets }]) =>
        Object.entries(secrets ?? {})
            .filter(([, source]) => source.value !== undefined)
            .map(([name]) => ({
                path: ["agents", agent, "secrets", name, "value"],
                what: "is in the clear",
                fix: `pulumi config set --secret --path 'identity:agents.${agent}.secrets.${name}.value'`,
            })),
    );
}
