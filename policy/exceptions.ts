/** Exceptions to policies: configuration, each with the reason that is shown wherever it applies. */
import type { Finding, Policy, PolicyResource } from "./policy";

export interface PolicyException {
    readonly policy: string;
    /** The resource's name in the program; of a container or realm alone `<name>/<container>`. */
    readonly resource: string;
    readonly reason: string;
}

/** A finding, and whether it stands. */
export interface JudgedFinding extends Finding {
    readonly resource: PolicyResource;
    /** The exception that applies; none where the policy itself knows a reason, or it stands. */
    readonly exception?: PolicyException;
}

export function judge(
    policy: Pick<Policy, "name">,
    resource: PolicyResource,
    findings: readonly Finding[],
    exceptions: readonly PolicyException[],
): JudgedFinding[] {
    const own = exceptions.filter((exception) => exception.policy === policy.name);
    return findings.map((finding) => {
        const exception = own.find((policyException) => covers(policyException, resource, finding));
        return { ...finding, resource, exception, reason: exception?.reason ?? finding.reason };
    });
}

function covers({ resource }: PolicyException, { name }: PolicyResource, { part }: Finding): boolean {
    return resource === name || (part !== undefined && resource === `${name}/${part}`);
}

/** `app is not read-only`: what is wrong, of which part of the resource. */
export const describeFinding = ({ part, partIs = "container", what }: Finding): string =>
    part === undefined ? what : `${partIs} ${part}: ${what}`;
