/** What Keycloak's nodes are told: its settings, known by name, and the variables that realm files and providers read. */
import { AUTHORITY_VARIABLES, MANAGED_VARIABLES } from "../../components/keycloak/variables";
import { hasReachable, type KeycloakConfig, type PlatformConfig } from "../defaults";
import { isOfBuild, type Kind, kindOf, NAMES, PREFIX, version } from "../keycloak/known-settings";
import type { Path, Problem } from "./common";
import { choiceOf, type Form, formProblems, unknownSetting } from "./setting-values";
import {
    environmentProblems,
    type Managed,
    managedProblem,
    notSecretProblems,
    sourceProblems,
    variableNameProblem,
} from "./variables";

type At = (...rest: string[]) => Path;

/** In which words Keycloak takes a value; whatever else ends every node when it starts. */
const VALUES: Record<"flag" | "integer", Form> = {
    flag: [/^(true|false)$/, '"true" or "false"'],
    integer: [/^\d+$/, 'a whole number, as text: "1000"'],
};
const CASE_INSENSITIVE = "(case insensitive)";

export function settingProblems(at: At, config: PlatformConfig): Problem[] {
    const keycloak = config.keycloak!;
    const managed = { ...MANAGED_VARIABLES, ...(hasReachable(config) ? AUTHORITY_VARIABLES : {}) };
    const { environment, secrets } = keycloak;
    return [
        ...environmentProblems(at("environment"), keycloak, managed, "keycloak"),
        ...notSecretProblems(at("notSecret"), keycloak, environment),
        ...Object.entries(environment).flatMap(([variable, value]) => [
            ...placeholderProblem(at("environment", variable), variable),
            ...ownProblems(at("environment", variable), variable, managed, keycloak, value),
        ]),
        ...Object.entries(secrets).flatMap(([variable, source]) => {
            const path = at("secrets", variable);
            return [
                ...variableNameProblem(path, variable),
                ...placeholderProblem(path, variable),
                ...managedProblem(path, variable, managed, "keycloak"),
                ...ownProblems(path, variable, managed, keycloak),
                ...(Object.hasOwn(environment, variable)
                    ? [{ path, what: "is in environment, too", fix: "one of the two" }]
                    : []),
                ...sourceProblems(path, source),
            ];
        }),
    ];
}

/** ECS takes dots and dashes in a name, and a realm file's `${…}` does not. */
function placeholderProblem(path: Path, variable: string): Problem[] {
    if (!/^[A-Za-z_]\w*[.-]/.test(variable)) return [];
    const what = "is no name that a realm file can have in ${…}";
    return [{ path, what, fix: "letters, digits and _, no digit in front" }];
}

/** What a setting of Keycloak's own may be; without a value it is a secret. */
function ownProblems(
    path: Path,
    variable: string,
    managed: Managed,
    { image }: KeycloakConfig,
    value?: string,
): Problem[] {
    if (Object.hasOwn(managed, variable) || !variable.toUpperCase().startsWith(PREFIX)) return [];
    const kind = kindOf(variable);
    if (kind === undefined) return [unknown(path, variable)];
    if (isOfBuild(variable)) {
        const built = "takes effect when the image is built";
        if (value === undefined) {
            return [
                { path, what: `${built}, and an image holds no secret`, fix: "environment, where it is no secret" },
            ];
        }
        if (image !== undefined) {
            return [{ path, what: `${built}, and image exists already`, fix: "set it in that image's build" }];
        }
    }
    return value === undefined ? [] : valueProblems(path, kind, value);
}

const unknown = (path: Path, variable: string): Problem =>
    unknownSetting(path, variable, {
        program: `Keycloak ${version}`,
        names: NAMES.filter((name) => !name.endsWith(">")),
        list: "kc.sh start --help-all lists; a provider's own settings begin with KC_SPI_",
    });

const valueProblems = (path: Path, kind: Kind, value: string): Problem[] =>
    kind === "text"
        ? []
        : formProblems(path, value, typeof kind === "string" ? VALUES[kind] : choice(kind), "no node would start");

const choice = (kind: readonly string[]): Form =>
    choiceOf(
        kind.filter((value) => value !== CASE_INSENSITIVE),
        kind.includes(CASE_INSENSITIVE) ? "i" : "",
    );
