import * as pulumi from "@pulumi/pulumi";
import { applicationDatabase } from "../components/application-database";
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";
import type { Secret } from "../components/secret-store";
import { TlsService } from "../components/tls-service";
import type { ServiceConfig } from "../config/defaults";
import type { District } from "./district";
import { mapSequentially } from "./one-by-one";

/** The services that the stack file names, behind the public endpoint. Those with the same build folder share its image. */
export function tlsServices(district: District): Promise<Record<string, TlsService>> {
    const { config, opts, cluster, plugins, vpc, secrets, publicEndpoint, authority, images } = district;
    const { logRetentionDays, exec } = config;
    return mapSequentially(config.services, (name, service) => {
        const { environment, appSecrets, parameters, securityGroupIds } = taskInputs(name, service, district);
        const { certificate, image, build, host, paths, priority, database: _, secrets: __, ...settings } = service;
        return new TlsService(
            name,
            {
                ...settings,
                cluster,
                alarms: district.alarms,
                plugins,
                vpc,
                secrets,
                listeners: [{ endpoint: publicEndpoint, host, paths, priority }],
                exec,
                logRetentionDays,
                securityGroupIds,
                image: images.of(name, service),
                envoyImage: images.envoy(service.architecture),
                certificate: certificate
                    ? { certificate: certificate.pem, privateKey: pulumi.secret(certificate.privateKey) }
                    : authority!,
                environment,
                appSecrets,
                parameterPath: Object.keys(parameters).length > 0 ? secrets.path(name, parameters) : undefined,
                clientOf: district.endpointsOpenTo(name),
            },
            opts,
        );
    });
}

interface TaskInputs {
    environment: Record<string, pulumi.Input<string>>;
    /** What ECS injects from SSM. */
    appSecrets: Record<string, Secret>;
    /** What the application reads below its path in SSM. */
    parameters: Record<string, pulumi.Input<string>>;
    securityGroupIds: pulumi.Input<string>[];
}

/** Creates the service's database, where it has one. Returns what its tasks get. */
function taskInputs(name: string, service: ServiceConfig, district: District): TaskInputs {
    const { secrets, config, vpc, opts, alarms } = district;
    const { protect, logRetentionDays } = config;
    const { callersGroupId } = district.calls ?? {};
    const authority = district.authorityFor(name);
    const inputs: TaskInputs = {
        environment: { ...service.environment, ...(authority ? { DISTRICT_CA_PEM: authority } : {}) },
        appSecrets: district.secretSources.secretsOf(name, service.secrets),
        parameters: parametersOf(name, service, district),
        securityGroupIds: callersGroupId ? [callersGroupId] : [],
    };
    if (!service.database) return inputs;
    const authorities = rdsCertificateAuthorities(config.region);
    const { connections, credentials, shared, name: role } = service.database;
    const settings = shared
        ? { connections, credentials, authorities, login: district.shared!.login(role) }
        : { ...service.database, authorities };
    const database = applicationDatabase(name, settings, { vpc, secrets, logRetentionDays, protect, alarms }, opts);
    district.databases[`${name}-db`] = database.access;
    return {
        environment: { ...inputs.environment, ...database.environment },
        appSecrets: { ...inputs.appSecrets, ...database.secrets },
        parameters: { ...inputs.parameters, ...database.parameters },
        securityGroupIds: [...inputs.securityGroupIds, database.clientsGroupId],
    };
}

function parametersOf(name: string, { parameters }: ServiceConfig, { secrets }: District) {
    return Object.fromEntries(
        Object.entries(parameters).map(([key, { value, generate }]): [string, pulumi.Output<string>] => [
            key,
            value === undefined
                ? secrets.password(`${name}-${key}`, { length: generate?.length })
                : pulumi.secret(value),
        ]),
    );
}
