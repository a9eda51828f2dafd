/** Tags that every service of the platform takes. Some services have stricter rules than AWS in general. */
import { TAG_TEXT } from "../../policy/tag-text";
import type { PlatformConfig } from "../defaults";
import type { Problem } from "./common";

/** Set by `components/aws-provider.ts`. */
const OWN_TAGS = ["Project", "Stack", "ManagedBy"];
/** Tags that a subnet has besides: Name and SubnetType. */
const MORE_TAGS = 2;
/** The maximum of a resource (AWS General Reference, "Tag naming limits and requirements"). */
const MOST_TAGS = 50;

const CHARACTERS = "letters, digits, spaces and . : + = @ _ / -";
/** RDS refuses both at the beginning of a key or a value (RDS user guide, "Tagging Amazon RDS resources"). */
const RESERVED = /^(aws|rds):/i;

export function checkTags({ tags }: PlatformConfig): Problem[] {
    const keys = Object.keys(tags);
    const most = MOST_TAGS - OWN_TAGS.length - MORE_TAGS;
    if (keys.length > most) {
        const what = `${keys.length} beside the platform's own are more than a resource takes, ${MOST_TAGS}`;
        return [{ path: ["tags"], what, fix: `${most} or fewer` }];
    }
    return keys.flatMap((key, i) => problemsOf(key, tags[key]!, [...OWN_TAGS, ...keys.slice(0, i)]));
}

function problemsOf(key: string, value: string, others: readonly string[]): Problem[] {
    const at = (what: string, fix: string): Problem[] => [{ path: ["tags", key], what, fix }];
    if (RESERVED.test(key)) return at("the prefixes aws: and rds: are AWS's own", "another key");
    if (OWN_TAGS.includes(key)) return at("the platform sets this tag itself", "another key");
    const other = others.find((tag) => tag.toLowerCase() === key.toLowerCase());
    if (other) return at(`is ${other} to IAM, which takes small and capital letters for the same`, "another key");
    const refusedCharacters = (text: string) =>
        [...new Set(text)].filter((character) => !TAG_TEXT.test(character)).join(" ");
    if (!TAG_TEXT.test(key))
        return at(`the key has characters that tags do not take: ${refusedCharacters(key)}`, CHARACTERS);
    if (!TAG_TEXT.test(value))
        return at(`the value has characters that tags do not take: ${refusedCharacters(value)}`, CHARACTERS);
    if (RESERVED.test(value)) return at("a value does not begin with aws: or rds:", "another value");
    // Only Systems Manager refuses it, of the services in use (API reference, "Tag").
    if (value === "") return at("is empty, and a parameter's tag has at least one character", "a value, e.g. yes");
    return [];
}
