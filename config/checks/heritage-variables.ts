/** The variables, secrets, bindings, egress rules and permissions of a heritage's tasks. */
import { argumentsOf } from "../builds";
import { environmentOfFiles, readEnvironmentFile } from "../environment-files";
import type { HeritageConfig, PlatformConfig } from "../defaults";
import { bindingTargetProblems } from "./binding-targets";
import { bindingProblems, boundVariables, databaseVariableProblems, doubleProblems } from "./bindings";
import type { Path, Problem } from "./common";
import { connectionProblems } from "./connections";
import { environmentFileProblems } from "./environment-files";
import { egressProblems } from "./egress";
import { permissionProblems } from "./permissions";
import { DATABASE_MANAGED } from "./services";
import { environmentProblems, injectedProblems, notSecretProblems } from "./variables";

type At = (...rest: (string | number)[]) => Path;

export function variableProblems(at: At, heritage: HeritageConfig, config: PlatformConfig): Problem[] {
    const { domain } = config;
    const { notSecret, secrets, services, scheduledTasks, database, environmentFiles } = heritage;
    const program = {
        ...{ HOST: "", PORT: "port", DISTRICT_CA_PEM: "" },
        ...(database && !database.variables ? DATABASE_MANAGED : {}),
    };
    const managed = { ...program, ...boundVariables(heritage) };
    const fromFiles = environmentOfFiles(environmentFiles);
    const parts = (["services", "scheduledTasks"] as const).flatMap((kind) =>
        Object.entries<{ environment: Variables; secrets: HeritageConfig["secrets"] }>(
            { services, scheduledTasks }[kind],
        ).map(([key, part]) => ({ ...part, at: (...rest: string[]) => at(kind, key, ...rest) })),
    );
    const common = { ...fromFiles, ...heritage.environment };
    const environments: [Path, Variables][] = [
        [at("environment"), heritage.environment],
        ...parts.map((part): [Path, Variables] => [part.at("environment"), part.environment]),
    ];
    const clear = Object.assign({}, fromFiles, ...environments.map(([, variables]) => variables)) as Variables;
    const used = [
        { path: at("environment"), own: heritage.environment, all: common },
        ...parts.map((part) => ({
            path: part.at("environment"),
            own: part.environment,
            all: { ...common, ...part.environment },
        })),
    ];
    return [
        ...environments.flatMap(([path, variables]) =>
            environmentProblems(path, { environment: variables, notSecret }, managed, "service"),
        ),
        ...environmentFileProblems(at, heritage, managed),
        ...notSecretProblems(at("notSecret"), heritage, { ...argumentsOf(heritage.build), ...clear }),
        ...injectedProblems(at("secrets"), { secrets, environment: clear }, managed, "service"),
        ...parts.flatMap((part) =>
            injectedProblems(
                part.at("secrets"),
                { secrets: part.secrets, environment: { ...common, ...part.environment } },
                managed,
                "service",
            ),
        ),
        ...bindingProblems(at, heritage),
        ...bindingTargetProblems(at, heritage, config),
        ...databaseVariableProblems(at, heritage),
        ...doubleProblems(at, heritage, program),
        ...egressProblems(at, heritage),
        ...permissionProblems(at, heritage),
        ...connectionProblems(heritage, used, domain?.name),
        ...connectionProblems(heritage, fileEnvironments(fromFiles, common), domain?.name).map(
            inItsFile(environmentFiles),
        ),
    ];
}

type Variables = Record<string, string>;

/** The variables of the files that `environment` does not override. */
const fileEnvironments = (own: Variables, all: Variables) => {
    const counted = Object.fromEntries(Object.entries(own).filter(([variable, value]) => all[variable] === value));
    return [{ path: [], own: counted, all }];
};

/** A variable's problem, with the place in its file. The last file that sets it counts. */
const inItsFile =
    (files: readonly string[]) =>
    (problem: Problem): Problem => {
        const variable = problem.path.at(-1);
        const found = files
            .flatMap((name) => readEnvironmentFile(name)?.lines.map((line) => ({ ...line, file: name })) ?? [])
            .findLast((line) => line.variable === variable);
        return { ...problem, file: found?.file, line: found?.line };
    };
