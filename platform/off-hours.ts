/** The off hours of a stack: what sleeps, and by whose hours. */
import * as pulumi from "@pulumi/pulumi";
import type { AgentCluster } from "../components/agent-cluster";
import type { DatabaseAccess } from "../components/database";
import type { DevLedger } from "../components/dev-ledger";
import type { Heritage } from "../components/heritage";
import type { KeycloakHa } from "../components/keycloak-ha";
import { OffHours, offHoursMachineName } from "../components/off-hours";
import type { TlsService } from "../components/tls-service";
import type { Workbench } from "../components/workbench";
import { databaseInstances } from "../config/instances";
import type { District } from "./district";
import { byPart } from "./outputs";

export interface Sleepers {
    readonly agents: Readonly<Record<string, AgentCluster>>;
    readonly services: Readonly<Record<string, TlsService>>;
    readonly keycloak: KeycloakHa | undefined;
    readonly heritages: Record<string, Heritage>;
    readonly ledger: DevLedger | undefined;
    readonly bench: Workbench | undefined;
}

/** Undefined where the stack file has no `schedule`. To be called last: it has to know every alarm. */
export function offHours(district: District, sleepers: Sleepers): OffHours | undefined {
    const { config, cluster, opts } = district;
    if (config.schedule === undefined) return undefined;
    const { agents, services, keycloak, heritages, ledger, bench } = sleepers;
    const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
    return new OffHours(
        "off-hours",
        {
            hours: config.schedule,
            cluster,
            services: {
                ...serviceOf({ ...agents, ...services, ...(keycloak && { keycloak }) }),
                ...byPart(heritages, (heritage) => heritage.services),
            },
            databases: databases(district),
            machines: {
                ...(ledger && { ledger: ledger.instanceId }),
                ...(bench && { workbench: bench.instanceId }),
            },
            scheduledTasks: byPart(heritages, (heritage) => heritage.scheduledTasks),
            alarms: {
                names: [
                    ...(district.alarms?.made.map(({ alarm }) => alarm.name) ?? []),
                    ...(district.alarms?.pages ?? []),
                ],
                tags: { Project: project, Stack: stack }, // as the provider sets them (components/aws-provider.ts)
            },
            machineName: offHoursMachineName(project, stack),
            groupName: district.scheduleGroup(),
            alarmTopicArn: district.alarmTopicArn,
        },
        opts,
    );
}

const serviceOf = (all: Readonly<Record<string, Pick<TlsService, "service">>>) =>
    Object.fromEntries(Object.entries(all).map(([name, { service }]) => [name, service]));

/** The instances, each once: several databases may share one. */
function databases({ shared, databases: own, config }: District): Record<string, pulumi.Output<string>> {
    const instances: Record<string, DatabaseAccess> = { ...own, ...(shared && { "shared-db": shared.access }) };
    return Object.fromEntries(databaseInstances(config).map((name) => [name, instances[name]!.identifier]));
}
