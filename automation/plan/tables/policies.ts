/** What the policies say: violations, exceptions and the number that pass. */
import { groupBy } from "../grouping";
import type { Plan } from "../model";
import type { PolicyView } from "../sections/policies";
import { list, WIDTH, wrap } from "../text";
import { type Block, type Cell, type Mark, marked, tableOf } from "./blocks";

export function policiesTables({ policies }: { readonly policies: readonly PolicyView[] }): Block[] {
    const rows = [
        ...(["mandatory", "advisory"] as const).flatMap((level) =>
            policies
                .filter((policy) => policy.level === level)
                .flatMap(({ name, violations }) =>
                    groupBy(violations, ({ what, fix }) => JSON.stringify([what, fix])).map((alike) =>
                        finding(level === "mandatory" ? "down" : "warn", level, name, alike, [
                            alike[0].what,
                            `→ ${alike[0].fix}`,
                        ]),
                    ),
                ),
        ),
        ...policies.flatMap(({ name, exceptions }) =>
            groupBy(exceptions, ({ what, reason }) => JSON.stringify([what, reason])).map((alike) =>
                finding("plain", "exception", name, alike, [alike[0].what, `may be so: ${alike[0].reason}`]),
            ),
        ),
        ...policies
            .filter(({ unused }) => unused.length > 0)
            .map(({ name, unused }) =>
                finding("plain", "unused", name, unused, ["→ nothing there needs its exception: take it out"]),
            ),
    ];
    return [
        { paragraph: summary(policies) },
        ...tableOf("Violations and exceptions", ["finding", "policy", "resources, and what is so"], rows),
    ];
}

function finding(
    mark: Mark,
    kind: string,
    policy: string,
    alike: readonly { resource: string }[],
    lines: string[],
): Cell[] {
    return [marked(mark, kind), policy, [list([...new Set(alike.map(({ resource }) => resource))]), ...lines]];
}

/** The number of policies that pass and fail. */
export function summary(policies: readonly PolicyView[]): string {
    const asked = policies.filter(({ level }) => level !== "off");
    const failed = asked.filter(({ violations }) => violations.length > 0);
    const ofLevel = (level: PolicyView["level"], what: string) => {
        const { length } = failed.filter((policy) => policy.level === level);
        return length === 0 ? [] : [`${length} ${level} ${length === 1 ? "does" : "do"} not${what}`];
    };
    const others = policies.length - asked.length;
    return [
        `${asked.length - failed.length} of ${asked.length} pass`,
        ...ofLevel("mandatory", ", and would stop a deployment"),
        ...ofLevel("advisory", ""),
        ...(others > 0 ? [`${others} more ${others === 1 ? "is" : "are"} asked of prod alone`] : []),
    ].join("; ");
}

/** The error text with all mandatory violations; undefined without one. */
export function violationsText({ policies, project, stack }: Plan): string | undefined {
    const found = policies
        .filter(({ level }) => level === "mandatory")
        .flatMap(({ name, violations }) => violations.map((violation) => ({ name, ...violation })));
    if (found.length === 0) return undefined;
    const count = found.length === 1 ? "one violation of a policy" : `${found.length} violations of policies`;
    const last = `An exception, with its reason, is a line of ${project}:policyExceptions (docs/policies.md).`;
    return [
        `Pulumi.${stack}.yaml: ${count} would stop a deployment`,
        ...found.map(violationText),
        wrap(last, WIDTH).join("\n"),
    ].join("\n\n");
}

const violationText = ({ name, resource, type, what, fix }: PolicyView["violations"][number] & { name: string }) =>
    [
        `${name}: ${resource}  (${type})`,
        ...wrap(what, WIDTH - 4).map((line) => `    ${line}`),
        ...wrap(fix, WIDTH - 6).map((line, i) => `    ${i === 0 ? "→" : " "} ${line}`),
    ].join("\n");
