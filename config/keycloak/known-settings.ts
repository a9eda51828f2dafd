/** Keycloak's settings (`KC_…`) by name, as `settings.json` has them (`settings.py` makes it anew for another version). */
import { build, settings as known, version } from "./settings.json";

export { version };

export type Kind = "flag" | "integer" | "text" | readonly string[];

const SETTINGS = known as Readonly<Record<string, Kind>>;
export const NAMES: readonly string[] = Object.keys(SETTINGS);

/** What a setting of Keycloak's own begins with. */
export const PREFIX = "KC_";
/** Of providers: Keycloak asks each of them for what it takes ("Configuring providers", https://www.keycloak.org/server/configuration-provider). */
const OF_PROVIDERS = /^KC_SPI_[A-Z0-9_]+$/;
/** Which of these take effect when the image is built (the same guide, "Setting a provider configuration option"). */
const OF_PROVIDERS_AT_BUILD = /_(ENABLED|PROVIDER|PROVIDER_DEFAULT)$/;

/** The known name that a variable is one of: itself, or the one with <…> that stands for it. */
function knownName(variable: string): string | undefined {
    if (Object.hasOwn(SETTINGS, variable)) return variable;
    // The longest: KC_TELEMETRY_LOGS_HEADER_<header>, and not KC_TELEMETRY_<…>.
    return NAMES.filter((name) => name.endsWith(">") && isOneOf(variable, name)).sort((a, b) => b.length - a.length)[0];
}

function isOneOf(variable: string, name: string): boolean {
    const prefix = name.slice(0, name.indexOf("<"));
    return variable.startsWith(prefix) && variable.length > prefix.length;
}

/** What kind of value a setting takes; undefined for one that Keycloak has not. */
export function kindOf(variable: string): Kind | undefined {
    const name = knownName(variable);
    if (name !== undefined) return SETTINGS[name];
    return OF_PROVIDERS.test(variable) ? "text" : undefined;
}

/** Whether a setting takes effect when the image is built: a node that starts does not read it. */
export function isOfBuild(variable: string): boolean {
    const name = knownName(variable);
    if (name !== undefined) return build.includes(name);
    return OF_PROVIDERS.test(variable) && OF_PROVIDERS_AT_BUILD.test(variable);
}
