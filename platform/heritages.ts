import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DevLedger } from "../components/dev-ledger";
import { Heritage, type HeritageDistrict } from "../components/heritage";
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";
import { scheduleGroupName } from "../components/scheduled-task";
import type { HeritageConfig } from "../config/defaults";
import { pluginsOf } from "../config/plugins";
import type { District } from "./district";
import { mapSequentially } from "./one-by-one";

/** The heritages that the stack file names, each as its file says. */
export function heritages(district: District, ledger: DevLedger | undefined): Promise<Record<string, Heritage>> {
    const { config, opts, cluster, vpc, secrets, publicEndpoint, adminEndpoint, authority, images, discovery } =
        district;
    const { protect, logRetentionDays, exec, alarmTopicArn } = config;
    const scheduled = Object.values(config.heritages).some(
        ({ scheduledTasks }) => Object.keys(scheduledTasks).length > 0,
    );
    const shared: HeritageDistrict = {
        scheduleGroup: scheduled ? scheduleGroup(opts) : undefined,
        cluster,
        vpc,
        secrets,
        authority,
        exec,
        logRetentionDays,
        protect,
        alarmTopicArn,
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
    return mapSequentially(
        config.heritages,
        (name, { build, image, secrets: sources, plugins, database, ...settings }) => {
            const tls = Object.values(settings.services).some(
                (service) => service.listeners.length > 0 && service.tls !== false,
            );
            const heritage = new Heritage(
                name,
                {
                    ...settings,
                    services: withHosts(settings.services),
                    district: tls ? { ...shared, envoyImage: images.envoy } : shared,
                    image: images.of({ build, image }),
                    database: database && { ...database, authorities },
                    clientOf: district.endpointsOpenTo(name),
                    secrets: district.secretSources.secretsOf(name, sources),
                    plugins: district.secretSources.pluginsOf(pluginsOf(name), plugins),
                },
                opts,
            );
            if (heritage.database) district.databases[`${name}-db`] = heritage.database;
            return heritage;
        },
    );
}

const withHosts = (services: HeritageConfig["services"]) =>
    Object.fromEntries(
        Object.entries(services).map(([name, { listeners, ...service }]) => [
            name,
            { ...service, listeners: listeners.map(({ hosts, ...listener }) => ({ ...listener, host: hosts })) },
        ]),
    );

/** One for the stack: by it the deploy role tells its own schedules from another stack's (automation/bootstrap/deploy-policy.ts). */
const scheduleGroup = (opts: pulumi.CustomResourceOptions) =>
    new aws.scheduler.ScheduleGroup(
        "schedules",
        { name: scheduleGroupName(pulumi.getProject(), pulumi.getStack()) },
        opts,
    ).name;
