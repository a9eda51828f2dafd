/** From what a stack file says to a whole, checked configuration: or to one error with all that is wrong in it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import type { z } from "zod";
import { check, type Problem } from "./checks";
import { checkLogins } from "./checks/login";
import { checkRealms } from "./checks/keycloak-realms";
import { checkBucketNames, checkCopies, checkIdentifiers } from "./checks/name-lengths";
import { type PlatformConfig, withDefaults } from "./defaults";
import { encryptedValues } from "./encrypted";
import { readHeritages } from "./heritage/load";
import { packages } from "./packages";
import { withoutEmptyKeys } from "./nothing";
import { closest, nearestTwo } from "./nearest";
import { ConfigError, explain, secretInTheClear } from "./problems";
import { isPathPrefix, parseValidPart } from "./read";
import { stackSchema } from "./schema";
import { topLevelProblemsOf } from "./top-level";

/** The configuration of the stack that the program runs for. Throws a `ConfigError` before anything is made. */
export function loadConfig(): PlatformConfig {
    const project = pulumi.getProject();
    const file = `Pulumi.${pulumi.getStack()}.yaml`;
    const all = pulumi.runtime.allConfig();
    const beside = topLevelProblemsOf(file);
    const nothing = Object.keys(all).every((key) => !key.startsWith(`${project}:`));
    const { config, problems } = readConfig(all, project, isSecret, pulumi.getStack());
    // Where all of it is below a key that Pulumi passes over, nothing else is wrong.
    if (beside.length > 0) throw new ConfigError(nothing ? beside : [...beside, ...problems], file, project);
    if (!config) throw new ConfigError(problems, file, project);
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
export function readConfig(
    all: Record<string, string>,
    project: string,
    secret: (key: string) => boolean,
    stack = "dev",
): Read {
    const problems: Problem[] = nameProblems(project, stack);
    const values: Record<string, unknown> = {};
    for (const [key, text] of Object.entries(all)) {
        problems.push(...providerProblems(key), ...accountProblems(key, text), ...namespaceProblems(key, project));
        if (!key.startsWith(`${project}:`)) continue;
        const name = key.slice(project.length + 1);
        if (text.includes('"__proto__"')) {
            problems.push({
                path: [name],
                what: "has the key __proto__, which is JavaScript's own",
                fix: "another name",
            });
        } else if (name === project) {
            const fix = `each key by itself, with its prefix: ${project}:agents`;
            problems.push({ path: [name], what: "there is no such key here", fix });
        } else values[name] = text === "" ? null : parse(name, text);
    }
    const input = withoutEmptyKeys(values, stackSchema) as Record<string, unknown>;
    const region = all["aws:region"] ?? "";
    if (!region) {
        problems.push({
            path: ["aws:region"],
            what: "is missing",
            fix: "the region that the stack lives in, e.g. ap-northeast-1",
        });
    } else if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
        problems.push({ path: ["aws:region"], what: `"${region}" is not a region`, fix: "e.g. ap-northeast-1" });
    }
    const { data, issues, left } = parseValidPart(stackSchema, input, NEEDED);
    problems.push(...issues.flatMap((issue) => explain(issue, input, stackSchema)));
    // Pulumi knows only whether a top-level key holds anything encrypted. The plan reads the file itself and knows each value.
    for (const { path } of encryptedValues(data)) {
        if (!secret(`${project}:${path[0]}`)) problems.push(secretInTheClear(project, path));
    }
    const heritages = readHeritages(data.heritages ?? [], data.environment, stack);
    problems.push(...heritages.problems);
    const config = withDefaults(data, region, heritages.inputs);
    // A problem that follows from a value which was left out is not reported: the value's own problem is.
    const reported = [...left, ...heritages.left, ...problems.map((problem) => problem.path)];
    const explained = (p: Problem) =>
        [p.path, ...(p.also ?? [])].some((path) => reported.some((at) => isPathPrefix(at, path)));
    problems.push(
        ...[
            ...check(config),
            ...checkIdentifiers(config, `${project}-${stack}`),
            ...checkCopies(config, `${project}-${stack}`),
            ...checkBucketNames(config, `${project}-${stack}`),
            ...checkRealms(config, stack),
            ...checkLogins(config, stack),
        ].filter((p) => !explained(p)),
    );
    return problems.length > 0 ? { problems: problems.map(heritages.placed) } : { config, problems: [] };
}

/** Both are part of names in AWS, of which RDS's are the strictest: small letters, digits and dashes, 63 in all. */
function nameProblems(project: string, stack: string): Problem[] {
    const what = `the names "${project}" and "${stack}" of project and stack cannot be part of a database's name`;
    const fits = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
    if (
        fits.test(project) &&
        fits.test(stack) &&
        !`${project}${stack}`.includes("--") &&
        `${project}${stack}`.length <= 40
    )
        return [];
    return [{ path: ["pulumi:stack"], what, fix: "small letters, digits and single dashes, 40 characters together" }];
}

/** A key that the provider does not know is one that it ignores: `aws:assumeRole`, say, and with it the account that was meant. */
function providerProblems(key: string): Problem[] {
    const [namespace, name = ""] = key.split(":");
    const known = Object.keys(aws.config);
    if (namespace !== "aws" || known.includes(name)) return [];
    return [
        { path: [key], what: "the AWS provider has no such key, and would ignore it", fix: nearestTwo(name, known) },
    ];
}

/** An account that cannot be anyone's would be found out only when AWS is asked, and a number loses the zeros it begins with. */
function accountProblems(key: string, text: string): Problem[] {
    if (key !== "aws:allowedAccountIds" && key !== "aws:forbiddenAccountIds") return [];
    const accounts = asJson(text);
    const fix = `a list of texts of twelve digits: ["123456789012"]`;
    if (!Array.isArray(accounts)) return [{ path: [key], what: "is not a list of accounts", fix }];
    return accounts
        .filter((account) => typeof account !== "string" || !/^\d{12}$/.test(account))
        .map((account) => ({ path: [key], what: `${JSON.stringify(account)} is not the ID of an account`, fix }));
}

/** Keys of other packages are theirs. A namespace that is nobody's is a slip, and what stands below it would be nobody's, too. */
function namespaceProblems(key: string, project: string): Problem[] {
    const [namespace = "", ...rest] = key.split(":");
    const known = [project, ...packages()];
    if (known.includes(namespace)) return [];
    const name = rest.join(":");
    const meant = Object.hasOwn(stackSchema.shape, name) ? project : closest(namespace, known);
    if (meant === undefined) return [];
    return [{ path: [key], what: `nothing reads keys of "${namespace}"`, fix: `did you mean ${meant}:${name}?` }];
}

/** What stands in for a key that every stack has, so that the rest can be looked at. */
const NEEDED: Record<string, unknown> = { environment: "dev" };

/** Pulumi hands over numbers, booleans and objects as text; which of them is meant, the schema knows. */
function parse(name: string, text: string): unknown {
    const shape = stackSchema.shape as Record<string, z.ZodType>;
    const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
    return field === undefined || field.safeParse(text).success ? text : asJson(text);
}

function asJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
