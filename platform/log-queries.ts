/** The queries of a stack's logs. */
import * as pulumi from "@pulumi/pulumi";
import { logQueries } from "../components/alarms/log-queries";
import { isBehindEnvoy } from "../config/defaults";
import type { District } from "./district";

/** @param logGroups Of everything that runs, by its name; of a heritage by `<heritage>-<part>`. */
export function savedQueries(district: District, logGroups: Readonly<Record<string, pulumi.Output<string>>>): void {
    const { alarms, config, opts } = district;
    if (!alarms) return;
    const named = (names: readonly string[]) => names.flatMap((name) => logGroups[name] ?? []);
    const behindEnvoy = Object.entries(config.heritages).flatMap(([heritage, { services }]) =>
        Object.entries(services).flatMap(([part, service]) => (isBehindEnvoy(service) ? [`${heritage}-${part}`] : [])),
    );
    const withTls = Object.entries({ ...config.agents, keycloak: config.keycloak }).flatMap(([name, cluster]) =>
        cluster?.tls ? [name] : [],
    );
    logQueries(
        `${pulumi.getProject()}-${pulumi.getStack()}`,
        {
            everything: Object.values(logGroups),
            envoys: named([...Object.keys(config.services), ...behindEnvoy, ...withTls]),
            keycloak: named(["keycloak"]),
            agents: named(Object.keys(config.agents)),
            databases: district.auditLogGroups(),
        },
        opts,
    );
}
