/** Exceptions to policies, from the configuration. Each has a reason, which is shown wherever the exception applies. */
import type { Finding, Policy, PolicyResource } from "./policy";

export interface PolicyException {
    readonly policy: string;
    /** The resource's name in the program; `<name>/<container>` for one container or realm only. */
    readonly resource: string;
    readonly reason: string;
}

/** A finding with its reason; without a reason it is a violation. */
export interface JudgedFinding extends Finding {
    readonly resource: PolicyResource;
    /** The exception that applies; undefined for a violation, and where the policy itself has the reason. */
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

/** `container app: …`: what is wrong, and with which part of the resource. */
export const describeFinding = ({ part, partIs = "container", what }: Finding): string =>
    part === undefined ? what : `${partIs} ${part}: ${what}`;
