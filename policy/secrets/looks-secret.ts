import { isHarmless, secretByName } from "./names";
import { secretInValue } from "./values";

/** Why a plain variable looks like a secret: "its value looks like a token of GitHub"; undefined where it does not. */
export function looksSecret(name: string, value: string): string | undefined {
    const form = secretInValue(value);
    if (form !== undefined) return `its value looks like ${form}`;
    return secretByName(name) && !isHarmless(value) ? "its name is that of a secret" : undefined;
}
