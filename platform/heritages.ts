import * as pulumi from "@pulumi/pulumi";
import type { DevLedger } from "../components/dev-ledger";
import { Heritage, type HeritageDistrict } from "../components/heritage";
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";
import type { KeycloakHa } from "../components/keycloak-ha";
import { type HeritageConfig, isBehindEnvoy } from "../config/defaults";
import { environmentOfFiles } from "../config/environment-files";
import { pluginsOf } from "../config/plugins";
import { partOf } from "../config/references";
import { sharedName } from "../config/shared-names";
import type { SecretSource } from "../config/schema/secrets";
import { type Bindings, bindings, type Neighbours } from "./bindings";
import type { District } from "./district";
import { fileSystems } from "./file-systems";
import { mapSequentially } from "./one-by-one";

/** The heritages that the stack file names, each as its file says. */
export function heritages(
    district: District,
    ledger: DevLedger | undefined,
    neighbours: Neighbours,
): Promise<Record<string, Heritage>> {
    const { config, opts, cluster, vpc, secrets, publicEndpoint, adminEndpoint, authority, images, discovery } =
        district;
    const { protect, logRetentionDays, exec } = config;
    const scheduled = Object.values(config.heritages).some(
        ({ scheduledTasks }) => Object.keys(scheduledTasks).length > 0,
    );
    const shared: HeritageDistrict = {
        scheduleGroup: scheduled ? district.scheduleGroup() : undefined,
        cluster,
        vpc,
        secrets,
        authority,
        exec,
        logRetentionDays,
        protect,
        alarms: district.alarms,
        alarmTopicArn: district.alarmTopicArn,
        // The agents on the ledger are in as many groups as AWS takes: they come as its clients.
        discovery: discovery && {
            namespaceId: discovery.namespaceId,
            callersGroupId: discovery.callersGroupId,
            alsoFrom: ledger && { ledger: ledger.clientsGroupId },
        },
        plugins: district.plugins,
        endpoints: { public: publicEndpoint, internal: adminEndpoint },
    };
    const authorities = rdsCertificateAuthorities(config.region);
    return mapSequentially(config.heritages, (name, settings) => {
        const { architecture, plugins, database, services, scheduledTasks } = settings;
        const tls = Object.values(services).some(isBehindEnvoy);
        const { inputs: bound, queues } = bindings(name, settings, district, neighbours);
        const heritage = new Heritage(
            name,
            {
                user: settings.user,
                imageCredentials: settings.imageCredentials,
                notSecret: settings.notSecret,
                deploy: settings.deploy,
                beforeDeploy: settings.beforeDeploy,
                ...bound,
                efsVolumes: fileSystems(name, settings, district),
                environment: {
                    ...environmentOfFiles(settings.environmentFiles),
                    ...settings.environment,
                    ...bound.environment,
                },
                services: withQueues(
                    withListeners(withSidecars(name, ownSecrets(name, services, district), district), neighbours),
                    queues,
                ),
                scheduledTasks: ownSecrets(name, scheduledTasks, district),
                district: tls ? { ...shared, envoyImage: images.envoy(architecture) } : shared,
                architecture,
                image: images.of(name, settings),
                database: database && databaseOf(name, { ...database, authorities }, district),
                clientOf: district.endpointsOpenTo(name),
                secrets: { ...district.secretSources.secretsOf(name, settings.secrets), ...bound.secrets },
                plugins: district.secretSources.pluginsOf(pluginsOf(name), plugins),
            },
            opts,
        );
        if (heritage.database) district.databases[`${name}-db`] = heritage.database;
        return heritage;
    });
}

/** A heritage's database as the component takes it: an instance of its own, or a role on the shared one. */
function databaseOf<Settings extends NonNullable<HeritageConfig["database"]> & { authorities: string }>(
    name: string,
    settings: Settings,
    { shared }: District,
) {
    if (!settings.shared) return settings;
    const { credentials, variables, authorities } = settings;
    return { credentials, variables, authorities, login: shared!.login(sharedName(name)) };
}

/** Services as the component takes them: `hosts` of a listener are all that there are, also where the file says one. */
const withListeners = <Service extends { listeners: readonly Listener[] }>(
    services: Record<string, Service>,
    { keycloak }: Neighbours,
) =>
    Object.fromEntries(
        Object.entries(services).map(([name, service]) => [
            name,
            {
                ...service,
                listeners: service.listeners.map(({ hosts, login, ...listener }) => ({
                    ...listener,
                    host: hosts,
                    login: login && loginAt(keycloak!, login),
                })),
            },
        ]),
    );

type Listener = HeritageConfig["services"][string]["listeners"][number];

/** A log-in at a realm of the stack's Keycloak. */
const loginAt = (keycloak: KeycloakHa, { realm, client, secret, tokens }: NonNullable<Listener["login"]>) => ({
    issuer: pulumi.interpolate`${keycloak.url}/realms/${realm}`,
    client: client === undefined ? undefined : { id: client, secret: keycloak.realmSecrets[secret!]!.value! },
    tokens,
});

/** Services with their sidecars, each with the secrets that it has for itself. */
const withSidecars = <Service extends Pick<HeritageConfig["services"][string], "sidecars">>(
    heritage: string,
    services: Record<string, Service>,
    district: District,
) =>
    Object.fromEntries(
        Object.entries(services).map(([key, service]) => [
            key,
            { ...service, sidecars: ownSecrets(partOf(heritage, key), service.sidecars, district) },
        ]),
    );

/** Services as the component takes them: a queue that decides how many tasks there are, by its name in SQS. */
const withQueues = <Service extends Pick<HeritageConfig["services"][string], "autoscaling">>(
    services: Record<string, Service>,
    queues: Bindings["queues"],
) =>
    Object.fromEntries(
        Object.entries(services).map(([name, { autoscaling, ...service }]) => [
            name,
            {
                ...service,
                autoscaling: autoscaling && {
                    ...autoscaling,
                    messagesPerTask: Object.fromEntries(
                        Object.entries(autoscaling.messagesPerTask ?? {}).map(([queue, messages]) => [
                            queue,
                            { queueName: queues[queue]!, messages },
                        ]),
                    ),
                },
            },
        ]),
    );

/** Services or scheduled tasks of a heritage, with the secrets that each has for itself. */
const ownSecrets = <Part extends { secrets: Record<string, SecretSource> }>(
    heritage: string,
    parts: Record<string, Part>,
    { secretSources }: District,
) =>
    Object.fromEntries(
        Object.entries(parts).map(([key, part]) => [
            key,
            { ...part, secrets: secretSources.secretsOf(partOf(heritage, key), part.secrets) },
        ]),
    );
