import * as pulumi from "@pulumi/pulumi";
import { Database } from "../components/database";
import { rdsCertificateAuthorities } from "../components/rds/certificate-authority";
import { TlsService } from "../components/tls-service";
import type { ServiceConfig } from "../config/defaults";
import type { District } from "./district";
import { oneByOne } from "./one-by-one";

/** The services that the stack file names, behind the public endpoint; those that are built of one folder share its image. */
export function tlsServices(district: District): Promise<Record<string, TlsService>> {
    const { config, opts, cluster, plugins, vpc, secrets, publicEndpoint: endpoint, authority, images } = district;
    const { logRetentionDays, exec } = config;
    return oneByOne(config.services, (name, service) => {
        const { environment, appSecrets, parameters, securityGroupIds } = inputs(name, service, district);
        const { certificate, image, build, database: _, secrets: __, ...settings } = service;
        return new TlsService(
            name,
            {
                ...settings,
                ...{ cluster, plugins, vpc, secrets, endpoint, exec, logRetentionDays, securityGroupIds },
                image: images.of({ image, build }),
                envoyImage: images.envoy,
                certificate: certificate
                    ? { certificate: certificate.pem, privateKey: pulumi.secret(certificate.privateKey) }
                    : authority!,
                environment,
                appSecrets,
                parameterPath: parameters && secrets.path(name, parameters),
                clientOf: district.endpointsOpenTo(name),
            },
            opts,
        );
    });
}

/** What a service is told: in its environment, as secrets, and below its path. */
function inputs(name: string, service: ServiceConfig, district: District) {
    const { secrets, config, vpc, opts } = district;
    const { protect, logRetentionDays } = config;
    const environment: Record<string, pulumi.Input<string>> = { ...service.environment };
    const appSecrets = district.secretsOf(name, service.secrets);
    const parameters: Record<string, pulumi.Input<string>> = {};
    const { callersGroupId } = district.calls ?? {};
    const securityGroupIds: pulumi.Input<string>[] = callersGroupId ? [callersGroupId] : [];
    const authority = district.authorityFor(name);
    if (authority) environment.DISTRICT_CA_PEM = authority;
    for (const [key, source] of Object.entries(service.parameters)) {
        parameters[key] =
            source.value === undefined
                ? secrets.password(`${name}-${key}`, { length: source.generate?.length })
                : pulumi.secret(source.value);
    }
    if (service.database) {
        const { name: databaseName, connections, credentials, ...settings } = service.database;
        const password = secrets.password(`${name}-db-password`, { length: 32, protect });
        const database = new Database(
            `${name}-db`,
            {
                ...settings,
                ...{ vpc, password, databaseName, logRetentionDays, protect },
                username: databaseName,
                kmsKeyArn: secrets.keyArn,
            },
            opts,
        );
        securityGroupIds.push(database.clientsGroupId);
        environment.DB_POOL_MAX = String(connections);
        environment.DB_CA_PEM = rdsCertificateAuthorities(config.region);
        const port = String(database.port);
        if (credentials === "path") {
            const all = { user: databaseName, password, host: database.host, name: databaseName, port };
            for (const [key, value] of Object.entries(all)) parameters[`database/${databaseName}/${key}`] = value;
            const passwordParameter = pulumi.output(`${secrets.prefix}/${name}/database/${databaseName}/password`);
            district.databases[`${name}-db`] = database.access(databaseName, passwordParameter);
        } else {
            const clear = { DB_USER: databaseName, DB_HOST: database.host, DB_NAME: databaseName, DB_PORT: port };
            Object.assign(environment, clear);
            appSecrets.DB_PASSWORD = secrets.put(name, "DB_PASSWORD", password);
            district.databases[`${name}-db`] = database.access(databaseName, appSecrets.DB_PASSWORD.parameterName);
        }
    }
    const reads = Object.keys(parameters).length > 0;
    return { environment, appSecrets, parameters: reads ? parameters : undefined, securityGroupIds };
}
