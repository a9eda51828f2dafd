/**
 * Policies for names, descriptions and tags. The rules are in the entries of the resource types (aws/). AWS would refuse an invalid text in
 * the middle of an `up`.
 */
import { DASHED, type TextRule } from "../../aws/texts";
import { typeEntry } from "../../aws/types";
import type { Finding, Policy, PolicyResource } from "../policy";
import { TAG_TEXT } from "../tag-text";

const DIGITS = "-0123456";

function textsOf({ type, name, inputs }: PolicyResource): readonly Finding[] {
    return Object.entries(typeEntry(type)?.texts ?? {}).flatMap(([property, rule]) => {
        // The plan has no generated names yet.
        const value = inputs[property] ?? (rule.filled && !inputs.namePrefix ? name.toLowerCase() + DIGITS : undefined);
        return typeof value === "string" ? problems(`its ${property}`, value, rule) : [];
    });
}

function problems(what: string, value: string, { takes, most, words }: Omit<TextRule, "filled">): Finding[] {
    const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
    if (value.length > most)
        return [{ what: `${what} has ${value.length} characters, and AWS takes ${most}: ${shown}` }];
    return takes.test(value) ? [] : [{ what: `AWS does not take ${what}, ${shown}: ${words}` }];
}

function containersOf({ inputs }: PolicyResource): readonly Finding[] {
    const { containerDefinitions } = inputs;
    if (typeof containerDefinitions !== "string") return [];
    return (JSON.parse(containerDefinitions) as { name: string }[]).flatMap(({ name }) =>
        problems("a container's name", name, DASHED),
    );
}

function tagsOf({ inputs, defaultTags }: PolicyResource): readonly Finding[] {
    const tags = { ...defaultTags, ...((inputs.tags as Record<string, string> | undefined) ?? {}) };
    const words = "letters, digits, spaces and . : + = @ _ / -";
    return Object.entries(tags).flatMap(([key, value]) => [
        ...problems("the key of a tag", key, { takes: TAG_TEXT, most: 128, words }),
        ...problems(`its tag ${key}`, value, { takes: TAG_TEXT, most: 256, words }),
    ]);
}

export const TEXT_POLICIES: readonly Policy[] = [
    {
        name: "aws-texts",
        asks: "Every name, description and tag is one that AWS takes.",
        fix: "another text, or a shorter name: of the workload in the stack file, or of the stack",
        dev: "mandatory",
        types: ["aws:"],
        check: (resource) => [...textsOf(resource), ...containersOf(resource), ...tagsOf(resource)],
    },
];
