/** The platform of one stack: configuration in, platform out. */
import { awsProvider } from "./components/aws-provider";
import { loadConfig } from "./config/load";
import { loginsOf } from "./config/logins";
import { agentClusters } from "./platform/agents";
import { District } from "./platform/district";
import { heritages } from "./platform/heritages";
import { offHours } from "./platform/off-hours";
import { devLedger } from "./platform/ledger";
import { keycloakCluster } from "./platform/keycloak";
import { alarmsOfTheWhole } from "./platform/alarms";
import { backups } from "./platform/backups";
import { budget } from "./platform/budget";
import { savedQueries } from "./platform/log-queries";
import { byName, byPart, byPresent } from "./platform/outputs";
import { preflight } from "./platform/preflight";
import { confineRoles } from "./platform/roles";
import { rememberTurn } from "./platform/rotation";
import { tlsServices } from "./platform/services";
import { workbench } from "./platform/workbench";

/** What Pulumi runs: what is wrong is said before anything is made, and what it returns are the stack's outputs. */
export = async () => {
    const config = loadConfig();
    const known = await preflight(config);
    confineRoles(config.permissionsBoundary);
    const district = new District(config, { provider: awsProvider("aws", config.tags) }, known);
    const ledger = devLedger(district);
    const { agents, walletDb } = await agentClusters(district, ledger);
    const services = await tlsServices(district);
    const keycloak = keycloakCluster(district);
    const applications = await heritages(district, ledger, { agents, keycloak });
    const bench = workbench(district, ledger);
    alarmsOfTheWhole(district, backups(district));
    budget(district);
    const sleepers = { agents, services, keycloak, heritages: applications, ledger, bench };
    const hours = offHours(district, sleepers);
    const all = { ...agents, ...services, ...(keycloak && { keycloak }) };
    const serviceNames = {
        ...byName(all, (workload) => workload.serviceName),
        ...byPart(applications, (application) => application.serviceNames),
    };
    const logins = loginsOf(config);
    const logGroups = {
        ...byName(all, (workload) => workload.logGroupName),
        ...byPart(applications, (application) => application.logGroupNames),
    };
    savedQueries(district, logGroups);
    rememberTurn(district, Object.values(serviceNames));
    return {
        didcommUrls: byName(agents, (agent) => agent.didcommUrl),
        webSocketUrls: byPresent(agents, (agent) => agent.webSocketUrl),
        adminUrls: byName(agents, (agent) => agent.adminUrl),
        serviceUrls: {
            ...byName(services, (service) => service.url),
            ...byPart(applications, (application) => application.urls),
        },
        /** Whom load balancers let through to these, where not everybody. */
        ...(Object.keys(logins).length > 0 && { logins }),
        /** Where users log in (realms are below /realms), and where administrators do. */
        keycloakUrl: keycloak?.url ?? null,
        keycloakAdminUrl: keycloak?.adminUrl ?? null,
        /** How the last update took over from the version before: rolling, or replace. */
        keycloakDeployment: keycloak?.deployment ?? null,
        /** What a client trusts where the stack has no domain: `pulumi stack output certificateAuthority > ca.pem`. */
        certificateAuthority: config.domain ? null : (district.authority?.certificate ?? null),
        databaseAddress: walletDb?.host ?? null,
        /** The ledger of a developer: its browser, and where DIDs are registered. */
        ledgerUrl: ledger?.url ?? null,
        /** What `npx identity tunnel` goes through, and the databases that it leads to. */
        workbenchId: bench?.instanceId ?? null,
        databases: byName(
            district.databases,
            ({ groupId: _, identifier: __, auditLogGroup: ___, ...database }) => database,
        ),
        clusterName: district.cluster.name,
        serviceNames,
        logGroups,
        /** What `npx identity task` runs, by heritage. */
        oneOffTasks: byName(applications, ({ oneOff }) => ({
            taskDefinition: oneOff.taskDefinitionArn,
            subnets: oneOff.subnetIds,
            securityGroups: oneOff.securityGroupIds,
            logGroup: oneOff.logGroupName,
        })),
        /** What the CI of a heritage assumes, where it has one. */
        deployRoles: byPresent(applications, (application) => application.deployRoleArn),
        /** What that CI starts, with an image's digest. */
        deployMachines: byPresent(applications, (application) => application.deployMachineArn),
        /** What `npx identity sleep` and `wake` start, where the stack has off hours. */
        ...(hours && { offHoursMachine: hours.machineArn }),
        secretParameters: byName({ ...agents, ...(keycloak && { keycloak }) }, (cluster) => cluster.parameterNames),
    };
};
